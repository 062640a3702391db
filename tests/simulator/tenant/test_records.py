"""Tracking records."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml, held_eml


def test_each_change_of_the_held_state_calls_on_change(tenant: Tenant) -> None:
    (record,) = tenant.receive(held_eml())
    changes: list[str] = []
    record.on_change = lambda changed: changes.append(changed.status)
    record.status = "archived"
    record.deleted = True
    record.held_at = None
    record.row = {"subject": "unrelated"}
    assert changes == ["archived", "archived", "archived"]


@pytest.mark.parametrize(
    ("raw", "status", "info"),
    [
        (held_eml(), "held", "Message Hold Applied - Spam Signature policy"),
        (held_eml(), "rejected", "Held message rejected"),
        (eml(), "archived", "Indexed and archived"),
        (eml(), "bounced", "Bounced"),
    ],
)
def test_the_info_follows_from_the_status(tenant: Tenant, raw: bytes, status: str, info: str) -> None:
    (record,) = tenant.receive(raw)
    record.status = status
    assert record.info_text == info


def test_only_a_held_message_counts_as_rejected_by_a_user(tenant: Tenant) -> None:
    (held,) = tenant.receive(held_eml())
    (delivered,) = tenant.receive(eml())
    held.status = delivered.status = "rejected"
    assert (held.was_rejected, delivered.was_rejected) == (True, False)


def test_raw_bytes_replace_the_placeholder_of_the_subject(tenant: Tenant) -> None:
    (record,) = tenant.receive(eml("Minutes"))
    tenant.set_raw_subject(record, b"\xff")
    assert tenant.insert_raw_subjects(f"<{record.subject}>".encode()) == b"<\xff>"
    tenant.set_raw_subject(record, None)
    assert record.subject == "Minutes"
