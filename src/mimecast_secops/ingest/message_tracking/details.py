"""One record, from what the search told to an alert: asked for in a thread of its own, changing nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from mimecast_secops.api import MessageInfo, Status
from mimecast_secops.api.errors import Consequence, DeadlineExceeded, MimecastError, RateLimited
from mimecast_secops.ingest.alert import Alert
from mimecast_secops.ingest.interfaces import Tenant
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.attachments import fetch_files
from mimecast_secops.ingest.message_tracking.events import Known, alert_of
from mimecast_secops.ingest.message_tracking.hold_matching import HoldMatch
from mimecast_secops.ingest.record import GAP, HOLD, TRACKING, PendingRecord
from mimecast_secops.ingest.settings import Rules


class FailureScope(Enum):
    """Why a record could not be read this time."""

    ITS_OWN = "its own"
    """Something about this record, or about this one call: it costs a try."""
    NO_TIME = "no time"
    """The cycle or the rate limit ended first: it costs nothing."""
    EVERYONE = "everyone"
    """A setting, a right or a credential: nothing can be read until somebody acts."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The alert is made. `delivered_incomplete` when it lacks what could not be read in any of the tries."""

    alert: Alert
    hold_id: str
    delivered_incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Filtered:
    """A filter on the details took it."""

    name: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be read this time."""

    setback: FailureScope
    error: MimecastError


Outcome = Ready | Filtered | Failed
_NO_HOLD: Final = "No entry of the held queue fits this message, so it carries no hold id."
_MANY_HOLDS: Final = (
    "{count} entries of the held queue and message tracking fit each other by recipient, sender, subject and time, "
    "so this message carries no hold id. Act on it by its hold id from the held queue."
)


@dataclass(frozen=True, slots=True)
class Examiner:
    """Reads records. Safe to share between threads.

    `may_give_up` is whether a record that failed often enough may be delivered as it is: not while the tenant as a
    whole is out of order.
    """

    tenant: Tenant
    rules: Rules
    product_field: str = ""
    may_give_up: bool = True

    def examine(self, record: PendingRecord, tied: HoldMatch | None) -> Outcome:
        """What becomes of one record. `tied` is None where the hold queue was not asked, or could not be."""
        known = Known(hold_id=record.hold_id, hold_reason=record.reason)
        if tied and tied.hold:
            known.hold_id, known.hold_reason = tied.hold.id, tied.hold.policy
        elif tied and record.kind == TRACKING:
            known.notes.append(_MANY_HOLDS.format(count=tied.fitting) if tied.fitting else _NO_HOLD)
        try:
            return self._examine(record, known, tied)
        except DeadlineExceeded as error:
            return Failed(FailureScope.NO_TIME, error)

    def _examine(self, record: PendingRecord, known: Known, tied: HoldMatch | None) -> Outcome:
        delivered_incomplete = False
        if record.readable:
            try:
                known.info = self.tenant.info(record.id)
            except MimecastError as error:
                setback = setback_of(error)
                last = record.tries + 1 >= self.rules.tries and self.may_give_up
                if setback is not FailureScope.ITS_OWN or not last:
                    return Failed(setback, error)
                delivered_incomplete = True
                known.complete = False
                known.notes.append(
                    f"The details could not be read in {record.tries + 1} tries. The last error: {error}"
                )
            else:
                name = self._filtered(record, known.info)
                if name:
                    return Filtered(name)
        elif record.kind == HOLD:
            name = self._filtered_hold(record)
            if name:
                return Filtered(name)
            known.complete = False
            known.notes.append("Message tracking does not show this held message; the held queue does.")
        self._attach(record, known, tied)
        return Ready(alert_of(record, known, self.product_field), known.hold_id, delivered_incomplete)

    def _filtered(self, record: PendingRecord, info: MessageInfo) -> str | None:
        return filters.by_details(
            self.rules,
            risk=info.risk,
            queue_reason=info.queue_reason or record.reason,
            list_values=(info.queue_detail_status, info.bounce_type),
        )

    def _filtered_hold(self, record: PendingRecord) -> str | None:
        # The held queue tells no risk: a message is not taken for harmless because it cannot be told.
        return filters.by_queue_reason(self.rules, record.reason) or filters.by_dynamic_list(
            self.rules, (record.summary.get("reason", ""),)
        )

    def _attach(self, record: PendingRecord, known: Known, tied: HoldMatch | None) -> None:
        announced = record.has_attachments or bool(tied and tied.hold and tied.hold.has_attachments)
        if record.kind == GAP or record.status != Status.HELD or not announced or not known.hold_id:
            return
        known.files, notes = fetch_files(self.tenant, self.rules, known.hold_id)
        known.notes.extend(notes)


def setback_of(error: MimecastError) -> FailureScope:
    """What a failure to read one record stands for."""
    if isinstance(error, (DeadlineExceeded, RateLimited)):
        return FailureScope.NO_TIME
    return FailureScope.EVERYONE if error.consequence is Consequence.FIX else FailureScope.ITS_OWN
