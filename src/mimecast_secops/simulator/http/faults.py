"""Faults that can be switched on: by path, by count or by chance."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Final

from mimecast_secops.simulator.http.limits import too_many_requests
from mimecast_secops.simulator.http.responses import ApiResponse, failure, gateway_failure

KINDS: Final = (
    *("429", "500", "503", "reset", "truncated", "html", "empty", "slow", "expired"),
    *("object", "message", "null-data", "wrong-data", "undecodable"),
)
# HTTP 200 with JSON that is no result of any function.
_NON_RESULT_BODIES: Final = {
    "object": b"{}",
    "message": b'{"message":"ok"}',
    "null-data": b'{"meta":{"status":200},"data":null,"fail":[]}',
    "wrong-data": b'{"meta":{"status":200},"data":[{}],"fail":[]}',
}
# What stands at the end of the first subject of a reply; only `bom` stands before the reply.
_INVALID_TEXT: Final = {
    "surrogate": rb"\ud83d",
    "cut-utf-8": b"\xf0\x9f\x98",
    "control": b"\x01",
    "cesu-8": b"\xed\xa0\xbd\xed\xb8\x80",
    "latin-1": b"caf\xe9",
    "quote": b'"',
}
VARIANTS: Final = (*_INVALID_TEXT, "bom")
_SUBJECT: Final = re.compile(rb'"subject":"(?:[^"\\]|\\.)*')
LOGIN_PAGE: Final = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Sign in</form></body></html>"


class UnknownFault(ValueError):
    """No such fault."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """A fault.

    `path` is a pattern (`/api/gateway/*`). It strikes the next `count` matching calls (0 = without end), each with
    `probability`, after letting `after` of them through. `seconds` is for slow, `reset_ms` for 429,
    `variant` for undecodable.
    """

    kind: str
    path: str = "*"
    count: int = 0
    probability: float = 1.0
    after: int = 0
    seconds: float = 1.0
    reset_ms: int = 100
    variant: str = "surrogate"
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownFault(f"There is no fault {self.kind!r}. There are: {', '.join(KINDS)}.")
        if self.variant not in VARIANTS:
            raise UnknownFault(f"There is no variant {self.variant!r}. There are: {', '.join(VARIANTS)}.")


@dataclass(slots=True)
class Faults:
    """The faults that are switched on. The same seed strikes the same calls."""

    seed: int = 1
    active: list[Fault] = field(default_factory=list)
    _chance: random.Random = field(default_factory=lambda: random.Random(1), repr=False)

    def add(self, fault: Fault) -> None:
        """Switch a fault on."""
        self.active.append(fault)

    def clear(self) -> None:
        """Switch all faults off."""
        self.active.clear()

    def match(self, path: str) -> Fault | None:
        """The fault that this call meets, if any."""
        for fault in self.active:
            if not fnmatchcase(path, fault.path) or (fault.count and fault.hits >= fault.count):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.probability >= 1 or self._chance.random() < fault.probability:
                fault.hits += 1
                return fault
        return None


def fault_response(fault: Fault, version: int) -> ApiResponse | None:
    """What a fault answers instead; None for those that change how an answer is sent."""
    if fault.kind == "429":
        return too_many_requests(
            {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(fault.reset_ms)}
        )
    if fault.kind in ("500", "503"):
        status = int(fault.kind)
        return (
            failure([], status=status) if version == 1 else gateway_failure(status, "internal_error", "Try again later")
        )
    if fault.kind == "html":
        return ApiResponse(200, LOGIN_PAGE, "text/html; charset=utf-8")
    if fault.kind in _NON_RESULT_BODIES:
        return ApiResponse(200, _NON_RESULT_BODIES[fault.kind])
    if fault.kind == "empty":
        return ApiResponse(200, b"")
    if fault.kind == "expired" and version == 2:
        return gateway_failure(401, "token_expired", "Access token expired")
    return None


def make_undecodable(body: bytes, variant: str) -> bytes:
    """A JSON reply that a strict decoder refuses: its first subject is broken. Without a subject it is unchanged.

    Args:
        body: the encoded reply.
        variant: one of `VARIANTS`.
    """
    if variant == "bom":
        return b"\xef\xbb\xbf" + body
    return _SUBJECT.sub(lambda subject: subject.group() + _INVALID_TEXT[variant], body, count=1)
