"""Simple Archive Search: search the archive by mailbox, sender, recipient, subject and time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mimecast_secops.actions import archive_results, time_frames
from mimecast_secops.actions.declaration import Action, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.addresses import character_problem, is_address, is_domain
from mimecast_secops.api import ArchiveQuery
from mimecast_secops.api.archive_query import DEFAULT_PAGE_SIZE, searchable_words
from mimecast_secops.api.resources import archive
from mimecast_secops.parameters import choice, integer, items, refused, text, time

_FIELDS: Final = (
    "attachmentcount,status,subject,size,receiveddate,displayfrom,displayfromaddress,id,displayto,"
    "displaytoaddresslist,smash"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The search criteria. Without any, the search returns every email in the time frame."""

    fields: tuple[str, ...] = items(
        "Fields To Return", "Comma-separated list of fields to return for each email.", default=_FIELDS, mandatory=True
    )
    mailboxes: tuple[str, ...] = items(
        "Mailboxes",
        "Comma-separated list of mailboxes to search. If empty, the whole account is searched.",
        addresses=True,
        criterion=True,
    )
    senders: tuple[str, ...] = items(
        "From",
        "Comma-separated list of sender addresses or domains. Returns messages sent by any of these.",
        criterion=True,
    )
    recipients: tuple[str, ...] = items(
        "To",
        "Comma-separated list of recipient addresses or domains. Returns messages received by any of these.",
        criterion=True,
    )
    subject: str = text("Subject", "Words that the subject contains.")
    time_frame: str = choice(
        "Time Frame",
        time_frames.DESCRIPTION,
        time_frames.OPTIONS,
        default="Last Hour",
        mandatory=True,
    )
    start: datetime | None = time(
        "Start Time",
        'Start of the search in ISO 8601, for example 2025-03-07T16:03:00Z. Required if "Time Frame" is "Custom", '
        "ignored otherwise. A time without a zone is UTC.",
    )
    end: datetime | None = time(
        "End Time",
        'End of the search in ISO 8601 if "Time Frame" is "Custom", ignored otherwise. If empty, now. A time without a '
        "zone is UTC.",
    )
    limit: int = integer(
        "Max Emails To Return",
        "Maximum number of emails to return. Invalid values fall back to 50.",
        default=50,
        minimum=1,
        forgiving=True,
    )


def run(context: Context, parameters: Parameters) -> Result:
    """Build the query and read its pages, up to the limit."""
    emails = context.client.archive.search(query_of(parameters, context.now()), max_items=parameters.limit)
    return archive_results.archive_result(list(emails), emails.completeness)


def query_of(parameters: Parameters, now: datetime) -> ArchiveQuery:
    """The archive query for the parameters.

    Raises:
        InvalidParameter: an address or the time frame is invalid, or the subject contains no word to search for.
    """
    if parameters.subject and not searchable_words(parameters.subject):
        raise refused(
            "Subject",
            parameters.subject,
            "it has no word to search for, only operators of the search language. Leave it empty to search without it",
        )
    for name, values in (("From", parameters.senders), ("To", parameters.recipients)):
        for value in values:
            if not (is_address(value) or is_domain(value)):
                problem = character_problem(value)
                reason = f"{problem}; " if problem else ""
                raise refused(name, value, f"{reason}an address or a domain is accepted", verb="contain")
    start, end = time_frames.time_frame(parameters.time_frame, parameters.start, parameters.end, now)
    return ArchiveQuery(
        fields=parameters.fields,
        mailboxes=parameters.mailboxes,
        senders=parameters.senders,
        recipients=parameters.recipients,
        subject=parameters.subject,
        start=start,
        end=end,
        page_size=min(parameters.limit, DEFAULT_PAGE_SIZE),
    )


ACTION: Final = Action(
    name="Simple Archive Search",
    description="Search the archive by mailbox, sender, recipient, subject and time frame.",
    parameters=Parameters,
    endpoints=(archive.SEARCH,),
    run=run,
    outcome=OutcomeCategory.SEARCH_EMAIL,
    sample={},
    example=archive_results.EXAMPLE,
)
