"""Errors that end a command before it runs."""

from __future__ import annotations

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.errors import CommandFailed, OptionsFailed


@pytest.mark.parametrize(
    ("error", "code"),
    [(CommandFailed("a\x1b[1m\nb"), exit_codes.CONFIGURATION), (OptionsFailed("a\x1b[1m\nb"), exit_codes.USAGE)],
)
def test_the_message_has_a_line_per_problem_and_no_control_characters(
    error: CommandFailed, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    error.show()
    assert error.exit_code == code
    assert capsys.readouterr().err == "a�[1m\nb\n"
