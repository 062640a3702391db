"""The parsers accept random inputs and the inputs of the fuzzing corpus without an unexpected error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS, records, reply

CORPUS = Path(__file__).with_name("corpus")
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
def test_a_parser_accepts_arbitrary_bytes(name: str) -> None:
    @settings(deadline=None)
    @given(st.binary(max_size=400))
    def accepts(data: bytes) -> None:
        TARGETS[name](data)

    accepts()


@given(st.dictionaries(NAMES, ANYTHING, max_size=8))
def test_the_models_accept_arbitrary_members(entry: dict[str, object]) -> None:
    records(entry)


@given(st.dictionaries(st.sampled_from(["data", "fail", "meta"]), ANYTHING, max_size=3), st.integers(0, 255))
def test_the_client_accepts_arbitrary_envelopes(body: dict[str, object], status: int) -> None:
    reply(bytes([status]) + json.dumps(body).encode())


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
def test_a_parser_accepts_its_corpus(name: str) -> None:
    inputs = sorted((CORPUS / name).iterdir())
    for path in inputs:
        try:
            TARGETS[name](path.read_bytes())
        except Exception as error:
            raise AssertionError(f"{path.name}: {error!r}") from error
