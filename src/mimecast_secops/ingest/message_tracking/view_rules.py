"""What two views of one message must have in common, and which messages of two lists agree by such a rule."""

from __future__ import annotations

import html
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, Final, Generic, NamedTuple, TypeVar

from mimecast_secops.api import HeldMessage
from mimecast_secops.ingest.message_tracking.candidates import MAX_COUNTED, TOLERANCE_MS, Candidate
from mimecast_secops.ingest.record import PendingRecord, clip

# Subjects of which one is a part of the other are looked up by this many characters of their beginning or end.
LONG_EDGE: Final = 12
SHORT_EDGE: Final = 2
Message = TypeVar("Message", bound=HeldMessage | PendingRecord)


class View(NamedTuple, Generic[Message]):
    """What one list shows of a message. Addresses and subject are in the form in which both lists are compared."""

    message: Message
    recipient: str
    sender: str
    subject: str
    time_ms: int


class Rule(NamedTuple):
    """What a hold and a record must have in common.

    Attributes:
        parts: the members of `View` that are equal.
        tolerance_ms: how far their times may be apart.
        edge: if positive, one subject is a part of the other, because the longer one has a tag or the shorter one was
            cut. Both have at least this many characters, by which they are looked up.
    """

    parts: tuple[str, ...]
    tolerance_ms: int = TOLERANCE_MS
    edge: int = 0

    def keys(self, view: View[Any]) -> Iterator[Hashable]:
        """The keys under which a message is looked up. Two messages that agree have one in common."""
        key = tuple(getattr(view, part) for part in self.parts)
        if not self.edge:
            yield key
        elif len(view.subject) >= self.edge:
            yield key, "beginning", view.subject[: self.edge]
            yield key, "end", view.subject[-self.edge :]

    def agree(self, hold: View[Any], record: View[Any]) -> bool:
        """Whether two messages with a common key agree."""
        return not self.edge or hold.subject in record.subject or record.subject in hold.subject


class Group(Generic[Message]):
    """Messages with one key, in order of time."""

    def __init__(self, views: Iterable[View[Message]]) -> None:
        self.views: list[View[Message]] = sorted(views, key=lambda view: (view.time_ms, view.message.id))
        self._times: list[int] = [view.time_ms for view in self.views]
        self._free = list(self.views)
        self._free_times = list(self._times)

    def around(self, time_ms: int, tolerance_ms: int) -> Sequence[View[Message]]:
        """The messages that are close to a time, up to a limit."""
        first = bisect_left(self._times, time_ms - tolerance_ms)
        last = bisect_right(self._times, time_ms + tolerance_ms)
        return self.views[first : min(last, first + MAX_COUNTED)]

    def first_free(self, view: View[Any], rule: Rule, taken: set[str]) -> View[Message] | None:
        """The earliest message that agrees with another one and is not taken."""
        position = bisect_left(self._free_times, view.time_ms - rule.tolerance_ms)
        last = position + MAX_COUNTED
        while position < min(last, len(self._free)) and self._free_times[position] <= view.time_ms + rule.tolerance_ms:
            found = self._free[position]
            if found.message.id in taken:
                del self._free[position], self._free_times[position]
            elif rule.agree(view, found):
                return found
            else:
                position += 1
        return None


def view_of(candidate: Candidate[Message]) -> View[Message]:
    """The view of a hold or a record that has a time."""
    message = candidate.message
    return View(
        message,
        candidate.recipient,
        clip(message.sender).casefold(),
        subject_text(message.subject),
        candidate.received_ms or 0,
    )


def subject_text(subject: str) -> str:
    """A subject without what a view can change: case, white space, HTML escapes, and dots where it was cut."""
    return " ".join(html.unescape(clip(subject)).casefold().split()).rstrip("…. ")


def groups(rule: Rule, views: Iterable[View[Message]]) -> dict[Hashable, Group[Message]]:
    """The messages by key."""
    by_key: defaultdict[Hashable, list[View[Message]]] = defaultdict(list)
    for view in views:
        for key in rule.keys(view):
            by_key[key].append(view)
    return {key: Group(alike) for key, alike in by_key.items()}


def pairs(
    rule: Rule, holds: Iterable[View[HeldMessage]], records: Iterable[View[PendingRecord]]
) -> Iterator[tuple[View[HeldMessage], View[PendingRecord], bool]]:
    """Assign a different record to each hold, in order of time.

    Returns:
        Hold, record, and whether neither of them agrees with another message.
    """
    record_groups = groups(rule, records)
    taken_holds: set[str] = set()
    taken_records: set[str] = set()
    for key, group in groups(rule, holds).items():
        alike = record_groups.get(key)
        for hold in group.views if alike else ():
            record = None
            if alike and hold.message.id not in taken_holds:
                record = alike.first_free(hold, rule, taken_records)
            if alike is None or record is None:
                continue
            fitting = [view for view in alike.around(hold.time_ms, rule.tolerance_ms) if rule.agree(hold, view)]
            rivals = [view for view in group.around(record.time_ms, rule.tolerance_ms) if rule.agree(view, record)]
            taken_holds.add(hold.message.id)
            taken_records.add(record.message.id)
            yield hold, record, len(fitting) == len(rivals) == 1
