"""What the lists have in common: times, handles that cannot be saved, and the hint."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import click
import pytest

from mimecast_secops.cli import handles
from mimecast_secops.cli.handles import ListedMessage
from mimecast_secops.cli.listing import (
    NUMBER,
    SUBJECT,
    SinceType,
    cells_of,
    print_hint,
    print_messages,
    save_list,
    time_text,
)
from mimecast_secops.cli.output import Screen

MESSAGES = [ListedMessage(number=1, id="", subject="A period"), ListedMessage(number=2, id="eJwA", subject="Invoice")]


@pytest.mark.parametrize(
    ("text", "age"), [("90m", timedelta(minutes=90)), ("24H", timedelta(days=1)), ("7d", timedelta(7))]
)
def test_an_age_is_a_time_before_now(text: str, age: timedelta) -> None:
    before = datetime.now(UTC) - age
    since = SinceType().convert(text, None, None)
    assert before <= since <= datetime.now(UTC) - age


@pytest.mark.parametrize("text", ["2026-03-07T16:03:00Z", "2026-03-07T17:03:00+01:00", "2026-03-07 16:03"])
def test_a_time_in_iso_8601(text: str) -> None:
    since = SinceType().convert(text, None, None)
    assert since == datetime(2026, 3, 7, 16, 3, tzinfo=UTC)
    assert SinceType().convert(since, None, None) == since


@pytest.mark.parametrize("text", ["", "yesterday", "7w", "0001-01-01T00:00:00+14:00"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time"):
        SinceType().convert(text, None, None)


def test_times_are_short_and_in_utc() -> None:
    assert time_text(datetime(2026, 3, 7, 17, 3, tzinfo=timezone(timedelta(hours=1)))) == "03-07 16:03Z"
    assert time_text(None) == "-"


def test_a_list_that_cannot_be_saved_is_shown_without_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    screen = Screen()
    has_handles = save_list(screen, tmp_path / "file", "tenant", MESSAGES)
    print_messages(screen, (NUMBER, SUBJECT), list(map(cells_of, MESSAGES)), has_handles=has_handles)
    captured = capsys.readouterr()
    assert not has_handles
    assert "cannot be saved" in captured.err
    assert [line.strip() for line in captured.out.splitlines()][::2] == ["Subject", "A period"]


def test_a_saved_list_has_handles(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    assert save_list(screen, tmp_path, "tenant", MESSAGES)
    assert handles.find(tmp_path, "tenant", "2") == MESSAGES[1]
    print_hint(screen, MESSAGES)
    assert capsys.readouterr().err.splitlines() == [
        "To act on a message, use its number: mimecast-secops release-message 2"
    ]


def test_without_a_message_there_is_no_hint(capsys: pytest.CaptureFixture[str]) -> None:
    print_hint(Screen(), MESSAGES[:1])
    assert capsys.readouterr().err == ""
