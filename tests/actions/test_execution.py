"""The way of an action: whatever happens, one answer, which is a success or a failure."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from mimecast_secops.actions import Action, ActionFailed, Context, Result, Table, execute
from mimecast_secops.api import Secret
from mimecast_secops.api.errors import Consequence, Misconfigured, Unreachable
from mimecast_secops.parameters import text
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


def test_what_the_action_returns_is_the_result(v2: ActionRunner) -> None:
    wanted = Result(message="done", json_result=[1])
    assert execute(action(lambda _context, _parameters: wanted), WORD, v2.context) is wanted


@pytest.mark.parametrize("bug", [ZeroDivisionError("1/0"), KeyError("id"), RecursionError(), MemoryError(), OSError(5)])
def test_a_bug_ends_as_a_failure_with_a_reference_that_the_log_has(
    v2: ActionRunner, caplog: pytest.LogCaptureFixture, bug: Exception
) -> None:
    with caplog.at_level(logging.ERROR):
        result = execute(action(raises(bug)), WORD, v2.context)
    assert (result.is_success, result.json_result, result.error) == (False, None, bug)
    said = re.fullmatch(
        r'Error executing action "Try It"\. Reason: Unexpected error '
        rf"\({type(bug).__name__}\)\. See the log, reference ([0-9a-f]{{8}})\.",
        result.message,
    )
    assert said
    records = [record for record in caplog.records if said.group(1) in record.getMessage()]
    assert len(records) == 1
    assert records[0].exc_info
    assert records[0].exc_info[1] is bug


def test_two_bugs_have_two_references(v2: ActionRunner) -> None:
    broken = action(raises(ValueError("v")))
    assert execute(broken, WORD, v2.context).message != execute(broken, WORD, v2.context).message


def test_what_the_bug_said_is_in_the_log_and_not_in_the_message(v2: ActionRunner) -> None:
    result = execute(action(raises(ValueError("something inner"))), WORD, v2.context)
    assert "something inner" not in result.message
    assert "Traceback" not in result.message


def test_an_action_that_gives_up_says_why_and_what_is_known(v2: ActionRunner) -> None:
    result = execute(action(raises(ActionFailed("It is so.", json_result={"a": 1}))), WORD, v2.context)
    assert result.message == 'Error executing action "Try It". Reason: It is so.'
    assert (result.is_success, result.json_result, result.partial) == (False, {"a": 1}, False)


def test_a_refused_value_never_connects() -> None:
    result = execute(action(lambda *_: Result(message="done")), {}, never)
    assert result.message == 'Error executing action "Try It". Reason: "Word" is mandatory and was not given.'
    assert not result.is_success


@pytest.mark.parametrize(
    ("error", "consequence"),
    [(Misconfigured("No keys."), Consequence.FIX), (Unreachable("Nobody there."), Consequence.RETRY)],
)
def test_a_connection_that_cannot_be_made_is_a_failure(error: Exception, consequence: Consequence) -> None:
    def connect() -> Context:
        raise error

    result = execute(action(lambda *_: Result(message="done")), WORD, connect)
    assert result.message == f'Error executing action "Try It". Reason: {error}'
    assert result.error is error
    assert error.consequence is consequence  # type: ignore[attr-defined]


def test_a_message_never_shows_a_secret(v2: ActionRunner) -> None:
    held = Secret("correct-horse-battery")
    result = execute(action(raises(ActionFailed("I know correct-horse-battery."))), WORD, v2.context)
    assert held.reveal() not in result.message
    assert str(result.error) == "I know correct-horse-battery."


def test_a_name_that_nobody_declared_is_ignored(v2: ActionRunner) -> None:
    def run(_context: Context, parameters: Parameters) -> Result:
        return Result(message=parameters.word)

    assert execute(action(run), {"Word": " x ", "Nonsense": "y"}, v2.context).message == "x"


def test_a_table_has_one_column_per_key_in_order_of_appearance() -> None:
    table = Table.of("T", [{"b": 1, "a": None}, {"c": [True, {"x": "y", "z": ""}], "b": "2"}])
    assert table.columns == ("b", "a", "c")
    assert table.rows == (("1", "", ""), ("2", "", "true; y"))


def test_a_table_of_nothing_is_empty() -> None:
    assert Table.of("T", []) == Table(title="T", columns=(), rows=())


@pytest.mark.parametrize("kind", ["reset", "truncated", "html", "empty"])
def test_a_broken_reply_is_a_failure_and_no_bug(runner: ActionRunner, kind: str) -> None:
    runner.add_fault(kind, "/api/account/get-account")
    said = runner.fails("ping")
    assert "Unexpected error" not in said
