"""Resolution of a `Message ID` to one held message.

The value is a tracking ID, a hold ID or an internet Message-ID. The first two have the same format, so Mimecast has to
be asked which one it is. An ID that does not identify exactly one held message is an error, before anything changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from mimecast_secops.actions import hold_matches, hold_queue, message_identity, risk_lookup
from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.actions.hold_matches import describe, shortened
from mimecast_secops.api import HeldMessage, MessageInfo, Risk, Status, TrackedMessage
from mimecast_secops.api.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    MimecastError,
    Misconfigured,
    MissingPermission,
    RateLimited,
    Unavailable,
    Unreachable,
)
from mimecast_secops.api.resources import held, tracking
from mimecast_secops.parameters import InvalidParameter, checked, split, unexpanded
from mimecast_secops.sentences import sentence

ENDPOINTS: Final = (tracking.SEARCH, tracking.INFO, held.LIST)
"""The endpoints that the resolution calls."""
MESSAGE_ID: Final = "Message ID"
"""The name of the parameter that identifies a message."""
# Mimecast documents no default for the period of a search, and refuses one that begins 30 days ago.
_PERIOD: Final = timedelta(days=29)
_MAX_COPIES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTarget:
    """One held message.

    Attributes:
        hold: its entry in the hold queue.
        tracking_id: the ID of its tracking record, "" if no record certainly matches.
        risk: the risk in Mimecast's verdict, the highest of all records that may match, None if there is none.
        risk_problem: the reason why the risk is unknown although a release depends on it, "" if there is no problem.
    """

    hold: HeldMessage
    tracking_id: str = ""
    risk: Risk | None = None
    risk_problem: str = ""

    def describe(self) -> dict[str, Any]:
        """The known facts about the message, for a JSON result."""
        return describe(self.hold) | {"trackingId": self.tracking_id, "risk": self.risk}


def message_id() -> Any:
    """The parameter `Message ID`."""
    return checked(
        MESSAGE_ID,
        "The held message: its tracking ID, its hold ID, or its internet Message-ID.",
        check_message_id,
        mandatory=True,
    )


def check_message_id(message_id: str) -> str:
    """Check a `Message ID`.

    The platform joins the values of an alert's events by commas, so a value can repeat one of Mimecast's IDs. A
    repeated internet Message-ID stays as it is: senders choose it, and could name another message in this way.

    Returns:
        The value unchanged, or the ID once if the value repeats it.

    Raises:
        InvalidParameter: the value is empty, as `<>` is, or is a playbook placeholder that no value replaced.
    """
    distinct = split(message_id)
    if len(distinct) == 1 and not is_internet_message_id(message_id):
        message_id = distinct[0]
    bare_id = bare_message_id(message_id)
    if bare_id and not unexpanded(bare_id):
        return message_id
    raise InvalidParameter(
        MESSAGE_ID,
        sentence(
            '{Message ID} names no message: it is "{value}"{hint}. Enter a tracking ID, a hold ID, or an internet '
            "Message-ID.",
            value=shortened(message_id),
            hint=unexpanded(bare_id),
        ),
    )


def is_internet_message_id(message_id: str) -> bool:
    """Whether an ID is an internet Message-ID. The other IDs are Mimecast's own."""
    return "@" in message_id or message_id.startswith("<")


def bare_message_id(message_id: str) -> str:
    """An internet Message-ID without `<>` and spaces around it."""
    return message_id.strip("<> \t\r\n")


class NotHeld(ActionFailed):
    """The message exists but is not held. `info` has its tracking details."""

    def __init__(self, message: str, info: MessageInfo) -> None:
        super().__init__(message, json_result={"trackingId": info.id, "status": info.status})
        self.info = info


def resolve(context: Context, message_id: str) -> HeldTarget:
    """The one held message that an ID identifies.

    Raises:
        NotHeld: the message is not held. The error names its status.
        ActionFailed: no message has this ID, or several held messages have it. The error lists these.
        MimecastError: a request failed.
    """
    if is_internet_message_id(message_id):
        return _resolve_message_id(context, bare_message_id(message_id))
    try:
        info = context.client.tracking.info(message_id)
    except (DeadlineExceeded, Misconfigured, AuthenticationFailed):
        raise
    except MimecastError as error:
        # How Mimecast answers to an ID that is not a tracking ID is not documented
        # (docs/reference/mimecast-api.md#get-tracking-details [open]), so no answer rules out a hold ID.
        return _resolve_hold_id(context, message_id, error)
    if not info.id and (hold := hold_queue.find(context, message_id)):
        return _target_of_hold(context, hold)
    context.log.info("The ID is a tracking ID.")
    return _resolve_info(context, info)


