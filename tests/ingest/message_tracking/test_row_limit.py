"""Which replies are compared, and what is learned about the number of rows of a reply."""

from __future__ import annotations

import pytest

from mimecast_secops.api import Completeness, CompletenessKind, TrackedMessage
from mimecast_secops.ingest.message_tracking.row_limit import UNRELIABLE, Evidence, RowLimit
from mimecast_secops.ingest.profile import MAX_AGE_MS, SEARCH_PAGES, SEARCH_ROW_LIMIT, SEARCH_TOTAL, TenantProfile
from mimecast_secops.ingest.search_history import SAMPLE, SearchHistory
from tests.ingest.model import START, Record

UNKNOWN = Completeness()
PARTIAL = Completeness(CompletenessKind.PARTIAL, total=9, pages=1, rows=4)
TOTAL = Completeness(CompletenessKind.PROVED, total=4, pages=1, rows=4)
PAGES = Completeness(CompletenessKind.PROVED, pages=3, rows=4)


def rows(count: int, first: int = 0) -> list[TrackedMessage]:
    return [TrackedMessage.read(Record(f"m{first + number}", START, START).row()) for number in range(count)]


@pytest.fixture
def profile() -> TenantProfile:
    return TenantProfile()


@pytest.fixture
def limit(profile: TenantProfile) -> RowLimit:
    return RowLimit(2500, profile, SearchHistory(), START)


def test_a_reply_without_rows_is_complete(limit: RowLimit) -> None:
    assert limit.judge(rows(0), UNKNOWN) is Evidence.PROVED


def test_a_reply_with_one_row_is_complete_once_another_one_had_more(limit: RowLimit) -> None:
    assert limit.judge(rows(1), UNKNOWN) is Evidence.SUSPECT
    limit.note_larger_reply(2)
    assert limit.judge(rows(1), UNKNOWN) is Evidence.PROVED


def test_a_reply_is_compared_unless_an_earlier_one_had_more_rows(limit: RowLimit) -> None:
    assert limit.judge(rows(10), UNKNOWN) is Evidence.SUSPECT
    assert limit.judge(rows(9), UNKNOWN) is Evidence.PLAUSIBLE
    assert limit.judge(rows(10, first=50), UNKNOWN) is Evidence.SUSPECT
    assert limit.judge(rows(11), UNKNOWN) is Evidence.SUSPECT


def test_a_reply_that_was_proved_to_be_complete_is_not_compared_again_at_once(limit: RowLimit) -> None:
    limit.judge(rows(10), UNKNOWN)
    limit.note_complete(rows(10))
    assert limit.judge(rows(10), UNKNOWN) is Evidence.PLAUSIBLE
    assert limit.judge(rows(10, first=1), UNKNOWN) is Evidence.SUSPECT


def test_a_cut_reply_sets_the_limit(limit: RowLimit, profile: TenantProfile) -> None:
    limit.note_cut(25, UNKNOWN)
    assert limit.rows == profile.number(SEARCH_ROW_LIMIT) == 25
    assert limit.judge(rows(25), UNKNOWN) is Evidence.CUT
    assert limit.is_cut_by_count(25, UNKNOWN)
    assert not limit.is_cut_by_count(24, UNKNOWN)


def test_the_next_process_knows_the_limit_for_a_week(limit: RowLimit, profile: TenantProfile) -> None:
    limit.note_cut(25, UNKNOWN)
    assert RowLimit(2500, profile, SearchHistory(), START + MAX_AGE_MS).rows == 25
    assert RowLimit(2500, profile, SearchHistory(), START + MAX_AGE_MS + 1).rows == 2500


def test_a_longer_reply_than_the_limit_makes_the_limit_void(limit: RowLimit, profile: TenantProfile) -> None:
    limit.note_cut(25, UNKNOWN)
    limit.note_larger_reply(26)
    assert limit.rows == 2500
    assert profile.get(SEARCH_ROW_LIMIT) is None


def test_the_setting_is_not_learned(limit: RowLimit, profile: TenantProfile) -> None:
    limit.note_cut(2500, UNKNOWN)
    assert limit.rows == 2500
    assert profile.get(SEARCH_ROW_LIMIT) is None


def test_announced_rows_that_did_not_come_make_a_reply_cut(limit: RowLimit) -> None:
    assert limit.judge(rows(4), PARTIAL) is Evidence.CUT


@pytest.mark.parametrize(("completeness", "pages"), [(TOTAL, "total"), (PAGES, "next")])
def test_pages_and_totals_prove_a_reply(
    limit: RowLimit, profile: TenantProfile, completeness: Completeness, pages: str
) -> None:
    assert limit.judge(rows(4), completeness) is Evidence.PROVED
    assert profile.get(SEARCH_PAGES) == pages


def test_a_total_that_was_wrong_proves_nothing_any_more(limit: RowLimit, profile: TenantProfile) -> None:
    limit.note_cut(4, TOTAL)
    assert profile.get(SEARCH_TOTAL) == UNRELIABLE
    assert limit.judge(rows(4), TOTAL) is Evidence.CUT


def test_one_in_twenty_replies_is_compared_whatever_proves_it(limit: RowLimit) -> None:
    limit.note_larger_reply(1000)
    evidence = [limit.judge(rows(4, first=number), TOTAL) for number in range(SAMPLE)]
    assert evidence == [Evidence.PROVED] * (SAMPLE - 1) + [Evidence.SUSPECT]


def test_replies_of_equal_length_are_compared_although_an_earlier_one_was_longer(limit: RowLimit) -> None:
    limit.note_larger_reply(1000)
    evidence = [limit.judge(rows(25, first=100 * number), UNKNOWN) for number in range(4)]
    assert evidence == [Evidence.PLAUSIBLE] * 3 + [Evidence.SUSPECT]
