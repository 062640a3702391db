"""Listing the hold queue: its requests, its pages, and the evidence that the list is complete."""

from __future__ import annotations

import re
from collections.abc import Generator, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from mimecast_secops.api.completeness import Completeness, CompletenessKind
from mimecast_secops.api.decode import JsonReader, decode_entry, format_timestamp
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import ApiError, NotUnderstood
from mimecast_secops.api.paging import Page, PageReader
from mimecast_secops.api.reply_form import find_rows, form_of, safe_name
from mimecast_secops.api.request import Request, whole_reply
from mimecast_secops.api.resources.held_messages import HeldMessage
from mimecast_secops.api.resources.held_periods import Period, PeriodChoice, halves_of
from mimecast_secops.api.session import Session

LIST: Final = Endpoint(
    path="/api/gateway/get-hold-message-list",
    summary="list held messages",
    permission="Account | Dashboard | Read",
    divisible=True,
    source="docs/reference/mimecast-api.md#list-held-messages [documented]",
)
_MEMBERS: Final = frozenset(
    {"id", "reason", "reasonCode", "from", "fromHeader", "to", "subject", "dateReceived", "policyInfo"}
)
_UNDECODABLE: Final = frozenset({"undecodable"})
_SMALLER_PAGES: Final = (100, 50, 25, 10)
_MAX_CONTINUATIONS: Final = 500
# A shorter list has no halves to compare.
_MIN_COMPARED: Final = 2
# Fewer entries, all of one second, are no reason to report a list that may be cut at exactly their number.
_MIN_BURST: Final = 10
_FIELD: Final = re.compile(r'\(field "([^"]{1,60})"\)')
_PERIOD_WORDS: Final = re.compile(r"\b(?:start|end|date|dates|future|period|range)\b")


class HeldListing:
    """The requests of one list of the hold queue. It adapts the page size and the period to what Mimecast accepts.

    Args:
        session: sends the requests.
        criteria: the members of the request apart from the period.
        choice: the period.
        page_size: the page size that the caller wants.
        keep_source: see `HeldMessage.read`.
    """

    def __init__(
        self,
        session: Session,
        criteria: Mapping[str, Any],
        choice: PeriodChoice,
        *,
        page_size: int,
        keep_source: bool,
    ) -> None:
        self._session = session
        self._criteria = criteria
        self.choice = choice
        self.learned = session.learned
        self._wanted_size = page_size
        self._size = min(page_size, session.learned.hold_page_size or page_size)
        self._sizes_tried = False
        self._keep_source = keep_source
        self.period = choice.current()

    def reader(self, period: Period | None = None) -> PageReader[HeldMessage]:
        """A reader of the pages.

        Args:
            period: the period; None for the one that the caller wants.
        """

        def fetch(token: str) -> Page[HeldMessage]:
            if token:
                reply = self._send(period or self.period, token)
            else:
                reply = self._send(period, "") if period else self._first()
            return page_of_holds(reply, keep_source=self._keep_source)

        return PageReader(fetch, _key_of)

    def _first(self) -> Reply:
        may_repeat = True
        while True:
            self.period = self.choice.current()
            try:
                reply = self._send(self.period, "")
            except ApiError as error:
                if type(error) is not ApiError or not self._adapt(error):
                    raise
                continue
            if may_repeat and self.choice.is_outdated(self.period):
                may_repeat = False
                continue
            self._remember()
            return reply

    def _send(self, period: Period, token: str) -> Reply:
        item = {**self._criteria, "start": format_timestamp(period.start)}
        if period.end is not None:
            item["end"] = format_timestamp(period.end)
        paging: dict[str, Any] = {"pageSize": self._size}
        if token:
            paging["pageToken"] = token
        return self._session.send(Request(LIST, (item,), whole_reply, pagination=paging, undecoded=True))

    def _adapt(self, error: ApiError) -> bool:
        """Ask for less after an error response; return whether there is something else to ask for."""
        size, period = _suspects(error)
        smaller = next((number for number in _SMALLER_PAGES if number < self._size), None)
        if size and smaller is not None and not self._sizes_tried:
            self._size = smaller
            return True
        if period and self.choice.try_next():
            if size and not self._sizes_tried:
                # No size was accepted, so the period is the reason. Of the sizes, the first smaller one is the safest.
                self._sizes_tried = True
                self._size = min(self._wanted_size, _SMALLER_PAGES[0])
            return True
        return False

    def _remember(self) -> None:
        if self._size < self._wanted_size:
            self._session.learned.hold_page_size = self._size
        self.choice.accept()


