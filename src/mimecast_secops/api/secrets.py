"""Secrets that do not appear in logs, errors and files.

A value that must never reach a log, an error, a traceback or a file is a `Secret`. Only the code that sends it calls
`reveal()`. `scrub` is the second line of defense: every text that leaves the process passes through it, in case a
server or a library returned a secret.
"""

from __future__ import annotations

from typing import Final, NoReturn
from urllib.parse import quote
from weakref import WeakValueDictionary

MASK: Final = "********"
# A shorter value occurs in ordinary words. Masking it would make logs unreadable and protect nothing.
_MIN_SCRUBBED: Final = 6


class Secret:
    """A text that `str`, `repr`, formatting and pickling do not reveal.

    Args:
        value: the secret text. If it is empty, the secret is not set and `bool(secret)` is false.
    """

    __slots__ = ("__weakref__", "_value")
    # Keyed by identity: in a set, two secrets with the same value would be one entry that the first one removes.
    _known: Final[WeakValueDictionary[int, Secret]] = WeakValueDictionary()

    def __init__(self, value: str = "") -> None:
        self._value = value
        Secret._known[id(self)] = self

    def reveal(self) -> str:
        """The secret text. Call this only in the code that sends the secret."""
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __repr__(self) -> str:
        return f"Secret({MASK!r})" if self else "Secret('')"

    def __str__(self) -> str:
        return MASK if self else ""

    def __format__(self, form: str) -> str:
        return format(str(self), form)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled, because it would leave the process in clear text")


def scrub(text: str) -> str:
    """Mask every secret of this process in a text, also in its percent-encoded form."""
    for value in {secret.reveal() for secret in list(Secret._known.values())}:  # noqa: SLF001 -- the registry of this module
        if len(value) >= _MIN_SCRUBBED:
            text = text.replace(value, MASK).replace(quote(value, safe=""), MASK)
    return text
