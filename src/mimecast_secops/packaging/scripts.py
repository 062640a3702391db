"""The scripts of the platform: a few lines that hand the SDK to our code."""

from __future__ import annotations

from typing import Final

from mimecast_secops.actions import Action
from mimecast_secops.packaging.identity import CONNECTOR, COPYRIGHT
from mimecast_secops.packaging.source import stem

CONNECTOR_STEM: Final = "message_tracking_connector"
_PING: Final = """
It ends with "Successfully connected to the Mimecast server with the provided connection parameters!" or with
"Failed to connect to the Mimecast server! Error is …".
"""


def empty_module() -> str:
    """An `__init__.py` as the platform's rules want it."""
    return f"# {COPYRIGHT}\n"


def action_script(action: Action, *, built: bool) -> str:
    """The script of an action.

    Args:
        action: the action.
        built: whether the SDK lies flat on the path, as on the platform, or in its package, as in Google's repository.
    """
    sdk = "SiemplifyAction" if built else "soar_sdk.SiemplifyAction"
    more = _PING if action.slug == "ping" else ""
    imports = sorted(
        [f"from {sdk} import SiemplifyAction", "from mimecast_secops.soar.action import main"],
        key=str.casefold,
    )
    return _script(f"{action.name}: {action.description}\n{more}", imports, f'main("{stem(action)}", SiemplifyAction)')


def connector_script(*, built: bool) -> str:
    """The script of the connector."""
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
