"""Hold matching: which hold and which tracking record are the same message.

Mimecast does not document that `queueInfo.id` of the tracking details is the hold ID. If it is not, this module
compares the hold with the tracking record. An attacker chooses the sender, recipient and subject of a message, so these
alone never decide: the times must agree too, and no other hold and no other record may fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.api import HeldMessage, MessageInfo, Risk, TrackedMessage
from mimecast_secops.api.errors import MimecastError

RISK_UNREADABLE: Final = "Mimecast's verdict names a risk that is not negligible, low, medium or high"
_TOLERANCE: Final = timedelta(seconds=5)
_SEARCH_MARGIN: Final = timedelta(minutes=1)
_MAX_LOOKUPS: Final = 10
_MAX_LISTED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The members that a tracking record and a hold have in common. A member is "" if it is missing."""

    sender: str
    recipient: str
    subject: str

    @property
    def missing(self) -> list[str]:
        """The names of the missing members."""
        return [name for name in ("sender", "recipient", "subject") if not getattr(self, name)]

    def contradictions(self, other: Identity) -> list[str]:
        """The names of the members that both have with different values."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in ("sender", "recipient", "subject")}
        return [name for name, (own, others) in pairs.items() if own and others and own != others]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLookup:
    """The risk of a hold, from message tracking.

    Attributes:
        tracking_id: the ID of the matching tracking record, "" unless exactly one record matches.
        risk: the highest risk of all records that may match, None if Mimecast names none.
        problem: the reason why the risk is unknown, "" if the lookup succeeded.
    """

    tracking_id: str = ""
    risk: Risk | None = None
    problem: str = ""


def identity_of_record(info: MessageInfo) -> Identity:
    """The identity of a message, from its tracking details."""
    return _identity(info.sender, info.recipient, info.subject)


def identity_of_hold(hold: HeldMessage) -> Identity:
    """The identity of a message, from its hold."""
    return _identity(hold.sender, hold.recipient, hold.subject)


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
    similar_holds = [hold for hold in holds if hold.id and identity_of_hold(hold) == identity]
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
    rows = rows_by_hold[hold.id] if hold.id in rows_by_hold else _records_near(context, hold)
    others = [row for row in rows if row.id != info.id and _may_match(row, hold)]
    if others:
        raise refused(f"Message tracking has {len(others) + 1} records that fit this held message", fitting)
    return hold


def look_up_risk(context: Context, hold: HeldMessage) -> RiskLookup:
    """Look up the risk of a hold in message tracking.

    If a sender sends the same message twice, two records may match; the higher risk counts.
    """
    if hold.received is None or not hold.recipient:
        return RiskLookup(problem="the hold queue does not name the time and the recipient that a lookup needs")
    try:
        rows = [row for row in _records_near(context, hold) if row.id and _may_match(row, hold)]
        infos = [context.client.tracking.info(row.id) for row in rows[:_MAX_LOOKUPS]]
    except MimecastError as error:
        context.log.warning("Message tracking cannot be read for the held message: %s", error)
        return RiskLookup(problem=f"message tracking could not be read ({error})")
    problem = RISK_UNREADABLE if any(info.risk_is_unreadable for info in infos) else ""
    if len(rows) > _MAX_LOOKUPS:
        problem = f"message tracking has {len(rows)} records that may match"
    is_unique = len(rows) == 1 and _is_record_of(rows[0], hold)
    return RiskLookup(
        tracking_id=infos[0].id if is_unique else "",
        risk=max((info.risk for info in infos if info.risk), default=None),
        problem=problem,
    )


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


def _identity(sender: str, recipient: str, subject: str) -> Identity:
    return Identity(
        sender=sender.strip("<> ").casefold(),
        recipient=recipient.strip("<> ").casefold(),
        subject=" ".join(subject.split()),
    )


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
        rows_by_hold[hold.id] = _records_near(context, hold)
        times = (row.received for row in rows_by_hold[hold.id] if row.id == info.id and row.received)
        received = next(times, None)
        if received:
            return received, rows_by_hold
    return None, rows_by_hold


def _records_near(context: Context, hold: HeldMessage) -> Sequence[TrackedMessage]:
    """The tracking records of a hold's recipient within a minute of its time."""
    if hold.received is None:
        return ()
    start, end = hold.received - _SEARCH_MARGIN, hold.received + _SEARCH_MARGIN
    return context.client.tracking.search(start=start, end=end, to=hold.recipient)


def _may_match(row: TrackedMessage, hold: HeldMessage) -> bool:
    """Whether the record does not contradict the hold. The search already selected the recipient."""
    is_near = row.received is None or hold.received is None or abs(row.received - hold.received) <= _TOLERANCE
    return is_near and not _identity(row.sender, "", row.subject).contradictions(identity_of_hold(hold))


def _is_record_of(row: TrackedMessage, hold: HeldMessage) -> bool:
    """Whether the record and the hold have the same sender, subject and time."""
    if row.received is None or hold.received is None or not (row.sender and row.subject):
        return False
    identity = identity_of_hold(hold)
    return _may_match(row, hold) and bool(identity.sender and identity.subject)


def _time_of(hold: HeldMessage) -> str | None:
    return hold.received.isoformat() if hold.received else None
