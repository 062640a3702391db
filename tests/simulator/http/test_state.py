"""The state of a tenant."""

from __future__ import annotations

from datetime import timedelta

from mimecast_secops.simulator.http.state import state, tracked_row
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml, held_eml


def test_the_subject_is_readable_although_replies_of_the_api_have_raw_bytes(tenant: Tenant) -> None:
    (record,) = tenant.receive(held_eml("Mine"))
    tenant.set_raw_subject(record, b"\xff")
    assert tracked_row(record)["subject"] == "Mine"
    assert [held["subject"] for held in state(tenant)["held"]] == ["Mine"]


def test_the_state_has_records_oldest_first_and_the_queue_newest_first(tenant: Tenant) -> None:
    for number in range(3):
        tenant.receive(held_eml(str(number)), received=tenant.clock.now() - timedelta(minutes=3 - number))
    tenant.receive(eml("3"))
    assert [record["subject"] for record in state(tenant)["tracked"]] == ["0", "1", "2", "3"]
    assert [held["subject"] for held in state(tenant)["held"]] == ["2", "1", "0"]


def test_a_decision_whose_delay_has_passed_takes_effect(tenant: Tenant) -> None:
    tenant.quirks.hold_delay = 60
    (record,) = tenant.receive(held_eml())
    tenant.decide(record.hold_id, "released")
    assert len(state(tenant)["held"]) == 1
    tenant.clock.offset = timedelta(seconds=61)
    assert state(tenant)["held"] == []
