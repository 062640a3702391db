"""Which held message a `Message ID` means.

It may be a tracking id, the id of an entry of the hold queue, or an internet Message-ID. The first two look alike, so
Mimecast is asked. Whatever is not exactly one held message ends here, before anything is changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import hold_matches
from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.actions.hold_matches import describe, shortened
from mimecast_secops.api import HeldMessage, MessageInfo, Risk, Status, TrackedMessage
from mimecast_secops.api.errors import NotFound, UnreadableReply
from mimecast_secops.api.resources import held, tracking
from mimecast_secops.parameters import InvalidParameter, checked, unexpanded

ENDPOINTS: Final = (tracking.SEARCH, tracking.INFO, held.LIST)
"""What resolving may call."""
_PARAMETER: Final = "Message ID"
_PAGE: Final = 500
_MOST_COPIES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTarget:
    """One held message.

    `tracking_id` is "" where message tracking does not tell which record is its. `risk` is that of Mimecast's verdict,
    the highest of all records that may be its, None where none is known. `risk_problem` says why the risk is not known
    although it has to be before a release; "" where there is no such problem.
    """

    hold: HeldMessage
    tracking_id: str = ""
    risk: Risk | None = None
    risk_problem: str = ""

    def describe(self) -> dict[str, Any]:
        """What is known of it, for a plan or a list of candidates."""
        return describe(self.hold) | {"trackingId": self.tracking_id, "risk": self.risk}


def message_id() -> Any:
    """The parameter that names a held message."""
    return checked(
        _PARAMETER,
        "The held message: its tracking id, its id in the held queue, or its internet Message-ID.",
        check_message_id,
        mandatory=True,
    )


def check_message_id(given: str) -> str:
    """An id as it was given.

    Raises:
        InvalidParameter: it is empty, as `<>` is, or a placeholder of a playbook that no value replaced.
    """
    inner = bare_message_id(given)
    if inner and not unexpanded(inner):
        return given
    raise InvalidParameter(
        _PARAMETER,
        f'"{_PARAMETER}" names no message: it is "{shortened(given)}"{unexpanded(inner)}. Give a tracking id, a hold '
        "id, or an internet Message-ID.",
    )


def is_message_id(given: str) -> bool:
    """Whether an id is an internet Message-ID rather than an id of Mimecast."""
    return "@" in given or given.startswith("<")


def bare_message_id(given: str) -> str:
    """An internet Message-ID without `<>` and blanks around it."""
    return given.strip("<> \t\r\n")


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
    if is_message_id(message_id):
        return _of_message_id(context, bare_message_id(message_id))
    try:
        info = context.client.tracking.info(message_id)
    except (NotFound, UnreadableReply):
        return _of_hold_id(context, message_id)
    context.log.info("The id is a tracking id.")
    return _of_info(context, info)


def _of_message_id(context: Context, message_id: str) -> HeldTarget:
    rows = context.client.tracking.search(message_id=message_id)
    context.log.info("The id is an internet Message-ID; message tracking has %d records of it.", len(rows))
    if not rows:
        raise ActionFailed(f'Message tracking has no message with the Message-ID "{message_id}".')
    waiting = [row for row in rows if row.status == Status.HELD]
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
            f'Neither message tracking nor the held queue knows the id "{shortened(hold_id)}": it was released or '
            "rejected already, has aged out, or is not complete."
        )
    context.log.info("The id is that of an entry of the held queue.")
    found = hold_matches.look_up_risk(context, hold)
    return HeldTarget(hold=hold, tracking_id=found.tracking_id, risk=found.risk, risk_problem=found.problem)


def _of_info(context: Context, info: MessageInfo) -> HeldTarget:
    if info.status != Status.HELD:
        raise NotHeld(f'The message is not held: its status is "{info.status or "unknown"}".', info)
    recipient = info.recipient
    field = "recipient" if recipient else ""
    holds = list(context.client.held.list(search_field=field, search_value=recipient, page_size=_PAGE))
    problem = hold_matches.RISK_UNREADABLE if info.risk_is_unreadable else ""
    named = [hold for hold in holds if info.queue_id and hold.id == info.queue_id]
    if named:
        hold = named[0]
        _check_same(info, hold)
    else:
        # The id that the details name is not in the queue, or is no hold id: compare what both show.
        hold = hold_matches.matching_hold(context, info, holds)
        if not info.risk:
            problem = problem or "it was found by comparing the held queue with message tracking, which names no risk"
    return HeldTarget(hold=hold, tracking_id=info.id, risk=info.risk, risk_problem=problem)


def _check_same(info: MessageInfo, hold: HeldMessage) -> None:
    differing = hold_matches.identity_of_record(info).contradictions(hold_matches.identity_of_hold(hold))
    if differing:
        words = " and ".join(differing)
        raise hold_matches.refused(
            f"Message tracking names a held message whose {words} in the held queue differs from the record's", [hold]
        )


def _all_rejected(context: Context, rows: Sequence[TrackedMessage]) -> None:
    """Raises NotHeld when every copy of a mail had been held and is rejected now."""
    if {row.status for row in rows} != {Status.REJECTED} or len(rows) > _MOST_COPIES:
        return
    infos = [context.client.tracking.info(row.id) for row in rows]
    if all(info.queue_detail_status for info in infos):
        raise NotHeld('The messages are not held: their status is "rejected".', infos[0])


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
        f'{one.get("trackingId") or one.get("holdId")} (to {one["recipient"]}, "{shortened(str(one["subject"]))}")'
        for one in candidates[:10]
    )
    return ActionFailed(
        f'"{shortened(message_id)}" means {len(candidates)} held messages, so nothing was done. Use one of: {listed}',
        json_result=list(candidates),
    )
