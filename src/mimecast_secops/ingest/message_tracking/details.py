"""Reading one record: its details, its filters, its attachments, its alert. Runs in its own thread, changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from mimecast_secops.api import MessageInfo, Status
from mimecast_secops.api.errors import Consequence, DeadlineExceeded, MimecastError, RateLimited
from mimecast_secops.ingest.defects import DefectCounter
from mimecast_secops.ingest.interfaces import FailedRead, FailureScope, FilteredRecord, ReadRecord, ReadResult
from mimecast_secops.ingest.message_tracking import filters
from mimecast_secops.ingest.message_tracking.attachments import fetch_files
from mimecast_secops.ingest.message_tracking.events import RecordDetails, alert_of
from mimecast_secops.ingest.message_tracking.hold_matching import HoldIndex, HoldMatch
from mimecast_secops.ingest.message_tracking.tenant import Tenant
from mimecast_secops.ingest.record import GAP, HOLD, PendingRecord
from mimecast_secops.ingest.settings import ConnectorSettings

_NO_HOLD: Final = "No entry of the hold queue matches this message, so it carries no hold id."
_MANY_HOLDS: Final = (
    "{count} entries of the hold queue and message tracking match each other by recipient, sender, subject and time, "
    "so this message carries no hold id. Act on it by its hold id from the hold queue."
)


# While the hold queue is listed, the details of so many messages are requested. One more request at a time is allowed
# from the beginning.
_AHEAD: Final = 7


@dataclass(frozen=True, slots=True)
class DetailsReader:
    """Reads records. Safe to share between threads."""

    tenant: Tenant
    settings: ConnectorSettings
    product_field: str = ""
    defects: DefectCounter | None = None
    hold_defects: DefectCounter | None = None
    _requested: dict[str, Future[MessageInfo]] = field(default_factory=dict, init=False)

    def request(self, records: Iterable[PendingRecord], executor: Executor) -> None:
        """Request the details of the first records, which `read` uses later.

        A record that could not be read before waits for `read`: the reason may still be there.

        Args:
            records: the records in the order in which they are read.
            executor: sends the requests. It must also run `read`, so that no request waits for a read.
        """
        wanted = (record for record in records if record.has_tracking_id and not record.error)
        for record in islice(wanted, _AHEAD):
            if record.id not in self._requested:
                self._requested[record.id] = executor.submit(self.tenant.info, record.id)

    def read(
        self, record: PendingRecord, match: HoldMatch | None, holds: HoldIndex | None = None, *, is_last_try: bool
    ) -> ReadResult:
        """Read a record.

        Args:
            record: the pending record.
            match: its entry of the hold queue by its content; None if it was not looked up or could not be.
            holds: the hold queue, in which the details may name the entry. None if it could not be listed.
            is_last_try: whether to return an incomplete alert if the details cannot be read.
        """
        details = RecordDetails(hold_id=record.hold_id, hold_reason=record.reason)
        try:
            return self._read(record, details, match, holds, is_last_try=is_last_try)
        except (DeadlineExceeded, RateLimited) as error:
            return FailedRead(FailureScope.OUT_OF_TIME, error)

    def _read(
        self,
        record: PendingRecord,
        details: RecordDetails,
        match: HoldMatch | None,
        holds: HoldIndex | None,
        *,
        is_last_try: bool,
    ) -> ReadResult:
        is_incomplete = False
        if record.has_tracking_id:
            try:
                details.info = self._info(record.id)
            except MimecastError as error:
                scope = scope_of(error)
                if scope is not FailureScope.RECORD or not is_last_try:
                    return FailedRead(scope, error)
                is_incomplete = True
                details.complete = False
                details.notes.append(
                    f"The details could not be read in {record.tries + 1} tries. The last error: {error}"
                )
            else:
                self._count_defects(details.info)
            if match and holds and details.info:
                match = holds.tie(details.info.queue_id) or match
            _add_hold(details, match)
            if match and self.hold_defects is not None:
                self.hold_defects.add([] if details.hold_id or match.candidates else ["hold ID"])
            filter_name = self._filter(record, details.info) if details.info else None
            if filter_name:
                return FilteredRecord(filter_name, details.hold_id)
        else:
            _add_hold(details, match)
        if record.kind == HOLD:
            filter_name = self._filter_hold(record)
            if filter_name:
                return FilteredRecord(filter_name)
            details.complete = False
            details.notes.append("Message tracking does not show this held message; the hold queue does.")
        self._add_files(record, details, match)
        message_id = details.info.message_id if details.info else ""
        return ReadRecord(alert_of(record, details, self.product_field), details.hold_id, is_incomplete, message_id)

    def _info(self, tracking_id: str) -> MessageInfo:
        requested = self._requested.pop(tracking_id, None)
        return self.tenant.info(tracking_id) if requested is None else requested.result()

    def _count_defects(self, info: MessageInfo) -> None:
        if self.defects is None:
            return
        # A message without a verdict is a defect only where the risk decides that a message is left out.
        is_needed = not self.settings.without_risk
        has_no_risk = info.risk_is_unreadable or (is_needed and not info.verdict_was_read)
        self.defects.add([*info.defects, *(["risk"] if has_no_risk else [])])

    def _filter(self, record: PendingRecord, info: MessageInfo) -> str | None:
        return filters.by_details(
            self.settings,
            risk=filters.RiskOfMessage(
                info.risk,
                is_unreadable=info.risk_is_unreadable,
                was_read=info.verdict_was_read,
                category_risk=info.category_risk,
            ),
            queue_reason=info.queue_reason or record.reason,
            list_values=(info.queue_detail_status, info.bounce_type),
        )

    def _filter_hold(self, record: PendingRecord) -> str | None:
        # The hold queue has no risk. An unknown risk is not a low one, so no risk filter applies.
        return filters.by_queue_reason(self.settings, record.reason) or filters.by_dynamic_list(
            self.settings, (record.summary.get("reason", ""),)
        )

    def _add_files(self, record: PendingRecord, details: RecordDetails, match: HoldMatch | None) -> None:
        has_attachments = record.has_attachments or bool(match and match.hold and match.hold.has_attachments)
        if record.kind == GAP or record.status != Status.HELD or not has_attachments or not details.hold_id:
            return
        details.files, notes = fetch_files(self.tenant, self.settings, details.hold_id)
        details.notes.extend(notes)


def _add_hold(details: RecordDetails, match: HoldMatch | None) -> None:
    """Add the entry of the hold queue, whether the ids or the content tie it to the record, or why there is none."""
    if match and match.hold:
        details.hold_id, details.hold_reason = match.hold.id, match.hold.policy
        details.hold_evidence = match.evidence
    elif match:
        details.notes.append(_MANY_HOLDS.format(count=match.candidates) if match.candidates else _NO_HOLD)


def scope_of(error: MimecastError) -> FailureScope:
    """What a failure to read one record affects."""
    if isinstance(error, (DeadlineExceeded, RateLimited)):
        return FailureScope.OUT_OF_TIME
    return FailureScope.TENANT if error.consequence is Consequence.FIX else FailureScope.RECORD
