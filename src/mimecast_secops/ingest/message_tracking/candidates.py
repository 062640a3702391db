"""What is compared of a hold and of a tracking record, and groups of messages with one sender and subject."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, Generic, NamedTuple, TypeVar, overload

from mimecast_secops.api import HeldMessage
from mimecast_secops.ingest.clock import to_ms
from mimecast_secops.ingest.record import PendingRecord, clip

# Tracking and hold queue may name times a little apart (docs/reference/mimecast-api.md#identifiers [seen in a client]:
# two seconds).
TOLERANCE_MS: Final = 5_000
# An attacker can send the same message ten thousand times; candidates are counted no further than this.
MAX_COUNTED: Final = 50
# Comparing with all messages of a smaller group costs less than arranging them.
_SMALL_GROUP: Final = 8
MatchKey = tuple[str, str]
"""Sender and subject, in the form in which both sides are compared."""
Message = TypeVar("Message")


class Candidate(NamedTuple, Generic[Message]):
    """A record or an entry with what is compared, computed once.

    `recipient` is in lower case, "" if the message names none. `received_ms` is None if it names no readable time.
    """

    message: Message
    recipient: str
    received_ms: int | None

    def could_be(self, other: Candidate[Any]) -> bool:
        """Whether recipient and time agree, as far as both messages name them. Sender and subject are not compared."""
        if self.recipient and other.recipient and self.recipient != other.recipient:
            return False
        if self.received_ms is None or other.received_ms is None:
            return True
        return abs(self.received_ms - other.received_ms) <= TOLERANCE_MS


class Alike(Sequence[Candidate[Message]]):
    """The messages with one sender and subject."""

    __slots__ = ("_by_recipient", "_candidates")

    def __init__(self, candidates: Iterable[Candidate[Message]]) -> None:
        self._candidates = list(candidates)
        self._by_recipient: dict[str, _Timed[Message]] | None = None

    def __len__(self) -> int:
        return len(self._candidates)

    @overload
    def __getitem__(self, index: int) -> Candidate[Message]: ...

    @overload
    def __getitem__(self, index: slice) -> list[Candidate[Message]]: ...

    def __getitem__(self, index: int | slice) -> Candidate[Message] | list[Candidate[Message]]:
        return self._candidates[index]

    def matching(self, other: Candidate[Any], limit: int = MAX_COUNTED) -> list[Candidate[Message]]:
        """The messages whose recipient and time agree with another one, up to a limit."""
        return list(islice((message for message in self._near(other) if message.could_be(other)), limit))

    def _near(self, other: Candidate[Any]) -> Iterator[Candidate[Message]]:
        """At least the messages that agree. In a large group, the search does not run through all of them."""
        if len(self._candidates) <= _SMALL_GROUP or not other.recipient:
            yield from self._candidates
            return
        if self._by_recipient is None:
            by_recipient: defaultdict[str, list[Candidate[Message]]] = defaultdict(list)
            for candidate in self._candidates:
                by_recipient[candidate.recipient].append(candidate)
            self._by_recipient = {recipient: _Timed(group) for recipient, group in by_recipient.items()}
        for recipient in (other.recipient, ""):
            if recipient in self._by_recipient:
                yield from self._by_recipient[recipient].near(other.received_ms)


class _Timed(Generic[Message]):
    """Messages with one recipient, in order of time."""

    __slots__ = ("_timed", "_times", "_untimed")

    def __init__(self, candidates: Iterable[Candidate[Message]]) -> None:
        group = list(candidates)
        self._untimed = [candidate for candidate in group if candidate.received_ms is None]
        self._timed = sorted(
            (candidate for candidate in group if candidate.received_ms is not None),
            key=lambda candidate: candidate.received_ms or 0,
        )
        self._times = [candidate.received_ms or 0 for candidate in self._timed]

    def near(self, time_ms: int | None) -> Iterator[Candidate[Message]]:
        """The messages that are close to a time, and those without one."""
        first, last = 0, len(self._timed)
        if time_ms is not None:
            first = bisect_left(self._times, time_ms - TOLERANCE_MS)
            last = bisect_right(self._times, time_ms + TOLERANCE_MS)
        yield from islice(self._timed, first, last)
        yield from self._untimed


def candidate_of_hold(hold: HeldMessage, offset_ms: int = 0) -> Candidate[HeldMessage]:
    """What is compared of an entry of the hold queue, whose time is `offset_ms` later than in message tracking."""
    received_ms = to_ms(hold.received) - offset_ms if hold.received else None
    return Candidate(hold, folded(clip(hold.recipient)), received_ms)


def candidate_of_record(record: PendingRecord) -> Candidate[PendingRecord]:
    """What is compared of a tracking record."""
    return Candidate(record, folded(record.recipient), None if "received" in record.defects else record.received_ms)


def key_of_hold(hold: HeldMessage) -> MatchKey:
    """The key under which an entry of the hold queue is found."""
    return _key(clip(hold.sender), clip(hold.subject))


def key_of_record(record: PendingRecord) -> MatchKey:
    """The key under which a record is found."""
    return _key(record.sender, record.subject)


def folded(text: str) -> str:
    """An address in the form in which it is compared."""
    folded_text = text.casefold()
    # Nearly every address is in lower case already: then the same string is kept, not a copy.
    return text if folded_text == text else folded_text


def _key(sender: str, subject: str) -> MatchKey:
    return folded(sender), subject.strip()
