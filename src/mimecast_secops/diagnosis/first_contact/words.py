"""Question 6: the filters of a search, and the words that occur.

A word is shown only if it is one of the API's own, which are listed here. Any other is counted, because it could be
text of a message or a name that the tenant chose.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.api.vocabulary import Risk, Route, Status
from mimecast_secops.diagnosis.first_contact.evidence import TRACKED, Evidence, text_of
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult, unanswered

# docs/reference/mimecast-api.md#search-message-tracking, docs/reference/mimecast-api.md#list-held-messages
WORDS: Final[Mapping[str, frozenset[str]]] = {
    "status": frozenset({*Status, "processing", "system", "bulk_processing", "bulk_delivery"}),
    "route": frozenset({*Route, "all", "external"}),
    "risk": frozenset(Risk),
    "detectionLevel": frozenset({"relaxed", "moderate", "aggressive"}),
    "heldGroup": frozenset({"administrator", "moderator", "user"}),
    "reasonCode": frozenset({"message_hold_applied_content_examination_policy"}),
}
# Words that the product acts on. Another word of these members is a finding.
_ACTED_ON: Final = ("status", "route", "risk")
_VERDICTS: Final = (
    ("spamInfo", "spamProcessingDetail", "verdict"),
    ("spamProcessingDetail", "verdict"),
    ("spamInfo", "verdict"),
)


def ask_about_words(evidence: Evidence) -> QuestionResult:
    """Question 6: search with a filter, and collect the words of the members with a closed vocabulary."""
    rows = evidence.tracked.rows
    if not rows:
        return unanswered(6, "No tracking record of the last day could be read, so there are no words.")
    answers, facts = _filters(evidence)
    problems = []
    counts: dict[str, int | str] = {"records": len(rows)}
    for member, values in _values(evidence).items():
        known = sorted({value.lower() for value in values} & WORDS[member])
        other = {value.lower() for value in values if value} - WORDS[member]
        answers.append(f"{member}: {', '.join(known) or 'no known word'}" + _others(other))
        counts[member] = len(known) + len(other)
        if other and member in _ACTED_ON:
            problems.append(f"{len(other)} words of {member} are not known.")
    return QuestionResult(
        number=6, knowledge=Knowledge.KNOWN, answers=answers, evidence=counts, facts=facts, not_understood=problems
    )


def _others(words: set[str]) -> str:
    if not words:
        return "."
    lengths = ", ".join(str(length) for length in sorted({len(word) for word in words})[:5])
    return f", and {len(words)} other words (lengths: {lengths})."


def _filters(evidence: Evidence) -> tuple[list[str], dict[str, int | str]]:
    start = evidence.now - timedelta(days=1)
    answers, facts = [], dict[str, int | str]()
    for member in ("status", "route"):
        present = sorted({text_of(row, member).lower() for row in evidence.tracked.rows} & WORDS[member])
        if len(present) < 2:
            answers.append(f"Whether the filter {member} is honored does not show, because only one value occurs.")
            continue
        wanted = present[0]
        answered = evidence.search(evidence.domain, start, evidence.now, **{member: [wanted]})
        rows = answered.rows(TRACKED).rows
        if answered.error is not None:
            shown = f"refused ({answered.outcome})"
        elif all(text_of(row, member).lower() == wanted for row in rows):
            shown = "honored"
        else:
            shown = "ignored"
        answers.append(f"The filter {member} is {shown}.")
        facts[f"{member}_filter"] = shown
    return answers, facts


def _values(evidence: Evidence) -> dict[str, Sequence[str]]:
    records = [
        entry
        for answered in (evidence.held_info, evidence.other_info)
        for entry in (answered.reply.data if answered.reply else ())
    ]
    return {
        "status": _texts(evidence.tracked.rows, "status"),
        "route": [*_texts(evidence.tracked.rows, "route"), *_texts(evidence.holds.rows, "route")],
        "detectionLevel": _texts(evidence.tracked.rows, "detectionLevel"),
        "reasonCode": _texts(evidence.holds.rows, "reasonCode"),
        "heldGroup": _texts([*evidence.holds.rows, *records], "heldGroup"),
        "risk": [risk for record in records for risk in _risks(record)],
    }


def _texts(rows: Iterable[Any], member: str) -> list[str]:
    return [text for row in rows if isinstance(row, Mapping) and (text := text_of(row, member))]


def _risks(record: Any) -> Iterable[str]:
    for path in _VERDICTS:
        block = record
        for name in path:
            block = block.get(name) if isinstance(block, Mapping) else None
        if isinstance(block, Mapping) and "risk" in block:
            yield str(block["risk"]) if isinstance(block["risk"], (str, int, float)) else "not a word"
