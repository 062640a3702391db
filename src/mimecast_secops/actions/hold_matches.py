"""Which entry of the held queue and which tracking record are the same message.

Mimecast does not document that `queueInfo.id` of the tracking details is the id of the entry. Where it is not, the two
are compared. The sender of a mail chooses its sender, recipient and subject, so these alone never decide: the times
must agree too, and no other entry and no other record may fit.
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
_AROUND: Final = timedelta(minutes=1)
_MOST_LOOK_UPS: Final = 10
_LISTED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a tracking record and an entry of the held queue both name. "" stands for a member that is not named."""

    sender: str
    recipient: str
    subject: str

    @property
    def missing(self) -> list[str]:
        """The names of the members that are not named."""
        return [name for name in ("sender", "recipient", "subject") if not getattr(self, name)]

    def contradictions(self, other: Identity) -> list[str]:
        """The names of the members that both name, with different values."""
        pairs = {name: (getattr(self, name), getattr(other, name)) for name in ("sender", "recipient", "subject")}
        return [name for name, (mine, theirs) in pairs.items() if mine and theirs and mine != theirs]


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLookup:
    """What message tracking says about the risk of an entry of the held queue.

    `tracking_id` is the record's, "" where not exactly one record fits. `risk` is the highest of all records that may
    be the entry's, None where Mimecast names none. `problem` says why the risk is not known, "" where the look-up
    worked.
    """

    tracking_id: str = ""
    risk: Risk | None = None
    problem: str = ""


def identity_of_record(info: MessageInfo) -> Identity:
    """The identity of a tracked message, from its details."""
    return _identity(info.sender, info.recipient, info.subject)


def identity_of_hold(hold: HeldMessage) -> Identity:
    """The identity of an entry of the held queue."""
    return _identity(hold.sender, hold.recipient, hold.subject)


def matching_hold(context: Context, info: MessageInfo, holds: Sequence[HeldMessage]) -> HeldMessage:
    """The one entry of the held queue that is the message of a tracking record.

    Args:
        context: the action's.
        info: the details of the record.
        holds: the entries of the held queue for the record's recipient.

    Raises:
        ActionFailed: the record does not name enough, its time is not known, no entry fits, or more than one entry or
            record does. `json_result` lists the candidates.
        MimecastError: message tracking could not be searched.
    """
    identity = identity_of_record(info)
    if identity.missing:
        similar = [hold for hold in holds if not identity.contradictions(identity_of_hold(hold))]
        raise refused(
            f"Message tracking does not name the {' and the '.join(identity.missing)} of the message", similar
        )
    alike = [hold for hold in holds if hold.id and identity_of_hold(hold) == identity]
    if not alike:
        raise ActionFailed("Message tracking says that the message is held, but the held queue does not show it.")
    if len(alike) > _MOST_LOOK_UPS:
        raise refused(f"{len(alike)} held messages have this sender, recipient and subject", alike)
    received, searched = _received(context, info, alike)
    if received is None:
        raise refused("Message tracking does not show the message at the time of any held message like it", alike)
    fitting = [hold for hold in alike if hold.received is None or abs(hold.received - received) <= _TOLERANCE]
    if not fitting:
        raise refused(f"The message was received at {received.isoformat()}, and no held message like it was", alike)
    if len(fitting) > 1 or fitting[0].received is None:
        raise refused(f"{len(fitting)} held messages may be this one", fitting)
    [hold] = fitting
    rows = searched[hold.id] if hold.id in searched else _records_around(context, hold)
    others = [row for row in rows if row.id != info.id and _may_be(row, hold)]
    if others:
        raise refused(f"Message tracking has {len(others) + 1} records that fit this held message", fitting)
    return hold


def look_up_risk(context: Context, hold: HeldMessage) -> RiskLookup:
    """What message tracking says about the risk of an entry of the held queue.

    A sender who sends the same mail twice makes two records that may be the entry's; the higher risk counts.
    """
    if hold.received is None or not hold.recipient:
        return RiskLookup(problem="the held queue does not name the time and the recipient to look it up by")
    try:
        rows = [row for row in _records_around(context, hold) if row.id and _may_be(row, hold)]
        infos = [context.client.tracking.info(row.id) for row in rows[:_MOST_LOOK_UPS]]
    except MimecastError as error:
        context.log.warning("Message tracking does not tell more about the held message: %s", error)
        return RiskLookup(problem=f"message tracking could not be read ({error})")
    problem = RISK_UNREADABLE if any(info.risk_is_unreadable for info in infos) else ""
    if len(rows) > _MOST_LOOK_UPS:
        problem = f"message tracking has {len(rows)} records that may be its own"
    certain = len(rows) == 1 and _is_record_of(rows[0], hold)
    return RiskLookup(
        tracking_id=infos[0].id if certain else "",
        risk=max((info.risk for info in infos if info.risk), default=None),
        problem=problem,
    )


def refused(why: str, holds: Sequence[HeldMessage]) -> ActionFailed:
    """The refusal to act, with the candidates.

    Args:
        why: what is missing or ambiguous.
        holds: the entries of the held queue that may be meant.
    """
    sentence = f"{why}, so nothing was done."
    if holds:
        listed = "; ".join(
            f'{hold.id} (to {hold.recipient}, "{shortened(hold.subject)}", {_time_of(hold) or "time not known"})'
            for hold in holds[:_LISTED]
        )
        sentence += f" Check the candidates and use the hold id of the one you mean: {listed}"
    return ActionFailed(sentence, json_result=[describe(hold) for hold in holds])


def describe(hold: HeldMessage) -> dict[str, Any]:
    """An entry of the held queue for a person to recognise."""
    return {
        "holdId": hold.id,
        "subject": hold.subject,
        "sender": hold.sender,
        "recipient": hold.recipient,
        "reason": hold.policy or hold.reason,
        "received": _time_of(hold),
    }


def shortened(text: str) -> str:
    """A text of a mail, short enough for an error message."""
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
    """When the record's message was received, and the tracking records around each entry that was searched for it.

    The details do not name the time of receipt; the row of the search does.
    """
    searched: dict[str, Sequence[TrackedMessage]] = {}
    for hold in holds:
        if hold.received is None:
            continue
        searched[hold.id] = _records_around(context, hold)
        times = (row.received for row in searched[hold.id] if row.id == info.id and row.received)
        received = next(times, None)
        if received:
            return received, searched
    return None, searched


def _records_around(context: Context, hold: HeldMessage) -> Sequence[TrackedMessage]:
    """The tracking records of an entry's recipient within a minute of its time."""
    if hold.received is None:
        return ()
    start, end = hold.received - _AROUND, hold.received + _AROUND
    return context.client.tracking.search(start=start, end=end, to=hold.recipient)


def _may_be(row: TrackedMessage, hold: HeldMessage) -> bool:
    """Whether nothing that both name speaks against the record being the entry's. The search chose the recipient."""
    near = row.received is None or hold.received is None or abs(row.received - hold.received) <= _TOLERANCE
    return near and not _identity(row.sender, "", row.subject).contradictions(identity_of_hold(hold))


def _is_record_of(row: TrackedMessage, hold: HeldMessage) -> bool:
    """Whether sender, subject and time are named on both sides and agree."""
    if row.received is None or hold.received is None or not (row.sender and row.subject):
        return False
    theirs = identity_of_hold(hold)
    return _may_be(row, hold) and bool(theirs.sender and theirs.subject)


def _time_of(hold: HeldMessage) -> str | None:
    return hold.received.isoformat() if hold.received else None
