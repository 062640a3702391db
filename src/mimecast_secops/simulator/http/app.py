"""The ASGI application: reads requests, applies faults, and sends responses."""

from __future__ import annotations

import asyncio
import codecs
import time
from dataclasses import replace
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mimecast_secops.simulator.delivery import MailPaths
from mimecast_secops.simulator.http.control import ControlApi
from mimecast_secops.simulator.http.control_calls import PREFIX
from mimecast_secops.simulator.http.faults import Faults, fault_response, make_undecodable
from mimecast_secops.simulator.http.files import DOWNLOAD, download
from mimecast_secops.simulator.http.hosts import names_loopback
from mimecast_secops.simulator.http.middleware import Middleware, version_of
from mimecast_secops.simulator.http.pages import page
from mimecast_secops.simulator.http.replay import Replay
from mimecast_secops.simulator.http.request_log import LoggedRequest, new_log
from mimecast_secops.simulator.http.responses import JSON, ApiResponse
from mimecast_secops.simulator.tenant.tenant import Tenant

SERVER: Final = "mimecast-simulator"
_MAX_BODY_BYTES: Final = 64 * 1024 * 1024


class SimulatorApp:
    """The application. `log` has the requests of the API, oldest first, without control calls.

    Args:
        tenant: the tenant.
        allow_remote: whether to answer requests that name another host than this machine.
        file_base: the base URL of file links, "" for the URL of the request.
        mail: the messages that a restart delivers again.
        replay: a recording to serve instead of the tenant.
    """

    def __init__(
        self,
        tenant: Tenant,
        *,
        allow_remote: bool = False,
        file_base: str = "",
        mail: MailPaths | None = None,
        replay: Replay | None = None,
    ) -> None:
        self.replay = replay
        self.file_base = file_base
        self._allow_remote = allow_remote
        self._mail = mail
        self.reset(tenant)

    def reset(self, tenant: Tenant) -> None:
        """Serve another tenant, without faults, counts, tokens and logged requests."""
        self.tenant = tenant
        self.middleware = Middleware(tenant)
        self.faults = Faults()
        self.counts: dict[str, int] = {}
        self.log = new_log()
        self.control = ControlApi(tenant, self.middleware, self.faults, self.counts, self.log, self.restart)
        self._first_quirks, self._first_domains = replace(tenant.quirks), frozenset(tenant.domains)

    def restart(self) -> int:
        """Serve a tenant as at the start, with the same credentials and tokens, and deliver the messages again.

        Returns:
            The number of tracking records.
        """
        tenant, tokens = self.tenant.renewed(self._first_quirks, self._first_domains), self.middleware.tokens
        self.reset(tenant)
        self.middleware.tokens = tokens  # clients that are connected continue
        return len(self._mail.deliver_all(tenant)) if self._mail else 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._allow_remote and not names_loopback(headers):
            await _send(ApiResponse(403, b"This simulator answers its own machine only.", "text/plain"), request, send)
        elif request.url.path.startswith(PREFIX):
            body = await request.body()
            await _send(self.control.handle(request.method, request.url.path, headers, body), request, send)
        elif file := page(request.method, request.url.path):
            await _send(file, request, send)
        else:
            await self._answer(request, headers, send)

    async def _answer(self, request: Request, headers: dict[str, str], send: Send) -> None:
        start = time.monotonic()
        body, path, version = await request.body(), request.url.path, version_of(headers)
        fault = self.faults.match(path)
        quirks = self.tenant.quirks
        delay = quirks.latency_ms / 1000 + (fault.seconds if fault and fault.kind == "slow" else 0.0)
        if delay:
            await asyncio.sleep(delay)
        now = self.tenant.clock.now().timestamp()
        response = fault_response(fault, version, quirks, now) if fault else None
        if response is None:
            response = self._respond(request, headers, body)
            response.body = self.tenant.insert_raw_subjects(response.body)
            if fault and fault.kind == "undecodable":
                response.body = make_undecodable(response.body, fault.variant)
        if quirks.bom and response.content_type == JSON and response.body:
            response.body = codecs.BOM_UTF8 + response.body
        response.headers.setdefault("Date", formatdate(self.tenant.clock.now().timestamp(), usegmt=True))
        bearer = path.startswith(DOWNLOAD) and "authorization" in headers
        kind, end = fault.kind if fault else "", time.monotonic()
        self.log.append(LoggedRequest(end, request.method, path, version, response.status, bearer, kind, end - start))
        self.counts[path] = self.counts.get(path, 0) + 1
        if response.is_dropped or (fault and fault.kind in ("reset", "truncated")):
            await _break_connection(bool(fault and fault.kind == "truncated"), response, request, send)
        else:
            await _send(response, request, send)

    def _respond(self, request: Request, headers: dict[str, str], body: bytes) -> ApiResponse:
        path = request.url.path
        if len(body) > _MAX_BODY_BYTES:
            return ApiResponse(413)
        if self.replay is not None:
            target = f"{path}?{request.url.query}" if request.url.query else path
            return self.replay.respond(request.method, target, body)
        if path.startswith(DOWNLOAD):
            token = parse_qs(request.url.query).get("token", [""])[0]
            return download(self.tenant, path.removeprefix(DOWNLOAD), token)
        base = self.file_base or f"{request.url.scheme}://{headers.get('host', '')}"
        return self.middleware.handle(request.method, path, headers, body, base)


async def _send(response: ApiResponse, request: Request, send: Send) -> None:
    headers = {"Server": SERVER, **response.headers}
    encoded = Response(response.body, response.status, headers, response.content_type)
    if response.status == 204 or not response.body:
        encoded.headers.setdefault("content-length", "0")
    await encoded(request.scope, request.receive, send)


async def _break_connection(truncated: bool, response: ApiResponse, request: Request, send: Send) -> None:
    """Close the connection before the response, or in the middle of it."""
    cycle: Any = getattr(request.receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if truncated:
        length = str(len(response.body)).encode()
        headers = [(b"content-type", response.content_type.encode()), (b"content-length", length)]
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        half = response.body[: len(response.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        if transport is not None:
            transport.close()  # unlike abort(), close() sends the bytes that were written
    elif transport is not None:
        transport.abort()
