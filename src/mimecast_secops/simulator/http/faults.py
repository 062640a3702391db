"""Faults that replace, break or delay replies: selected by path, count and probability."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Annotated, Final, Literal, get_args

from msgspec import Meta

from mimecast_secops.simulator.http.limits import rate_headers, too_many_requests
from mimecast_secops.simulator.http.responses import ApiResponse, failure, gateway_failure
from mimecast_secops.simulator.quirks import Quirks

Kind = Literal[
    "429", "quota", "500", "503", "504", "reset", "truncated", "html", "empty", "slow", "expired",
    "object", "message", "null-data", "wrong-data", "undecodable",
]  # fmt: skip
Variant = Literal["surrogate", "cut-utf-8", "control", "cesu-8", "latin-1", "quote", "bom"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)
VARIANTS: Final[tuple[str, ...]] = get_args(Variant)
# HTTP 200 with JSON that is not the reply of any endpoint.
_NON_RESULT_BODIES: Final = {
    "object": b"{}",
    "message": b'{"message":"ok"}',
    "null-data": b'{"meta":{"status":200},"data":null,"fail":[]}',
    "wrong-data": b'{"meta":{"status":200},"data":[{}],"fail":[]}',
}
# Appended to the first subject of a reply. The variant `bom` is put before the reply instead.
_INVALID_TEXT: Final = {
    "surrogate": rb"\ud83d",
    "cut-utf-8": b"\xf0\x9f\x98",
    "control": b"\x01",
    "cesu-8": b"\xed\xa0\xbd\xed\xb8\x80",
    "latin-1": b"caf\xe9",
    "quote": b'"',
}
_SUBJECT: Final = re.compile(rb'"subject":"(?:[^"\\]|\\.)*')
LOGIN_PAGE: Final = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form>Sign in</form></body></html>"


class UnknownFault(ValueError):
    """The fault or its variant does not exist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault, and the calls that it affects."""

    kind: Kind
    path: Annotated[str, Meta(description="A pattern of paths, such as /api/gateway/*.")] = "*"
    count: Annotated[int, Meta(description="The number of calls that it affects. 0: all.")] = 0
    probability: Annotated[float, Meta(description="The share of the calls that it affects, from 0 to 1.")] = 1.0
    after: Annotated[int, Meta(description="The number of calls that pass before the first affected one.")] = 0
    seconds: Annotated[
        float, Meta(description="For slow: the delay in seconds. For quota: the time until calls are allowed again.")
    ] = 1.0
    reset_ms: Annotated[int, Meta(description="For 429: the value of X-RateLimit-Reset in milliseconds.")] = 100
    variant: Annotated[Variant, Meta(description="For undecodable: what makes the reply invalid.")] = "surrogate"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UnknownFault(f"There is no fault {self.kind!r}. There are: {', '.join(KINDS)}.")
        if self.variant not in VARIANTS:
            raise UnknownFault(f"There is no variant {self.variant!r}. There are: {', '.join(VARIANTS)}.")


@dataclass(slots=True)
class ActiveFault:
    """A fault that was added.

    Attributes:
        fault: the fault.
        passed: the number of matching calls that passed before the first affected one.
        affected: the number of affected calls.
        ends_at: when an exhausted quota resets, on the monotonic clock; None before the first affected call.
    """

    fault: Fault
    passed: int = 0
    affected: int = 0
    ends_at: float | None = None

    @property
    def is_exhausted(self) -> bool:
        """Whether the fault has affected all of its calls."""
        if self.ends_at is not None and time.monotonic() >= self.ends_at:
            return True
        return bool(self.fault.count) and self.affected >= self.fault.count

    def affect(self) -> Fault:
        """Count an affected call. Returns the fault as it affects this call."""
        self.affected += 1
        if self.fault.kind != "quota":
            return self.fault
        now = time.monotonic()
        if self.ends_at is None:
            self.ends_at = now + self.fault.seconds
        return replace(self.fault, reset_ms=int((self.ends_at - now) * 1000))


class Faults:
    """The active faults. The random numbers start from a fixed seed, so a test affects the same calls in every run."""

    def __init__(self) -> None:
        self._active: list[ActiveFault] = []
        self._random = random.Random(1)

    @property
    def added(self) -> Sequence[ActiveFault]:
        """The faults that were added, including those that have affected all of their calls."""
        return tuple(self._active)

    def add(self, fault: Fault) -> None:
        """Activate a fault."""
        self._active.append(ActiveFault(fault))

    def clear(self) -> None:
        """Deactivate all faults."""
        self._active.clear()

    def match(self, path: str) -> Fault | None:
        """The fault that affects this call, if any. Counts the call."""
        for active in self._active:
            fault = active.fault
            if not fnmatchcase(path, fault.path) or active.is_exhausted:
                continue
            if active.passed < fault.after:
                active.passed += 1
                continue
            if fault.probability >= 1 or self._random.random() < fault.probability:
                return active.affect()
        return None


def fault_response(fault: Fault, version: int, quirks: Quirks, now: float | None = None) -> ApiResponse | None:
    """The reply that a fault sends; None for a fault that changes how the real reply is sent.

    Args:
        fault: the fault.
        version: the API version of the call.
        quirks: the quirks of the tenant, which define the rate limit headers.
        now: the unix time of the tenant, for a reset that is a time; None for the time of the system.
    """
    if fault.kind in ("429", "quota"):
        return too_many_requests(rate_headers(quirks, 0, fault.reset_ms / 1000, now, limit=1))
    if fault.kind in ("500", "503", "504"):
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
    """Make a JSON reply invalid by damaging its first subject. A reply without a subject stays unchanged.

    Args:
        body: the encoded reply.
        variant: one of `VARIANTS`.
    """
    if variant == "bom":
        return b"\xef\xbb\xbf" + body
    return _SUBJECT.sub(lambda subject: subject.group() + _INVALID_TEXT[variant], body, count=1)
