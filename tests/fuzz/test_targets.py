"""Every parser survives every input: those that chance thinks of, and those that fuzzing found and that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, records, reply

CORPUS = Path(__file__).with_name("corpus")
KEPT = sorted(CORPUS.glob("*/*"))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
)
NAMES = st.sampled_from(
    [
        "id",
        "status",
        "to",
        "fromEnv",
        "fromHdr",
        "received",
        "subject",
        "attachments",
        "policy",
        "from",
        "meta",
        "fail",
        "recipientInfo",
        "messageInfo",
        "txInfo",
        "queueInfo",
        "spamInfo",
        "verdict",
        "risk",
        "transmissionInfo",
        "data",
    ]
)


@pytest.mark.parametrize("name", TARGETS)
def test_arbitrary_bytes_never_surprise_a_parser(name: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=400))
    def survives(data: bytes) -> None:
        TARGETS[name](data)

    survives()


@given(st.dictionaries(NAMES, ANYTHING, max_size=8))
def test_arbitrary_members_of_a_record_never_surprise_a_model(entry: dict[str, object]) -> None:
    records(entry)


@given(st.dictionaries(st.sampled_from(["data", "fail", "meta"]), ANYTHING, max_size=3), st.integers(0, 255))
def test_arbitrary_envelopes_never_surprise_the_client(body: dict[str, object], status: int) -> None:
    reply(bytes([status]) + json.dumps(body).encode())


@pytest.mark.parametrize("path", KEPT, ids=lambda path: f"{path.parent.name}-{path.name[:12]}")
def test_what_fuzzing_found_is_survived(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())
