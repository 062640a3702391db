"""`mimecast-secops simulator`: a simulated Mimecast tenant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.help import helpful_command
from mimecast_secops.cli.options import add, common_options


def run(context: CommandContext) -> int:
    """Serve until interrupted."""
    from mimecast_secops.simulator.server import SAMPLES, Options, serve

    options: dict[str, Any] = dict(context.options)
    mail = [Path(path) for path in options["mail"]] or ([] if options["empty"] else [SAMPLES])
    try:
        return serve(
            Options(
                mail=mail,
                host=options["host"],
                port=options["port"],
                domains=list(options["domain"]),
                sets=list(options["set_"]),
                allow_remote=options["allow_remote"],
            )
        )
    except ValueError as error:
        raise Misconfigured(str(error)) from None


@add(common_options())
@helpful_command("simulator", examples=("simulator --port 8765", "simulator --mail inbox --domain example.com"))
@click.option(
    "--mail",
    multiple=True,
    metavar="PATH",
    show_default="the sample emails of the package",
    help="An .eml file, or a folder. New .eml files in the folder arrive as messages. Repeatable.",
)
@click.option("--empty", is_flag=True, help="Start without messages.")
@click.option("--port", default=0, show_default="a free port", help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--allow-remote", is_flag=True, help="Accept connections from other machines.")
@click.option("--domain", multiple=True, metavar="DOMAIN", help="Internal domain of the tenant. Repeatable.")
@click.option("--set", "set_", multiple=True, metavar="NAME=VALUE", help="Quirk of the simulated API. Repeatable.")
def _simulator(**options: Any) -> None:
    """Run a simulated Mimecast tenant with API 1.0 and API 2.0 until interrupted.

    The command prints the API root and the credentials to connect with. The tenant, its messages and its credentials
    are not real.
    """
    command(run)(**options)


COMMAND = _simulator
