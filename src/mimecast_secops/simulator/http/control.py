"""The control API: what a test, a demo or a playbook's author does to the tenant from outside. Not part of Mimecast."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from mimecast_secops.simulator.http import held, tracking
from mimecast_secops.simulator.http.control_calls import CALLS, DESCRIPTION, PREFIX, methods_of
from mimecast_secops.simulator.http.faults import Fault, Faults
from mimecast_secops.simulator.http.middleware import Middleware
from mimecast_secops.simulator.http.openapi import openapi_document
from mimecast_secops.simulator.http.policies import shown
from mimecast_secops.simulator.http.requests import parse_time, read_body
from mimecast_secops.simulator.http.responses import JSON, ApiResponse, format_time, json_response
from mimecast_secops.simulator.mail.generator import generate_messages
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.tenant import Tenant

_OWN_SITE: Final = ("none", "same-origin")
_YEARS: Final = range(1971, 9000)  # with room on both sides for what is reckoned from the time


class InvalidControlCall(ValueError):
    """The control call cannot be understood; the message says why."""


class ControlApi:
    """The control calls, each a method named after its path."""

    def __init__(self, tenant: Tenant, middleware: Middleware, faults: Faults, counts: dict[str, int]) -> None:
        self._tenant = tenant
        self._middleware = middleware
        self._faults = faults
        self._counts = counts
        self._calls: dict[str, Callable[[Mapping[str, Any]], Any]] = {name: getattr(self, name) for name in CALLS}

    def reply(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> ApiResponse:
        """The reply to a request under `/simulator/`; header names are in lower case.

        A web page can make a browser send GET requests and HTML forms here. So a page's request is refused, only POST
        changes anything, and from a browser only with a content type that no form can send.
        """
        if "origin" in headers or headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            return ApiResponse(403, b"", "text/plain")
        methods = methods_of(path)
        if not methods:
            return json_response({"error": f"There are: {', '.join(sorted(self._calls))}."}, 404)
        if method not in methods:
            refusal = json_response({"error": f"{path} answers {', '.join(methods)} only."}, 405)
            refusal.headers["Allow"] = ", ".join(methods)
            return refusal
        if path == PREFIX + DESCRIPTION:
            return json_response(openapi_document())
        if method != "POST":
            return self.answer(path, {})
        from_browser = any(name.startswith("sec-fetch-") for name in headers)
        if from_browser and headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            return json_response({"error": f"A browser must send {JSON}."}, 415)
        content = read_body(body, 2)
        if content is None:
            return json_response({"error": "The body is not a JSON object."}, 400)
        return self.answer(path, content)

    def answer(self, path: str, body: Mapping[str, Any]) -> ApiResponse:
        """The reply to a control call that was let in."""
        call = self._calls[path.removeprefix(PREFIX)]
        try:
            return json_response(call(body))
        except (ValueError, OverflowError, TypeError, KeyError) as problem:
            return json_response({"error": str(problem)}, 400)

    def state(self, _body: Mapping[str, Any]) -> dict[str, Any]:
        """What the tenant holds, and what was done to it."""
        tenant = self._tenant
        tenant.apply_due_decisions()
        return {
            "simulator": True,
            "now": format_time(tenant.clock.now()),
            "domains": sorted(tenant.domains),
            "tracked": [_tracking_row(record) for record in tenant.between(None, None)],
            "held": [held.held_message(record) | {"subject": record.mail.subject} for record in tenant.held()],
            "decisions": [
                {
                    "what": one.outcome,
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
            "managed": [
                {"sender": one.sender, "to": one.to, "action": one.action} for one in tenant.managed_senders.values()
            ],
            "policies": [shown(one) for one in tenant.policies.values()],
        }

    def mail(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """A mail arrives: `eml` as text or `base64`, optionally `received`."""
        try:
            raw = base64.b64decode(body["base64"]) if "base64" in body else str(body["eml"]).encode("utf-8", "replace")
        except (binascii.Error, ValueError) as problem:
            raise InvalidControlCall(f"base64: {problem}") from None
        records = self._tenant.receive(raw, received=parse_time(body.get("received")))
        return {"records": [_tracking_row(record) for record in records]}

    def behaviour(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Set switches: name → value."""
        for name, value in body.items():
            self._tenant.quirks.change(name, value)
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
            frozen = parse_time(body["freeze"])
            if frozen:
                _check_year(frozen)
            clock.frozen, clock.offset = frozen, timedelta()
        return {"now": format_time(clock.now())}

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
            self._middleware.tokens.expire_all(self._tenant)
        if "expire_keys" in body:
            keys.expired = bool(body["expire_keys"])
        return {"permissions": sorted(keys.permissions), "products": sorted(application.products)}

    def record(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change the record `id`: its `status`, `deleted`, members of its `row` and `info`, or its `raw_subject`."""
        record = self._record(body)
        if "raw_subject" in body:
            text = body["raw_subject"]
            self._tenant.set_raw_subject(record, None if text is None else base64.b64decode(text, validate=True))
        if "status" in body:
            self._tenant.set_status(record, str(body["status"]))
        record.deleted = bool(body.get("deleted", record.deleted))
        record.row |= body.get("row", {})
        record.info |= body.get("info", {})
        return _tracking_row(record)

    def bulk(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make `count` held records, `spread` seconds apart in all (0 = one second), ending `before` seconds ago."""
        now = self._tenant.clock.now()
        made = generate_messages(
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

    def _record(self, body: Mapping[str, Any]) -> TrackingRecord:
        record = self._tenant.tracked.get(str(body.get("id")))
        if record is None:
            raise InvalidControlCall("There is no record of that id.")
        return record


def _tracking_row(record: TrackingRecord) -> dict[str, Any]:
    """The row of the search, with a subject that is text."""
    return tracking.tracked_email(record) | {"subject": record.row.get("subject", record.mail.subject)}


def _check_year(at: datetime) -> None:
    if at.year not in _YEARS:
        raise InvalidControlCall(f"The clock cannot stand in the year {at.year}.")