def records_with_message_id(context: Context, message_id: str) -> Sequence[TrackedMessage]:
    """The tracking records of an internet Message-ID without `<>`, of the whole period that can be searched.

    Raises:
        MimecastError: message tracking cannot be searched.
    """
    end = hold_queue.now(context)
    rows = context.client.tracking.search(message_id=message_id, start=end - _PERIOD, end=end)
    context.log.info("The ID is an internet Message-ID. Message tracking has %d records with it.", len(rows))
    return rows


def _resolve_message_id(context: Context, message_id: str) -> HeldTarget:
    rows = records_with_message_id(context, message_id)
    if not rows:
        raise ActionFailed(f'Message tracking has no message with the Message-ID "{message_id}".')
    held_rows = [row for row in rows if row.status == Status.HELD]
    if len(held_rows) > 1:
        raise _ambiguous(message_id, [_describe_row(row) for row in held_rows])
    if not held_rows and len(rows) > 1:
        _raise_if_all_rejected(context, rows)
        statuses = ", ".join(sorted({row.status or "unknown" for row in rows}))
        raise ActionFailed(f'No message with the Message-ID "{message_id}" is held: their status is {statuses}.')
    return _resolve_info(context, context.client.tracking.info((held_rows or rows)[0].id))


def _resolve_hold_id(context: Context, hold_id: str, tracking_error: MimecastError) -> HeldTarget:
    """The target of an ID for which message tracking has no details, because of `tracking_error`."""
    try:
        hold = hold_queue.find(context, hold_id)
    except MimecastError as error:
        raise tracking_error if isinstance(tracking_error, MissingPermission) else error from None
    if hold is None:
        if isinstance(tracking_error, (Unreachable, Unavailable, RateLimited, MissingPermission)):
            raise tracking_error
        raise ActionFailed(
            f'No held message has the ID "{shortened(hold_id)}". It may have been released or rejected already, have '
            "expired, or the ID may be truncated."
        )
    return _target_of_hold(context, hold)


def _target_of_hold(context: Context, hold: HeldMessage) -> HeldTarget:
    context.log.info("The ID is a hold ID.")
    lookup = risk_lookup.look_up_risk(context, hold)
    return HeldTarget(hold=hold, tracking_id=lookup.tracking_id, risk=lookup.risk, risk_problem=lookup.problem)


def _resolve_info(context: Context, info: MessageInfo) -> HeldTarget:
    if info.status != Status.HELD:
        raise NotHeld(f'The message is not held: its status is "{info.status or "unknown"}".', info)
    risk = risk_lookup.risk_of_record(info)
    problem = risk.problem
    holds = list(hold_queue.entries(context, recipient=message_identity.recipient_of(info)))
    hold = _named_entry(info, holds) or _named_entry_of_alias(context, info, holds)
    if hold is not None:
        _check_identity(info, hold)
    else:
        # The queue ID in the details is not in the hold queue, or is not a hold ID. Compare the contents.
        hold = hold_matches.matching_hold(context, info, holds)
        if not risk.risk:
            problem = problem or "it was found by comparing the hold queue with message tracking, which names no risk"
    return HeldTarget(hold=hold, tracking_id=info.id, risk=risk.risk, risk_problem=problem)


def _named_entry(info: MessageInfo, holds: Iterable[HeldMessage]) -> HeldMessage | None:
    """The entry of the hold queue that the details name."""
    return next((hold for hold in holds if hold_queue.is_same_entry(hold.id, info.queue_id)), None)


def _named_entry_of_alias(context: Context, info: MessageInfo, holds: Sequence[HeldMessage]) -> HeldMessage | None:
    """The entry that the details name, if the hold queue shows it for another address of the recipient."""
    identity = message_identity.identity_of_record(info)
    is_shown = any(not identity.differences(message_identity.identity_of_hold(hold)) for hold in holds)
    return None if is_shown or not identity.recipient else _named_entry(info, hold_queue.entries(context))


def _check_identity(info: MessageInfo, hold: HeldMessage) -> None:
    """Refuse a hold that an ID names and whose contents no difference of the two views explains."""
    identity = message_identity.identity_of_record(info)
    members = identity.differences(message_identity.identity_of_hold(hold))
    if members:
        raise hold_matches.refused(
            f"Message tracking names a held message whose {' and '.join(members)} in the hold queue differs from the "
            "record's",
            [hold],
        )


def _raise_if_all_rejected(context: Context, rows: Sequence[TrackedMessage]) -> None:
    """Raise `NotHeld` if every copy of the message was held and then rejected."""
    if {row.status for row in rows} != {Status.REJECTED} or len(rows) > _MAX_COPIES:
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
        f'{candidate["trackingId"]} (to {candidate["recipient"]}, "{shortened(str(candidate["subject"]))}")'
        for candidate in candidates[:10]
    )
    return ActionFailed(
        f'"{shortened(message_id)}" matches {len(candidates)} held messages, so nothing was done. Use one of these '
        f"IDs: {listed}",
        json_result=list(candidates),
    )
