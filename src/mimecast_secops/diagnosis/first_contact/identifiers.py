"""Questions 1 and 2: the stability and the content of IDs, and how both views of a held message are tied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mimecast_secops.api.decode import parse_addresses, parse_timestamp
from mimecast_secops.api.secure_ids import decode_secure_id
from mimecast_secops.api.vocabulary import Status
from mimecast_secops.diagnosis.first_contact.evidence import TRACKED as TRACKED_MEMBERS
from mimecast_secops.diagnosis.first_contact.evidence import Evidence, ids_of, text_of
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult, unanswered

_KNOWN_STATUSES: Final = frozenset({*Status, "processing"})


def ask_about_ids(evidence: Evidence) -> QuestionResult:
    """Question 1: search twice, ask for one record by its ID, and look at the kind of the IDs."""
    first = ids_of(evidence.hour_whole.rows(TRACKED_MEMBERS))
    if not first:
        return unanswered(1, "No tracking record of the last day could be read, so there is no ID to look at.")
    second = ids_of(evidence.hour_again.rows(TRACKED_MEMBERS))
    same = len(set(first) & set(second))
    decoded = [secure_id for identifier in first if (secure_id := decode_secure_id(identifier))]
    with_status = [secure_id for secure_id in decoded if secure_id.status]
    unknown_words = {secure_id.status for secure_id in with_status} - _KNOWN_STATUSES
    answers = [
        f"{same} of {len(first)} IDs are the same in a second search of the same period.",
        f"{len(decoded)} of {len(first)} IDs can be decoded; {len(with_status)} of them name the status.",
        _echo(evidence),
    ]
    form = "status" if with_status else "encoded" if decoded else "opaque"
    return QuestionResult(
        number=1,
        knowledge=Knowledge.KNOWN if second else Knowledge.PARTLY,
        answers=answers,
        evidence={"ids": len(first), "same": same, "decoded": len(decoded), "with_status": len(with_status)},
        facts={"id_form": form, "ids_stable": "yes" if same == len(first) else "no"},
        not_understood=_unknown("status in IDs", len(unknown_words)),
    )


def _echo(evidence: Evidence) -> str:
    asked = ids_of(evidence.tracked)
    record = _record(evidence.held_info.reply) or _record(evidence.other_info.reply)
    if not record:
        return "get-message-info was not answered with details."
    echoed = "the same text as" if text_of(record, "id") in asked else "another text than"
    return f"The ID in the details is {echoed} the ID in the search."


def _unknown(what: str, count: int) -> Sequence[str]:
    return [f"{count} words of the {what} are not known."] if count else []


def ask_about_ties(evidence: Evidence) -> QuestionResult:
    """Question 2: compare a held tracking record with its entry in the hold queue."""
    record = _record(evidence.held_info.reply)
    holds = evidence.holds.rows
    if not record or not holds:
        missing = "in the hold list" if record else "with details in message tracking"
        return unanswered(2, f"No held message of the last day could be found {missing}.")
    row = next((row for row in evidence.held_records if text_of(row, "id") == text_of(record, "id")), {})
    row = row or evidence.held_records[0]
    queue_id = text_of(_object(record, "queueInfo"), "id")
    ties: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
        "text": lambda hold: bool(queue_id) and text_of(hold, "id") == queue_id,
        "number": lambda hold: _is_same_hold(queue_id, text_of(hold, "id")),
        "content": lambda hold: _same_content(row, hold) == len(_SAME),
    }
    for kind, is_tied in ties.items():
        tied = next((hold for hold in holds if is_tied(hold)), None)
        if tied is not None:
            return _tied(kind, row, tied)
    near = max(holds, key=lambda hold: _same_content(row, hold))
    return QuestionResult(
        number=2,
        knowledge=Knowledge.PARTLY,
        answers=[
            "No entry of the hold list has the ID, the queue number, or the content of the held record.",
            f"The nearest entry agrees in {_same_content(row, near)} of {len(_SAME)} members.",
        ],
        evidence={"holds": len(holds)},
        facts={"hold_tie": "none"},
        not_understood=["How this tenant's two views of a held message belong together is not known."],
    )


def _tied(kind: str, row: Mapping[str, Any], hold: Mapping[str, Any]) -> QuestionResult:
    words = {"text": "the same ID", "number": "the same queue number in different IDs", "content": "the same content"}
    same = [name for name, is_same in _SAME.items() if is_same(row, hold)]
    other = [name for name in _SAME if name not in same]
    answers = [f"The hold entry of a held record was found by {words[kind]}."]
    tracked, received = parse_timestamp(row.get("received")), parse_timestamp(hold.get("dateReceived"))
    evidence: dict[str, int | str] = {"tie": kind, "equal": ", ".join(same)}
    if tracked and received:
        evidence["seconds_apart"] = round((received - tracked).total_seconds())
        answers.append(f"dateReceived of the hold is {evidence['seconds_apart']} s after received of the record.")
    answers.append(f"Equal in both views: {', '.join(same) or 'nothing'}.")
    problems = [f"Both views differ in: {', '.join(other)}."] if other else []
    facts: dict[str, int | str] = {"hold_tie": kind}
    if "seconds_apart" in evidence:
        facts["hold_seconds_apart"] = evidence["seconds_apart"]
    return QuestionResult(
        number=2, knowledge=Knowledge.KNOWN, answers=answers, evidence=evidence, facts=facts, not_understood=problems
    )


def _object(record: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = record.get(name)
    return value if isinstance(value, Mapping) else {}


def _record(reply: Any) -> Mapping[str, Any]:
    data = reply.data if reply is not None else ()
    return next((entry for entry in data if isinstance(entry, Mapping)), {})


def _is_same_hold(identifier: str, other: str) -> bool:
    """Whether two different IDs have the number of one entry of the hold queue."""
    first, second = decode_secure_id(identifier), decode_secure_id(other)
    return first is not None and second is not None and first.is_same_hold(second) is True


def _addresses(value: object) -> set[str]:
    return {address.casefold() for address in parse_addresses(value)}


_SAME: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], bool]]] = {
    "subject": lambda row, hold: row.get("subject") == hold.get("subject"),
    "sender": lambda row, hold: _addresses(row.get("fromEnv")) == _addresses(hold.get("from")),
    "recipient": lambda row, hold: bool(_addresses(row.get("to")) & _addresses(hold.get("to"))),
}


def _same_content(row: Mapping[str, Any], hold: Mapping[str, Any]) -> int:
    return sum(is_same(row, hold) for is_same in _SAME.values())
