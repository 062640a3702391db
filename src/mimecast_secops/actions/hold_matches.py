"""Hold matching: which hold and which tracking record are the same message.

Mimecast does not document that `queueInfo.id` of the tracking details is the hold ID. If it is not, this module
compares the hold with the tracking record. An attacker chooses the sender, recipient and subject of a message, so these
alone never decide: the times must agree too, and no other hold and no other record may fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.actions.message_identity import identity_of_hold, identity_of_record, identity_of_row
from mimecast_secops.api import HeldMessage, MessageInfo, TrackedMessage

_TOLERANCE: Final = timedelta(seconds=5)
_SEARCH_MARGIN: Final = timedelta(minutes=1)
_MAX_LOOKUPS: Final = 10
_MAX_LISTED: Final = 10


def matching_hold(context: Context, info: MessageInfo, holds: Sequence[HeldMessage]) -> HeldMessage:
    """The one hold that is the message of a tracking record.

    Args:
        context: the context of the action.
        info: the details of the record.
        holds: the holds of the record's recipient.

    Raises:
        ActionFailed: the record lacks a member or its time is unknown, no hold fits, or more than one hold or record
            fits. `json_result` lists the candidates.
        MimecastError: message tracking cannot be searched.
    """
    identity = identity_of_record(info)
    if identity.missing:
        candidates = [hold for hold in holds if not identity.contradictions(identity_of_hold(hold))]
        raise refused(
            f"Message tracking does not name the {' and the '.join(identity.missing)} of the message", candidates
        )
    similar_holds = [hold for hold in holds if hold.id and identity_of_hold(hold).is_same_as(identity)]
    if not similar_holds:
        raise ActionFailed("Message tracking says that the message is held, but the hold queue does not show it.")
    if len(similar_holds) > _MAX_LOOKUPS:
        raise refused(f"{len(similar_holds)} held messages have this sender, recipient and subject", similar_holds)
    received, rows_by_hold = _received(context, info, similar_holds)
    if received is None:
        raise refused(
            "Message tracking does not show the message at the time of any held message like it", similar_holds
        )
    fitting = [hold for hold in similar_holds if hold.received is None or abs(hold.received - received) <= _TOLERANCE]
    if not fitting:
        raise refused(
            f"The message was received at {received.isoformat()}, and no held message like it was", similar_holds
        )
    if len(fitting) > 1 or fitting[0].received is None:
        raise refused(f"{len(fitting)} held messages may be this one", fitting)
    [hold] = fitting
    rows = rows_by_hold[hold.id] if hold.id in rows_by_hold else records_near(context, hold)
    others = [row for row in rows if row.id != info.id and _may_match(row, hold)]
    if others:
        raise refused(f"Message tracking has {len(others) + 1} records that fit this held message", fitting)
    return hold


def records_of(context: Context, hold: HeldMessage) -> list[TrackedMessage]:
    """The tracking records that do not contradict a hold.

    Raises:
        MimecastError: message tracking cannot be searched.
    """
    return [row for row in records_near(context, hold) if _may_match(row, hold)]


def records_near(context: Context, hold: HeldMessage) -> Sequence[TrackedMessage]:
    """The tracking records of a hold's recipient within a minute of its time.

    Raises:
        MimecastError: message tracking cannot be searched.
    """
    if hold.received is None or not hold.recipient:
        return ()
    start, end = hold.received - _SEARCH_MARGIN, hold.received + _SEARCH_MARGIN
    return context.client.tracking.search(start=start, end=end, to=hold.recipient)


def is_record_of(row: TrackedMessage, hold: HeldMessage) -> bool:
    """Whether the record and the hold have the same sender, subject and time."""
    if row.received is None or hold.received is None or not (row.sender and row.subject):
        return False
    identity = identity_of_hold(hold)
    return _may_match(row, hold) and bool(identity.sender and identity.subject)


def refused(reason: str, holds: Sequence[HeldMessage]) -> ActionFailed:
    """The error for an ID that does not identify one hold.

    Args:
        reason: what is missing or ambiguous.
        holds: the candidates, which the error lists.
    """
    sentence = f"{reason}, so nothing was done."
    if holds:
        listed = "; ".join(
            f'{hold.id} (to {hold.recipient}, "{shortened(hold.subject)}", {_time_of(hold) or "time unknown"})'
            for hold in holds[:_MAX_LISTED]
        )
        sentence += f" Check the candidates and use the hold ID of the right one: {listed}"
    return ActionFailed(sentence, json_result=[describe(hold) for hold in holds])


def describe(hold: HeldMessage) -> dict[str, Any]:
    """The members of a hold by which a user recognizes the message."""
    return {
        "holdId": hold.id,
        "subject": hold.subject,
        "sender": hold.sender,
        "recipient": hold.recipient,
        "reason": hold.policy or hold.reason,
        "received": _time_of(hold),
    }


def shortened(text: str) -> str:
    """The text, truncated to fit in an error message."""
    return text if len(text) <= 120 else text[:120] + "…"


def _received(
    context: Context, info: MessageInfo, holds: Sequence[HeldMessage]
) -> tuple[datetime | None, dict[str, Sequence[TrackedMessage]]]:
    """The time when the message of a record was received.

    The details do not name this time; the row of a tracking search does.

    Returns:
        The time, None if no search shows the record, and the rows of each search by hold ID.
    """
    rows_by_hold: dict[str, Sequence[TrackedMessage]] = {}
    for hold in holds:
        if hold.received is None:
            continue
        rows_by_hold[hold.id] = records_near(context, hold)
        times = (row.received for row in rows_by_hold[hold.id] if row.id == info.id and row.received)
        received = next(times, None)
        if received:
            return received, rows_by_hold
    return None, rows_by_hold


def _may_match(row: TrackedMessage, hold: HeldMessage) -> bool:
    """Whether the record does not contradict the hold. The search already selected the recipient."""
    is_near = row.received is None or hold.received is None or abs(row.received - hold.received) <= _TOLERANCE
    return is_near and not identity_of_row(row).contradictions(identity_of_hold(hold))


def _time_of(hold: HeldMessage) -> str | None:
    return hold.received.isoformat() if hold.received else None
