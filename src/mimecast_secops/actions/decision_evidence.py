"""What Mimecast shows after a decision on a held message: in message tracking, the hold queue, and the release log.

The reply to a decision may be missing or unclear, so the result of an action may depend on what is read here. A message
that left the hold queue proves only that someone decided on it. How it was decided, the other two show.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum
from itertools import islice
from typing import Final

from mimecast_secops.actions import hold_matches, hold_queue
from mimecast_secops.actions.declaration import Context
from mimecast_secops.actions.message_identity import identity_of_entry, identity_of_hold
from mimecast_secops.actions.resolution import HeldTarget
from mimecast_secops.api import Decision, Status
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.api.resources.release_log import ReleasedMessage

# Mimecast's clock may differ from ours by some seconds, and an entry has no fraction of a second.
_CLOCK_MARGIN: Final = timedelta(seconds=30)
_MAX_ENTRIES: Final = 1_000
_LOGGED: Final = {Decision.RELEASE: "released", Decision.REJECT: "rejected"}


class Evidence(Enum):
    """What Mimecast shows about a decision."""

    DECIDED = "decided"
    """The message has a status that follows from the decision."""
    REVERSED = "reversed"
    """The message has a status that follows from the opposite decision."""
    HELD = "held"
    """The message is still held."""
    LEFT_QUEUE = "left the hold queue"
    """The message is not held any more, and nothing shows how it was decided."""
    UNREADABLE = "unreadable"
    """Neither message tracking nor the hold queue could be read."""


def look(context: Context, target: HeldTarget, decision: Decision) -> Evidence:
    """Look for a decision once. Message tracking is asked first, and the hold queue if that is not conclusive."""
    by_status = _by_status(_status(context, target), decision)
    return by_status or _by_queue(context, target)


def investigate(context: Context, target: HeldTarget, decision: Decision, *, since: datetime) -> Evidence:
    """Look for a decision once, everywhere.

    The hold queue and a tracking record that still says `held` may differ. A record whose ID changed with its status is
    found by a search. The release log has the decisions, but not every role may read it.

    Args:
        context: the context of the action.
        target: the message.
        decision: the decision.
        since: when the decision was sent.
    """
    by_status = _by_status(_status(context, target), decision)
    if by_status not in (None, Evidence.HELD):
        return by_status
    by_queue = _by_queue(context, target)
    if by_queue is not Evidence.LEFT_QUEUE:
        return by_queue
    found = _by_status(_status_of_rows(context, target), decision)
    if found not in (Evidence.DECIDED, Evidence.REVERSED):
        found = _by_log(context, target, decision, since)
    return found or by_queue


def _by_status(status: str, decision: Decision) -> Evidence | None:
    if status in decision.reverse.statuses:
        return Evidence.REVERSED
    if status in decision.statuses:
        return Evidence.DECIDED
    return Evidence.HELD if status == Status.HELD else None


def _status(context: Context, target: HeldTarget) -> str:
    """The status in the details of the message; "" if they cannot be read."""
    if not target.tracking_id:
        return ""
    try:
        return context.client.tracking.info(target.tracking_id).status
    except MimecastError as error:
        context.log.warning("Message tracking cannot be read after the decision: %s", error)
        return ""


def _by_queue(context: Context, target: HeldTarget) -> Evidence:
    try:
        hold = hold_queue.find(context, target.hold.id, recipient=target.hold.recipient)
    except MimecastError as error:
        context.log.warning("The hold queue cannot be read after the decision: %s", error)
        return Evidence.UNREADABLE
    return Evidence.HELD if hold else Evidence.LEFT_QUEUE


def _status_of_rows(context: Context, target: HeldTarget) -> str:
    """The status of the only tracking record that fits the message; "" if there is none, or more than one."""
    try:
        rows = hold_matches.records_of(context, target.hold)
    except MimecastError as error:
        context.log.warning("Message tracking cannot be searched after the decision: %s", error)
        return ""
    return rows[0].status if len(rows) == 1 else ""


def _by_log(context: Context, target: HeldTarget, decision: Decision, since: datetime) -> Evidence | None:
    """What the release log shows; None if it shows nothing, or decisions that differ. Its IDs join with nothing.

    It is read only after an unclear reply, so the permission check does not count a missing log as a problem.

    Source: docs/reference/mimecast-api.md#list-released-and-rejected-messages.
    """
    start = since - _CLOCK_MARGIN
    try:
        entries = context.client.release_log.list(start=start, search_field="to", search_value=target.hold.recipient)
        fitting = [entry for entry in islice(entries, _MAX_ENTRIES) if _is_decision_on(entry, target, start)]
    except MimecastError as error:
        context.log.info("The release log cannot be read after the decision: %s", error)
        return None
    statuses = {entry.status for entry in fitting}
    if statuses == {_LOGGED[decision]}:
        return Evidence.DECIDED
    return Evidence.REVERSED if statuses == {_LOGGED[decision.reverse]} else None


def _is_decision_on(entry: ReleasedMessage, target: HeldTarget, start: datetime) -> bool:
    """Whether an entry can be a decision on the message. An entry of an unknown time or sender is none."""
    if entry.decided is None or entry.decided < start or not (entry.sender or entry.header_from):
        return False
    recipients = {recipient.casefold() for recipient in entry.recipients}
    is_recipient = target.hold.recipient.casefold() in recipients
    return is_recipient and not identity_of_entry(entry).differences(identity_of_hold(target.hold))
