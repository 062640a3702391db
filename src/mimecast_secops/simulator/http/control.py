"""The control API: calls that tests, demos and playbook authors change the tenant with. Not part of Mimecast's API."""

from __future__ import annotations

import base64
import binascii
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, get_type_hints

from mimecast_secops.simulator.access import credentials_of
from mimecast_secops.simulator.http.control_calls import CALLS, DOCUMENT, PREFIX, methods_of
from mimecast_secops.simulator.http.faults import Fault, Faults
from mimecast_secops.simulator.http.hosts import is_from_own_page
from mimecast_secops.simulator.http.middleware import Middleware
from mimecast_secops.simulator.http.openapi import openapi_document
from mimecast_secops.simulator.http.overview import overview
from mimecast_secops.simulator.http.request_log import LoggedRequest
from mimecast_secops.simulator.http.requests import parse_time, read_body
from mimecast_secops.simulator.http.responses import JSON, ApiResponse, format_time, json_response
from mimecast_secops.simulator.http.schemas import control
from mimecast_secops.simulator.http.schemas.overview import Overview
from mimecast_secops.simulator.http.schemas.tracking import TrackedEmail
from mimecast_secops.simulator.http.state import state, tracked_row
from mimecast_secops.simulator.mail.generator import generate_messages
from mimecast_secops.simulator.mail.samples import read_sample
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.tenant import Tenant

_SAME_SITE: Final = ("none", "same-origin")
_YEARS: Final = range(1971, 9000)  # far enough from the limits of `datetime` to add and subtract periods


class InvalidControlCall(ValueError):
    """A control call with a value that is not accepted; the message names the reason."""


