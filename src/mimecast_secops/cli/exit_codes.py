"""What the exit code of a command says, in one table."""

from __future__ import annotations

from typing import Final

from mimecast_secops.actions import ActionFailed, Result
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    Misconfigured,
    Unavailable,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.stores.errors import AlertsUnwritable, StateError, StateInUse, StateLocked

OK: Final = 0
NOT_DONE: Final = 1
USAGE: Final = 2
CONFIGURATION: Final = 3
AUTHENTICATION: Final = 4
REFUSED: Final = 5
UNREACHABLE: Final = 6
PARTIAL: Final = 7
UNREADABLE: Final = 8
LOCKED: Final = 9
UNWRITABLE: Final = 10
DAMAGED: Final = 11
BUG: Final = 70
INTERRUPTED: Final = 130

MEANINGS: Final = {
    OK: "done",
    NOT_DONE: "not done, for a reason that the message names (not held, ambiguous, stopped by a guard)",
    USAGE: "a parameter or an option is wrong; nothing was sent",
    CONFIGURATION: "a setting is missing, malformed or unsafe; nothing was sent",
    AUTHENTICATION: "Mimecast does not accept the credentials",
    REFUSED: "Mimecast refused, or a right is missing",
    UNREACHABLE: "no answer: network, TLS, proxy, time-out, or Mimecast's own trouble",
    PARTIAL: "some of several things were done",
    UNREADABLE: "the answer is not that of the Mimecast API",
    LOCKED: "another process uses or locks the state database; try again",
    UNWRITABLE: "the state database or the alert file cannot be written (disk full, permissions, file replaced)",
    DAMAGED: "the state database is damaged, or a newer version wrote it",
    BUG: "an error that nobody foresaw",
    INTERRUPTED: "interrupted",
}

# The first kind that fits: from the particular to the general.
_KINDS: Final[tuple[tuple[type[BaseException], int], ...]] = (
    (InvalidParameter, USAGE),
    (Misconfigured, CONFIGURATION),
    (AuthenticationFailed, AUTHENTICATION),
    (Unreachable, UNREACHABLE),
    (Unavailable, UNREACHABLE),
    (UnreadableReply, UNREADABLE),
    (UnreadableState, DAMAGED),
    (StateLocked, LOCKED),
    (StateInUse, LOCKED),
    (StateError, UNWRITABLE),
    (AlertsUnwritable, UNWRITABLE),
    (ApiError, REFUSED),
    (ActionFailed, NOT_DONE),
    (OSError, NOT_DONE),
    (KeyboardInterrupt, INTERRUPTED),
)


def code_of(error: BaseException | None) -> int:
    """The exit code of an error; None is success."""
    if error is None:
        return OK
    fallback = NOT_DONE if type(error).__module__.startswith("mimecast_secops") else BUG
    return next((code for kind, code in _KINDS if isinstance(error, kind)), fallback)


def code_of_result(result: Result) -> int:
    """The exit code of an action."""
    if result.is_success:
        return OK
    return PARTIAL if result.partial else code_of(result.error) or NOT_DONE


def table() -> str:
    """The codes for a help text."""
    return "\n".join(f"  {code:<4} {meaning}" for code, meaning in MEANINGS.items())
