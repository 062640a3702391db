"""The entry point, `mimecast-secops`. It imports the module of a command when the command is called."""

from __future__ import annotations

import importlib
import os
from typing import Any, Final

import click
from click.shell_completion import CompletionItem, add_completion_class

from mimecast_secops._version import __version__
from mimecast_secops.cli.bash_completion import QuotingBashComplete
from mimecast_secops.cli.errors import CommandFailed
from mimecast_secops.cli.help import HelpfulGroup
from mimecast_secops.cli.usage_errors import UsageErrorLog
from mimecast_secops.extras import missing_extra

# Heading → command → its line in the help. The module of a command has its name.
_COMMANDS: Final = {
    "Triage": {
        "action": "Execute an action by its name. Each action is also a separate command.",
        "held": "List the messages that are held now.",
        "undo": "List the changes made from this machine, or revert one.",
    },
    "Connector": {
        "alerts": "List and show the alerts that the connector delivered.",
        "connector": "Ingest Mimecast messages as alerts, once or continuously.",
    },
    "Setup": {
        "completion": "Print the completion script of a shell.",
        "config": "Check, show or create the settings file.",
        "doctor": "Check credentials and permissions.",
    },
    "Simulation": {
        "demo": "Show ingestion and triage with a simulated tenant.",
        "simulator": "Run a simulated Mimecast tenant.",
    },
}
COMPLETION_VARIABLE: Final = "_MIMECAST_SECOPS_COMPLETE"
"""The variable by which the script of a shell asks for completions. click derives it from the name of the program."""
_MODULES: Final = {name: "actions" if name == "action" else name for names in _COMMANDS.values() for name in names}


class LazyGroup(HelpfulGroup, UsageErrorLog):
    """Imports the module of a command when the command is called, so that --help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is that of click
        """The names of all commands, with those of the actions."""
        return sorted([*_MODULES, *(name for names in _actions().values() for name in names)])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command; None if there is no such command.

        Raises:
            CommandFailed: the command needs an extra that is not installed.
        """
        module = importlib.import_module
        try:
            if cmd_name in _MODULES:
                command: click.Command = module(f"mimecast_secops.cli.{_MODULES[cmd_name]}").COMMAND
                return command
            actions: click.Group = module("mimecast_secops.cli.actions").COMMAND
            return actions.get_command(ctx, cmd_name)
        except ModuleNotFoundError as error:
            sentence = missing_extra(error)
            if sentence is None:
                raise
            raise CommandFailed(sentence) from None

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command, or print what completes the words of a shell."""
        if COMPLETION_VARIABLE in os.environ:
            importlib.import_module("mimecast_secops.cli.completion")
        return super().main(*args, **extra)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands and options that begin with what is typed. The modules of the commands are not imported."""
        summaries = {
            name: line for names in (*_COMMANDS.values(), *_actions().values()) for name, line in names.items()
        }
        commands = [
            CompletionItem(name, help=line) for name, line in sorted(summaries.items()) if name.startswith(incomplete)
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing their modules."""
        actions = _actions()
        for heading, commands in _COMMANDS.items():
            with formatter.section(heading):
                formatter.write_dl([*actions.get(heading, {}).items(), *commands.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of exit codes."""
        from mimecast_secops.cli.exit_codes import MEANINGS

        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in MEANINGS.items()])


def _actions() -> dict[str, dict[str, str]]:
    """The actions under their headings, with their descriptions. Those without an outcome check the connection."""
    from mimecast_secops.actions import all_actions

    sections: dict[str, dict[str, str]] = {}
    for action in all_actions():
        sections.setdefault("Triage" if action.outcome else "Setup", {})[action.slug] = action.description
    return sections


add_completion_class(QuotingBashComplete)


@click.group(cls=LazyGroup, name="mimecast-secops")
@click.version_option(__version__, prog_name="mimecast-secops")
def main() -> None:
    """Ingest Mimecast messages as alerts, and triage them."""


if __name__ == "__main__":
    main(prog_name="mimecast-secops")
