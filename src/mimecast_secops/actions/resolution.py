"""Which held message a `Message ID` means.

It may be a tracking id, the id of an entry of the hold queue, or an internet Message-ID. The first two look alike, so
Mimecast is asked. Whatever is not exactly one held message ends here, before anything is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.api import HeldMessage, MessageInfo, TrackedMessage
from mimecast_secops.api.areas import held, tracking
from mimecast_secops.api.errors import MimecastError, NotFound, UnreadableReply
from mimecast_secops.parameters import text

FUNCTIONS: Final = (tracking.SEARCH, tracking.INFO, held.LIST)
"""What resolving may call."""
HELD: Final = "held"
_TOLERANCE: Final = timedelta(seconds=5)
_AROUND: Final = timedelta(minutes=1)
_PAGE: Final = 500
_MOST_TWINS: Final = 10
_SEVERITY: Final = ("", "negligible", "low", "medium", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTarget:
    """One held message.

    `tracking_id` is "" where message tracking does not tell which record is its. `risk` is that of Mimecast's verdict,
    the highest of all records that may be its, "" where none is known.
    """

    hold: HeldMessage
    tracking_id: str = ""
    risk: str = ""

    def describe(self) -> dict[str, Any]:
        """What is known of it, for a plan or a list of candidates."""
        return describe(self.hold) | {"trackingId": self.tracking_id, "risk": self.risk or None}


def message_id() -> Any:
    """The parameter that names a held message."""
    return text(
        "Message ID",
        "The held message: its tracking id, its id in the held queue, or its internet Message-ID.",
        mandatory=True,
    )


class NotHeld(ActionFailed):
    """The message is known, and is not held. `info` is what is known of it."""

    def __init__(self, message: str, info: MessageInfo) -> None:
        super().__init__(message, json_result={"trackingId": info.id, "status": info.status})
        self.info = info


def resolve(context: Context, message_id: str) -> HeldTarget:
    """The one held message that an id means.

    Raises:
        NotHeld: it is not held; says what its status is.
        ActionFailed: nobody knows it, or it means several held messages, which are listed.
        MimecastError: it could not be found out.
    """
    if "@" in message_id or message_id.startswith("<"):
        return _of_message_id(context, message_id.strip("<> "))
    try:
        info = context.client.tracking.info(message_id)
    except (NotFound, UnreadableReply):
        return _of_hold_id(context, message_id)
    context.log.info("The id is a tracking id.")
    return _of_info(context, info)


def describe(hold: HeldMessage) -> dict[str, Any]:
    """An entry of the hold queue for a person to recognise."""
    return {
        "holdId": hold.id,
        "subject": hold.subject,
        "sender": hold.sender,
        "recipient": hold.recipient,
        "reason": hold.policy or hold.reason,
        "received": hold.received.isoformat() if hold.received else None,
    }


def _of_message_id(context: Context, message_id: str) -> HeldTarget:
    rows = context.client.tracking.search(message_id=message_id)
    context.log.info("The id is an internet Message-ID; message tracking has %d records of it.", len(rows))
    if not rows:
        raise ActionFailed(f'Message tracking has no message with the Message-ID "{message_id}".')
    waiting = [row for row in rows if row.status == HELD]
    if len(waiting) > 1:
        raise _ambiguous(message_id, [_describe_row(row) for row in waiting])
    if not waiting and len(rows) > 1:
        _all_rejected(context, rows)
        statuses = ", ".join(sorted({row.status or "unknown" for row in rows}))
        raise ActionFailed(f'No message with the Message-ID "{message_id}" is held: their status is {statuses}.')
    return _of_info(context, context.client.tracking.info((waiting or rows)[0].id))


def _of_hold_id(context: Context, hold_id: str) -> HeldTarget:
    hold = next((hold for hold in context.client.held.list(page_size=_PAGE) if hold.id == hold_id), None)
    if hold is None:
        raise ActionFailed(
            f'Neither message tracking nor the held queue knows the id "{_short(hold_id)}": it was released or '
            "rejected already, has aged out, or is not complete."
        )
    context.log.info("The id is that of an entry of the held queue.")
    infos = _infos_of(context, hold)
    risk = max((info.risk for info in infos), key=_SEVERITY.index, default="")
    return HeldTarget(hold=hold, tracking_id=infos[0].id if len(infos) == 1 else "", risk=risk)


def _of_info(context: Context, info: MessageInfo) -> HeldTarget:
    if info.status != HELD:
        raise NotHeld(f'The message is not held: its status is "{info.status or "unknown"}".', info)
    queue = info.raw.get("queueInfo")
    recipient = str(queue.get("to") or "") if isinstance(queue, dict) else ""
    transfer = info.raw.get("recipientInfo", {})
    if not recipient and isinstance(transfer, dict) and isinstance(transfer.get("txInfo"), dict):
        recipient = str(transfer["txInfo"].get("to") or "")
    field = "recipient" if recipient else ""
    holds = list(context.client.held.list(search_field=field, search_value=recipient, page_size=_PAGE))
    by_id = [hold for hold in holds if hold.id == info.queue_id]
    if by_id:
        return HeldTarget(hold=by_id[0], tracking_id=info.id, risk=info.risk)
    # The id that the details name is not in the queue: compare what both show.
    fitting = [hold for hold in holds if _alike(hold, info, recipient)]
    if len(fitting) == 1:
        return HeldTarget(hold=fitting[0], tracking_id=info.id, risk=info.risk)
    if not fitting:
        raise ActionFailed("Message tracking says that the message is held, but the held queue does not show it.")
    raise _ambiguous(info.id, [describe(hold) for hold in fitting])


def _alike(hold: HeldMessage, info: MessageInfo, recipient: str) -> bool:
    same_sender = hold.sender.casefold() == info.sender.strip("<>").casefold()
    same_recipient = not recipient or hold.recipient.casefold() == recipient.casefold()
    return same_sender and same_recipient and hold.subject.strip() == info.subject.strip()


def _infos_of(context: Context, hold: HeldMessage) -> list[MessageInfo]:
    """The tracking details of all records that may be an entry of the hold queue: for its risk, not for acting.

    A sender who sends the same mail twice makes two of them; the guard then goes by the worse one.
    """
    if hold.received is None or not hold.recipient:
        return []
    start, end = hold.received - _AROUND, hold.received + _AROUND
    try:
        rows = context.client.tracking.search(start=start, end=end, to=hold.recipient)
        fitting = [row for row in rows if row.id and _same_mail(row, hold)]
        return [context.client.tracking.info(row.id) for row in fitting[:_MOST_TWINS]]
    except MimecastError as error:
        context.log.warning("Message tracking does not tell more about the held message: %s", error)
        return []


def _all_rejected(context: Context, rows: Sequence[TrackedMessage]) -> None:
    """Raises NotHeld when every copy of a mail had been held and is rejected now."""
    if {row.status for row in rows} != {"rejected"} or len(rows) > _MOST_TWINS:
        return
    infos = [context.client.tracking.info(row.id) for row in rows]
    if all(info.queue_detail_status for info in infos):
        raise NotHeld('The messages are not held: their status is "rejected".', infos[0])


def _same_mail(row: TrackedMessage, hold: HeldMessage) -> bool:
    near = row.received is None or hold.received is None or abs(row.received - hold.received) <= _TOLERANCE
    return near and row.sender.casefold() == hold.sender.casefold() and row.subject.strip() == hold.subject.strip()


def _describe_row(row: TrackedMessage) -> dict[str, Any]:
    return {
        "trackingId": row.id,
        "subject": row.subject,
        "sender": row.sender,
        "recipient": ", ".join(row.recipients),
        "received": row.received.isoformat() if row.received else None,
    }


def _ambiguous(message_id: str, candidates: Sequence[dict[str, Any]]) -> ActionFailed:
    listed = "; ".join(
        f'{one.get("trackingId") or one.get("holdId")} (to {one["recipient"]}, "{_short(str(one["subject"]))}")'
        for one in candidates[:10]
    )
    return ActionFailed(
        f'"{_short(message_id)}" means {len(candidates)} held messages, so nothing was done. Use one of: {listed}',
        json_result=list(candidates),
    )


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:120] + "…"
