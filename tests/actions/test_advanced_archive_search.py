"""Advanced Archive Search: pages, and the query that is sent."""

from __future__ import annotations

import logging

import pytest

from mimecast_secops.actions.archive_results import MESSAGES_FOUND
from tests.actions.archive import ADVANCED, ARCHIVE, archive_messages
from tests.actions.runner import ActionRunner


def xml(page_size: int, muse: str = "<text></text>") -> str:
    return (
        '<?xml version="1.0"?><xmlquery trace="iql,muse"><metadata query-type="emailarchive" archive="true" '
        f'active="false" page-size="{page_size}" startrow="0"><return-fields><return-field>subject</return-field>'
        f"</return-fields></metadata><muse>{muse}</muse></xmlquery>"
    )


def test_an_advanced_search_reads_all_pages(runner: ActionRunner) -> None:
    archive_messages(runner, 25)
    assert len(runner.succeeds(ADVANCED, XML_Query=xml(10))) == 25
    assert runner.paths == [ARCHIVE] * 3


def test_an_advanced_search_stops_at_the_page_limit_and_reports_it(
    runner: ActionRunner, caplog: pytest.LogCaptureFixture
) -> None:
    archive_messages(runner, 23)
    with caplog.at_level(logging.WARNING):
        result = runner.run(ADVANCED, XML_Query=xml(1))
    assert (result.is_success, len(result.json_result)) == (True, 20)
    assert "The result is incomplete (20 emails, maybe not all): the search stopped after 20 pages" in result.message
    assert runner.paths == [ARCHIVE] * 20
    assert [record for record in caplog.records if "20 pages" in record.getMessage()]


def test_an_advanced_search_that_ends_at_the_page_limit_logs_nothing(
    runner: ActionRunner, caplog: pytest.LogCaptureFixture
) -> None:
    archive_messages(runner, 20)
    with caplog.at_level(logging.WARNING):
        assert len(runner.succeeds(ADVANCED, XML_Query=xml(1))) == 20
    assert not caplog.records


def test_an_advanced_search_sends_the_query_unchanged(runner: ActionRunner) -> None:
    runner.receive("Lunch", sender="carol@example.org")
    runner.receive("Dinner", sender="dave@example.org")
    asked = xml(10, '<sent select="from">dave@example.org</sent>')
    assert [item["subject"] for item in runner.succeeds(ADVANCED, XML_Query=f"\n {asked} \n")] == ["Dinner"]


@pytest.mark.parametrize("wrapper", ["null", "text"])
def test_an_advanced_search_fails_if_the_reply_is_not_understood(runner: ActionRunner, wrapper: str) -> None:
    runner.set_quirks(archive_wrapper=wrapper)
    archive_messages(runner, 3)
    assert f"it has no list of items (its form: {wrapper})" in runner.fails(ADVANCED, XML_Query=xml(10))


@pytest.mark.parametrize("member", ["nextToken", "pageToken"])
def test_an_advanced_search_follows_the_next_page_in_each_form(runner: ActionRunner, member: str) -> None:
    runner.set_quirks(archive_next=member)
    archive_messages(runner, 25)
    result = runner.run(ADVANCED, XML_Query=xml(10))
    assert (result.message, len(result.json_result)) == (MESSAGES_FOUND, 25)


def test_an_advanced_search_says_that_it_shows_a_part(runner: ActionRunner) -> None:
    runner.set_quirks(archive_next="none", archive_total=True)
    archive_messages(runner, 25)
    result = runner.run(ADVANCED, XML_Query=xml(10))
    assert (result.is_success, len(result.json_result)) == (True, 10)
    assert "The result is incomplete (10 of 25 emails)" in result.message
