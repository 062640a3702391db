"""One action for many IDs: a line of output per ID, and no ID twice after an interruption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from mimecast_secops.actions import Action, Result
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.bulk_progress import BulkProgress
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.execution import execute_action
from mimecast_secops.cli.output import plain
from mimecast_secops.parameters import InvalidParameter

# These errors concern all IDs, so every further ID would fail, too.
_FATAL: Final = (
    exit_codes.CONFIGURATION,
    exit_codes.AUTHENTICATION,
    exit_codes.USAGE,
    exit_codes.LOCKED,
    exit_codes.UNWRITABLE,
    exit_codes.DAMAGED,
)


def read_ids(lines: Iterable[str]) -> list[str]:
    """The IDs of a file with one ID per line, without duplicates. Blank lines and comments (#) are skipped."""
    stripped = (line.strip() for line in lines)
    return list(dict.fromkeys(line for line in stripped if line and not line.startswith("#")))


def run(context: CommandContext, action: Action, raw: Mapping[str, object], name: str, ids: Sequence[str]) -> int:
    """Execute an action for each ID.

    Args:
        context: the context of the command.
        action: the action.
        raw: its other parameters by name.
        name: the name of the parameter that takes the ID.
        ids: the IDs.

    Returns:
        0 if all succeeded, 7 if some succeeded, else the code of the last failure.

    Raises:
        InvalidParameter: `raw` already has an ID.
    """
    if name in raw:
        raise InvalidParameter(name, f'Give either "{name}" or --from-file, not both.')
    screen = context.screen
    succeeded, failures = 0, list[Result]()
    with context.client() as client:
        progress = BulkProgress(context.state(), {"tenant": client.api_root, "action": action.name, **raw})
        if context.options.get("restart"):
            progress.clear()
        done = progress.done()
        remaining = [message_id for message_id in ids if message_id not in done]
        if done:
            screen.note(f"{len(ids) - len(remaining)} of {len(ids)} were done before; {len(remaining)} remain.")
        with _progress_bar(context) as bar:
            task = bar.add_task("", total=len(remaining))
            for message_id in remaining:
                result = execute_action(context, action, {**raw, name: message_id}, client)
                _show(context, message_id, result)
                if result.is_success:
                    succeeded += 1
                    progress.add(message_id)
                else:
                    failures.append(result)
                    is_about_id = getattr(result.error, "parameter", "") == name
                    if exit_codes.code_of_result(result) in _FATAL and not is_about_id:
                        break
                bar.advance(task)
        if not failures:
            progress.clear()
    screen.note(f"{succeeded} succeeded, {len(failures)} failed, {len(ids) - len(remaining)} were done before.")
    if not failures:
        return exit_codes.OK
    return exit_codes.PARTIAL if succeeded or done else exit_codes.code_of_result(failures[-1])


def _progress_bar(context: CommandContext) -> Progress:
    console = context.screen.err
    is_visible = console.is_terminal and not context.screen.quiet
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not is_visible)


def _show(context: CommandContext, message_id: str, result: Result) -> None:
    screen = context.screen
    if screen.as_json:
        screen.data(
            {
                "id": message_id,
                "is_success": result.is_success,
                "message": result.message,
                "json_result": result.json_result,
            }
        )
    else:
        screen.say(f"{'ok    ' if result.is_success else 'FAILED'}  {plain(message_id, 60)}  {result.message}")
