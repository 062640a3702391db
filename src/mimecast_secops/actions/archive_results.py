"""The result of an archive search, which both search actions return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mimecast_secops.actions.declaration import Result, Table

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


def archive_result(items: Sequence[dict[str, Any]]) -> Result:
    """The result: the items as Mimecast returns them, and a table with one column per key."""
    return Result(
        message=MESSAGES_FOUND if items else NO_MESSAGES_FOUND,
        json_result=list(items),
        tables=(Table.of("Results", items),) if items else (),
    )
