"""The result of an archive search."""

from __future__ import annotations

from typing import Any

from mimecast_secops.actions.archive_results import EXAMPLE, MESSAGES_FOUND, NO_MESSAGES_FOUND, archive_result


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
