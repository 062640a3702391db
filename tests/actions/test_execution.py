"""The execution of an action always returns one result, which is a success or a failure."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from mimecast_secops.actions import Action, ActionFailed, Context, Result, Table, execute
from mimecast_secops.api import Secret
from mimecast_secops.api.errors import Consequence, Misconfigured, Unreachable
from mimecast_secops.parameters import InvalidParameter, text
from tests.actions.runner import ActionRunner


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    word: str = text("Word", "A word.", mandatory=True)


def action(run: Callable[[Context, Parameters], Result]) -> Action:
    return Action(name="Try It", description="d", parameters=Parameters, endpoints=(), run=run, outcome=None, sample={})


def raises(error: Exception) -> Callable[[Context, Parameters], Result]:
    def run(_context: Context, _parameters: Parameters) -> Result:
        raise error

    return run


def never() -> Context:
    raise AssertionError("connected")


WORD = {"Word": "x"}


def test_the_return_value_of_the_action_is_the_result(v2: ActionRunner) -> None:
    expected = Result(message="done", json_result=[1])
    assert execute(action(lambda _context, _parameters: expected), WORD, v2.context) is expected


def test_values_that_do_not_go_together_are_refused_before_the_connection() -> None:
    def check(_parameters: Parameters) -> None:
        raise InvalidParameter("Word", "No.")

    checked = replace(action(raises(AssertionError())), check=check)
    assert execute(checked, WORD, never).message == 'Error executing action "Try It". Reason: No.'


@pytest.mark.parametrize("bug", [KeyError("id"), RecursionError(), MemoryError(), OSError(5)])
def test_an_unexpected_error_is_a_failure_with_a_reference_to_the_log(
    v2: ActionRunner, caplog: pytest.LogCaptureFixture, bug: Exception
) -> None:
    with caplog.at_level(logging.ERROR):
        result = execute(action(raises(bug)), WORD, v2.context)
    assert (result.is_success, result.json_result, result.error) == (False, None, bug)
    match = re.fullmatch(
        r'Error executing action "Try It"\. Reason: Unexpected error '
        rf"\({type(bug).__name__}\)\. See the log, reference ([0-9a-f]{{8}})\.",
        result.message,
    )
    assert match
    records = [record for record in caplog.records if match.group(1) in record.getMessage()]
    assert len(records) == 1
    assert records[0].exc_info
    assert records[0].exc_info[1] is bug


def test_each_unexpected_error_has_its_own_reference(v2: ActionRunner) -> None:
    broken = action(raises(ValueError("v")))
    assert execute(broken, WORD, v2.context).message != execute(broken, WORD, v2.context).message


def test_the_text_of_an_unexpected_error_is_not_in_the_message(v2: ActionRunner) -> None:
    result = execute(action(raises(ValueError("something inner"))), WORD, v2.context)
    assert "something inner" not in result.message
    assert "Traceback" not in result.message


def test_a_failed_action_returns_its_reason_and_its_json_result(v2: ActionRunner) -> None:
    result = execute(action(raises(ActionFailed("It is so.", json_result={"a": 1}))), WORD, v2.context)
    assert result.message == 'Error executing action "Try It". Reason: It is so.'
    assert (result.is_success, result.json_result, result.partial) == (False, {"a": 1}, False)


def test_an_invalid_value_does_not_connect() -> None:
    result = execute(action(lambda *_: Result(message="done")), {}, never)
    assert result.message == 'Error executing action "Try It". Reason: "Word" is mandatory and was not given.'
    assert not result.is_success


@pytest.mark.parametrize(
    ("error", "consequence"),
    [(Misconfigured("No keys."), Consequence.FIX), (Unreachable("No reply."), Consequence.RETRY)],
)
def test_an_error_of_the_connection_is_a_failure(error: Exception, consequence: Consequence) -> None:
    def connect() -> Context:
        raise error

    result = execute(action(lambda *_: Result(message="done")), WORD, connect)
    assert result.message == f'Error executing action "Try It". Reason: {error}'
    assert result.error is error
    assert error.consequence is consequence  # type: ignore[attr-defined]


def test_the_message_does_not_contain_secrets(v2: ActionRunner) -> None:
    held = Secret("correct-horse-battery")
    result = execute(action(raises(ActionFailed("I know correct-horse-battery."))), WORD, v2.context)
    assert held.reveal() not in result.message
    assert str(result.error) == "I know correct-horse-battery."


def test_an_undeclared_parameter_is_ignored(v2: ActionRunner) -> None:
    def run(_context: Context, parameters: Parameters) -> Result:
        return Result(message=parameters.word)

    assert execute(action(run), {"Word": " x ", "Nonsense": "y"}, v2.context).message == "x"


def test_a_table_has_one_column_per_key_in_order_of_appearance() -> None:
    table = Table.of("T", [{"b": 1, "a": None}, {"c": [True, {"x": "y", "z": ""}], "b": "2"}])
    assert table.columns == ("b", "a", "c")
    assert table.rows == (("1", "", ""), ("2", "", "true; y"))


def test_a_table_without_records_is_empty() -> None:
    assert Table.of("T", []) == Table(title="T", columns=(), rows=())


@pytest.mark.parametrize("kind", ["reset", "truncated", "html", "empty"])
def test_a_broken_reply_is_not_an_unexpected_error(runner: ActionRunner, kind: str) -> None:
    runner.add_fault(kind, "/api/account/get-account")
    error = runner.fails("ping")
    assert "Unexpected error" not in error
