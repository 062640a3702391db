"""Message tracking."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from mimecast_secops.simulator.http.schemas.envelope import Address


class TrackingSearchRequest(TypedDict, total=False):
    """Criteria of a message tracking search; `start` and `end` are times in ISO 8601."""

    start: str
    end: str
    messageId: str
    advancedTrackAndTraceOptions: dict[str, Any]
    route: list[str]
    status: list[str]
    attachments: bool
    searchReason: str


class TrackedEmail(TypedDict):
    """A row of a message tracking search: one message for one recipient."""

    id: str
    status: str
    info: str
    fromEnv: Address
    fromHdr: Address
    to: list[Address]
    received: str
    sent: str
    subject: str
    senderIP: str
    attachments: bool
    route: str
    spamScore: int
    detectionLevel: str


class TrackedEmails(TypedDict):
    """The rows of a message tracking search."""

    trackedEmails: list[TrackedEmail]


class MessageInfoRequest(TypedDict):
    """A tracking id; `loadContent` adds the bodies of the message."""

    id: str
    loadContent: NotRequired[str]


class MessageText(TypedDict):
    """The message itself; `transmissionInfo` is its header block as HTML."""

    fromHeader: str
    fromEnvelope: str
    to: list[str]
    cc: list[str]
    subject: str
    sent: str
    processed: str
    route: str
    transmissionInfo: str
    contentExpiration: str
    metadataExpiration: str
    textBody: NotRequired[str]
    htmlBody: NotRequired[str]
    attachments: NotRequired[list[str]]


class TransmissionComponent(TypedDict):
    """A body or a file of the transmitted message; `txSize` is in bytes."""

    fileType: str
    fileName: str
    txSize: int
    hash: str


class Transmission(TypedDict):
    """How the gateway received or queued the message; sizes are in bytes."""

    returnPath: str
    to: str
    txEvent: str
    processStartTime: str
    processEndTime: str
    remoteServer: str
    remoteIp: str
    queueDetailStatus: NotRequired[str]
    processingServer: NotRequired[str]
    transmissionSize: NotRequired[int]
    deliveryType: NotRequired[str]
    smtpStartTime: NotRequired[str]
    smtpEndTime: NotRequired[str]
    transmissionComponents: NotRequired[list[TransmissionComponent]]


class ReceivedComponent(TypedDict):
    """A file of the received message; `size` is in bytes."""

    type: str
    name: str
    extension: str
    mimeType: str
    size: int
    hash: str


class Receipt(TypedDict):
    """How the gateway accepted the message; sizes are in bytes."""

    receiptEvent: str
    spamEvent: str
    binaryEmailSize: int
    messageExpiresIn: int
    transmissionSize: int
    remoteIp: str
    transmissionStart: str
    transmissionEnd: str
    encryptionInfo: str
    components: list[ReceivedComponent]


class AppliedPolicy(TypedDict):
    """A policy that was applied to the message."""

    policyType: str
    policyName: str
    inherited: bool
    inheritedCustomerCode: str


class RecipientInfo(TypedDict):
    """The message and how it was received."""

    messageInfo: MessageText
    txInfo: NotRequired[Transmission]
    recipientMetaInfo: NotRequired[Receipt]


class Delivery(TypedDict):
    """The delivery to one recipient."""

    messageInfo: MessageText
    policyInfo: list[AppliedPolicy]
    txInfo: NotRequired[Transmission]


class QueueInfo(TypedDict):
    """The entry of the hold queue; `size` is in bytes."""

    id: str
    heldGroup: str
    info: str
    createTime: str
    to: str
    fromHeader: str
    fromEnvelope: str
    subject: str
    route: str
    attachments: bool
    reason: str
    size: int
    manageRecipient: bool


class Check(TypedDict):
    """The result of one check of the spam scanner."""

    allow: bool
    info: str


class Verdict(TypedDict):
    """The decision of the spam scanner; `risk` is absent where it was not judged."""

    decision: str
    description: str
    categories: list[str]
    risk: NotRequired[str]


class SpamScan(TypedDict):
    """The checks of the spam scanner."""

    rbl: Check
    spf: Check
    dkim: Check
    dmarc: Check
    permittedSender: Check
    managedSender: Check
    greyEmail: bool
    verdict: Verdict
    symbolGroups: list[str]


class SpamInfo(TypedDict):
    """The result of the spam scanner."""

    spamScore: int
    detectionLevel: str
    spamProcessingDetail: SpamScan


class MessageInfo(TypedDict):
    """The details of a tracking record; `deliveredMessage` has a member for each recipient."""

    id: str
    status: str
    recipientInfo: RecipientInfo
    deliveredMessage: NotRequired[dict[str, Delivery]]
    queueInfo: NotRequired[QueueInfo]
    retentionInfo: dict[str, Any]
    spamInfo: SpamInfo


class RejectHeldEmailRequest(TypedDict):
    """A held message to reject, by its tracking id."""

    id: str
    notify: NotRequired[bool]
    notes: NotRequired[str]
    reason: NotRequired[str]


class ReportMessageRequest(TypedDict):
    """A message to report, by its tracking id."""

    id: str
    type: Literal["malware", "spam", "phishing"]
    comment: NotRequired[str]
