"""Simple Archive Search: archived mail by sender, recipient, subject and time."""

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
from mimecast_secops.parameters import InvalidParameter, choice, integer, items, shortened, text, time

_FIELDS: Final = (
    "attachmentcount,status,subject,size,receiveddate,displayfrom,displayfromaddress,id,displayto,"
    "displaytoaddresslist,smash"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What to look for. Without any criterion everything in the time frame is found."""

    fields: tuple[str, ...] = items(
        "Fields To Return", "Comma-separated list of fields that each item shall have.", default=_FIELDS, mandatory=True
    )
    mailboxes: tuple[str, ...] = items(
        "Mailboxes",
        "Comma-separated list of mailboxes to search. Empty: the whole account.",
        addresses=True,
        criterion=True,
    )
    senders: tuple[str, ...] = items(
        "From", "Comma-separated list of addresses or domains; any of them sent it.", criterion=True
    )
    recipients: tuple[str, ...] = items(
        "To", "Comma-separated list of addresses or domains; any of them got it.", criterion=True
    )
    subject: str = text("Subject", "Words of the subject.")
    time_frame: str = choice(
        "Time Frame",
        'When it was sent or received. With "Custom", "Start Time" is needed too.',
        time_frames.OPTIONS,
        default="Last Hour",
        mandatory=True,
    )
    start: datetime | None = time(
        "Start Time", 'Start of the search in ISO 8601; mandatory when "Time Frame" is "Custom". UTC without a zone.'
    )
    end: datetime | None = time(
        "End Time", 'End of the search in ISO 8601, for "Custom". Empty: now. UTC without a zone.'
    )
    limit: int = integer(
        "Max Emails To Return",
        "The most mails to return. Anything that is not a positive number counts as 50.",
        default=50,
        minimum=1,
        forgiving=True,
    )


def run(context: Context, parameters: Parameters) -> Result:
    """Build the query and follow its pages up to the limit."""
    items_found = context.client.archive.search(query_of(parameters, context.now()), max_items=parameters.limit)
    return archive_results.archive_result(list(items_found))


def query_of(parameters: Parameters, now: datetime) -> ArchiveQuery:
    """The query that the parameters stand for.

    Raises:
        InvalidParameter: an address, or the time frame, is not one, or the subject has no word to search for.
    """
    if parameters.subject and not searchable_words(parameters.subject):
        raise InvalidParameter(
            "Subject",
            f'"Subject" cannot be "{shortened(parameters.subject)}": it has no word to search for, only '
            "operators and signs of the search language. Leave it empty to search without it.",
        )
    for name, values in (("From", parameters.senders), ("To", parameters.recipients)):
        for value in values:
            if not (is_address(value) or is_domain(value)):
                problem = character_problem(value)
                why = f"{problem}; " if problem else ""
                raise InvalidParameter(
                    name, f'"{name}" cannot contain "{shortened(value)}": {why}an address or a domain is accepted.'
                )
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
    description="Search the archive for mails by mailbox, sender, recipient, subject and time frame.",
    parameters=Parameters,
    endpoints=(archive.SEARCH,),
    run=run,
    outcome=OutcomeCategory.SEARCH_EMAIL,
    sample={},
    example=archive_results.EXAMPLE,
)
