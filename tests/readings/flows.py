"""The actions under one reading. Each flow runs an action and compares its result with the tenant."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from mimecast_secops import actions
from mimecast_secops.actions import Context, Result, execute
from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.api.open_facts import Reading
from mimecast_secops.diagnosis import check_permissions
from mimecast_secops.diagnosis.findings import Verdict as Permission
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.readings import connector
from tests.readings.outcomes import Outcome, Verdict
from tests.readings.tenant import RECIPIENT, ReadingTenant

Flow = Callable[[ReadingTenant, Reading], Outcome]
_DAYS_AGO: Final = 3 * 86_400
_NOT_DONE: Final = frozenset({"drop_undone", "gateway_timeout_undone", "lie"})
_ARCHIVED: Final = 250


def _run(tenant: ReadingTenant, slug: str, values: dict[str, object]) -> Result:
    context = Context(client=tenant.client, now=lambda: tenant.now, log=logging.getLogger("mimecast_secops.actions"))
    return execute(actions.find(slug), values, lambda: context)


def _decide(tenant: ReadingTenant, reading: Reading, slug: str, outcome: str) -> Outcome:
    """Decide on three messages of three days ago, one by each kind of ID."""
    records = [tenant.hold(number, seconds_ago=_DAYS_AGO + 600 * number) for number in range(3)]
    ids = (tenant.shown_tracking_id(records[0]), tenant.shown_hold_id(records[1]), f"<{records[2].mail.message_id}>")
    is_executed = reading.switches.get("decision_reply") not in _NOT_DONE
    return Outcome.together(
        *(
            Outcome.of_write(
                _run(tenant, slug, {"Message ID": message_id}),
                is_done=_is_decided(tenant, record, outcome),
                must_be_done=is_executed,
            )
            for record, message_id in zip(records, ids, strict=True)
        )
    )


def _is_decided(tenant: ReadingTenant, record: TrackingRecord, outcome: str) -> bool:
    return any(
        decision.hold_id == record.hold_id and decision.outcome == outcome
        for decision in tenant.simulator.tenant.decisions
    )


def release(tenant: ReadingTenant, reading: Reading) -> Outcome:
    """Release messages of low risk. A message of high risk must stay."""
    released = _decide(tenant, reading, "release-message", "released")
    risky = tenant.hold(9, seconds_ago=600, risk="high")
    result = _run(tenant, "release-message", {"Message ID": tenant.shown_tracking_id(risky)})
    is_released = _is_decided(tenant, risky, "released")
    names_it = "risk" in result.message.lower()
    guarded = Outcome.of(
        f"high risk: {'released' if is_released else 'refused'}", is_right=not is_released, says_so=names_it
    )
    return Outcome.together(released, guarded)


def reject(tenant: ReadingTenant, reading: Reading) -> Outcome:
    """Reject messages."""
    return _decide(tenant, reading, "reject-message", "rejected")


def block(tenant: ReadingTenant, _reading: Reading) -> Outcome:
    """Block a sender for a recipient."""
    result = _run(tenant, "block-sender", {"Sender": "eve@evil.example.org", "Recipient": RECIPIENT})
    entries = tenant.simulator.tenant.managed_senders.values()
    return Outcome.of_write(result, is_done=any(entry.action == "block" for entry in entries))


def policy(tenant: ReadingTenant, _reading: Reading) -> Outcome:
    """Create a policy twice, and delete it."""
    values: dict[str, object] = {
        "Description": "Blocked after an incident",
        "Sender": "evil.example.org",
        "Sender Type": "Email Domain",
        "Recipient Type": "Everyone",
    }
    policies = tenant.simulator.tenant.policies
    first = _run(tenant, "create-block-sender-policy", values)
    created = Outcome.of_write(first, is_done=len(policies) == 1)
    second = _run(tenant, "create-block-sender-policy", values)
    repeated = Outcome.of(
        f"{len(policies)} policies", is_right=len(policies) == 1, says_so="may create it again" in second.message
    )
    if second.is_success is not first.is_success:
        repeated = Outcome.together(repeated, Outcome.of_write(second, is_done=len(policies) == 1))
    deletion = _run(tenant, "delete-block-sender-policy", {"Policy ID": ",".join(policies)})
    return Outcome.together(created, repeated, Outcome.of_write(deletion, is_done=not policies))


def archive_search(tenant: ReadingTenant, _reading: Reading) -> Outcome:
    """Search 250 archived emails."""
    for number in range(_ARCHIVED):
        tenant.archive(number, seconds_ago=60 + number)
    values: dict[str, object] = {
        "Mailboxes": RECIPIENT,
        "Time Frame": "Last 24 Hours",
        "Max Emails To Return": _ARCHIVED,
    }
    result = _run(tenant, "simple-archive-search", values)
    rows = result.json_result if isinstance(result.json_result, list) else []
    says_so = not result.is_success or "part" in result.message.lower() or "incomplete" in result.message.lower()
    return Outcome.of(f"{len(rows)} of {_ARCHIVED} emails", is_right=len(rows) == _ARCHIVED, says_so=says_so)


def doctor(tenant: ReadingTenant, _reading: Reading) -> Outcome:
    """Check the permissions of an application that has all of them. Nothing in the tenant may change."""
    state = tenant.simulator.tenant
    before = len(state.managed_senders), len(state.policies), len(state.decisions)
    findings = check_permissions(tenant.client, all_requirements())
    after = len(state.managed_senders), len(state.policies), len(state.decisions)
    wrong = [finding.subject for finding in findings if finding.verdict is Permission.MISSING]
    undecided = [finding.subject for finding in findings if finding.verdict is Permission.UNKNOWN]
    seen = f"{len(findings) - len(wrong) - len(undecided)} of {len(findings)} findings right"
    if before != after or wrong:
        return Outcome(Verdict.SILENT, f"{seen}, wrong: {', '.join(wrong)}, changes: {before} to {after}")
    return Outcome.of(seen, is_right=not undecided, says_so=True)


def ingest(tenant: ReadingTenant, reading: Reading) -> Outcome:
    """Run the connector over the messages of the reading."""
    return connector.run(tenant, reading.mail)


FLOWS: Final[dict[str, Flow]] = {
    "connector": ingest,
    "release": release,
    "reject": reject,
    "block": block,
    "policy": policy,
    "archive search": archive_search,
    "doctor": doctor,
}
