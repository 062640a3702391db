"""What all actions that change the tenant share: dry run, verification, and the JSON result with its undo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final, TypeVar

from mimecast_secops.actions.declaration import ActionFailed, Context, Json, Result
from mimecast_secops.api import Request
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.parameters import flag
from mimecast_secops.sentences import sentence, sentence_of

Item = TypeVar("Item")
DRY_RUN: Final = "Dry run: nothing was done."


def dry_run() -> Any:
    """The parameter `Dry Run`."""
    return flag(
        "Dry Run",
        "If enabled, the action checks everything and returns the requests that it would send. It changes nothing.",
        default=False,
    )


def verify() -> Any:
    """The parameter `Verify Result`."""
    return flag(
        "Verify Result",
        "If enabled, the action reads the state back after the change, if Mimecast can show it. If Mimecast shows "
        "something else, the action fails.",
        default=True,
    )


class State(Enum):
    """The state of a change after Mimecast confirmed it."""

    CONFIRMED = "confirmed"
    """Mimecast shows the change."""
    PENDING = "pending"
    """Mimecast does not show the change yet, or was not asked."""
    CONTRADICTED = "contradicted"
    """Mimecast shows something else."""


def dry_run_result(requests: Sequence[Request[Any]], touches: Json, **extra: Json) -> Result:
    """The result of a dry run.

    Args:
        requests: the requests that would be sent, all to one path; the result shows them as one with all their items.
            Empty if nothing would be sent.
        touches: the messages, senders or policies that would change.
        extra: further members of the JSON result.
    """
    parts = [request.as_json() for request in requests]
    request = {"path": parts[0]["path"], "data": [item for part in parts for item in part["data"]]} if parts else {}
    plan = {"dryRun": True, "request": request, "touches": touches, **extra}
    return Result(message=DRY_RUN, json_result=plan)


def write_result(state: State, undo: Json, *, already: bool = False, **extra: Json) -> dict[str, Json]:
    """The JSON result of a change.

    Args:
        state: whether Mimecast shows the change.
        undo: whether and how the change can be undone, with the member `possible`.
        already: whether the tenant was in the wanted state before.
        extra: further members.
    """
    return {"state": state.value, "already": already, "undo": undo, **extra}


def read_back(context: Context, read_state: Callable[[], State], *, enabled: bool) -> State:
    """Read the state back after a change.

    Args:
        context: the context of the action.
        read_state: reads the state from Mimecast.
        enabled: whether to read it at all.

    Returns:
        The state. `PENDING` if it is not or cannot be read, because the change itself succeeded.
    """
    if not enabled:
        return State.PENDING
    try:
        return read_state()
    except MimecastError as error:
        context.log.warning("The change was made, but its result cannot be read back: %s", error)
        return State.PENDING


def apply_to_each(items: Sequence[Item], change: Callable[[Item], dict[str, Json]]) -> list[dict[str, Json]]:
    """Make a change for each item, in order, until one fails.

    Returns:
        The JSON result of each change.

    Raises:
        ActionFailed: a change failed after others had succeeded; `json_result` has the results of those.
        MimecastError: the first change failed.
    """
    results: list[dict[str, Json]] = []
    for item in items:
        try:
            results.append(change(item))
        except MimecastError as error:
            if not results:
                raise
            message = sentence(
                "{done} of {all} changes were made, then one failed: {error}",
                done=len(results),
                all=len(items),
                error=sentence_of(error),
            )
            raise ActionFailed(message, json_result=results, partial=True) from error
    return results
