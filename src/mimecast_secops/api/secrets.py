"""A secret that does not show itself.

A value that must never reach a log, an error, a trace or a file travels as a `Secret` and is read with
`reveal()` at the one place that puts it on the wire. `scrub` is the second line of defence: hosts pass every
text that leaves the process through it, in case a server or a library echoed a secret back.
"""

from __future__ import annotations

from typing import Final, NoReturn
from urllib.parse import quote
from weakref import WeakValueDictionary

MASK: Final = "********"
# A value this short occurs in ordinary words; masking it would make logs unreadable and protect nothing.
_SHORTEST_SCRUBBED: Final = 6


class Secret:
    """Text that hides itself from `str`, `repr`, formatting and pickling.

    Args:
        value: the secret text; an empty one is a secret that was not given (`bool(secret)` is false).
    """

    __slots__ = ("__weakref__", "_value")
    # By identity: in a set, two secrets of the same value would be one entry that goes with the first of them.
    _known: Final[WeakValueDictionary[int, Secret]] = WeakValueDictionary()

    def __init__(self, value: str = "") -> None:
        self._value = value
        Secret._known[id(self)] = self

    def reveal(self) -> str:
        """The secret itself. Call it where it goes on the wire, and nowhere else."""
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
        raise TypeError("a Secret is not pickled: it would leave the process in clear")


def scrub(text: str) -> str:
    """`text` with every secret of this process masked, also in its percent-encoded form."""
    for value in {secret.reveal() for secret in list(Secret._known.values())}:  # noqa: SLF001 -- its own registry
        if len(value) >= _SHORTEST_SCRUBBED:
            text = text.replace(value, MASK).replace(quote(value, safe=""), MASK)
    return text
