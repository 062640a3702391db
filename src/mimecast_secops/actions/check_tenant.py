"""Check Tenant: find out how the tenant behaves where Mimecast's documentation is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions.declaration import Action, Context, Result, Table
from mimecast_secops.diagnosis.first_contact import ContactReport, Knowledge, first_contact
from mimecast_secops.diagnosis.first_contact.results import QUESTIONS

_COLUMNS: Final = ("Question", "Known", "Answer", "Settings", "Not Understood")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The action has no parameters."""


def run(context: Context, _parameters: Parameters) -> Result:
    """Ask the questions of a first contact and report what is known."""
    report = first_contact(context.client, now=context.now, progress=context.progress)
    known = sum(result.knowledge is Knowledge.KNOWN for result in report.results)
    problems = sum(len(result.not_understood) for result in report.results)
    message = (
        f"Successfully checked the tenant in Mimecast: {known} of {len(report.results)} questions are answered, "
        f"{problems} facts are not understood. {report.requests} requests were sent, and nothing was changed."
    )
    return Result(message=message, json_result=report.as_json(), tables=(_table(report),))


def _table(report: ContactReport) -> Table:
    rows = tuple(
        (
            QUESTIONS[result.number],
            result.knowledge.value,
            " ".join(result.answers),
            " ".join(result.settings),
            " ".join(result.not_understood),
        )
        for result in report.results
    )
    return Table(title="Tenant", columns=_COLUMNS, rows=rows)


ACTION: Final = Action(
    name="Check Tenant",
    description=(
        "Find out how the tenant behaves where Mimecast's documentation is silent. "
        "The action only reads, and its result names no message, address or ID."
    ),
    parameters=Parameters,
    endpoints=(),
    run=run,
    outcome=None,
    sample={},
    example={
        "api_version": "API 2.0",
        "requests": 30,
        "budget": 60,
        "facts": {"id_form": "status", "search_order": "newest first", "time_form": "with a zone"},
        "questions": [
            {
                "number": 1,
                "question": QUESTIONS[1],
                "knowledge": "known",
                "answers": ["30 of 30 IDs are the same in a second search of the same period."],
                "evidence": {"ids": 30, "same": 30, "decoded": 30, "with_status": 30},
                "facts": {"id_form": "status", "ids_stable": "yes"},
                "settings": [],
                "not_understood": [],
            }
        ],
    },
)
