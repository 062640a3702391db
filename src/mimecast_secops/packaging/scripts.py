"""The scripts of the platform: a few lines that pass the SDK to the adapters."""

from __future__ import annotations

from textwrap import fill
from typing import Final

from mimecast_secops.actions import Action
from mimecast_secops.packaging.identity import CONNECTOR, COPYRIGHT
from mimecast_secops.packaging.source import stem

# Google's linter refuses longer lines.
_LINE_LENGTH: Final = 120
CONNECTOR_STEM: Final = "message_tracking_connector"
# Google's validation searches the script of Ping for these texts.
_PING_NOTE: Final = """
It ends with "Successfully connected to the Mimecast server with the provided connection parameters!" or with
"Failed to connect to the Mimecast server! Error is …".
"""


def empty_module() -> str:
    """The content of an `__init__.py`, as Google's validation requires it."""
    return f"# {COPYRIGHT}\n"


def action_script(action: Action, *, built: bool) -> str:
    """Return the script of an action.

    Args:
        action: the action.
        built: whether the script imports the SDK as flat modules, as on the platform, or as the package `soar_sdk`, as
            in Google's repository.
    """
    sdk_module = "SiemplifyAction" if built else "soar_sdk.SiemplifyAction"
    note = _PING_NOTE if action.slug == "ping" else ""
    imports = sorted(
        [f"from {sdk_module} import SiemplifyAction", "from mimecast_secops.soar.action import main"],
        key=str.casefold,
    )
    description = fill(action.description, _LINE_LENGTH)
    return _script(f"{action.name}.\n\n{description}\n{note}", imports, f'main("{stem(action)}", SiemplifyAction)')


def connector_script(*, built: bool) -> str:
    """Return the script of the connector. See `action_script` for `built`."""
    prefix = "" if built else "soar_sdk."
    imports = sorted(
        [
            "from mimecast_secops.soar.connector import main",
            "from mimecast_secops.soar.delivery import ConnectorSdk",
            f"from {prefix}SiemplifyConnectors import SiemplifyConnectorExecution",
            f"from {prefix}SiemplifyConnectorsDataModel import AlertInfo",
            f"from {prefix}SiemplifyDataModel import Attachment",
        ],
        key=str.casefold,
    )
    return _script(f"{CONNECTOR}.", imports, "main(ConnectorSdk(SiemplifyConnectorExecution, AlertInfo, Attachment))")


def _script(docstring: str, imports: list[str], call: str) -> str:
    head = f'# {COPYRIGHT}\n"""{docstring}"""\n\nfrom __future__ import annotations\n\n'
    return head + "\n".join(imports) + f'\n\nif __name__ == "__main__":\n    {call}\n'
