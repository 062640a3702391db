"""The whole state of a tenant, for tests and tools."""

from __future__ import annotations

from mimecast_secops.simulator.http.held import held_message
from mimecast_secops.simulator.http.policies import policy_entry
from mimecast_secops.simulator.http.responses import format_time
from mimecast_secops.simulator.http.schemas import control
from mimecast_secops.simulator.http.schemas.messages import HeldMessage
from mimecast_secops.simulator.http.schemas.tracking import TrackedEmail
from mimecast_secops.simulator.http.tracking import tracked_email
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.tenant import Tenant


def state(tenant: Tenant) -> control.State:
    """The messages of the tenant and the changes made to them."""
    tenant.apply_due_decisions()
    return {
        "simulator": True,
        "now": format_time(tenant.clock.now()),
        "domains": sorted(tenant.domains),
        "tracked": [tracked_row(record) for record in tenant.between(None, None)],
        "held": [_held_message(record) for record in tenant.held()],
        "decisions": [
            {
                "what": decision.outcome,
                "id": decision.tracking_id,
                "hold_id": decision.hold_id,
                "recipient": decision.recipient,
                "reason": decision.reason,
                "message": decision.message,
                "notify": decision.notify,
            }
            for decision in tenant.decisions
        ],
        "reports": [
            {"id": report.tracking_id, "type": report.kind, "comment": report.comment} for report in tenant.reports
        ],
        "managed": [
            {"sender": sender.sender, "to": sender.to, "action": sender.action}
            for sender in tenant.managed_senders.values()
        ],
        "policies": [policy_entry(policy) for policy in tenant.policies.values()],
    }


def tracked_row(record: TrackingRecord) -> TrackedEmail:
    """The row of the search with a readable subject instead of the placeholder for raw bytes."""
    tracked = tracked_email(record)
    tracked["subject"] = record.row.get("subject", record.mail.subject)
    return tracked


def _held_message(record: TrackingRecord) -> HeldMessage:
    """The entry of the queue with a readable subject instead of the placeholder for raw bytes."""
    held = held_message(record)
    held["subject"] = record.mail.subject
    return held
