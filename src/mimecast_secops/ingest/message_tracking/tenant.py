"""What the source reads from Mimecast: an interface, and its implementation by the API client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from enum import Enum
from typing import Protocol

from mimecast_secops.api import (
    Attachment,
    HeldMessage,
    MessageDetail,
    MessageInfo,
    MimecastClient,
    SpooledFile,
    TrackedMessages,
)
from mimecast_secops.api.completeness import Completeness


class Side(Enum):
    """On which side of a message to search for a domain."""

    RECIPIENT = "recipient"
    SENDER = "sender"


class HoldListing(Protocol):
    """The entries of a hold list. Its completeness is known after the last entry."""

    @property
    def completeness(self) -> Completeness:
        """The evidence that the list is complete."""

    def __iter__(self) -> Iterator[HeldMessage]:
        """The entries."""


class Tenant(Protocol):
    """The requests to a Mimecast tenant. Every method may raise `MimecastError`."""

    @property
    def caller(self) -> str:
        """A text that differs between credentials and does not reveal them."""

    @property
    def requests_sent(self) -> int:
        """Number of requests sent so far."""

    @property
    def requests_rate_limited(self) -> int:
        """Number of requests that Mimecast has refused so far because of its rate limit."""

    @property
    def clock_skew(self) -> float | None:
        """Seconds that this machine's clock is ahead of Mimecast's, by the last reply; None before any reply."""

    def wait_for_rate_limit(self, endpoint: str, seconds: float) -> None:
        """Make no call of an endpoint for some seconds, because an earlier cycle was told so.

        A call that needs the endpoint before raises `RateLimited`.
        """

    def learned(self) -> Mapping[str, str | int]:
        """What replies have shown about the tenant, by the names of `api.learned`."""

    def recall(self, facts: Mapping[str, str | int]) -> None:
        """Take what earlier cycles have learned. What is not in it is tried again."""

    def search(
        self,
        address: str,
        side: Side,
        start: datetime,
        end: datetime,
        statuses: Sequence[str],
        routes: Sequence[str] = (),
    ) -> TrackedMessages:
        """Tracking records of a domain or address, received from `start` to `end`, both included.

        Raises:
            UndecodableReply: the reply cannot be decoded, or is too large; a shorter window may be readable.
            NotUnderstood: the reply has another form than a search result, so it does not mean that nothing was found.
        """

    def info(self, tracking_id: str) -> MessageInfo:
        """The details of a tracking record."""

    def holds(self, start: datetime, end: datetime, page_size: int) -> HoldListing:
        """The hold queue between two times, in pages of at most `page_size` messages.

        Raises:
            UndecodableReply: a page cannot be decoded, or is too large; a shorter time or a smaller page may be.
        """

    def detail(self, hold_id: str) -> MessageDetail:
        """A held message with its attachments."""

    def file(self, attachment: Attachment, max_bytes: int) -> AbstractContextManager[SpooledFile]:
        """The content of an attachment, checked against its hash."""


class MimecastTenant:
    """A tenant that the API client connects to, for one cycle.

    Args:
        client: with the deadline of the cycle, if there is one.
    """

    def __init__(self, client: MimecastClient) -> None:
        self._client = client
        # This machine's clock may have been set since the replies of the last cycle.
        client.reset_clock_skew()

    @property
    def caller(self) -> str:
        """The API root, and a fingerprint of the credentials."""
        return self._client.tenant_key

    @property
    def requests_sent(self) -> int:
        """Number of requests sent so far."""
        return self._client.requests_sent

    @property
    def requests_rate_limited(self) -> int:
        """Number of requests that Mimecast has refused so far because of its rate limit."""
        return self._client.requests_rate_limited

    @property
    def clock_skew(self) -> float | None:
        """Seconds that this machine's clock is ahead of Mimecast's; None before the first reply of this cycle."""
        return self._client.clock_skew

    def wait_for_rate_limit(self, endpoint: str, seconds: float) -> None:
        """Make no call of an endpoint for some seconds."""
        self._client.wait_for_rate_limit(endpoint, seconds)

    def learned(self) -> Mapping[str, str | int]:
        """What replies have shown about the tenant."""
        return self._client.learned()

    def recall(self, facts: Mapping[str, str | int]) -> None:
        """Take what earlier cycles have learned."""
        self._client.recall(facts)

    def search(
        self,
        address: str,
        side: Side,
        start: datetime,
        end: datetime,
        statuses: Sequence[str],
        routes: Sequence[str] = (),
    ) -> TrackedMessages:
        """Tracking records of a domain or address."""
        tracking = self._client.tracking
        if side is Side.RECIPIENT:
            return tracking.search(start=start, end=end, to=address, statuses=statuses, routes=routes)
        return tracking.search(start=start, end=end, sender=address, statuses=statuses, routes=routes)

    def info(self, tracking_id: str) -> MessageInfo:
        """The details of a tracking record."""
        return self._client.tracking.info(tracking_id)

    def holds(self, start: datetime, end: datetime, page_size: int) -> HoldListing:
        """The hold queue between two times."""
        # A queue can be long, and the source row is most of the memory of an entry.
        return self._client.held.list(start=start, end=end, page_size=page_size, keep_source=False)

    def detail(self, hold_id: str) -> MessageDetail:
        """A held message with its attachments."""
        return self._client.held.detail(hold_id)

    def file(self, attachment: Attachment, max_bytes: int) -> AbstractContextManager[SpooledFile]:
        """The content of an attachment."""
        return self._client.files.download(attachment.id, max_bytes=max_bytes, sha256=attachment.sha256)
