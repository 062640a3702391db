"""Question 7: the members of the records by name and type, and the forms of the times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from mimecast_secops.api.decode import TimeForm, parse_time
from mimecast_secops.api.reply_form import safe_name
from mimecast_secops.diagnosis.first_contact.evidence import HELD, TRACKED, Evidence, text_of
from mimecast_secops.diagnosis.first_contact.inquiry import Answered, Rows
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult, unanswered
from mimecast_secops.diagnosis.known_words import words_of

_MAX_SHOWN: Final = 12
# docs/reference/mimecast-api.md#get-tracking-details
_DETAILS: Final = words_of(
    """
    id status recipientInfo deliveredMessage queueInfo spamInfo retentionInfo messageExpiresIn
    attachments
    """
)
_TIMES: Final = {"records": ("received", "sent"), "holds": ("dateReceived",)}


def ask_about_members(evidence: Evidence) -> QuestionResult:
    """Question 7: names and types of the members, without values, and the forms of the times."""
    kinds: dict[str, tuple[Sequence[Mapping[str, Any]], frozenset[str]]] = {
        "records": (evidence.tracked.rows, TRACKED),
        "holds": (evidence.holds.rows, HELD),
        "details": (_records(evidence.held_info, evidence.other_info), _DETAILS),
    }
    problems = [*_deviations("tracking search", evidence.tracked, "trackedEmails")]
    problems += _deviations("hold list", evidence.holds, "data")
    if not any(rows for rows, _ in kinds.values()):
        return unanswered(7, "No record of the last day could be read, so there are no members.", problems)
    answers = []
    counts: dict[str, int | str] = {}
    for kind, (rows, known) in kinds.items():
        types = types_of(rows)
        counts |= {f"{kind}.{name}": described for name, described in sorted(types.items())}
        counts[f"{kind} read"] = len(rows)
        missing = sorted(known - types.keys()) if rows else []
        unknown = sorted(types.keys() - known)
        if missing:
            answers.append(f"No {kind} have: {', '.join(missing)}.")
        if unknown:
            shown = ", ".join(unknown[:_MAX_SHOWN])
            answers.append(f"Members of {kind} that the product does not read: {shown}.")
        mixed = sorted(name for name, described in types.items() if name in known and "," in described)
        problems += [f"The member {name} of {kind} has several types: {types[name]}." for name in mixed]
    answers += [f"{kind.capitalize()} have {len(rows)} examples." for kind, (rows, _) in kinds.items()]
    times, facts, defects = _times(evidence)
    return QuestionResult(
        number=7,
        knowledge=Knowledge.KNOWN if all(rows for rows, _ in kinds.values()) else Knowledge.PARTLY,
        answers=[*answers, *times],
        evidence=counts,
        facts=facts,
        not_understood=[*problems, *defects],
    )


def _deviations(listed: str, rows: Rows, documented: str) -> list[str]:
    """How the form of a reply differs from the documented one, as sentences."""
    if rows.form:
        return [f"The reply of the {listed} is not a list of rows (its form: {rows.form})."]
    if rows.rows and rows.member != documented:
        return [f"The rows of the {listed} are in {rows.member or 'data'} instead of {documented}."]
    return []


def types_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The types of each member of the rows: name → `text` or, for several types, `null, text`.

    A name that may be a value, such as an address, counts as "another member".
    """
    types: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            types.setdefault(safe_name(name), set()).add(_type_of(value))
    return {name: ", ".join(sorted(names)) for name, names in types.items()}


def _type_of(value: object) -> str:
    names = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "text", list: "list"}
    if value == "":
        return "text"
    return names.get(type(value), "object")


def _records(*answers: Answered) -> list[Mapping[str, Any]]:
    return [
        entry
        for answered in answers
        for entry in (answered.reply.data if answered.reply else ())
        if isinstance(entry, Mapping)
    ]


def _times(evidence: Evidence) -> tuple[list[str], dict[str, int | str], list[str]]:
    """Sentences about the times, facts, and what is not understood."""
    answers, facts, problems = [], dict[str, int | str](), []
    for kind, rows in (("records", evidence.tracked.rows), ("holds", evidence.holds.rows)):
        for member in _TIMES[kind]:
            forms = Counter(_form(row.get(member)) for row in rows if row.get(member) not in (None, ""))
            if not forms:
                continue
            shown = ", ".join(f"{form} ({count})" for form, count in forms.most_common())
            answers.append(f"{member} of {kind}: {shown}.")
            facts.setdefault("time_form", forms.most_common(1)[0][0])
            if forms["unreadable"]:
                problems.append(f"{forms['unreadable']} values of {member} cannot be read as a time.")
            if forms[TimeForm.NAIVE.value]:
                problems.append(f"{forms[TimeForm.NAIVE.value]} values of {member} name no time zone.")
    by_status = Counter(
        text_of(row, "status").lower() == "held"
        for row in evidence.tracked.rows
        if (parsed := parse_time(row.get("received"))) and parsed.moment.second == 0
    )
    others = sum(text_of(row, "status").lower() != "held" for row in evidence.tracked.rows)
    if others:
        cut = by_status[False]
        answers.append(f"{cut} of {others} records that are not held have no seconds in received.")
        facts["times_cut_to_minute"] = "yes" if cut == others and others > 2 else "no"
    return answers, facts, problems


def _form(value: object) -> str:
    parsed = parse_time(value)
    if parsed is None:
        return "unreadable"
    fraction = " and a fraction" if parsed.moment.microsecond else ""
    return f"{parsed.form.value}{fraction}"
