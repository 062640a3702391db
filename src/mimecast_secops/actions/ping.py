"""Ping: whether the tenant can be reached with these settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions.declaration import Action, Context, Result
from mimecast_secops.api.resources import account


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Ping asks for nothing."""


def run(context: Context, _parameters: Parameters) -> Result:
    """Read the account, the cheapest call that proves address, credentials and a right."""
    found = context.client.account.get()
    context.log.info("Connected to account %s over %s.", found.account_code, context.client.api_version.value)
    return Result(message="Successfully connected to the Mimecast server with the provided connection parameters!")


ACTION: Final = Action(
    name="Ping",
    description="Test the connection to Mimecast with the parameters of the integration's configuration.",
    parameters=Parameters,
    endpoints=(account.GET,),
    run=run,
    outcome=None,
    sample={},
    failure="Failed to connect to the Mimecast server! Error is {error}",
)
