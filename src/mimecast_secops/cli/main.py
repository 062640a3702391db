"""The entry point, `mimecast-secops`. It imports the module of a command when the command is called."""

from __future__ import annotations

import importlib
from typing import Final

import click

from mimecast_secops._version import __version__
from mimecast_secops.cli.exit_codes import table

# Name of a command → its module, and its line in the help.
_COMMANDS: Final = {
    "action": ("actions", "Search, release, reject and report messages; block and permit senders."),
    "alerts": ("alerts", "List and show the alerts that the connector delivered."),
    "connector": ("connector", "Ingest Mimecast messages as alerts, once or continuously."),
    "demo": ("demo", "Show ingestion and triage with a simulated tenant."),
    "doctor": ("doctor", "Check credentials and permissions."),
    "held": ("held", "List the messages that are held now."),
    "simulator": ("simulator", "Run a simulated Mimecast tenant."),
    "undo": ("undo", "List the changes made from this machine, or revert one."),
}


class LazyGroup(click.Group):
    """Imports the module of a command when the command is called, so that --help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- the signature is that of click
        """The names of all commands."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A command; None if there is no such command."""
        if cmd_name not in _COMMANDS:
            return None
        module_name, _ = _COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(f"mimecast_secops.cli.{module_name}").COMMAND
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in sorted(_COMMANDS.items())])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of exit codes."""
        formatter.write(f"\nExit codes:\n{table()}\n")


@click.group(cls=LazyGroup, name="mimecast-secops")
@click.version_option(__version__, prog_name="mimecast-secops")
def main() -> None:
    """Ingest Mimecast messages as alerts, and triage them."""


if __name__ == "__main__":
    main(prog_name="mimecast-secops")
