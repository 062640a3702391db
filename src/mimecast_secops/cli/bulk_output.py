"""The output of a bulk run: a line per item, a progress bar, and a summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from mimecast_secops.actions import Action, Result
from mimecast_secops.actions.mutation import DRY_RUN
from mimecast_secops.cli import plans
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.execution import is_dry_run
from mimecast_secops.cli.items import Item
from mimecast_secops.cli.messages import worded
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.targets import Target, short_id, targets_of_result

OK: Final = "ok"
ALREADY: Final = "already"
FAILED: Final = "FAILED"
_LABEL_WIDTH: Final = 8
# The length at which an error truncates an ID.
_TRUNCATED: Final = 120


@dataclass(slots=True)
class Counts:
    """What a bulk run has done so far.

    Attributes:
        succeeded: items that succeeded, including those that were already done in the tenant.
        already: items that were already done in the tenant.
        failed: items that failed.
        finished_late: items that were in progress when the user interrupted the run, and were finished.
        done_before: items that an earlier run of the job did.
        left: items that were not started.
    """

    succeeded: int = 0
    already: int = 0
    failed: int = 0
    finished_late: int = 0
    done_before: int = 0
    left: int = 0

    def as_json(self, *, interrupted: bool) -> dict[str, Any]:
        """The counts as the last JSON line of a run."""
        return {
            "summary": {
                "succeeded": self.succeeded,
                "already": self.already,
                "failed": self.failed,
                "done_before": self.done_before,
                "left": self.left,
                "interrupted": interrupted,
            }
        }


class BulkOutput:
    """Prints what a bulk run does.

    Args:
        context: the context of the command.
        action: the action of the run.
        shared: the parameters that all items share, by name.
    """

    def __init__(self, context: CommandContext, action: Action, shared: dict[str, object]) -> None:
        self._context = context
        self._screen: Screen = context.screen
        self._action = action
        self._shared = shared
        self._is_dry_run = is_dry_run(action, shared)

    def show(self, item: Item, result: Result) -> None:
        """Print the outcome of an item."""
        result = worded(result)
        if self._screen.as_json:
            self._screen.data(_as_json(item, result))
            return
        known = item.known_targets(self._shared)
        if result.is_success and self._is_dry_run:
            for line in plans.plan(self._action, result, known):
                self._screen.say(line)
            return
        targets = plans.complete(targets_of_result(result), known) or [Target(id=item.id)]
        who = "; ".join(target.line() for target in targets)
        label = outcome_of(result)
        reason = f"  {self._reason(item, result)}" if label == FAILED else ""
        self._screen.say(f"{label:<{_LABEL_WIDTH}}{who}{reason}", "red" if label == FAILED else "")

    def summarize(self, counts: Counts, *, interrupted: bool, can_resume: bool) -> None:
        """Print the summary of the run."""
        if self._screen.as_json:
            self._screen.data(counts.as_json(interrupted=interrupted))
        if self._is_dry_run:
            self._screen.note(f"{DRY_RUN} {counts.succeeded} would be done, {counts.failed} would fail.")
        else:
            self._screen.note(_sentence(counts, interrupted=interrupted, can_resume=can_resume))

    def _reason(self, item: Item, result: Result) -> str:
        """Why an item failed, with the beginning of its ID instead of the whole."""
        prefix = self._action.failure.format(action=self._action.name, error="")
        reason = result.message.removeprefix(prefix)
        for text in (item.id, f"{item.id[:_TRUNCATED]}…"):
            reason = reason.replace(text, short_id(item.id))
        return reason

    def bar(self, total: int) -> Progress:
        """A progress bar, invisible where it would mix with other output. Call `advance` on its first task."""
        console = self._screen.bar_console()
        is_logging = self._context.options.get("verbose") or self._context.options.get("debug")
        progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console or self._screen.err,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            disable=console is None or bool(is_logging),
        )
        progress.add_task("", total=total)
        return progress


def outcome_of(result: Result) -> str:
    """The word for the result of an item."""
    if not result.is_success:
        return FAILED
    records = result.json_result if isinstance(result.json_result, list) else [result.json_result]
    is_already_done = bool(records) and all(isinstance(record, dict) and record.get("already") for record in records)
    return ALREADY if is_already_done else OK


def _as_json(item: Item, result: Result) -> dict[str, Any]:
    return {
        "id": item.id,
        **({"parameters": dict(item.values)} if len(item.values) > 1 else {}),
        "is_success": result.is_success,
        "message": result.message,
        "json_result": result.json_result,
    }


def _sentence(counts: Counts, *, interrupted: bool, can_resume: bool) -> str:
    if interrupted:
        done = counts.succeeded + counts.failed - counts.finished_late
        how = "The same command continues." if can_resume else "The rest was not touched."
        return f"Interrupted: {done} done, {counts.finished_late} in progress were finished, {counts.left} left. {how}"
    already = f" ({counts.already} already done)" if counts.already else ""
    before = f", {counts.done_before} done before" if counts.done_before else ""
    left = f" Stopped, because the last error concerns all items: {counts.left} left." if counts.left else ""
    return f"{counts.succeeded} succeeded{already}, {counts.failed} failed{before}.{left}"
