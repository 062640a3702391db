"""How sure it is that the rows of a reply are all rows."""

from __future__ import annotations

import pytest

from mimecast_secops.api import Completeness, CompletenessKind


@pytest.mark.parametrize(("total", "rows", "missing"), [(None, 5, None), (60, 25, 35), (60, 60, 0), (0, 5, 0)])
def test_missing_rows_are_counted_only_against_an_announced_total(
    total: int | None, rows: int, missing: int | None
) -> None:
    assert Completeness(CompletenessKind.UNKNOWN, total, 1, rows).missing == missing


def test_nothing_is_known_before_the_first_page() -> None:
    assert Completeness() == Completeness(CompletenessKind.UNKNOWN, None, 0, 0, "")
