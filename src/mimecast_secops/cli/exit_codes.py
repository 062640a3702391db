"""Exit codes: the code of each kind of error, and what it means."""

from __future__ import annotations

from typing import Final

from mimecast_secops.actions import ActionFailed, Result
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    Misconfigured,
    RateLimited,
    Unavailable,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.deliveries.errors import AlertsUnwritable
from mimecast_secops.ingest import Report, UnreadableState
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.stores.errors import StateError, StateInUse, StateLocked

OK: Final = 0
NOT_DONE: Final = 1
USAGE: Final = 2
CONFIGURATION: Final = 3
AUTHENTICATION: Final = 4
API_ERROR: Final = 5
UNREACHABLE: Final = 6
PARTIAL: Final = 7
UNREADABLE: Final = 8
LOCKED: Final = 9
UNWRITABLE: Final = 10
DAMAGED: Final = 11
RATE_LIMITED: Final = 12
UNEXPECTED: Final = 70
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

MEANINGS: Final = {
    OK: "success",
    NOT_DONE: "not done; the message gives the reason (not held, ambiguous, stopped by a guard)",
    USAGE: "invalid parameter or option; nothing was sent",
    CONFIGURATION: "missing, malformed, or unsafe setting; nothing was sent",
    AUTHENTICATION: "Mimecast does not accept the credentials",
    API_ERROR: "Mimecast returned an error, or a permission is missing",
    UNREACHABLE: "no answer: network, TLS, proxy, timeout, or a Mimecast server error",
    PARTIAL: "some of several operations succeeded, or a cycle reports that messages are missing or unreadable",
    UNREADABLE: "the response does not come from the Mimecast API",
    LOCKED: "another process uses or locks the state database; try again",
    UNWRITABLE: "the state database or the alert file cannot be written (disk full, permissions, file replaced)",
    DAMAGED: "the state database is damaged, or a newer version wrote it",
    RATE_LIMITED: "Mimecast's rate limit does not allow the call yet; try again after the time in the message",
    UNEXPECTED: "unexpected error (please report)",
    INTERRUPTED: "interrupted",
    BROKEN_PIPE: "the program that read standard output ended first",
}

# The first matching class decides, so subclasses come first.
_KINDS: Final[tuple[tuple[type[BaseException], int], ...]] = (
    (InvalidParameter, USAGE),
    (Misconfigured, CONFIGURATION),
    (AuthenticationFailed, AUTHENTICATION),
    (Unreachable, UNREACHABLE),
    (Unavailable, UNREACHABLE),
    (RateLimited, RATE_LIMITED),
    (UnreadableReply, UNREADABLE),
    (UnreadableState, DAMAGED),
    (StateLocked, LOCKED),
    (StateInUse, LOCKED),
    (StateError, UNWRITABLE),
    (AlertsUnwritable, UNWRITABLE),
    (ApiError, API_ERROR),
    (ActionFailed, NOT_DONE),
    (OSError, NOT_DONE),
    (KeyboardInterrupt, INTERRUPTED),
)


def code_of(error: BaseException | None) -> int:
    """The exit code of an error; None is success. An error of this package without a code is `NOT_DONE`."""
    if error is None:
        return OK
    fallback = NOT_DONE if type(error).__module__.startswith("mimecast_secops") else UNEXPECTED
    return next((code for kind, code in _KINDS if isinstance(error, kind)), fallback)


def code_of_result(result: Result) -> int:
    """The exit code of the result of an action."""
    if result.is_success:
        return OK
    return PARTIAL if result.partial else code_of(result.error) or NOT_DONE


def code_of_cycle(report: Report) -> int:
    """The exit code of a cycle: that of its gravest error, or `PARTIAL` if something is missing without an error."""
    return code_of(report.error) or (OK if report.ok else PARTIAL)
