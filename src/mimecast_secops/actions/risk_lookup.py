"""The risk of a held message in Mimecast's verdict, on which a release depends.

A risk that cannot be read is never taken for no risk: `problem` says why it is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from mimecast_secops.actions import hold_matches, hold_queue
from mimecast_secops.actions.declaration import Context
from mimecast_secops.actions.message_identity import identity_of_hold, identity_of_row
from mimecast_secops.api import HeldMessage, MessageInfo, Risk, TrackedMessage
from mimecast_secops.api.errors import MimecastError

RISK_UNREADABLE: Final = "Mimecast's verdict names a risk that is not negligible, low, medium or high"
_MAX_LOOKUPS: Final = 10
_MAX_DISTANCE: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskLookup:
    """The risk of a held message, from message tracking.

    Attributes:
        tracking_id: the ID of the matching tracking record, "" unless exactly one record matches.
        risk: the highest risk of all records that may match, None if Mimecast names none.
        problem: the reason why the risk is unknown, "" if the lookup succeeded.
    """

    tracking_id: str = ""
    risk: Risk | None = None
    problem: str = ""


def risk_of_record(info: MessageInfo) -> RiskLookup:
    """The risk in the details of a record: that of the verdict, or else the highest of its categories."""
    return RiskLookup(
        tracking_id=info.id,
        risk=info.risk or info.category_risk,
        problem=RISK_UNREADABLE if info.risk_is_unreadable else "",
    )


def look_up_risk(context: Context, hold: HeldMessage) -> RiskLookup:
    """Look up the risk of a hold in message tracking.

    A record whose details name the hold is its record. Otherwise all records count that can be the same message, with
    the highest risk: a sender can send the same message twice, and the two views of a message can differ.
    """
    if hold.received is None or not hold.recipient:
        return RiskLookup(problem="the hold queue does not name the time and the recipient that a lookup needs")
    try:
        rows = _candidates(hold, hold_matches.records_near(context, hold))
        infos: list[MessageInfo] = []
        for row in rows[:_MAX_LOOKUPS]:
            info = context.client.tracking.info(row.id)
            if hold_queue.is_same_entry(info.queue_id, hold.id):
                return risk_of_record(info)
            infos.append(info)
    except MimecastError as error:
        context.log.warning("Message tracking cannot be read for the held message: %s", error)
        return RiskLookup(problem=f"message tracking could not be read ({error})")
    return _highest(hold, rows, infos)


def _distance(row: TrackedMessage, hold: HeldMessage) -> timedelta:
    """How far the times of the row and the hold are from each other."""
    return abs(row.received - hold.received) if row.received and hold.received else timedelta()


def _candidates(hold: HeldMessage, rows: Sequence[TrackedMessage]) -> list[TrackedMessage]:
    """The rows that can be the same message, the nearest in time first."""
    identity = identity_of_hold(hold)
    similar = (row for row in rows if row.id and not identity_of_row(row).differences(identity))
    return sorted(similar, key=lambda row: _distance(row, hold))


def _highest(hold: HeldMessage, rows: Sequence[TrackedMessage], infos: Sequence[MessageInfo]) -> RiskLookup:
    """The highest risk of the records that can be a hold's."""
    if not any(_distance(row, hold) <= _MAX_DISTANCE for row in rows):
        return RiskLookup(problem="message tracking has no record that fits the held message")
    lookups = [risk_of_record(info) for info in infos]
    problem = next((lookup.problem for lookup in lookups if lookup.problem), "")
    if len(rows) > _MAX_LOOKUPS:
        problem = f"message tracking has {len(rows)} records that may match"
    is_certain = len(rows) == 1 and hold_matches.is_record_of(rows[0], hold)
    return RiskLookup(
        tracking_id=infos[0].id if is_certain else "",
        risk=max((lookup.risk for lookup in lookups if lookup.risk), default=None),
        problem=problem,
    )
