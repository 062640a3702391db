"""The first contact: asks all questions, and builds the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from mimecast_secops.api import MimecastClient
from mimecast_secops.diagnosis.first_contact.access import (
    ask_about_access,
    ask_about_region,
    ask_about_search_reason,
)
from mimecast_secops.diagnosis.first_contact.archive import ask_about_archive
from mimecast_secops.diagnosis.first_contact.evidence import Evidence
from mimecast_secops.diagnosis.first_contact.identifiers import ask_about_ids, ask_about_ties
from mimecast_secops.diagnosis.first_contact.inquiry import BUDGET, Inquiry
from mimecast_secops.diagnosis.first_contact.limits import ask_about_hold_list, ask_about_row_limit
from mimecast_secops.diagnosis.first_contact.members import ask_about_members
from mimecast_secops.diagnosis.first_contact.policies import ask_about_policies
from mimecast_secops.diagnosis.first_contact.results import QUESTIONS, ContactReport, QuestionResult
from mimecast_secops.diagnosis.first_contact.unknown_ids import ask_about_unknown_ids
from mimecast_secops.diagnosis.first_contact.words import ask_about_words

_ASK: Final[Mapping[int, Callable[[Evidence], QuestionResult]]] = {
    1: ask_about_ids,
    2: ask_about_ties,
    3: ask_about_unknown_ids,
    4: ask_about_row_limit,
    5: ask_about_hold_list,
    6: ask_about_words,
    7: ask_about_members,
    9: ask_about_policies,
    10: ask_about_archive,
    11: ask_about_region,
    12: ask_about_search_reason,
    # Last, because it tells what the other questions showed about the connection.
    8: ask_about_access,
}


def first_contact(
    client: MimecastClient,
    *,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    budget: int = BUDGET,
    progress: Callable[[int, int, str], None] | None = None,
) -> ContactReport:
    """Ask a tenant the questions that no public source answers. Only endpoints that read are called.

    Args:
        client: a client of the tenant.
        now: returns the current time, aware.
        budget: the maximum number of HTTP requests.
        progress: called before each question with the number of questions asked, their total, and the question.

    Returns:
        The report. A question that could not be asked has a result that says why.

    Raises:
        MimecastError: the account cannot be read because there is no connection, or because the credentials are wrong.
    """
    inquiry = Inquiry(client, budget)
    evidence = Evidence(inquiry, now())
    results: dict[int, QuestionResult] = {}
    with client.observed(inquiry.observe):
        evidence.check_connection()
        for done, (number, ask) in enumerate(_ASK.items()):
            if progress:
                progress(done, len(_ASK), QUESTIONS[number])
            results[number] = ask(evidence)
    return ContactReport(
        api_version=client.api_version.value,
        results=[results[number] for number in QUESTIONS],
        requests=inquiry.sent,
        budget=budget,
    )
