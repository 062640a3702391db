"""The result of an archive search."""

from __future__ import annotations

from typing import Any

import pytest

from mimecast_secops.actions import ActionFailed
from mimecast_secops.actions.archive_results import EXAMPLE, MESSAGES_FOUND, NO_MESSAGES_FOUND, archive_result
from mimecast_secops.api.completeness import Completeness, CompletenessKind


def test_items_are_returned_unchanged_and_as_a_table() -> None:
    items: list[dict[str, Any]] = [{"id": "a", "subject": "Offer"}, {"id": "b", "size": 7}]
    result = archive_result(items)
    assert (result.is_success, result.message, result.json_result) == (True, MESSAGES_FOUND, items)
    [table] = result.tables
    assert (table.title, table.columns) == ("Results", ("id", "subject", "size"))
    assert table.rows == (("a", "Offer", ""), ("b", "", "7"))


def test_no_items_are_a_success_without_a_table() -> None:
    result = archive_result([])
    assert (result.is_success, result.message) == (True, NO_MESSAGES_FOUND)
    assert (result.json_result, result.tables) == ([], ())


def test_the_cells_of_the_example_are_text() -> None:
    [table] = archive_result(EXAMPLE).tables
    assert dict(zip(table.columns, table.rows[0], strict=True))["displaytoaddresslist"] == "Ann ann@example.com"


@pytest.mark.parametrize("kind", [CompletenessKind.PROVED, CompletenessKind.UNKNOWN])
def test_the_message_is_the_documented_one_unless_the_result_is_a_part(kind: CompletenessKind) -> None:
    assert archive_result([{"id": "a"}], Completeness(kind, 1, 1, 1)).message == MESSAGES_FOUND
    assert archive_result([], Completeness(kind)).message == NO_MESSAGES_FOUND


@pytest.mark.parametrize(
    ("total", "numbers"), [(250, "1 of 250 emails"), (None, "1 emails, maybe not all"), (1, "1 emails, maybe not all")]
)
def test_a_part_is_told_with_its_numbers_and_the_reason(total: int | None, numbers: str) -> None:
    part = Completeness(CompletenessKind.PARTIAL, total, 1, 1, "Mimecast names no further page")
    result = archive_result([{"id": "a"}], part)
    assert result.message == (f"{MESSAGES_FOUND} The result is incomplete ({numbers}): Mimecast names no further page.")
    assert (result.is_success, result.json_result) == (True, [{"id": "a"}])


def test_a_part_without_items_is_a_failure() -> None:
    part = Completeness(CompletenessKind.PARTIAL, 250, 1, 0, "Mimecast names no further page")
    with pytest.raises(ActionFailed, match="returned no emails, but this is not the whole result"):
        archive_result([], part)
