"""Decisions on held messages: sent once, then verified by what Mimecast shows.

A decision is never sent twice. If its reply does not say what happened, the action looks until Mimecast shows it, or
until it fails with a sentence that says what is known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from mimecast_secops.actions import decision_evidence, hold_queue
from mimecast_secops.actions.decision_evidence import Evidence
from mimecast_secops.actions.declaration import EXAMPLE_ID, ActionFailed, Context, Json
from mimecast_secops.actions.mutation import State, write_result
from mimecast_secops.actions.resolution import HeldTarget
from mimecast_secops.api import Decision, MessageInfo, Status
from mimecast_secops.api.errors import DeadlineExceeded, MimecastError, NotConfirmed, Unavailable, Unreachable

# The seconds before each further look. A decision may be visible late, and most are at once.
_WAITS_AFTER_CONFIRMATION: Final = (1.0, 2.0)
_WAITS_WITHOUT_CONFIRMATION: Final = (1.0, 2.0, 4.0, 8.0)
# What ends the looks: after a confirmation, all but a message that is still held.
_NOT_HELD: Final = frozenset(Evidence) - {Evidence.HELD}
_SHOWN: Final = frozenset({Evidence.DECIDED, Evidence.REVERSED})
_CHECK: Final = "Check the status of the message in Message Tracking and the hold queue before you try again."
_DONE: Final = {Decision.RELEASE: "released", Decision.REJECT: "rejected"}
_SHOWN_AS: Final = {Decision.RELEASE: "delivered", Decision.REJECT: "rejected"}
_NOUNS: Final = {Decision.RELEASE: "release", Decision.REJECT: "rejection"}

EXAMPLE_TARGET: Final = {
    "holdId": "eNoVzs0KgkAUQOF3mXULZ0YN2",
    "subject": "Overdue invoice 4711",
    "sender": "billing@supplier.example.org",
    "recipient": "ann@example.com",
    "reason": "Macro Documents",
    "received": "2026-03-07T16:03:00+00:00",
    "trackingId": EXAMPLE_ID,
    "risk": "medium",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of a decision that succeeded.

    Attributes:
        state: whether Mimecast shows the decision.
        note: a sentence for the output message, with a space before it; "" if Mimecast shows the decision.
    """

    state: State
    note: str = ""

    def as_json(self, undo: Json, **extra: Json) -> dict[str, Json]:
        """The JSON result of the action. For the arguments, see `write_result`."""
        return write_result(self.state, undo, confirmed=self.state is State.CONFIRMED, **extra)


def example(undo: Json) -> dict[str, Json]:
    """An example of the JSON result of a decision that Mimecast shows."""
    return Outcome(state=State.CONFIRMED).as_json(undo, message=EXAMPLE_TARGET)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldDecision:
    """A decision on one held message.

    Attributes:
        context: the context of the action.
        target: the message.
        decision: the decision.
        undo: the undo of the JSON result.
        verify: whether to look for a decision that Mimecast confirmed.
        may_stay_held: whether the message may still be held after the decision, as it may in the sandbox.
    """

    context: Context
    target: HeldTarget
    decision: Decision
    undo: Json
    verify: bool
    may_stay_held: bool = False

    def carry_out(self, send: Callable[[], object]) -> Outcome:
        """Send the decision once and find out what became of it.

        Args:
            send: sends the request.

        Raises:
            ActionFailed: the reply is unclear and the decision is not visible, or Mimecast shows the opposite decision.
            MimecastError: Mimecast refused the decision, or it was not sent.
        """
        since = hold_queue.now(self.context)
        try:
            send()
        except MimecastError as error:
            if not error.maybe_done:
                raise
            self.context.log.warning("It is unclear whether the decision was carried out: %s", error)
            return self._investigated(error, since)
        return self._verified() if self.verify else Outcome(state=State.PENDING)

    def _verified(self) -> Outcome:
        """The outcome of a decision that Mimecast confirmed."""
        evidence = self._last_look(decision_evidence.look, _WAITS_AFTER_CONFIRMATION, until=_NOT_HELD)
        if evidence is Evidence.REVERSED:
            outcome = Outcome(state=State.CONTRADICTED)
            shown_as = _SHOWN_AS[self.decision.reverse]
            raise self._failed(
                f"Mimecast confirmed the {_NOUNS[self.decision]}, but shows the message as {shown_as}.", outcome
            )
        if evidence in (Evidence.DECIDED, Evidence.LEFT_QUEUE):
            return Outcome(state=State.CONFIRMED)
        if evidence is Evidence.HELD:
            reason = "the hold queue still shows the message"
        else:
            reason = "neither message tracking nor the hold queue could be read"
        return Outcome(state=State.PENDING, note=f" It is not confirmed yet: {reason}.")

    def _investigated(self, error: MimecastError, since: datetime) -> Outcome:
        """The outcome of a decision without a clear reply."""
        evidence = self._last_look(
            partial(decision_evidence.investigate, since=since), _WAITS_WITHOUT_CONFIRMATION, until=_SHOWN
        )
        done = _DONE[self.decision]
        if evidence is Evidence.DECIDED:
            return Outcome(state=State.CONFIRMED)
        if evidence is Evidence.REVERSED:
            found = f"Message tracking shows it as {_SHOWN_AS[self.decision.reverse]}."
        elif evidence is Evidence.HELD and not self.may_stay_held:
            found = f"The hold queue still shows it, so it was not {done}. {_CHECK}"
        elif evidence is Evidence.LEFT_QUEUE:
            found = f"It has left the hold queue, but nothing shows whether it was {done}. {_CHECK}"
        elif evidence is Evidence.HELD:
            found = f"It is still held, which does not show whether it was {done}. {_CHECK}"
        else:
            found = (
                "Neither message tracking nor the hold queue could be read, so nothing shows whether it was "
                f"{done}. {_CHECK}"
            )
        message = f"Mimecast did not confirm that the message was {done}{_cause(error)}. {found}"
        state = State.CONTRADICTED if evidence is Evidence.REVERSED else State.PENDING
        raise self._failed(message, Outcome(state=state)) from error

    def _last_look(
        self,
        look: Callable[[Context, HeldTarget, Decision], Evidence],
        waits: tuple[float, ...],
        *,
        until: frozenset[Evidence],
    ) -> Evidence:
        """Look until there is evidence of one of these kinds, or until there is no more time. Returns the last one."""
        for wait in waits:
            evidence = look(self.context, self.target, self.decision)
            if evidence in until or not self.context.client.pause(wait):
                return evidence
        return look(self.context, self.target, self.decision)

    def _failed(self, message: str, outcome: Outcome) -> ActionFailed:
        return ActionFailed(message, json_result=outcome.as_json(self.undo, message=self.target.describe()))


def _cause(error: MimecastError) -> str:
    """Why there is no confirmation, to be continued by a period; "" if the reply just does not have one."""
    if isinstance(error, NotConfirmed):
        return ""
    if isinstance(error, Unavailable):
        return f": it returned a server error (HTTP {error.status})"
    if isinstance(error, DeadlineExceeded):
        return ": there was no reply in time"
    return ": the connection ended before the reply" if isinstance(error, Unreachable) else ": the reply is unreadable"


def was_held_and_rejected(info: MessageInfo) -> bool:
    """Whether a message was held before it was rejected. The gateway also rejects messages without holding them."""
    return info.status == Status.REJECTED and bool(info.queue_detail_status)
