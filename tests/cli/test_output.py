"""Output: untrusted text does not control the terminal, and a failed write is reported."""

from __future__ import annotations

import errno
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.progress import Progress

from mimecast_secops.actions import Table
from mimecast_secops.api import Secret
from mimecast_secops.cli.output import Screen, is_broken_pipe, lines, plain


@given(st.text())
def test_plain_text_has_no_control_or_direction_characters(text: str) -> None:
    clean = plain(text)
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in clean)
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u061c") & set(clean)


def test_plain_text_is_short_and_has_no_secrets() -> None:
    secret = Secret("a-secret-in-the-output")
    assert plain("x" * 400) == "x" * 300 + "…"
    assert plain("abcdef", 3) == "abc…"
    assert plain("a\r\n\tb\x1b[2J") == "a⏎ b�[2J"
    assert secret.reveal() not in plain(f"<{secret.reveal()}>")


def test_lines_keep_their_breaks() -> None:
    assert lines("a\nb\x1b") == "a\nb�"


def test_markup_is_printed_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.say("[bold]x[/bold] :smile:")
    screen.rows("", ("[red]column",), [("[/red]cell",)])
    output = capsys.readouterr().out
    for text in ("[bold]x[/bold] :smile:", "[red]column", "[/red]cell"):
        assert text in output


def test_results_and_messages_have_different_streams(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.say("result")
    screen.note("note")
    screen.fail("error")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "note\nerror\n")


def test_quiet_prints_only_results_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(quiet=True)
    screen.say("result")
    screen.note("note")
    screen.fail("error")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("result\n", "error\n")


def test_data_is_one_line_of_ascii_json_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    secret = Secret("a-secret-in-the-data")
    Screen(as_json=True).data({"subject": "é\u202e\n", "secret": secret.reveal(), "path": Path("x")})
    output = capsys.readouterr().out
    assert output.isascii()
    assert output.count("\n") == 1
    assert json.loads(output)["subject"] == "é\u202e\n"
    assert json.loads(output)["path"] == "x"
    assert secret.reveal() not in output


def test_a_table_that_is_too_wide_is_printed_as_blocks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    columns = [f"column {number}" for number in range(8)]
    table = Table(title="Results", columns=tuple(columns), rows=(tuple(letter * 12 for letter in "abcdefgh"),))
    Screen().table(table)
    assert capsys.readouterr().out.splitlines() == [
        "Results 1",
        *(f"  column {number}  {letter * 12}" for number, letter in enumerate("abcdefgh")),
    ]


def test_short_rows_take_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    Screen().rows("", ("first", "second"), [("x" * 200, "y\nz")], short=True)
    _, _, row = capsys.readouterr().out.splitlines()
    assert "x…" in row
    assert "y⏎z" in row


def test_after_a_failed_write_further_results_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # The rest of the output is discarded, so a later write must not pass for a result that was printed.
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        screen = Screen(as_json=True)
        with pytest.raises(OSError, match=r"No space left on device\. The result is incomplete\."):
            screen.data({})
        for write in (lambda: screen.data({}), screen.sync, screen.check_output):
            with pytest.raises(OSError, match="It is closed"):
                write()


def test_sync_writes_to_a_regular_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "output").open("w", encoding="utf-8") as file:
        monkeypatch.setattr("sys.stdout", file)
        screen = Screen()
        screen.say("result")
        screen.sync()
        assert (tmp_path / "output").read_text() == "result\n"


def test_a_closed_standard_output_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    screen = Screen(as_json=True)
    with pytest.raises(OSError, match="It is closed"):
        screen.data({})


def test_with_json_only_data_is_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=True)
    screen.say("text")
    screen.rows("", ("column",), [("cell",)])
    screen.facts("title", [("label", "value")])
    screen.data({})
    captured = capsys.readouterr()
    assert captured.out == "{}\n"
    for text in ("text", "cell", "title", "value"):
        assert text in captured.err


def test_data_is_on_standard_output_while_a_progress_bar_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(as_json=True)
    terminal = Console(file=sys.stderr, force_terminal=True)
    with Progress(console=terminal) as bar:
        bar.add_task("", total=1)
        screen.data({"id": 1})
    assert capsys.readouterr().out == '{"id": 1}\n'


def test_csv_has_a_heading_and_no_formula(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().csv(("subject", "size"), [("=HYPERLINK(1)", 2), ('a "b", c\x1b', "-1"), ("plain", "")])
    assert capsys.readouterr().out.splitlines() == [
        "subject,size",
        "'=HYPERLINK(1),2",
        '"a ""b"", c�",\'-1',
        "plain,",
    ]


def test_a_pipe_without_a_reader_is_told_from_other_errors() -> None:
    assert is_broken_pipe(OSError(errno.EPIPE, "Broken pipe", "standard output"))
    assert not is_broken_pipe(OSError(errno.EPIPE, "Broken pipe", "proxy"))
    assert not is_broken_pipe(OSError(errno.ENOSPC, "full", "standard output"))
