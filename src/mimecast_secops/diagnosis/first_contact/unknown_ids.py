"""Question 3: the answers to IDs and recipients that the tenant does not know."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.decode import format_timestamp
from mimecast_secops.api.errors import MissingPermission
from mimecast_secops.diagnosis.first_contact.evidence import HELD, Evidence, ids_of
from mimecast_secops.diagnosis.first_contact.inquiry import Answered, BudgetSpent
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult, unanswered
from mimecast_secops.diagnosis.probes import UNASSIGNED_ID, UNUSED_ADDRESS

_DAMAGED_TAIL: Final = 4


def ask_about_unknown_ids(evidence: Evidence) -> QuestionResult:
    """Question 3: a hold ID, a damaged ID, an ID that was never issued, and a recipient that does not exist."""
    asked = {"an ID that was never issued": evidence.info(UNASSIGNED_ID)}
    first = asked["an ID that was never issued"]
    if isinstance(first.error, (MissingPermission, BudgetSpent)):
        return unanswered(3, f"get-message-info cannot be called: {first.outcome}.")
    holds, tracked = ids_of(evidence.holds), ids_of(evidence.tracked)
    if holds:
        asked["a hold ID"] = evidence.info(holds[0])
    if tracked and len(tracked[0]) > 2 * _DAMAGED_TAIL:
        asked["a damaged ID"] = evidence.info(tracked[0][:-_DAMAGED_TAIL])
    answers = [f"get-message-info answers {what}: {_details(answered)}." for what, answered in asked.items()]
    search = {"searchBy": {"fieldName": "recipient", "value": UNUSED_ADDRESS}}
    listed = evidence.list_held({"end": format_timestamp(evidence.now), **search})
    rows = len(listed.rows(HELD).rows)
    answers.append(f"The hold list of a recipient that does not exist: {listed.outcome}, {rows} rows.")
    answers.append("Releases and rejections with an unknown ID were not tried, because they are endpoints that write.")
    problems = [
        f"get-message-info answers {what} with the details of a message."
        for what, answered in asked.items()
        if answered.error is None and _has_record(answered)
    ]
    if rows:
        problems.append("The hold list ignores the search for a recipient.")
    return QuestionResult(
        number=3,
        knowledge=Knowledge.KNOWN if len(asked) == 3 else Knowledge.PARTLY,
        answers=answers,
        evidence={"asked": len(asked) + 1},
        facts={f"unknown_id.{what.split(' ', 1)[1]}": _details(answered) for what, answered in asked.items()},
        not_understood=problems,
    )


def _has_record(answered: Answered) -> bool:
    return answered.reply is not None and any(isinstance(entry, dict) and entry for entry in answered.reply.data)


def _details(answered: Answered) -> str:
    if answered.error is not None:
        return answered.outcome
    return "accepted, with details" if _has_record(answered) else "accepted, without details"
