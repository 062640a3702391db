"""One action for many ids: a line per id as it happens, and no id twice after an interruption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from mimecast_secops.actions import Action, Result
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.bulk_progress import BulkProgress
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.execution import execute_action
from mimecast_secops.cli.output import plain
from mimecast_secops.parameters import InvalidParameter

# These concern all ids: going on would fail for each of them.
_FATAL = (
    exit_codes.CONFIGURATION,
    exit_codes.AUTHENTICATION,
    exit_codes.USAGE,
    exit_codes.LOCKED,
    exit_codes.UNWRITABLE,
    exit_codes.DAMAGED,
)


def ids_in(lines: Iterable[str]) -> list[str]:
    """The ids of a file: one per line; blank lines and those that begin with # are skipped; each once."""
    stripped = (line.strip() for line in lines)
    return list(dict.fromkeys(line for line in stripped if line and not line.startswith("#")))


def run(runtime: CommandContext, action: Action, raw: Mapping[str, object], name: str, ids: Sequence[str]) -> int:
    """Do an action for each id.

    Args:
        runtime: the command's.
        action: what to do.
        raw: its other parameters by name.
        name: the parameter that takes the id.
        ids: for what.

    Returns:
        0 when all succeeded, 7 when some did, else the code of the last failure.
    """
    if name in raw:
        raise InvalidParameter(name, f'Give either "{name}" or a file of them, not both.')
    screen = runtime.screen
    succeeded, failures = 0, list[Result]()
    with runtime.client() as client:
        run_key = {"tenant": client.api_root, "action": action.name, **raw}
        progress = BulkProgress(runtime.state(), run_key)
        if runtime.options.get("restart"):
            progress.forget()
        done = progress.done()
        left = [given for given in ids if given not in done]
        if done:
            screen.note(f"{len(ids) - len(left)} of {len(ids)} were done before; {len(left)} are left.")
        with _bar(screen.err, runtime) as bar:
            task = bar.add_task("", total=len(left))
            for given in left:
                result = execute_action(runtime, action, {**raw, name: given}, client)
                _show(runtime, given, result)
                if result.is_success:
                    succeeded += 1
                    progress.add(given)
                else:
                    failures.append(result)
                    about_this_id = getattr(result.error, "parameter", "") == name
                    if exit_codes.code_of_result(result) in _FATAL and not about_this_id:
                        break
                bar.advance(task)
        if not failures:
            progress.forget()
    screen.note(f"{succeeded} succeeded, {len(failures)} failed, {len(ids) - len(left)} were done before.")
    if not failures:
        return exit_codes.OK
    return exit_codes.PARTIAL if succeeded or done else exit_codes.code_of_result(failures[-1])


def _bar(console: object, runtime: CommandContext) -> Progress:
    from rich.console import Console

    shown = isinstance(console, Console) and console.is_terminal and not runtime.screen.quiet
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=runtime.screen.err, transient=True, disable=not shown)


def _show(runtime: CommandContext, one: str, result: Result) -> None:
    if runtime.screen.as_json:
        runtime.screen.data(
            {
                "id": one,
                "is_success": result.is_success,
                "message": result.message,
                "json_result": result.json_result,
            }
        )
    else:
        runtime.screen.say(f"{'ok    ' if result.is_success else 'FAILED'}  {plain(one, 60)}  {result.message}")
