"""Questions 4 and 5: how much a search and a hold list return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mimecast_secops.api.decode import format_timestamp, parse_timestamp
from mimecast_secops.api.resources import held
from mimecast_secops.diagnosis.first_contact.evidence import HELD, TRACKED, Evidence, ids_of, text_of
from mimecast_secops.diagnosis.first_contact.inquiry import Answered
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult, unanswered

_QUARTERS: Final = 4
_LARGE_PAGE: Final = 500
_PAGE: Final = 100
_NEXT: Final = frozenset({"next", "nextToken", "pageToken"})


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A period that was searched in one request and in four."""

    name: str
    whole: int
    quarters: int
    lost: int
    is_complete: bool


def ask_about_row_limit(evidence: Evidence) -> QuestionResult:
    """Question 4: a day and its busiest hour in one search and in quarters, the order, the pages, the hold summary."""
    rows = evidence.tracked.rows
    if not rows:
        return unanswered(4, "No tracking record of the last day could be read, so no limit can show.")
    day = (evidence.now - timedelta(days=1), evidence.now)
    comparisons = [
        _compare(evidence, "last day", evidence.day[1], *day),
        _compare(evidence, "busiest hour", evidence.hour_whole, *evidence.hour),
    ]
    paging = _paging(evidence.day[1])
    order = _order([parse_timestamp(row.get("received")) for row in rows])
    answers = [
        f"The {part.name} has {part.whole} records in one search and {part.quarters} in four." for part in comparisons
    ]
    answers += [f"The rows are {order}.", f"Members that tell of pages: {', '.join(paging) or 'none'}."]
    facts: dict[str, int | str] = {"search_order": order, "search_pages": _pages(paging)}
    problems = []
    cut = [part for part in comparisons if part.lost]
    if cut and facts["search_pages"] == "none":
        facts["search_row_limit"] = max(part.whole for part in cut)
        problems = [f"A search of the {part.name} left {part.lost} records out without any sign." for part in cut]
    return QuestionResult(
        number=4,
        knowledge=Knowledge.KNOWN if cut and all(part.is_complete for part in comparisons) else Knowledge.PARTLY,
        answers=[*answers, *_summary(evidence)],
        evidence={"records": len(rows), "lost": sum(part.lost for part in comparisons)},
        facts=facts,
        not_understood=problems,
    )


def _compare(evidence: Evidence, name: str, whole: Answered, start: datetime, end: datetime) -> _Comparison:
    parts = [evidence.search(evidence.domain, *quarter) for quarter in _quarters(start, end)]
    known = {identifier for part in parts for identifier in ids_of(part.rows(TRACKED))}
    shown = ids_of(whole.rows(TRACKED))
    is_complete = all(part.error is None for part in (whole, *parts))
    return _Comparison(name, len(shown), len(known), len(known - set(shown)), is_complete)


def _quarters(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    step = (end - start) / _QUARTERS
    return [(start + step * number, start + step * (number + 1)) for number in range(_QUARTERS)]


def _paging(answered: Answered) -> list[str]:
    """The members of the reply that tell of pages, without their values."""
    body: Mapping[str, Any] = answered.reply.body if answered.reply else {}
    meta = body.get("meta")
    pagination = meta.get("pagination") if isinstance(meta, Mapping) else None
    known = ("pageSize", "totalCount", "next", "previous", "nextToken", "pageToken", "recordStart")
    return [name for name in known if isinstance(pagination, Mapping) and name in pagination]


def _pages(paging: Sequence[str]) -> str:
    """How a reply tells that there are more rows: `next`, `total` or `none`."""
    if not _NEXT.isdisjoint(paging):
        return "next"
    return "total" if "totalCount" in paging else "none"


def _order(times: Sequence[datetime | None]) -> str:
    known = [moment for moment in times if moment]
    if len(set(known)) < 2:
        return "in an order that does not show"
    if known == sorted(known, reverse=True):
        return "newest first"
    return "oldest first" if known == sorted(known) else "in no order of time"


def _summary(evidence: Evidence) -> list[str]:
    answered = evidence.inquiry.ask(held.SUMMARY)
    counts = [row.get("numberOfItems") for row in answered.rows(frozenset({"policyInfo", "numberOfItems"})).rows]
    if not counts:
        return [f"The hold summary: {answered.outcome}."]
    total = sum(count for count in counts if isinstance(count, int))
    listed = evidence.hold_list.reply.total if evidence.hold_list.reply else None
    shown = "does not say its length" if listed is None else f"announces {listed} messages"
    return [f"The hold summary counts {total} messages; the hold list of 14 days {shown}."]


def ask_about_hold_list(evidence: Evidence) -> QuestionResult:
    """Question 5: the hold list without a start, large pages, an end in the future, and a long period."""
    if evidence.hold_list.reply is None:
        return unanswered(5, f"The hold list cannot be read: {evidence.hold_list.outcome}.")
    end = format_timestamp(evidence.now)
    fortnight = {"start": format_timestamp(evidence.now - timedelta(days=14))}
    default = evidence.list_held({"end": end})
    large = evidence.list_held(fortnight | {"end": end}, page_size=_LARGE_PAGE)
    future = evidence.list_held(fortnight | {"end": format_timestamp(evidence.now + timedelta(hours=1))})
    long = evidence.list_held({"start": format_timestamp(evidence.now - timedelta(days=90)), "end": end})
    counts = {name: _count(answered) for name, answered in (("default", default), ("fortnight", evidence.hold_list))}
    answers = [
        f"Without a start, the list has {counts['default']} messages; with a start 14 days ago, {counts['fortnight']}.",
        f"A page size of {_LARGE_PAGE}: {_size(large)}. A page size of {_PAGE}: {_size(evidence.hold_list)}.",
        f"An end one hour in the future: {future.outcome}. A period of 90 days: {long.outcome}.",
    ]
    facts: dict[str, int | str] = {
        "hold_page_size": _LARGE_PAGE if large.error is None else _PAGE,
        "hold_end_future": "accepted" if future.error is None else "refused",
        "hold_default": "all" if counts["default"] == counts["fortnight"] else "shorter",
    }
    settings = []
    if counts["default"] != counts["fortnight"]:
        oldest = _oldest(default, evidence.now)
        settings.append(
            f"The default period of the hold list is short (its oldest row is {oldest}). Always give a start."
        )
    return QuestionResult(
        number=5, knowledge=Knowledge.KNOWN, answers=answers, evidence=counts, facts=facts, settings=settings
    )


def _count(answered: Answered) -> int:
    """The announced number of rows, or the number of rows on the first page."""
    total = answered.reply.total if answered.reply else None
    return len(answered.rows(HELD).rows) if total is None else total


def _size(answered: Answered) -> str:
    return f"{answered.outcome}, {len(answered.rows(HELD).rows)} rows"


def _oldest(answered: Answered, now: datetime) -> str:
    rows = answered.rows(HELD).rows
    times = [moment for row in rows if (moment := parse_timestamp(text_of(row, "dateReceived")))]
    return f"{(now - min(times)).total_seconds() / 3600:.0f} hours old" if times else "missing"
