"""What reverting a change would do, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mimecast_secops.cli.journal import DONE, FAILED, STARTED, UNDONE, Entry

# Reverting a block creates a permit, and vice versa, which may not have existed before. So the user confirms it.
CREATES: Final = {
    "Block Sender": "creates a block",
    "Permit Sender": "creates a permit",
    "Create Block Sender Policy": "creates a policy",
}
_PERMIT_WARNING: Final = "Messages that match a permit bypass spam checks."
_OUTCOMES: Final = {
    FAILED: "nothing was changed",
    STARTED: "unknown: the command was ended before the change was confirmed",
    UNDONE: "already reverted",
}


def steps_of(entry: Entry) -> list[dict[str, Any]]:
    """The steps that revert an entry."""
    return [step for step in entry.undo if step.get("possible") and isinstance(step.get("parameters"), dict)]


def creating_steps(steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The steps that create a block or a permit."""
    return [step for step in steps if step.get("action") in CREATES]


def summary(entry: Entry) -> str:
    """What reverting an entry would do, for a table: `→ Permit Sender (creates a permit)`, or why it is impossible."""
    if entry.state in (STARTED, UNDONE):
        return _OUTCOMES[entry.state]
    steps = steps_of(entry)
    if steps:
        partial = "failed partway: " if entry.state == FAILED else ""
        return partial + "; ".join(dict.fromkeys(map(_step_summary, steps)))
    if entry.changed_nothing:
        return _OUTCOMES[FAILED]
    return f"cannot be undone: {_obstacle(entry)}"


def description(step: Mapping[str, Any]) -> str:
    """What a step does, as sentences for the user who has to confirm it."""
    values = ", ".join(f"{name} {value}" for name, value in step["parameters"].items())
    sentences = [f"This runs {step['action']} ({values})."]
    if step["action"] in CREATES:
        sentences.append(f"It {CREATES[step['action']]}, which may not have existed before.")
    if step["action"] == "Permit Sender":
        sentences.append(_PERMIT_WARNING)
    sentences += [str(step["why"])] if step.get("why") else []
    return " ".join(sentences)


def _step_summary(step: Mapping[str, Any]) -> str:
    effect = CREATES.get(str(step["action"]), "")
    return f"→ {step['action']}" + (f" ({effect})" if effect else "")


def _obstacle(entry: Entry) -> str:
    if entry.state == DONE and not entry.undo:
        return "it was already done"
    sentences = [str(step["why"]).partition(";")[0].rstrip(".") for step in entry.undo if step.get("why")]
    reasons = [sentence[:1].lower() + sentence[1:] for sentence in sentences]
    manual = [f"run {step['action']} with the values that --json shows" for step in entry.undo if step.get("possible")]
    return "; ".join(dict.fromkeys(reasons + manual)) or "unknown"