class HeldMessages(Iterator[HeldMessage]):
    """An iterator over held messages. A page is requested when the iteration reaches it.

    The list is a snapshot that Mimecast does not keep: entries that leave or arrive while pages are read shift the
    others. Such a list is read a second time and merged by ID. If Mimecast announces more entries than its pages
    bring, the rest is listed with shorter periods. A list that announces neither a total nor a next page may be cut. It
    is compared with the lists of both halves of its period.

    Attributes:
        completeness: the evidence that the list is complete. It is final after the last message.
        deviations: how the form of the replies differs from the documented one.
    """

    def __init__(self, listing: HeldListing) -> None:
        self._listing = listing
        self._known: set[str] = set()
        self._without_id = 0
        self._times: list[datetime] = []
        self._rows = self._all_rows()
        self.completeness = Completeness()
        self.deviations: tuple[str, ...] = ()

    def __iter__(self) -> HeldMessages:
        return self

    def __next__(self) -> HeldMessage:
        return next(self._rows)

    @property
    def _count(self) -> int:
        return len(self._known) + self._without_id

    def _all_rows(self) -> Iterator[HeldMessage]:
        listing = self._listing
        reader = listing.reader()
        yield from self._new_rows(reader, first=True)
        first, moved = reader.completeness, reader.moved
        pages = first.pages
        if moved:
            reader = listing.reader()
            yield from self._new_rows(reader)
            moved, pages = reader.moved, pages + reader.completeness.pages
        ended = reader.completeness
        total = ended.total
        if total is not None and self._count < total and not moved:
            for narrower in self._narrower_periods():
                reader = listing.reader(narrower)
                before = self._count
                yield from self._new_rows(reader)
                pages += reader.completeness.pages
                if self._count >= total or self._count == before:
                    break
        elif ended.kind is CompletenessKind.UNKNOWN and total is None and not moved:
            ended = yield from self._compared_with_halves(ended)
        self.completeness = self._judged(ended, moved=moved, pages=pages)

    def _compared_with_halves(self, ended: Completeness) -> Generator[HeldMessage, None, Completeness]:
        """Yield the messages that a list does not show, but the lists of parts of its period do.

        Returns:
            The evidence that the lists together are complete.
        """
        limit, learned = self._count, self._listing.learned
        if limit < max(_MIN_COMPARED, learned.hold_rows):
            return ended
        now = self._listing.choice.server_now()
        parts = list(halves_of(self._listing.period, self._times, now))
        if not parts:
            return ended
        requests, reason = 0, ""
        while parts:
            part = parts.pop()
            reader = self._listing.reader(part)
            yield from self._new_rows(reader)
            requests += reader.completeness.pages
            if reader.completeness.rows >= limit:  # as many as the list that may be cut
                halves = halves_of(part, self._times, now)
                parts.extend(halves)
                if not halves:
                    reason = f"there may be more than {limit} entries of one second"
            if requests >= _MAX_CONTINUATIONS:
                reason = f"the list was not complete after {requests} requests"
                break
        if not reason:
            learned.hold_rows = limit if self._count == limit else learned.hold_rows
            return replace(ended, kind=CompletenessKind.PROVED)
        is_reported = self._count > limit or limit >= _MIN_BURST
        return replace(ended, kind=CompletenessKind.PARTIAL, reason=reason) if is_reported else ended

    def _new_rows(self, reader: PageReader[HeldMessage], *, first: bool = False) -> Iterator[HeldMessage]:
        self._times = []
        for page in reader:
            for hold in page:
                if hold.received is not None:
                    self._times.append(hold.received)
                if hold.id:
                    if hold.id in self._known:
                        continue
                    self._known.add(hold.id)
                elif first:
                    self._without_id += 1
                else:
                    continue
                yield hold
        self.deviations += tuple(text for text in reader.deviations if text not in self.deviations)

    def _narrower_periods(self) -> Iterator[Period]:
        """Periods that end or start where the last list stopped, depending on the order of its rows."""
        period = self._listing.period
        for _ in range(_MAX_CONTINUATIONS):
            if len(self._times) < 2:
                return
            first, last = self._times[0], self._times[-1]
            narrower = replace(period, end=last) if first >= last else replace(period, start=last)
            if narrower == period:
                return
            period = narrower
            yield period

    def _judged(self, ended: Completeness, *, moved: bool, pages: int) -> Completeness:
        count, total, reason = self._count, ended.total, ended.reason
        kind = ended.kind
        if kind is CompletenessKind.PARTIAL and total is not None and count >= total and _is_short(ended):
            kind, reason = CompletenessKind.PROVED, ""
        if moved:
            kind, reason = CompletenessKind.PARTIAL, "entries moved each time that the pages were read"
        if self._listing.period.shortened:
            kind, reason = CompletenessKind.PARTIAL, "Mimecast refused the period, so a shorter one was listed"
        return Completeness(kind, total, pages, count, reason)


