"""Alerts for tests of deliveries."""

from __future__ import annotations

from mimecast_secops.ingest import Alert


def make_alert(number: int, text: str = "x") -> Alert:
    """An alert with the ticket ID `t{number}` and a subject."""
    return Alert(
        ticket_id=f"t{number}",
        name="Held Message",
        rule_generator="r",
        product="Mimecast",
        priority=40,
        start_ms=1,
        end_ms=1,
        reason="",
        description="",
        grouping_id="",
        events=({"subject": text},),
    )
