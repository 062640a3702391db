"""Ping: test the connection to the tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions.declaration import Action, Context, Result
from mimecast_secops.api.resources import account


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Ping has no parameters."""


def run(context: Context, _parameters: Parameters) -> Result:
    """Read the account: the cheapest request that proves the address, the credentials and a permission."""
    account = context.client.account.get()
    context.log.info("Connected to account %s over %s.", account.account_code, context.client.api_version.value)
    return Result(message="Successfully connected to the Mimecast server with the provided connection parameters!")


ACTION: Final = Action(
    name="Ping",
    description="Test the connection to Mimecast with the parameters of the integration configuration.",
    parameters=Parameters,
    endpoints=(account.GET,),
    run=run,
    outcome=None,
    sample={},
    failure="Failed to connect to the Mimecast server! Error is {error}",
)
