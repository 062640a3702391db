"""Output: untrusted text does not control the terminal, and a failed write is reported."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions import Table
from mimecast_secops.api import Secret
from mimecast_secops.cli.output import Screen, lines, plain


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
    table = Table(title="Results", columns=tuple(columns), rows=(tuple("abcdefgh"),))
    Screen().table(table)
    assert capsys.readouterr().out.splitlines() == [
        "Results 1",
        *(f"  column {number}  {letter}" for number, letter in enumerate("abcdefgh")),
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
