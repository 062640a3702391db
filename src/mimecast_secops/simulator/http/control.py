"""The control API: what a test, a demo or a playbook's author does to the tenant from outside. Not part of Mimecast."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from mimecast_secops.simulator.http import held, tracking
from mimecast_secops.simulator.http.faults import Fault, Faults
from mimecast_secops.simulator.http.gate import Gate
from mimecast_secops.simulator.http.policies import shown
from mimecast_secops.simulator.http.replies import Answer, json_answer, stamp
from mimecast_secops.simulator.http.requests import moment
from mimecast_secops.simulator.mail.bulk import fabricate
from mimecast_secops.simulator.tenant.records import Tracked
from mimecast_secops.simulator.tenant.tenant import Tenant

PREFIX: Final = "/simulator/"
_YEARS: Final = range(1971, 9000)  # with room on both sides for what is reckoned from the time


class BadControl(ValueError):
    """The control call cannot be understood; the message says why."""


class Control:
    """The control calls, each a method named after its path."""

    def __init__(self, tenant: Tenant, gate: Gate, faults: Faults, counts: dict[str, int]) -> None:
        self._tenant = tenant
        self._gate = gate
        self._faults = faults
        self._counts = counts
        self._calls: dict[str, Callable[[Mapping[str, Any]], Any]] = {
            "state": self.state,
            "mail": self.mail,
            "behaviour": self.behaviour,
            "faults": self.faults,
            "clock": self.clock,
            "rights": self.rights,
            "record": self.record,
            "bulk": self.bulk,
            "requests": self.requests,
        }

    def answer(self, path: str, body: Mapping[str, Any]) -> Answer:
        """The reply to a control call."""
        call = self._calls.get(path.removeprefix(PREFIX))
        if call is None:
            return json_answer({"error": f"There are: {', '.join(sorted(self._calls))}."}, 404)
        try:
            return json_answer(call(body))
        except (ValueError, OverflowError, TypeError, KeyError) as problem:
            return json_answer({"error": str(problem)}, 400)

    def state(self, _body: Mapping[str, Any]) -> dict[str, Any]:
        """What the tenant holds, and what was done to it."""
        tenant = self._tenant
        tenant.settle()
        return {
            "simulator": True,
            "now": stamp(tenant.clock.now()),
            "domains": sorted(tenant.domains),
            "tracked": [tracking.row(one) for one in tenant.between(None, None)],
            "held": [held.entry(one) for one in tenant.held()],
            "decisions": [
                {
                    "what": one.what,
                    "id": one.tracking_id,
                    "hold_id": one.hold_id,
                    "recipient": one.recipient,
                    "reason": one.reason,
                    "message": one.message,
                    "notify": one.notify,
                }
                for one in tenant.decisions
            ],
            "reports": [{"id": one.tracking_id, "type": one.kind, "comment": one.comment} for one in tenant.reports],
            "managed": [{"sender": one.sender, "to": one.to, "action": one.action} for one in tenant.managed.values()],
            "policies": [shown(one) for one in tenant.policies.values()],
        }

    def mail(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A mail arrives: `eml` as text or `base64`, optionally `received`."""
        try:
            raw = base64.b64decode(body["base64"]) if "base64" in body else str(body["eml"]).encode("utf-8", "replace")
        except (binascii.Error, ValueError) as problem:
            raise BadControl(f"base64: {problem}") from None
        records = self._tenant.receive(raw, received=moment(body.get("received")))
        return {"records": [tracking.row(one) for one in records]}

    def behaviour(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Set switches: name → value."""
        for name, value in body.items():
            self._tenant.behaviour.change(name, value)
        return {"changed": sorted(body)}

    def faults(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Switch faults on: `add` a list of them; `clear` first if true."""
        if body.get("clear"):
            self._faults.clear()
        for fault in body.get("add", []):
            self._faults.add(Fault(**fault))
        return {"active": len(self._faults.active)}

    def clock(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Move the clock by `advance` seconds, or `freeze` it (a time, or null to let it run)."""
        clock = self._tenant.clock
        if "advance" in body:
            step = timedelta(seconds=float(body["advance"]))
            _check_year(clock.now() + step)
            clock.offset += step
        if "freeze" in body:
            frozen = moment(body["freeze"])
            if frozen:
                _check_year(frozen)
            clock.frozen, clock.offset = frozen, timedelta()
        return {"now": stamp(clock.now())}

    def rights(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """`grant` or `revoke` permissions and products by name; `expire_tokens`, `expire_keys`."""
        keys, application = self._tenant.keys, self._tenant.application
        for name in body.get("revoke", []):
            for granted in (keys.permissions, application.permissions, application.products):
                granted.discard(name)
        for name in body.get("grant", []):
            targets = (
                (keys.permissions, application.permissions)
                if "|" in name or "View" in name
                else (application.products,)
            )
            for granted in targets:
                granted.add(name)
        if body.get("expire_tokens"):
            self._gate.tokens.expire_all(self._tenant)
        if "expire_keys" in body:
            keys.expired = bool(body["expire_keys"])
        return {"permissions": sorted(keys.permissions), "products": sorted(application.products)}

    def record(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change the record `id`: its `status`, `deleted`, or members of its `row` and `info`."""
        record = self._record(body)
        if "status" in body:
            self._tenant.set_status(record, str(body["status"]))
        record.deleted = bool(body.get("deleted", record.deleted))
        record.row |= body.get("row", {})
        record.info |= body.get("info", {})
        return tracking.row(record)

    def bulk(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make `count` held records, `spread` seconds apart in all (0 = one second), ending `before` seconds ago."""
        now = self._tenant.clock.now()
        made = fabricate(
            self._tenant,
            count=int(body.get("count", 100)),
            end=now - timedelta(seconds=float(body.get("before", 5))),
            spread=timedelta(seconds=float(body.get("spread", 0))),
            attachment_bytes=int(body.get("attachment_bytes", 0)),
        )
        return {"made": made}

    def requests(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """How many calls each path has had; `clear` begins anew."""
        counts = dict(self._counts)
        if body.get("clear"):
            self._counts.clear()
        return {"counts": counts, "total": sum(counts.values())}

    def _record(self, body: Mapping[str, Any]) -> Tracked:
        record = self._tenant.tracked.get(str(body.get("id")))
        if record is None:
            raise BadControl("There is no record of that id.")
        return record


def _check_year(at: datetime) -> None:
    if at.year not in _YEARS:
        raise BadControl(f"The clock cannot stand in the year {at.year}.")
