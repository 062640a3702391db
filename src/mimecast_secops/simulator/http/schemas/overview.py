"""The reply of the control call `overview`. The descriptions are part of the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, TypedDict

from msgspec import Meta

from mimecast_secops.simulator.http.faults import Fault
from mimecast_secops.simulator.http.schemas.control import ReportEntry, SenderEntry


class MessageEntry(TypedDict):
    """A message for one recipient."""

    id: Annotated[str, Meta(description="The tracking id.")]
    hold_id: str
    message_id: Annotated[str, Meta(description="The internet Message-ID, without <>.")]
    received: Annotated[str, Meta(description="The time of receipt in ISO 8601.")]
    sender: Annotated[str, Meta(description="The address of the envelope.")]
    sender_name: Annotated[str, Meta(description="The display name of the header.")]
    recipient: str
    subject: str
    status: Annotated[str, Meta(description="The status in message tracking, such as held, archived or rejected.")]
    route: Annotated[str, Meta(description="inbound, outbound or internal.")]
    reason: Annotated[str, Meta(description="The reason for which the message is or was held.")]
    policy: Annotated[str, Meta(description="The policy that holds or held the message.")]
    risk: Annotated[str, Meta(description="negligible, low, medium or high; empty if it was not judged.")]
    attachments: Annotated[list[str], Meta(description="The names of the attachments.")]


class DecidedMessage(TypedDict):
    """A release or rejection of a held message."""

    at: str
    what: Annotated[str, Meta(description="released, rejected or released to sandbox.")]
    id: Annotated[str, Meta(description="The tracking id.")]
    recipient: str
    subject: str
    reason: str
    message: str
    notify: Annotated[bool, Meta(description="Whether the sender is notified.")]


class PolicySummary(TypedDict):
    """A blocked-sender policy."""

    id: str
    option: Annotated[str, Meta(description="block_sender or no_action.")]
    description: str
    sender: Annotated[str, Meta(description="The type of the sender, and its value if the type has one.")]
    recipient: Annotated[str, Meta(description="The type of the recipient, and its value if the type has one.")]


class FaultState(TypedDict):
    """A fault, and the number of calls that it has affected."""

    fault: Fault
    affected: int
    exhausted: Annotated[bool, Meta(description="Whether it has affected all of its calls.")]


class QuirkState(TypedDict):
    """A quirk and its value."""

    name: str
    value: bool | float | str
    default: bool | float | str
    description: str


class RecentRequest(TypedDict):
    """A request of the API. Control calls are not recorded."""

    at: Annotated[str, Meta(description="The time of the response in ISO 8601, with milliseconds.")]
    method: str
    path: str
    version: Annotated[str, Meta(description="The API version: 1.0 or 2.0.")]
    status: Annotated[int, Meta(description="The HTTP status of the response.")]
    milliseconds: Annotated[float, Meta(description="The time that the response took.")]
    fault: Annotated[str, Meta(description="The kind of the fault that affected the request, or empty.")]


class Counts(TypedDict):
    """The number of all entries. The lists contain the newest ones only."""

    messages: int
    held: int
    archived: int
    decisions: int
    reports: int
    senders: int
    policies: int
    requests: int


class Choices(TypedDict):
    """Values that other control calls accept."""

    samples: Annotated[list[str], Meta(description="The sample messages that the call mail delivers.")]
    paths: Annotated[list[str], Meta(description="The paths of the API, for faults.")]
    kinds: Annotated[list[str], Meta(description="The kinds of faults.")]


class Overview(TypedDict):
    """What the status page shows. The lists are the newest first and have at most 100 entries."""

    simulator: Annotated[bool, Meta(description="true, so that a client can tell a simulator from Mimecast.")]
    now: Annotated[str, Meta(description="The time of the tenant's clock.")]
    clock: Annotated[str, Meta(description="running, moved or stopped.")]
    domains: list[str]
    revoked: Annotated[list[str], Meta(description="The permissions and products that were revoked.")]
    counts: Counts
    messages: list[MessageEntry]
    held: list[MessageEntry]
    decisions: list[DecidedMessage]
    reports: list[ReportEntry]
    senders: list[SenderEntry]
    policies: list[PolicySummary]
    faults: list[FaultState]
    quirks: list[QuirkState]
    requests: list[RecentRequest]
    choices: Choices
