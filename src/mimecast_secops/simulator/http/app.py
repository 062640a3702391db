"""The ASGI application: bytes in, bytes out; everything else is decided behind it."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import time
from collections import deque
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any, Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mimecast_secops.simulator.http.control import ControlApi
from mimecast_secops.simulator.http.control_calls import PREFIX
from mimecast_secops.simulator.http.faults import Fault, Faults, fault_response, make_undecodable
from mimecast_secops.simulator.http.files import DOWNLOAD, download
from mimecast_secops.simulator.http.middleware import Middleware, version_of
from mimecast_secops.simulator.http.responses import ApiResponse
from mimecast_secops.simulator.tenant.tenant import Tenant

SERVER: Final = "mimecast-simulator"
_HOST: Final = re.compile(r"(?:\[(?P<bracketed>[^\[\]]*)\]|(?P<plain>[^:\[\]]*))(?::[0-9]*)?")
_MAX_LOGGED_REQUESTS: Final = 100_000
_MAX_BODY_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request that was answered; `fault` is the fault that it met."""

    at: float
    method: str
    path: str
    version: int
    status: int
    bearer_on_download: bool = False
    fault: str = ""


class SimulatorApp:
    """The application. `log` holds the requests of Mimecast's API, oldest first; control calls are not in it."""

    def __init__(self, tenant: Tenant, *, allow_remote: bool = False, file_base: str = "") -> None:
        self.tenant = tenant
        self.middleware = Middleware(tenant)
        self.faults = Faults()
        self.counts: dict[str, int] = {}
        self.control = ControlApi(tenant, self.middleware, self.faults, self.counts)
        self.log: deque[LoggedRequest] = deque(maxlen=_MAX_LOGGED_REQUESTS)
        self.file_base = file_base
        self._allow_remote = allow_remote

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        if not self._allow_remote and not _names_loopback(headers):
            await _send(
                ApiResponse(403, b"This simulator answers its own machine only.", "text/plain"), scope, receive, send
            )
            return
        path = request.url.path
        if path.startswith(PREFIX):
            answer = self.control.reply(request.method, path, headers, await request.body())
            await _send(answer, scope, receive, send)
            return
        await self._answer(request, path, headers, send)

    async def _answer(self, request: Request, path: str, headers: dict[str, str], send: Send) -> None:
        body = await request.body()
        version = version_of(headers)
        fault = self.faults.match(path)
        quirks = self.tenant.quirks
        wait = quirks.latency_ms / 1000 + (fault.seconds if fault and fault.kind == "slow" else 0.0)
        if wait:
            await asyncio.sleep(wait)
        answer = fault_response(fault, version) if fault else None
        if answer is None:
            answer = self._answered(request, path, headers, body)
            answer.body = self.tenant.insert_raw_subjects(answer.body)
            if fault and fault.kind == "undecodable":
                answer.body = make_undecodable(answer.body, fault.variant)
        answer.headers.setdefault("Date", formatdate(self.tenant.clock.now().timestamp(), usegmt=True))
        bearer = path.startswith(DOWNLOAD) and "authorization" in headers
        kind = fault.kind if fault else ""
        self.log.append(LoggedRequest(time.monotonic(), request.method, path, version, answer.status, bearer, kind))
        self.counts[path] = self.counts.get(path, 0) + 1
        if fault and fault.kind in ("reset", "truncated"):
            await _break_connection(fault, answer, request, send)
        else:
            await _send(answer, request.scope, request.receive, send)

    def _answered(self, request: Request, path: str, headers: dict[str, str], body: bytes) -> ApiResponse:
        if len(body) > _MAX_BODY_BYTES:
            return ApiResponse(413)
        if path.startswith(DOWNLOAD):
            given = parse_qs(request.url.query).get("token", [""])[0]
            return download(self.tenant, path.removeprefix(DOWNLOAD), given)
        base = self.file_base or f"{request.url.scheme}://{headers.get('host', '')}"
        return self.middleware.answer(request.method, path, headers, body, base)


async def _send(answer: ApiResponse, scope: Scope, receive: Receive, send: Send) -> None:
    response = Response(answer.body, answer.status, {"Server": SERVER, **answer.headers}, answer.content_type)
    if answer.status == 204 or not answer.body:
        response.headers.setdefault("content-length", "0")
    await response(scope, receive, send)


async def _break_connection(fault: Fault, answer: ApiResponse, request: Request, send: Send) -> None:
    """End the connection before, or in the middle of, the reply."""
    cycle: Any = getattr(request.receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if fault.kind == "truncated":
        length = str(len(answer.body)).encode()
        headers = [(b"content-type", answer.content_type.encode()), (b"content-length", length)]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body[: len(answer.body) // 2], "more_body": True})
        if transport is not None:
            transport.close()  # unlike abort() this sends what was written
    elif transport is not None:
        transport.abort()


def _names_loopback(headers: dict[str, str]) -> bool:
    """Whether the request names this machine; a name that merely resolves to it is somebody's trick."""
    named = _HOST.fullmatch(headers.get("host", ""))
    if named is None:
        return False
    host = named["bracketed"] or named["plain"] or ""
    try:
        return host in ("localhost", "") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
