"""The overview of a tenant for the status page: counts, and the newest entries of each list."""

from __future__ import annotations

import dataclasses
import time
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final, TypeVar

from mimecast_secops.simulator.http.faults import KINDS, ActiveFault, Faults
from mimecast_secops.simulator.http.policies import policy_entry
from mimecast_secops.simulator.http.request_log import LoggedRequest
from mimecast_secops.simulator.http.responses import format_time
from mimecast_secops.simulator.http.routes import ENDPOINTS, REST_POLICIES, TOKEN
from mimecast_secops.simulator.http.schemas import control
from mimecast_secops.simulator.http.schemas import overview as schemas
from mimecast_secops.simulator.mail.samples import sample_names
from mimecast_secops.simulator.quirks import Quirks, descriptions
from mimecast_secops.simulator.tenant.records import HoldDecision, MessageReport, Policy, TrackingRecord
from mimecast_secops.simulator.tenant.rights import PERMISSIONS, PRODUCTS
from mimecast_secops.simulator.tenant.tenant import Tenant

LIMIT: Final = 100
"""The largest number of entries of a list."""
_MAX_ATTACHMENTS: Final = 20
_Entry = TypeVar("_Entry")


def overview(tenant: Tenant, faults: Faults, log: deque[LoggedRequest]) -> schemas.Overview:
    """What the status page shows.

    Args:
        tenant: the tenant.
        faults: the faults.
        log: the requests of the API, oldest first.
    """
    held = tenant.held_keys(None, None)
    return {
        "simulator": True,
        "now": format_time(tenant.clock.now()),
        "clock": _clock(tenant),
        "domains": sorted(tenant.domains),
        "revoked": _revoked(tenant),
        "counts": _counts(tenant, len(held), len(log)),
        "messages": [_message(record) for record in islice(tenant.newest(), LIMIT)],
        "held": [_message(record) for record in islice(tenant.held(), LIMIT)],
        "decisions": [_decision(tenant, decision) for decision in _newest(tenant.decisions)],
        "reports": [_report(report) for report in _newest(tenant.reports)],
        "senders": [
            {"sender": entry.sender, "to": entry.to, "action": entry.action}
            for entry in _newest(list(tenant.managed_senders.values()))
        ],
        "policies": [_policy(policy) for policy in _newest(list(tenant.policies.values()))],
        "faults": [_fault(fault) for fault in faults.added],
        "quirks": _quirks(tenant.quirks),
        "requests": _requests(islice(reversed(log), LIMIT)),
        "choices": {
            "samples": sample_names(),
            "paths": [TOKEN, *(endpoint.path for endpoint in ENDPOINTS), REST_POLICIES],
            "kinds": list(KINDS),
        },
    }


def _newest(entries: Sequence[_Entry]) -> Iterable[_Entry]:
    return islice(reversed(entries), LIMIT)


def _clock(tenant: Tenant) -> str:
    if tenant.clock.frozen:
        return "stopped"
    return "moved" if tenant.clock.offset else "running"


def _revoked(tenant: Tenant) -> list[str]:
    keys, application = tenant.keys, tenant.application
    permissions = PERMISSIONS - (keys.permissions & application.permissions)
    return sorted(permissions | (PRODUCTS - application.products))


def _counts(tenant: Tenant, held: int, requests: int) -> schemas.Counts:
    return {
        "messages": sum(1 for _ in tenant.newest()),
        "held": held,
        "archived": sum(1 for _ in tenant.archived()),
        "decisions": len(tenant.decisions),
        "reports": len(tenant.reports),
        "senders": len(tenant.managed_senders),
        "policies": len(tenant.policies),
        "requests": requests,
    }


def _message(record: TrackingRecord) -> schemas.MessageEntry:
    mail, hold = record.mail, record.hold
    return {
        "id": record.id,
        "hold_id": record.hold_id,
        "message_id": mail.message_id,
        "received": format_time(record.received),
        "sender": mail.sender or mail.header_from,
        "sender_name": mail.header_from_name,
        "recipient": record.recipient,
        "subject": mail.subject,
        "status": record.status,
        "route": record.route,
        "reason": hold.reason if hold else "",
        "policy": hold.policy if hold else "",
        "risk": hold.risk if hold else "",
        "attachments": [part.name for part in mail.attachments[:_MAX_ATTACHMENTS]],
    }


def _decision(tenant: Tenant, decision: HoldDecision) -> schemas.DecidedMessage:
    record = tenant.tracked.get(decision.tracking_id)
    return {
        "at": format_time(decision.at),
        "what": decision.outcome,
        "id": decision.tracking_id,
        "recipient": decision.recipient,
        "subject": record.mail.subject if record else "",
        "reason": decision.reason,
        "message": decision.message,
        "notify": decision.notify,
    }


def _report(report: MessageReport) -> control.ReportEntry:
    return {"id": report.tracking_id, "type": report.kind, "comment": report.comment}


def _policy(policy: Policy) -> schemas.PolicySummary:
    settings = policy_entry(policy)["policy"]
    return {
        "id": policy.id,
        "option": policy.option,
        "description": str(settings["description"]),
        "sender": _target(settings["fromType"], settings.get("fromValue")),
        "recipient": _target(settings["toType"], settings.get("toValue")),
    }


def _target(kind: object, value: object) -> str:
    name = str(kind or "").replace("_", " ")
    return f"{name}: {value}" if value else name


def _fault(active: ActiveFault) -> schemas.FaultState:
    return {"fault": active.fault, "affected": active.affected, "exhausted": active.is_exhausted}


def _quirks(quirks: Quirks) -> list[schemas.QuirkState]:
    described, defaults = descriptions(), Quirks()
    names = [field.name for field in dataclasses.fields(Quirks)]
    return [
        {
            "name": name,
            "value": getattr(quirks, name),
            "default": getattr(defaults, name),
            "description": described[name],
        }
        for name in names
    ]


def _requests(log: Iterable[LoggedRequest]) -> list[schemas.RecentRequest]:
    """The requests with the real time of each response: the clock of the tenant may be moved."""
    now, monotonic = datetime.now(UTC), time.monotonic()
    return [
        {
            "at": (now - timedelta(seconds=monotonic - request.at)).isoformat(timespec="milliseconds"),
            "method": request.method,
            "path": request.path,
            "version": f"{request.version}.0",
            "status": request.status,
            "milliseconds": round(request.duration * 1000, 1),
            "fault": request.fault,
        }
        for request in log
    ]