def page_of_holds(reply: Reply, *, keep_source: bool = True) -> Page[HeldMessage]:
    """The held messages of one page.

    Raises:
        NotUnderstood: the reply is not a list of held messages, so it does not mean that the queue is empty.
    """
    rows: Sequence[Any] = reply.data
    deviations: tuple[str, ...] = ()
    if not reply.has_list or (len(rows) == 1 and not _is_held(rows[0])):
        named = find_rows(dict(reply.body) if not reply.has_list else rows[0], _MEMBERS)
        if named is None:
            raise _not_understood(reply)
        rows, deviations = named[1], (f"rows in the member {safe_name(named[0])}",)
    holds = []
    for row in rows:
        hold = HeldMessage.read(row, keep_source=keep_source)
        if not hold.id and not _is_held(row):
            raise _not_understood(reply, row)
        holds.append(hold)
    return Page(holds, reply.next_token, reply.total, deviations)


def _is_held(row: Any) -> bool:
    return bool((_MEMBERS | _UNDECODABLE) & JsonReader(decode_entry(row)).raw.keys())


def _key_of(hold: HeldMessage) -> Hashable:
    return hold.id or (hold.sender, hold.recipient, hold.subject, hold.received, hold.size)


def _is_short(ended: Completeness) -> bool:
    """Whether a list is PARTIAL only because Mimecast announces more rows than it brought."""
    return ended.missing not in (None, 0) and "announces" in ended.reason


def _suspects(error: ApiError) -> tuple[bool, bool]:
    """Whether the page size and whether the period may be what Mimecast refuses."""
    if not (error.code.startswith("err_validation") or error.status == 400):
        return False, False
    found = _FIELD.search(error.message)
    field = found.group(1).lower() if found else ""
    text = f"{field} {error.detail.lower()}"
    if "pagesize" in text or "page size" in text:
        return True, False
    if _PERIOD_WORDS.search(text):
        return False, True
    unclear = not field or "pagination" in field or field == "meta"
    return unclear, unclear


def _not_understood(reply: Reply, row: Any = None) -> NotUnderstood:
    if reply.has_list:
        form = form_of(reply.data[0] if row is None and reply.data else row)
    else:
        form = form_of(reply.body.get("data", dict(reply.body)))
    return NotUnderstood(
        f"Mimecast answered {LIST.path} with JSON that is not a list of held messages (its form: {form}).",
        form=form,
        endpoint=LIST.path,
        status=reply.status,
    )
