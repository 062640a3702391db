"""The engine's questions, asked of Mimecast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from mimecast_secops.api import (
    Attachment,
    HeldMessage,
    MessageDetail,
    MessageInfo,
    MimecastClient,
    SpooledFile,
    TrackedMessage,
)
from mimecast_secops.ingest.interfaces import Side


class MimecastTenant:
    """A tenant behind a client, for one cycle.

    Args:
        client: with the deadline of the cycle, where there is one.
    """

    def __init__(self, client: MimecastClient) -> None:
        self._client = client
        # What earlier replies told is void after this machine's clock was set.
        client.reset_clock_skew()

    @property
    def requests_sent(self) -> int:
        """How many requests have left so far."""
        return self._client.requests_sent

    @property
    def clock_skew(self) -> float | None:
        """Seconds that this machine's clock is ahead of Mimecast's; None where no reply of this cycle has told."""
        return self._client.clock_skew

    def search(
        self, place: str, side: Side, start: datetime, end: datetime, statuses: Sequence[str]
    ) -> Sequence[TrackedMessage]:
        """Tracking records of a domain or address."""
        if side is Side.RECIPIENT:
            return self._client.tracking.search(start=start, end=end, to=place, statuses=statuses)
        return self._client.tracking.search(start=start, end=end, sender=place, statuses=statuses)

    def info(self, tracking_id: str) -> MessageInfo:
        """The details of a tracking record."""
        return self._client.tracking.info(tracking_id)

    def holds(self, start: datetime, end: datetime, page_size: int) -> Iterator[HeldMessage]:
        """The hold queue between two times."""
        # A queue can be long, and the row as sent is most of what an entry weighs.
        return self._client.held.list(start=start, end=end, page_size=page_size, keep_source=False)

    def detail(self, hold_id: str) -> MessageDetail:
        """A held message with its attachments."""
        return self._client.held.detail(hold_id)

    def file(self, attachment: Attachment, max_bytes: int) -> AbstractContextManager[SpooledFile]:
        """The content of an attachment."""
        return self._client.files.download(attachment.id, max_bytes=max_bytes, sha256=attachment.sha256)
