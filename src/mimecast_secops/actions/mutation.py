"""What every action that changes something has in common: a dry run, a look afterwards, and what would undo it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, Final, TypeVar

from mimecast_secops.actions.declaration import ActionFailed, Context, Json, Result
from mimecast_secops.api import Request
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.parameters import flag

Thing = TypeVar("Thing")
DRY_RUN: Final = "Dry run: nothing was done."


def dry_run() -> Any:
    """The parameter that plans instead of doing."""
    return flag(
        "Dry Run",
        "If enabled, everything is looked up and checked, nothing is changed, and the plan is returned.",
        default=False,
    )


def verify() -> Any:
    """The parameter that looks afterwards whether it took effect."""
    return flag(
        "Verify Result",
        "If enabled, the state is read back afterwards where Mimecast can tell it; a contradiction is a failure.",
        default=True,
    )


class State(Enum):
    """What reading back showed."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    CONTRADICTED = "contradicted"


def planned(requests: Sequence[Request[Any]], touches: Json, **more: Json) -> Result:
    """The result of a dry run: the requests that would be sent, and what they would touch.

    Args:
        requests: requests to one path, shown as one with all their items. Empty if nothing would be sent.
        touches: the messages, senders or policies that would change.
        more: further members of the JSON result.
    """
    shown = [request.as_json() for request in requests]
    request = {"path": shown[0]["path"], "data": [item for part in shown for item in part["data"]]} if shown else {}
    plan = {"dryRun": True, "request": request, "touches": touches, **more}
    return Result(message=DRY_RUN, json_result=plan)


def outcome(state: State, undo: Json, *, already: bool = False, **more: Json) -> dict[str, Json]:
    """The JSON result of a write: `state` confirmed or pending, `already` so before, what would `undo` it."""
    return {"state": state.value, "already": already, "undo": undo, **more}


def read_back(context: Context, look: Callable[[], State], *, wanted: bool) -> State:
    """Look whether it took effect. The write has been done: a look that fails leaves it pending, nothing worse.

    Args:
        context: the action's.
        look: reads the state.
        wanted: false leaves it at what the reply to the write said.
    """
    if not wanted:
        return State.PENDING
    try:
        return look()
    except MimecastError as error:
        context.log.warning("Done, but it could not be read back: %s", error)
        return State.PENDING


class PartlyDone(ActionFailed):
    """Some of several things were done before one failed; `json_result` has what was done, and what would undo it."""

    partial = True


def one_by_one(things: Sequence[Thing], do: Callable[[Thing], dict[str, Json]]) -> list[dict[str, Json]]:
    """Do something for each of several things, in order, until one fails.

    Raises:
        PartlyDone: one failed after others had been done.
        MimecastError: the first one failed.
    """
    done: list[dict[str, Json]] = []
    for thing in things:
        try:
            done.append(do(thing))
        except MimecastError as error:
            if not done:
                raise
            sentence = f"{len(done)} of {len(things)} were done, then one failed: {error}"
            raise PartlyDone(sentence, json_result=done) from error
    return done


def contradicted(sentence: str, json_result: Json) -> ActionFailed:
    """Mimecast said that it was done, and shows something else."""
    return ActionFailed(sentence, json_result=json_result)
