"""What the searches of one window found together."""

from __future__ import annotations

import pytest

from mimecast_secops.api import TrackedMessage
from mimecast_secops.api.errors import UndecodableReply
from mimecast_secops.ingest.message_tracking.window import Defect, Progress, Window
from tests.ingest.model import START, Record


def row(name: str) -> TrackedMessage:
    return TrackedMessage.read(Record(name, START, START).row())


def test_only_new_rows_are_counted() -> None:
    window = Window(0, 10)
    assert window.add([row("a"), row("b"), row("a")]) == 2
    assert window.add([row("b"), row("c")]) == 1


def test_merged_searches_have_all_rows_and_the_shortest_period() -> None:
    window = Window(0, 10, missing={1: 5, 2: 1}, unreadable={1: Defect.ROW_LIMIT})
    part = Window(0, 7, missing={1: 2, 3: 1}, unproved={4: 12}, unreadable={3: Defect.ROW_LIMIT}, deviations={"x"})
    part.add([row("a")])
    window.only_rows, part.only_rows = 1, 2
    window.merge(part)
    assert window.only_rows == 2
    assert (window.end_ms, window.rows.keys(), window.missing) == (7, {"a"}, {1: 5, 2: 1, 3: 1})
    assert (window.unreadable.keys(), window.unproved, window.deviations) == ({1, 3}, {4: 12}, {"x"})


def test_reading_ends_after_the_allowed_rows() -> None:
    progress = Progress(10)
    progress.add_decoded(9)
    assert not progress.is_full
    progress.add_decoded(1)
    assert progress.is_full


def test_three_undecodable_seconds_are_an_outage_unless_a_reply_was_decoded() -> None:
    error = UndecodableReply("The reply is not complete JSON.")
    outage, exception = Progress(10), Progress(10)
    exception.add_decoded(1)
    for progress in (outage, exception, outage, exception, exception):
        progress.add_undecodable(error)
    with pytest.raises(UndecodableReply):
        outage.add_undecodable(error)
