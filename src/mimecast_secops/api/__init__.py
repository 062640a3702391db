"""The Mimecast HTTP API, both generations, and nothing else.

from mimecast_secops.api import ClientCredentials, Connection, MimecastClient, Secret

credentials = ClientCredentials("an id", Secret("a secret"))
with MimecastClient(Connection("https://api.services.mimecast.com", credentials)) as client:
    for message in client.held.list():
        print(message.id, message.reason)
"""

from mimecast_secops.api import errors
from mimecast_secops.api.archive_query import ArchiveQuery, QueryError, check_query
from mimecast_secops.api.areas.account import Account
from mimecast_secops.api.areas.held import Attachment, HeldMessage, HoldSummary, MessageDetail
from mimecast_secops.api.areas.policies import BlockedSenderPolicy, PolicyRecord, PolicyTarget
from mimecast_secops.api.areas.senders import ManagedSender
from mimecast_secops.api.areas.tracking import MessageInfo, TrackedMessage
from mimecast_secops.api.client import MimecastClient, functions
from mimecast_secops.api.credentials import ClientCredentials, SigningKeys
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.files import SpooledFile
from mimecast_secops.api.functions import Function, Generation
from mimecast_secops.api.secrets import Secret, scrub
from mimecast_secops.api.session import Connection, Surroundings
from mimecast_secops.api.transport import Proxy

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
