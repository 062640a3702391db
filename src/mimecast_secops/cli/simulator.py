"""`mimecast-secops simulator`: a simulated Mimecast tenant."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.options import add, common_options
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.settings import default_state_file
from mimecast_secops.cli.shells import SHELLS, assignments

if TYPE_CHECKING:
    from mimecast_secops.cli.running_simulators import RunningSimulators
    from mimecast_secops.simulator.foreground import Started

_VERSIONS: Final = ("2.0", "1.0")
_WAIT_S: Final = 3.0
_COMMAND: Final = "mimecast-secops simulator --env"
# Options that have a meaning only for one of the two uses of the command.
_OF_THE_SERVER: Final = ("mail", "empty", "host", "allow_remote", "domain", "set_", "replay")
_OF_THE_ENVIRONMENT: Final = ("api_version", "shell")


def run(context: CommandContext) -> int:
    """Serve until interrupted, or print the variables that connect to a running simulator."""
    from mimecast_secops.cli.running_simulators import RunningSimulators

    running = RunningSimulators(default_state_file().parent / "simulators")
    if context.options["env"]:
        return _print_environment(context, running)
    return _serve(context, running)


def _serve(context: CommandContext, running: RunningSimulators) -> int:
    from mimecast_secops.simulator.foreground import Options, serve
    from mimecast_secops.simulator.mail.samples import SAMPLES

    options = context.options
    is_empty = options["empty"] or options["replay"] is not None
    mail = list(options["mail"]) or ([] if is_empty else [SAMPLES])
    with ExitStack() as records:

        def announce(started: Started) -> None:
            try:
                records.enter_context(running.recorded(started.access))
            except OSError as error:
                context.screen.note(
                    f"{error.filename}: {error.strerror}. So --env does not find this simulator. "
                    "The status page has its credentials.",
                    "yellow",
                )
            _show_start(context.screen, started, options["mail"])

        try:
            return serve(
                Options(
                    mail=mail,
                    host=options["host"],
                    port=options["port"],
                    domains=list(options["domain"]),
                    sets=list(options["set_"]),
                    allow_remote=options["allow_remote"],
                    replay=options["replay"],
                    on_start=announce,
                )
            )
        except ValueError as error:
            raise Misconfigured(str(error)) from None


def _show_start(screen: Screen, started: Started, paths: Sequence[Path]) -> None:
    """Print how to continue. The line `ready: URL` is the last one, for scripts that wait for it.

    Args:
        screen: the screen.
        started: the simulator.
        paths: the paths that the user gave. The folder of the samples is not one of them and is not shown.
    """
    url = started.access.url
    folders = [folder for folder in started.folders if folder in paths]
    for folder in started.empty_folders:
        screen.note(f"{folder} contains no .eml files yet.", "yellow")
    if screen.as_json:
        screen.data({"url": url, "messages": started.messages, "held": started.held})
        return
    if not screen.quiet:
        screen.say("This is a simulator of a Mimecast tenant. Its messages and credentials are not real.")
        if started.recorded is None:
            screen.say(f"It has {_count(started.messages, 'message')}; {started.held} of them held.")
        else:
            screen.say(f"It answers with the {_count(started.recorded, 'exchange')} of the recording.")
        for folder in folders:
            screen.say(f"New .eml files in {folder} arrive as messages.")
        screen.say("")
        screen.say(f'Connect:      eval "$({_COMMAND})"')
        screen.say(f'API 1.0:      eval "$({_COMMAND} --api-version 1.0)"')
        screen.say(f"Status page:  {url}/")
        screen.say("Stop:         Ctrl-C")
        screen.say("")
    screen.say(f"ready: {url}")
    sys.stdout.flush()


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _print_environment(context: CommandContext, running: RunningSimulators) -> int:
    """Print the variables of one API version. Those of the other are set to an empty value.

    An empty variable also overrides the settings file, so credentials of a real tenant in that file have no effect.
    """
    options = context.options
    found = running.find(options["port"], wait=_WAIT_S)
    if found is None:
        where = f" on port {options['port']}" if options["port"] else ""
        context.screen.fail(f"No simulator is running{where}. Start one with: mimecast-secops simulator")
        return exit_codes.UNREACHABLE
    version = options["api_version"]
    variables = found.access.environment(version)
    if context.screen.as_json:
        context.screen.data(variables)
        return exit_codes.OK
    variables |= dict.fromkeys(found.access.other_variables(version), "")
    # `Screen.say` replaces credentials. These are simulated, and the user asked for them.
    for line in assignments(variables, options["shell"]):
        click.echo(line)
    if sys.stdout.isatty():
        context.screen.note(f'To set these variables, run: eval "$({_COMMAND})"')
    return exit_codes.OK


def _check_combination(context: click.Context) -> None:
    """Refuse options that the selected use of the command ignores.

    Raises:
        click.UsageError: such an option is given.
    """
    is_env = context.params["env"]
    for parameter in context.command.params:
        name = parameter.name or ""
        is_given = context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
        if is_given and name in (_OF_THE_SERVER if is_env else _OF_THE_ENVIRONMENT):
            verb = "cannot be combined with" if is_env else "needs"
            raise click.UsageError(f"{parameter.opts[0]} {verb} --env.")


@add(common_options())
@helpful_command("simulator", examples=("simulator --port 8765", "simulator --mail inbox --domain example.com"))
@click.option(
    "--mail",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    show_default="the sample emails of the package",
    help="An .eml file, or a folder. New .eml files in the folder arrive as messages. Repeatable.",
)
@click.option("--empty", is_flag=True, help="Start without messages.")
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    show_default="a free port",
    help="Port to listen on. With --env: port of the simulator to connect to, by default the one that started last.",
)
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", show_default=True, help="Address to listen on.")
@click.option("--allow-remote", is_flag=True, help="Accept connections from other machines.")
@click.option("--domain", multiple=True, metavar="DOMAIN", help="Internal domain of the tenant. Repeatable.")
@click.option("--set", "set_", multiple=True, metavar="NAME=VALUE", help="Quirk of the simulated API. Repeatable.")
@click.option(
    "--replay",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A recording of the doctor (--record), to answer with instead of a tenant.",
)
@click.option(
    "--env",
    is_flag=True,
    help="Print the environment variables that connect to the running simulator, and exit. "
    f'Use it as: eval "$({_COMMAND})"',
)
@click.option(
    "--api-version",
    type=click.Choice(_VERSIONS),
    default=_VERSIONS[0],
    show_default=True,
    help="With --env: API version of the credentials.",
)
@click.option(
    "--shell", type=click.Choice(SHELLS), default="posix", show_default=True, help="With --env: syntax of the output."
)
def _simulator(**options: Any) -> None:
    """Run a simulated Mimecast tenant with API 1.0 and API 2.0 until interrupted.

    The tenant, its messages and its credentials are not real. `--env` prints the variables that connect the other
    commands to it.
    """
    _check_combination(click.get_current_context())
    command(run)(**options)


COMMAND = _simulator
