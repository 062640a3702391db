"""The rules of the tenant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from mimecast_secops.simulator import Quirks
from mimecast_secops.simulator.tenant.rights import PERMISSIONS, PRODUCTS
from mimecast_secops.simulator.tenant.tenant import HOLD_RETENTION, Clock, Tenant
from tests.simulator.caller import (
    eml,
    held_eml,
)

HELD = held_eml()


@pytest.mark.parametrize(("outcome", "status"), [("released", "archived"), ("rejected", "rejected")])
def test_a_message_is_decided_once(tenant: Tenant, outcome: str, status: str) -> None:
    (record,) = tenant.receive(HELD)
    assert tenant.decide(record.hold_id, outcome) is True
    assert record.status == status
    assert tenant.decide(record.hold_id, "rejected" if outcome == "released" else "released") is False
    assert tenant.decide(record.hold_id, outcome) is False
    assert record.status == status
    assert [decision.outcome for decision in tenant.decisions] == [outcome]


def test_a_delivered_message_cannot_be_released(tenant: Tenant) -> None:
    (record,) = tenant.receive(eml())
    assert tenant.decide(record.hold_id, "released") is False
    assert tenant.decisions == []


def test_a_tracking_id_is_accepted_as_hold_id_only_with_the_quirk(tenant: Tenant) -> None:
    (record,) = tenant.receive(HELD)
    assert tenant.decide(record.id, "released") is False
    tenant.quirks.hold_accepts_tracking_id = True
    assert tenant.decide(record.id, "released") is True


def test_a_delayed_decision_takes_effect_later_and_cannot_be_repeated(tenant: Tenant) -> None:
    tenant.quirks.hold_delay = 60
    (record,) = tenant.receive(HELD)
    assert tenant.decide(record.hold_id, "rejected")
    assert tenant.decide(record.hold_id, "released") is False
    assert list(tenant.held()) == [record]
    tenant.clock.offset += timedelta(seconds=60)
    assert list(tenant.held()) == []
    assert record.status == "rejected"


def test_a_held_message_leaves_the_queue_after_14_days_and_stays_in_tracking(tenant: Tenant) -> None:
    (record,) = tenant.receive(HELD)
    tenant.clock.offset += HOLD_RETENTION
    assert list(tenant.held()) == [record]
    tenant.clock.offset += timedelta(seconds=1)
    assert list(tenant.held()) == []
    assert list(tenant.between(None, None)) == [record]


def test_the_archive_has_delivered_and_released_messages_newest_first(tenant: Tenant) -> None:
    now = tenant.clock.now()
    (old,) = tenant.receive(eml(), received=now - timedelta(hours=2))
    (held,) = tenant.receive(HELD, received=now - timedelta(hours=1))
    (new,) = tenant.receive(eml(), received=now)
    assert list(tenant.archived()) == [new, old]
    tenant.decide(held.hold_id, "released")
    assert list(tenant.archived()) == [new, held, old]
    old.deleted = True
    assert list(tenant.archived()) == [new, held]


def test_a_message_is_archived_after_the_archive_delay(tenant: Tenant) -> None:
    tenant.quirks.archive_delay = 30
    (record,) = tenant.receive(eml())
    assert list(tenant.archived()) == []
    tenant.clock.offset += timedelta(seconds=30)
    assert list(tenant.archived()) == [record]


def test_a_message_that_becomes_held_later_has_a_reason_and_a_time(tenant: Tenant) -> None:
    (record,) = tenant.receive(eml())
    tenant.clock.offset += timedelta(minutes=5)
    tenant.set_status(record, "held")
    assert record.held_at == tenant.clock.now()
    assert record.info_text == "Message Hold Applied - Sandbox policy"
    assert list(tenant.held()) == [record]


@settings(max_examples=40, stateful_step_count=25)
class Queue(RuleBasedStateMachine):
    """The queue under any order of arrivals and decisions."""

    waiting = Bundle("waiting")
    decided = Bundle("decided")

    def __init__(self) -> None:
        super().__init__()
        self.tenant = Tenant(clock=Clock(frozen=datetime(2026, 3, 11, tzinfo=UTC)))
        self.model: dict[str, str] = {}

    @rule(target=waiting)
    def arrives(self) -> str:
        (record,) = self.tenant.receive(HELD)
        self.model[record.hold_id] = "held"
        return record.hold_id

    @rule(target=decided, hold_id=consumes(waiting), outcome=st.sampled_from(["released", "rejected"]))
    def is_decided(self, hold_id: str, outcome: str) -> str:
        assert self.tenant.decide(hold_id, outcome)
        self.model[hold_id] = outcome
        return hold_id

    @rule(hold_id=decided, outcome=st.sampled_from(["released", "rejected"]))
    def is_decided_again(self, hold_id: str, outcome: str) -> None:
        assert not self.tenant.decide(hold_id, outcome)

    @rule(seconds=st.integers(0, 60))
    def time_goes_by(self, seconds: int) -> None:
        self.tenant.clock.offset += timedelta(seconds=seconds)

    @invariant()
    def queue_archive_and_journal_agree_with_the_model(self) -> None:
        by_state = {
            state: {hold_id for hold_id, current in self.model.items() if current == state}
            for state in ("held", "released")
        }
        assert {record.hold_id for record in self.tenant.held()} == by_state["held"]
        assert {record.hold_id for record in self.tenant.archived()} == by_state["released"]
        assert {(decision.hold_id, decision.outcome) for decision in self.tenant.decisions} == {
            pair for pair in self.model.items() if pair[1] != "held"
        }


TestQueue = Queue.TestCase


@pytest.mark.parametrize(
    ("sender", "to", "route"),
    [
        ("a@example.org", "b@example.com", "inbound"),
        ("a@example.com", "b@example.com", "internal"),
        ("a@example.com", "b@example.org", "outbound"),
    ],
)
def test_the_route_depends_on_the_domains_of_sender_and_recipient(
    tenant: Tenant, sender: str, to: str, route: str
) -> None:
    (record,) = tenant.receive(eml(sender=sender, to=to))
    assert record.route == route


def test_an_external_message_to_an_unknown_domain_adds_the_domain(tenant: Tenant) -> None:
    tenant.receive(eml(sender="a@example.org", to="b@corp.example"))
    assert tenant.domains == {"example.com", "corp.example"}
    tenant.receive(eml(sender="b@corp.example", to="c@elsewhere.example"))
    assert tenant.domains == {"example.com", "corp.example"}


@given(st.lists(st.integers(0, 20), max_size=15), st.integers(0, 20), st.integers(0, 20))
def test_a_period_includes_both_ends(ages: list[int], a: int, b: int) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    tenant = Tenant()
    for age in ages:
        tenant.receive(b"", received=start + timedelta(seconds=age))
    low, high = start + timedelta(seconds=min(a, b)), start + timedelta(seconds=max(a, b))
    times = [record.received for record in tenant.between(low, high)]
    assert times == sorted(start + timedelta(seconds=age) for age in ages if min(a, b) <= age <= max(a, b))


def test_a_message_id_is_found_with_and_without_angle_brackets(tenant: Tenant) -> None:
    (record,) = tenant.receive(b"Message-ID: <m1@example.org>\r\n\r\n")
    tenant.receive(b"\r\n")
    assert list(tenant.by_message_id("<m1@example.org>")) == list(tenant.by_message_id("m1@example.org")) == [record]
    assert list(tenant.by_message_id("")) == []


def test_a_renewed_tenant_has_only_the_credentials_of_the_first(tenant: Tenant) -> None:
    tenant.receive(held_eml(to="ann@new.example"))
    tenant.keys.permissions.clear()
    tenant.application.products.clear()
    renewed = tenant.renewed(Quirks(rate_limit=7), ["corp.example"])
    assert renewed.keys.settings == tenant.keys.settings
    assert renewed.application.settings == tenant.application.settings
    assert (renewed.keys.permissions, renewed.application.products) == (PERMISSIONS, PRODUCTS)
    assert (renewed.quirks, renewed.domains, renewed.tracked) == (Quirks(rate_limit=7), {"corp.example"}, {})


def test_an_address_in_a_domain_of_the_tenant_is_internal(tenant: Tenant) -> None:
    assert tenant.is_internal("Ann@EXAMPLE.com")
    assert not tenant.is_internal("ann@sub.example.com")
    assert not tenant.is_internal("")
