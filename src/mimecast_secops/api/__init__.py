"""The Mimecast HTTP API, both generations, and nothing else.

from mimecast_secops.api import ClientCredentials, Connection, MimecastClient, Secret

credentials = ClientCredentials("an id", Secret("a secret"))
with MimecastClient(Connection("https://api.services.mimecast.com", credentials)) as client:
    for message in client.held.list():
        print(message.id, message.reason)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mimecast_secops.api import errors
    from mimecast_secops.api.archive_query import ArchiveQuery, QueryError, check_query
    from mimecast_secops.api.areas.account import Account
    from mimecast_secops.api.areas.domains import InternalDomain
    from mimecast_secops.api.areas.held import Attachment, HeldMessage, HoldSummary, MessageDetail
    from mimecast_secops.api.areas.policies import BlockedSenderPolicy, PolicyRecord, PolicyTarget
    from mimecast_secops.api.areas.senders import ManagedSender
    from mimecast_secops.api.areas.tracked_messages import TrackedMessage
    from mimecast_secops.api.areas.tracking import MessageInfo
    from mimecast_secops.api.client import MimecastClient, functions
    from mimecast_secops.api.connections import Proxy
    from mimecast_secops.api.credentials import ClientCredentials, SigningKeys
    from mimecast_secops.api.deadline import Deadline
    from mimecast_secops.api.files import SpooledFile
    from mimecast_secops.api.function import Function, Generation
    from mimecast_secops.api.secrets import Secret, scrub
    from mimecast_secops.api.session import Connection, Surroundings

# Where each public name lives. Every action on the platform is a fresh process that pays for each import, so a module
# is loaded when one of its names is first asked for.
_HOMES: Final = {
    "errors": "errors",
    "ArchiveQuery": "archive_query",
    "QueryError": "archive_query",
    "check_query": "archive_query",
    "Account": "areas.account",
    "InternalDomain": "areas.domains",
    "Attachment": "areas.held",
    "HeldMessage": "areas.held",
    "HoldSummary": "areas.held",
    "MessageDetail": "areas.held",
    "BlockedSenderPolicy": "areas.policies",
    "PolicyRecord": "areas.policies",
    "PolicyTarget": "areas.policies",
    "ManagedSender": "areas.senders",
    "MessageInfo": "areas.tracking",
    "TrackedMessage": "areas.tracked_messages",
    "MimecastClient": "client",
    "functions": "client",
    "ClientCredentials": "credentials",
    "SigningKeys": "credentials",
    "Deadline": "deadline",
    "SpooledFile": "files",
    "Function": "function",
    "Generation": "function",
    "Secret": "secrets",
    "scrub": "secrets",
    "Connection": "session",
    "Surroundings": "session",
    "Proxy": "connections",
}
__all__ = [
    "Account",
    "ArchiveQuery",
    "Attachment",
    "BlockedSenderPolicy",
    "ClientCredentials",
    "Connection",
    "Deadline",
    "Function",
    "Generation",
    "HeldMessage",
    "HoldSummary",
    "InternalDomain",
    "ManagedSender",
    "MessageDetail",
    "MessageInfo",
    "MimecastClient",
    "PolicyRecord",
    "PolicyTarget",
    "Proxy",
    "QueryError",
    "Secret",
    "SigningKeys",
    "SpooledFile",
    "Surroundings",
    "TrackedMessage",
    "check_query",
    "errors",
    "functions",
    "scrub",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"{__name__}.{home}")
    return module if name == home else getattr(module, name)
