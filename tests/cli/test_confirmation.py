"""Confirmation: a prompt at a terminal, `--yes` elsewhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from mimecast_secops.cli.confirmation import is_confirmed
from mimecast_secops.cli.context import CommandContext

PLAN = ["Reject \x1b[31mthis"]


def confirm(**options: object) -> bool:
    return is_confirmed(CommandContext(options), PLAN, "Continue?", "Nothing was done.")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[IO[bytes]]:
    """A terminal as standard input. What is written to it is what the user types."""
    ours, theirs = os.openpty()
    with os.fdopen(theirs, encoding="utf-8") as stream, os.fdopen(ours, "wb", buffering=0) as keyboard:
        monkeypatch.setattr(sys, "stdin", stream)
        yield keyboard


def test_yes_confirms_and_says_what_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert confirm(yes=True)
    assert capsys.readouterr().err == "Reject �[31mthis\n"


def test_without_a_terminal_nothing_is_confirmed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open(encoding="utf-8") as empty:
        monkeypatch.setattr(sys, "stdin", empty)
        assert not confirm()
    assert capsys.readouterr().err == "Reject �[31mthis\nNothing was done. Add --yes to confirm.\n"


@pytest.mark.parametrize(("typed", "expected"), [(b"y\n", True), (b"n\n", False), (b"\n", False), (b"\x04", False)])
def test_at_a_terminal_the_user_decides(
    terminal: IO[bytes], capsys: pytest.CaptureFixture[str], typed: bytes, expected: bool
) -> None:
    terminal.write(typed)
    assert confirm() is expected
    errors = capsys.readouterr().err
    assert "Reject �[31mthis\n" in errors
    assert "\x1b[31mthis" not in errors
    assert ("Nothing was done." in errors) is not expected
