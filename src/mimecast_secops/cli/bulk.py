"""Bulk runs: one action for many items, several at the same time, and no item twice after an interruption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from mimecast_secops.actions import Action, Result
from mimecast_secops.api import MimecastClient
from mimecast_secops.cli import exit_codes, workers
from mimecast_secops.cli.bulk_output import ALREADY, BulkOutput, Counts, outcome_of
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.execution import execute_action, is_dry_run
from mimecast_secops.cli.interruption import Interruption, interruptible
from mimecast_secops.cli.items import Item, unique
from mimecast_secops.cli.jobs import Job

# These errors concern all items, so every further item would fail, too.
_FATAL: Final = (
    exit_codes.CONFIGURATION,
    exit_codes.AUTHENTICATION,
    exit_codes.USAGE,
    exit_codes.LOCKED,
    exit_codes.UNWRITABLE,
    exit_codes.DAMAGED,
)


class BulkRun:
    """One run of an action for many items.

    Args:
        context: the context of the command.
        client: the client that all threads share.
        action: the action.
        shared: the parameters that all items share, by name.
        job_name: the name of the job; "" for a run that cannot be resumed.
    """

    def __init__(
        self,
        context: CommandContext,
        client: MimecastClient,
        action: Action,
        shared: Mapping[str, object],
        job_name: str = "",
    ) -> None:
        self._context = context
        self._client = client
        self._action = action
        self._shared = dict(shared)
        self._output = BulkOutput(context, action, self._shared)
        self._counts = Counts()
        self._code = exit_codes.OK
        self._is_stopped = False
        self._job: Job | None = None
        if not is_dry_run(action, shared):
            # Opened here, because the threads share it.
            database = context.state()
            run = {"tenant": client.tenant_key, "action": action.name, **shared}
            self._job = Job(database, job_name, run) if job_name else None

    def execute(self, items: Sequence[Item]) -> int:
        """Execute the action for each item that is not done yet.

        Returns:
            0 if all succeeded, 130 after an interruption, 7 if some succeeded, else the code of the last failure.
        """
        remaining = self._remaining(items)
        concurrency = int(self._context.options["concurrency"])
        with interruptible() as interruption, self._output.bar(len(remaining)) as bar:
            self._counts.left = len(remaining)
            executed = workers.completed(remaining, self._execute, concurrency, lambda: self._may_start(interruption))
            for item, result in executed:
                self._record(item, result, interruption)
                bar.advance(bar.task_ids[0])
        interrupted = interruption.is_requested and self._counts.left > 0
        if self._job and not self._counts.failed and not self._counts.left:
            self._job.delete()
        self._output.summarize(self._counts, interrupted=interrupted, can_resume=self._job is not None)
        return exit_codes.INTERRUPTED if interrupted else self._exit_code()

    def _remaining(self, items: Sequence[Item]) -> list[Item]:
        """The items that are not done yet, each once."""
        screen = self._context.screen
        different = unique(items)
        if not different:
            screen.note("There are no entries, so there is nothing to do.", "yellow")
        if len(different) < len(items):
            screen.note(f"Repeated entries skipped: {len(items) - len(different)}.")
        if self._job is None:
            return different
        self._job.delete_expired()
        if self._context.options.get("restart"):
            self._job.delete()
        done, began = self._job.done(), self._job.began()
        remaining = [item for item in different if item.key not in done]
        self._counts.done_before = len(different) - len(remaining)
        if self._counts.done_before and began:
            screen.note(
                f"The job {self._job.name} began at {began:%Y-%m-%d %H:%M} UTC: {self._counts.done_before} of "
                f"{len(different)} done, {len(remaining)} left. Add --restart to start over."
            )
        return remaining

    def _may_start(self, interruption: Interruption) -> bool:
        if interruption.is_requested and not self._is_stopped:
            self._is_stopped = True
            self._context.screen.note("Waiting for the items in progress. Press Ctrl-C again to end at once.")
        return not self._is_stopped

    def _execute(self, item: Item) -> Result:
        raw = {**self._shared, **item.values}
        return execute_action(self._context, self._action, raw, self._client, item.targets)

    def _record(self, item: Item, result: Result, interruption: Interruption) -> None:
        counts = self._counts
        counts.left -= 1
        counts.finished_late += interruption.is_requested
        if result.is_success:
            counts.succeeded += 1
            counts.already += outcome_of(result) == ALREADY
            if self._job:
                self._job.add(item.key)
        else:
            counts.failed += 1
            self._code = exit_codes.code_of_result(result)
            is_about_item = getattr(result.error, "parameter", "") in item.values
            self._is_stopped = self._is_stopped or (self._code in _FATAL and not is_about_item)
        self._output.show(item, result)

    def _exit_code(self) -> int:
        if not self._counts.failed:
            return exit_codes.OK
        return exit_codes.PARTIAL if self._counts.succeeded or self._counts.done_before else self._code
