"""The messages of the hold queue, filtered and with their risk."""

from __future__ import annotations

import heapq
import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mimecast_secops.actions import Context, risk_lookup
from mimecast_secops.api import HeldMessage, MimecastClient
from mimecast_secops.cli.handles import ListedMessage
from mimecast_secops.ingest.event_fields import as_text

_PAGE_SIZE: Final = 500
# Each message has its problem, and the list reports it once.
_NO_LOG: Final = logging.Logger("no log")  # noqa: LOG001 -- it belongs to no tree of loggers
_NO_LOG.addHandler(logging.NullHandler())
# Mimecast documents no default for the start of the list (docs/reference/mimecast-api.md#list-held-messages), so the
# list always names one. It is well before the 14 days after which a held message expires.
_PERIOD: Final = timedelta(days=30)
_FIRST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which messages to list: those that contain each text, whatever the case. An empty text matches all."""

    recipient: str = ""
    sender: str = ""
    subject: str = ""
    reason: str = ""
    since: datetime | None = None

    def match(self, hold: HeldMessage) -> bool:
        """Whether a message passes all filters. One without a readable time passes `since`."""
        texts = (
            (self.recipient, hold.recipient),
            (self.sender, f"{hold.sender}\n{hold.header_from}"),
            (self.subject, hold.subject),
            (self.reason, f"{hold.policy}\n{hold.reason}"),
        )
        is_recent = self.since is None or hold.received is None or hold.received >= self.since
        return is_recent and all(text.casefold() in value.casefold() for text, value in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A held message, and what message tracking knows about it.

    Attributes:
        hold: the entry of the hold queue.
        tracking_id: the ID of its tracking record; "" if it was not looked up, or no record certainly matches.
        risk: the risk; "" if it was not looked up, or Mimecast names none.
        risk_problem: why the risk is unknown; "" if there is no problem.
    """

    hold: HeldMessage
    tracking_id: str = ""
    risk: str = ""
    risk_problem: str = ""

    @property
    def reason(self) -> str:
        """The policy that held the message, or else the queue reason."""
        return self.hold.policy or self.hold.reason

    def listed(self, number: int) -> ListedMessage:
        """The message as a row of a list."""
        return ListedMessage(
            number=number,
            id=as_text(self.tracking_id or self.hold.id),
            recipient=as_text(self.hold.recipient),
            sender=as_text(self.hold.sender or self.hold.header_from),
            subject=as_text(self.hold.subject),
            risk="unknown" if self.risk_problem else self.risk,
            reason=as_text(self.reason),
            received=self.hold.received,
        )

    def as_json(self, expiry: datetime | None) -> dict[str, Any]:
        """The message as a JSON object.

        Args:
            expiry: when the message expires; None if it is unknown.
        """
        hold = self.hold
        return {
            "id": self.tracking_id or hold.id,
            "hold_id": hold.id,
            "tracking_id": self.tracking_id,
            "risk": self.risk,
            "risk_problem": self.risk_problem,
            "recipient": hold.recipient,
            "sender": hold.sender,
            "header_sender": hold.header_from,
            "subject": hold.subject,
            "reason": hold.reason,
            "policy": hold.policy,
            "route": hold.route,
            "size": hold.size,
            "has_attachments": hold.has_attachments,
            "received": hold.received.isoformat() if hold.received else None,
            "expires": expiry.isoformat() if expiry else None,
        }


def queued_messages(client: MimecastClient, filters: Filters, limit: int) -> tuple[list[QueuedMessage], int]:
    """The newest messages of the hold queue that pass the filters, newest first, and how many pass in total.

    The filters are applied here: how Mimecast compares texts is not documented, and only one text can be searched for
    (docs/reference/mimecast-api.md#list-held-messages).

    Raises:
        MimecastError: the hold queue cannot be read.
    """
    total = 0
    start = filters.since or datetime.now(UTC) - _PERIOD

    def matching() -> Any:
        nonlocal total
        for hold in client.held.list(start=start, page_size=_PAGE_SIZE, keep_source=False):
            if filters.match(hold):
                total += 1
                yield hold

    newest = heapq.nlargest(limit, matching(), key=lambda hold: hold.received or _FIRST)
    return [QueuedMessage(hold=hold) for hold in newest], total


def with_risk(client: MimecastClient, message: QueuedMessage) -> QueuedMessage:
    """The message with its risk and its tracking ID, as message tracking names them."""
    lookup = risk_lookup.look_up_risk(Context(client=client, log=_NO_LOG), message.hold)
    risk = "" if lookup.risk is None else str(lookup.risk)
    return replace(message, tracking_id=lookup.tracking_id, risk=risk, risk_problem=lookup.problem)