class ControlApi:
    """The control calls. Each call of `control_calls.CALLS` has a method of its name."""

    def __init__(
        self,
        tenant: Tenant,
        middleware: Middleware,
        faults: Faults,
        counts: dict[str, int],
        log: deque[LoggedRequest],
        restart: Callable[[], int],
    ) -> None:
        self._tenant = tenant
        self._middleware = middleware
        self._faults = faults
        self._counts = counts
        self._log = log
        self._restart = restart
        self._calls: dict[str, Callable[[Any], Mapping[str, Any]]] = {name: getattr(self, name) for name in CALLS}

    def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> ApiResponse:
        """The response to a request under `/simulator/`. Header names are in lowercase.

        A web page can make a browser send GET requests and HTML forms to the simulator. So requests of web pages other
        than the status page are refused, only POST changes anything, and a browser must send a content type that a form
        cannot send.
        """
        is_foreign = "origin" in headers and not is_from_own_page(headers)
        if is_foreign or headers.get("sec-fetch-site", "none") not in _SAME_SITE:
            return ApiResponse(403, b"", "text/plain")
        methods = methods_of(path)
        if not methods:
            return _error(f"There are: {', '.join(sorted(self._calls))}.", 404)
        if method not in methods:
            response = _error(f"{path} answers {', '.join(methods)} only.", 405)
            response.headers["Allow"] = ", ".join(methods)
            return response
        if path == PREFIX + DOCUMENT:
            return json_response(openapi_document())
        if method != "POST":
            return self._call(path, {})
        is_browser = "origin" in headers or any(name.startswith("sec-fetch-") for name in headers)
        if is_browser and headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            return _error(f"A browser must send {JSON}.", 415)
        content = read_body(body, 2)
        if content is None:
            return _error("The body is not a JSON object.", 400)
        return self._call(path, content)

    def _call(self, path: str, body: Mapping[str, Any]) -> ApiResponse:
        name = path.removeprefix(PREFIX)
        try:
            if CALLS[name].request is not Quirks:  # `behaviour` itself refuses an unknown quirk
                _check_members(PREFIX + name, CALLS[name].request, body)
            return json_response(self._calls[name](body))
        except (ValueError, OverflowError, TypeError, KeyError) as error:
            return _error(str(error), 400)

    def state(self, _body: Mapping[str, Any]) -> control.State:
        """Return the messages of the tenant and the changes made to them."""
        return state(self._tenant)

    def overview(self, _body: Mapping[str, Any]) -> Overview:
        """Return counts and the newest entries of each list."""
        return overview(self._tenant, self._faults, self._log)

    def connection(self, _body: Mapping[str, Any]) -> control.Connection:
        """Return the credentials of both API versions."""
        return {"simulator": True, "credentials": credentials_of(self._tenant)}

    def mail(self, body: control.MailRequest) -> control.Records:
        """Deliver a message: `eml` as text, `base64` or a `sample`, optionally with the time `received`."""
        if "sample" in body:
            raw = read_sample(body["sample"])
        elif "base64" in body:
            raw = _decoded(body["base64"])
        else:
            raw = str(body["eml"]).encode("utf-8", "replace")
        records = self._tenant.receive(raw, received=parse_time(body.get("received")))
        return {"records": [tracked_row(record) for record in records]}

    def behaviour(self, body: Mapping[str, Any]) -> control.Changed:
        """Set quirks: name → value."""
        for name, value in body.items():
            self._tenant.quirks.change(name, value)
        return {"changed": sorted(body)}

    def faults(self, body: control.FaultsRequest) -> control.Faults:
        """Activate the faults in `add`. With `clear`, deactivate the others first."""
        members: Any = body.get("add", [])
        for fault in members:
            _check_members("A fault", Fault, fault)
        added = [Fault(**fault) for fault in members]
        if body.get("clear"):
            self._faults.clear()
        for fault in added:
            self._faults.add(fault)
        return {"active": len(self._faults.added)}

    def clock(self, body: control.ClockRequest) -> control.ClockTime:
        """Move the clock by `advance` seconds, stop it at the time `freeze`, or with null let it run."""
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

    def rights(self, body: control.RightsRequest) -> control.Rights:
        """`grant` or `revoke` permissions and products by name, `expire_tokens` or `expire_keys`."""
        keys, application = self._tenant.keys, self._tenant.application
        for name in body.get("revoke", []):
            for granted in (keys.permissions, application.permissions, application.products):
                granted.discard(name)
        for name in body.get("grant", []):
            is_permission = "|" in name or "View" in name
            targets = (keys.permissions, application.permissions) if is_permission else (application.products,)
            for granted in targets:
                granted.add(name)
        if body.get("expire_tokens"):
            self._middleware.tokens.expire_all(self._tenant)
        if "expire_keys" in body:
            keys.expired = bool(body["expire_keys"])
        return {"permissions": sorted(keys.permissions), "products": sorted(application.products)}

    def record(self, body: control.RecordRequest) -> TrackedEmail:
        """Change the record `id`: its `status`, `deleted`, members of its `row` and `info`, or its `raw_subject`."""
        record = self._tenant.tracking_record(str(body.get("id")))
        if record is None:
            raise InvalidControlCall("There is no record of that id.")
        if "raw_subject" in body:
            text = body["raw_subject"]
            self._tenant.set_raw_subject(record, None if text is None else base64.b64decode(text, validate=True))
        if "status" in body:
            self._tenant.set_status(record, str(body["status"]))
        record.deleted = bool(body.get("deleted", record.deleted))
        record.row |= body.get("row", {})
        record.info |= body.get("info", {})
        return tracked_row(record)

    def bulk(self, body: control.BulkRequest) -> control.Bulk:
        """Generate `count` held messages, evenly spread over `spread` seconds that end `before` seconds ago."""
        now = self._tenant.clock.now()
        count = generate_messages(
            self._tenant,
            count=int(body.get("count", 100)),
            end=now - timedelta(seconds=float(body.get("before", 5))),
            spread=timedelta(seconds=float(body.get("spread", 0))),
            attachment_bytes=int(body.get("attachment_bytes", 0)),
        )
        return {"made": count}

    def reset(self, _body: Mapping[str, Any]) -> control.Restarted:
        """Return the tenant to its state at the start. The credentials stay valid."""
        return {"messages": self._restart()}

    def requests(self, body: control.RequestsRequest) -> control.Requests:
        """Return the number of requests by path. With `clear`, reset the counts."""
        counts = dict(self._counts)
        if body.get("clear"):
            self._counts.clear()
        return {"counts": counts, "total": sum(counts.values())}


def _check_members(subject: str, schema: type | None, body: Mapping[str, Any]) -> None:
    """Refuse members that a schema does not have: a misspelled member would have no effect, and the reply hides it.

    Raises:
        InvalidControlCall: the message names the members of the schema.
    """
    known = sorted(get_type_hints(schema)) if schema else []
    unknown = sorted(set(body) - set(known))
    if unknown:
        members = f"Its members are: {', '.join(known)}." if known else "It has no members."
        raise InvalidControlCall(f"{subject} has no member {', '.join(unknown)}. {members}")


def _error(message: str, status: int) -> ApiResponse:
    error: control.ControlError = {"error": message}
    return json_response(error, status)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError) as error:
        raise InvalidControlCall(f"base64: {error}") from None


def _check_year(moment: datetime) -> None:
    if moment.year not in _YEARS:
        raise InvalidControlCall(f"The clock cannot be set to the year {moment.year}.")
