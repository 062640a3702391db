"""`mimecast-secops simulator`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.options import add, common_options


def run(runtime: CommandContext) -> int:
    """Serve until interrupted."""
    from mimecast_secops.simulator.server import SAMPLES, Options, serve

    given: dict[str, Any] = dict(runtime.options)
    mail = [Path(place) for place in given["mail"]] or ([] if given["empty"] else [SAMPLES])
    try:
        return serve(
            Options(
                mail=mail,
                host=given["host"],
                port=given["port"],
                domains=list(given["domain"]),
                sets=list(given["set_"]),
                allow_remote=given["allow_remote"],
            )
        )
    except ValueError as error:
        raise Misconfigured(str(error)) from None


@add(common_options())
@click.command(name="simulator")
@click.option(
    "--mail",
    multiple=True,
    metavar="PLACE",
    help=".eml file, or folder of them that is watched for more. [default: the mails that ship with it]",
)
@click.option("--empty", is_flag=True, help="Start without any mail.")
@click.option("--port", default=0, show_default="any free port", help="Port to listen on.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--allow-remote", is_flag=True, help="Let other machines connect. Nothing in it is secret.")
@click.option("--domain", multiple=True, metavar="DOMAIN", help="A domain of the tenant; may be given several times.")
@click.option("--set", "set_", multiple=True, metavar="NAME=VALUE", help="A switch of the tenant's behaviour.")
def _simulator(**options: Any) -> None:
    """Run a simulated Mimecast tenant, with both API generations, until interrupted.

    It prints what to connect with. Nothing in it is real: no mail, no credential, no tenant.
    """
    command(run)(**options)


COMMAND = _simulator
