"""Alerts as lines: the content of a line, and which lines are alerts."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.deliveries.alert_lines import as_json, as_line, read_lines
from mimecast_secops.ingest import Alert, AlertFile
from tests.deliveries.alerts import make_alert

TEXTS = st.text(st.characters(), max_size=20)
FILES = st.builds(
    AlertFile, name=TEXTS, extension=TEXTS, base64=TEXTS, size=st.integers(), sha256=st.text("0123456789abcdef")
)
ALERTS = st.builds(
    Alert,
    ticket_id=st.text(max_size=20),
    name=TEXTS,
    rule_generator=TEXTS,
    product=TEXTS,
    priority=st.integers(),
    start_ms=st.integers(),
    end_ms=st.integers(),
    reason=TEXTS,
    description=TEXTS,
    grouping_id=TEXTS,
    events=st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=3).map(tuple),
    files=st.lists(FILES, max_size=2).map(tuple),
    complete=st.booleans(),
    vendor=TEXTS,
)


def reference(alert: Alert) -> dict[str, Any]:
    """The slow implementation: the display ID, then every field of the dataclass in its order."""
    return {"display_id": alert.display_id, **asdict(alert)}


@given(ALERTS)
def test_a_line_contains_every_field_in_the_order_of_the_dataclass(alert: Alert) -> None:
    assert as_line(alert) == json.dumps(reference(alert), separators=(",", ":")).encode("ascii") + b"\n"


@given(ALERTS)
def test_events_are_not_copied(alert: Alert) -> None:
    assert as_json(alert)["events"] is alert.events


PLAIN = replace(make_alert(1), ticket_id='t "1" \\ é')
LONG = as_line(replace(PLAIN, events=({"subject": '{"display_id":"' + "x" * 3_000_000},)))


def read(content: bytes) -> list[str | None]:
    return [line.ticket_id for line in read_lines(io.BytesIO(content), 0)]


@given(st.lists(ALERTS, max_size=4))
def test_lines_are_read_with_their_ids_and_offsets(alerts: list[Alert]) -> None:
    content = b"".join(map(as_line, alerts))
    lines = list(read_lines(io.BytesIO(content), 0))
    assert [line.ticket_id for line in lines] == [alert.ticket_id for alert in alerts]
    assert [content[line.start : line.end] for line in lines] == [as_line(alert) for alert in alerts]


def test_a_line_that_is_longer_than_a_chunk_is_read() -> None:
    assert read(as_line(PLAIN) + LONG + as_line(PLAIN)) == [PLAIN.ticket_id] * 3


@pytest.mark.parametrize("line", [as_line(PLAIN), LONG], ids=["short", "long"])
def test_an_incomplete_line_that_another_alert_continues_is_not_an_alert(line: bytes) -> None:
    for incomplete in (line[: len(line) // 2], line[: -len(b'"}\n')]):
        assert read(incomplete + line) == [None]
        assert read(incomplete + b"\n" + line) == [None, PLAIN.ticket_id]
        assert read(incomplete) == []


@pytest.mark.parametrize("line", [as_line(PLAIN), LONG], ids=["short", "long"])
def test_a_line_with_zero_bytes_from_a_power_failure_is_not_an_alert(line: bytes) -> None:
    assert read(line[:-30] + bytes(20) + line[-10:]) == [None]


@pytest.mark.parametrize("length", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 2 << 20])
def test_lines_around_the_length_of_a_chunk_are_read(length: int) -> None:
    line = as_line(replace(PLAIN, reason="x" * (length - len(as_line(PLAIN)))))
    assert len(line) == length
    assert read(line + line) == [PLAIN.ticket_id] * 2
    assert read(line + line[:-1]) == [PLAIN.ticket_id]


@given(st.binary(max_size=200))
def test_any_bytes_can_be_read(content: bytes) -> None:
    assert len(read(content)) == content.count(b"\n")
