"""The result of an archive search, which both search actions return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mimecast_secops.actions.declaration import ActionFailed, Result, Table
from mimecast_secops.api.completeness import NOTHING_READ, Completeness, CompletenessKind

MESSAGES_FOUND: Final = "Successfully found archive emails for the provided criteria in Mimecast."
NO_MESSAGES_FOUND: Final = "No archive emails were found for the provided criteria in Mimecast."
EXAMPLE: Final = [
    {
        "size": 6648,
        "attachmentcount": 1,
        "subject": "Overdue invoice 4711",
        "displayfrom": "Billing",
        "displayfromaddress": "billing@supplier.example.org",
        "id": "eNoVzrsOgjAUANB_6Wxib8tDHVFQ0aAoYnTjcVuaiNS2gMb47-J4tvMhBvtGYUEWhPt1LMQw",
        "smash": "f40f2d1f8c7c2c9a47c9ad41e2c7f0a3",
        "displayto": "ann@example.com",
        "displaytoaddresslist": [{"displayableName": "Ann", "emailAddress": "ann@example.com"}],
        "receiveddate": "2026-03-07T16:03:00+0000",
        "status": "ARCHIVED",
    }
]


def archive_result(items: Sequence[dict[str, Any]], completeness: Completeness = NOTHING_READ) -> Result:
    """The result: the items as Mimecast returns them, and a table with one column per key.

    Args:
        items: the items to return.
        completeness: the evidence that they are all. If they are not, the output message reports it.

    Raises:
        ActionFailed: no item was read although the archive has some.
    """
    is_part = completeness.kind is CompletenessKind.PARTIAL
    if is_part and not items:
        raise ActionFailed(f"The search returned no emails, but this is not the whole result: {completeness.reason}.")
    message = MESSAGES_FOUND if items else NO_MESSAGES_FOUND
    return Result(
        message=message + (_part_note(len(items), completeness) if is_part else ""),
        json_result=list(items),
        tables=(Table.of("Results", items),) if items else (),
    )


def _part_note(shown: int, completeness: Completeness) -> str:
    """A sentence for the output message, with a space before it."""
    total = completeness.total
    numbers = f"{shown} of {total} emails" if total is not None and total > shown else f"{shown} emails, maybe not all"
    return f" The result is incomplete ({numbers}): {completeness.reason}."
