"""Held and archived messages, and their files."""
# ruff: noqa: N815 -- the members have the names of the JSON members

from __future__ import annotations

from typing import Any, NotRequired, Required, TypedDict

from mimecast_secops.simulator.http.schemas.envelope import Address

# Functional syntax, because `from` is a keyword.
_WithSender = TypedDict("_WithSender", {"from": Address})


class HoldListRequest(TypedDict, total=False):
    """Criteria for held messages; `start` and `end` are times in ISO 8601."""

    admin: bool
    start: str
    end: str
    searchBy: dict[str, Any]
    filterBy: Any


class HeldMessage(_WithSender):
    """An entry of the hold queue; `size` is in bytes."""

    id: str
    reason: str
    reasonId: str
    reasonCode: str
    fromHeader: Address
    to: Address
    toHeader: Address
    subject: str
    route: str
    hasAttachments: bool
    size: int
    dateReceived: str
    policyInfo: str


class HoldRelease(TypedDict):
    """Whether the message was released."""

    id: str
    release: bool


class HoldRejectRequest(TypedDict):
    """Held messages to reject, by their hold ids."""

    ids: list[str]
    message: NotRequired[str]
    reasonType: NotRequired[str]
    notify: NotRequired[bool]


class HoldReject(TypedDict):
    """Whether the message was rejected."""

    id: str
    reject: bool


class HoldSummary(TypedDict):
    """The number of held messages for a policy."""

    policyInfo: str
    numberOfItems: int


class MessageDetailRequest(TypedDict):
    """A message, by its hold id."""

    id: str
    mailbox: NotRequired[str]
    context: NotRequired[str]
    viewType: NotRequired[str]


class HeaderField(TypedDict):
    """A header of the message."""

    name: str
    values: list[str]


class Attachment(TypedDict):
    """A file of the message; `size` is in bytes, `sha256` in lowercase hexadecimal."""

    id: str
    filename: str
    extension: str
    contentType: str
    contentId: str
    size: int
    bodyType: int
    sha256: str


class MessageDetail(_WithSender):
    """A message with its headers and attachments; `size` is in bytes."""

    id: str
    status: str
    smash: str
    mimeMessageId: str
    subject: str
    size: int
    received: str
    processed: str
    headerDate: str
    envelopeFrom: Address
    replyTo: Address
    to: list[Address]
    cc: list[Address]
    hasHtmlBody: bool
    hasTextBody: bool
    isPassthrough: bool
    headers: list[HeaderField]
    attachments: list[Attachment]


class ArchiveMessageDetail(MessageDetail):
    """An archived message with its headers and attachments."""

    messageBodyPreview: str


class ArchiveSearchRequest(TypedDict):
    """An archive search; `query` is XML."""

    query: str
    admin: NotRequired[bool]


class ArchiveItem(TypedDict, total=False):
    """An archived message; a search returns the members that its query asks for."""

    id: Required[str]
    attachmentcount: int
    status: str
    subject: str
    size: int
    receiveddate: str
    displayfrom: str
    displayfromaddress: str
    displayto: str
    displaytoaddresslist: list[Address]
    smash: str


class ArchiveItems(TypedDict):
    """The results of an archive search; `queryDuration` is in milliseconds."""

    items: list[ArchiveItem]
    queryDuration: int


class FileLink(TypedDict, total=False):
    """A short-lived link to a file, as `url` or as the only entry of `urls`."""

    url: str
    urls: list[str]


class HeldReleaseLogsRequest(TypedDict, total=False):
    """Criteria for log entries; `start` and `end` are times in ISO 8601."""

    start: str
    end: str
    searchBy: dict[str, Any]
    filterBy: list[dict[str, Any]]


class HeldReleaseLog(TypedDict):
    """One decision. `id` is neither a hold id nor a tracking id; `released` is the time of the decision."""

    id: str
    status: str
    released: str
    operator: Address
    fromEnv: Address
    fromHdr: Address
    to: list[Address]
    subject: str
    heldReason: str
    policy: str
    rejectReason: str
    messageInfo: str
    route: str
    size: int
    attachments: bool
    detectionLevel: str
    spamScore: int


class HeldReleaseLogs(TypedDict):
    """Log entries, newest first."""

    heldReleaseLogs: list[HeldReleaseLog]
