"""Exit codes: a code for each kind of error."""

from __future__ import annotations

import pytest

from mimecast_secops.actions import ActionFailed, Result
from mimecast_secops.api import errors
from mimecast_secops.cli import exit_codes
from mimecast_secops.deliveries.errors import AlertsUnwritable
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.stores.errors import StateInUse, StateLocked, StateUnwritable

CODES = [
    (None, exit_codes.OK),
    (ActionFailed("x"), exit_codes.NOT_DONE),
    (FileNotFoundError("x"), exit_codes.NOT_DONE),
    (InvalidParameter("Sender", "x"), exit_codes.USAGE),
    (errors.Misconfigured("x"), exit_codes.CONFIGURATION),
    (errors.AuthenticationFailed("x"), exit_codes.AUTHENTICATION),
    (errors.MissingPermission("x"), exit_codes.API_ERROR),
    (errors.Unreachable("x"), exit_codes.UNREACHABLE),
    (errors.Unavailable("x"), exit_codes.UNREACHABLE),
    (errors.UnreadableReply("x"), exit_codes.UNREADABLE),
    (StateLocked("x"), exit_codes.LOCKED),
    (StateInUse("x"), exit_codes.LOCKED),
    (StateUnwritable("x"), exit_codes.UNWRITABLE),
    (AlertsUnwritable(28, "x"), exit_codes.UNWRITABLE),
    (UnreadableState("x"), exit_codes.DAMAGED),
    (ValueError("x"), exit_codes.UNEXPECTED),
    (KeyboardInterrupt(), exit_codes.INTERRUPTED),
]


@pytest.mark.parametrize(("error", "code"), CODES, ids=lambda value: type(value).__name__)
def test_each_kind_of_error_has_a_code(error: BaseException | None, code: int) -> None:
    assert exit_codes.code_of(error) == code


def test_every_code_but_those_of_a_command_itself_is_the_code_of_an_error_and_has_a_meaning() -> None:
    of_commands = {exit_codes.PARTIAL, exit_codes.BROKEN_PIPE}
    assert {code for _, code in CODES} | of_commands == set(exit_codes.MEANINGS)


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (Result(message="x"), exit_codes.OK),
        (Result(message="x", is_success=False, error=errors.Unreachable("x")), exit_codes.UNREACHABLE),
        (Result(message="x", is_success=False, error=ActionFailed("x"), partial=True), exit_codes.PARTIAL),
        (Result(message="x", is_success=False), exit_codes.NOT_DONE),
    ],
    ids=["success", "failure", "partial", "failure without an error"],
)
def test_the_code_of_a_result(result: Result, code: int) -> None:
    assert exit_codes.code_of_result(result) == code
