"""`mimecast-secops`: commands are loaded when they are called, so that --help is quick."""

from __future__ import annotations

import importlib
from typing import Final

import click

from mimecast_secops._version import __version__
from mimecast_secops.cli.exit_codes import table

_COMMANDS: Final = {
    "action": ("actions", "Do one of the actions: search, release, reject, report, block, permit."),
    "connector": ("connector", "Bring held and tracked mail as alerts: once, or as a service."),
    "demo": ("demo", "Mail arrives in a simulated tenant, becomes alerts, and is triaged."),
    "doctor": ("doctor", "Find out what works with these credentials, and what to grant."),
    "simulator": ("simulator", "A simulated Mimecast tenant on this machine."),
    "undo": ("undo", "Show what was changed from this machine, and take it back."),
}


class _Lazy(click.Group):
    """Imports the module of a command when it is wanted."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = importlib.import_module(f"mimecast_secops.cli.{_COMMANDS[name][0]}")
        found: click.Command = module.COMMAND
        return found

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in sorted(_COMMANDS.items())])

    def format_epilog(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write(f"\nExit codes:\n{table()}\n")


@click.group(cls=_Lazy, name="mimecast-secops")
@click.version_option(__version__, prog_name="mimecast-secops")
def main() -> None:
    """Held and suspicious Mimecast mail as alerts, and the actions to triage it."""


if __name__ == "__main__":
    main(prog_name="mimecast-secops")
