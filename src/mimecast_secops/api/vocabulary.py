"""The words of the Mimecast API, each defined once.

Mimecast sends these words as text, and may send words that no document lists. Records therefore keep a status or a
route as text: a known one compares equal to its member here, and an unknown one is kept as it came.
"""

from __future__ import annotations

from enum import Enum, StrEnum


class ApiVersion(Enum):
    """The two versions of the Mimecast API. The type of the credentials decides which one a client uses."""

    V1 = "API 1.0"
    V2 = "API 2.0"


class Status(StrEnum):
    """The status of a message in message tracking."""

    DELIVERY = "delivery"
    HELD = "held"
    ACCEPTED = "accepted"
    BOUNCED = "bounced"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    ARCHIVED = "archived"


class Route(StrEnum):
    """The direction of a message, seen from the tenant."""

    INTERNAL = "internal"
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Risk(StrEnum):
    """The risk in Mimecast's verdict on a message, ordered from `NEGLIGIBLE` to `HIGH`.

    Comparisons follow that order, not the alphabet. Comparing with text that is not a risk raises `ValueError`.
    """

    NEGLIGIBLE = "negligible"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def severity(self) -> int:
        """The position in the order, from 0 for `NEGLIGIBLE`."""
        return list(Risk).index(self)

    def __lt__(self, other: str) -> bool:
        return self.severity < Risk(other).severity

    def __le__(self, other: str) -> bool:
        return self.severity <= Risk(other).severity

    def __gt__(self, other: str) -> bool:
        return self.severity > Risk(other).severity

    def __ge__(self, other: str) -> bool:
        return self.severity >= Risk(other).severity


class Decision(StrEnum):
    """A decision about a held message."""

    RELEASE = "release"
    REJECT = "reject"

    @property
    def reverse(self) -> Decision:
        """The other decision."""
        return Decision.REJECT if self is Decision.RELEASE else Decision.RELEASE

    @property
    def statuses(self) -> frozenset[Status]:
        """The statuses of a message that message tracking shows after this decision."""
        if self is Decision.REJECT:
            return frozenset({Status.REJECTED})
        return frozenset({Status.ACCEPTED, Status.ARCHIVED, Status.DELIVERY})
