"""Alerts as lines: what a line holds."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest import Alert, AlertFile
from mimecast_secops.stores.alert_lines import as_json, as_line

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
    """The slow form: every field of the dataclass, in its order, behind the display ID."""
    return {"display_id": alert.display_id, **asdict(alert)}


@given(ALERTS)
def test_a_line_holds_every_field_in_the_order_of_the_dataclass(alert: Alert) -> None:
    assert as_line(alert) == json.dumps(reference(alert), separators=(",", ":")).encode("ascii") + b"\n"


@given(ALERTS)
def test_events_are_not_copied(alert: Alert) -> None:
    assert as_json(alert)["events"] is alert.events
