"""The hold queue: messages that wait for a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mimecast_secops.api.decode import JsonReader, first_object
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.error_mapping import RequestInfo, error_of_item
from mimecast_secops.api.errors import MimecastError, NotConfirmed, NotExecuted, NotUnderstood, UnreadableReply
from mimecast_secops.api.reply_form import find_rows, form_of, looks_like_row
from mimecast_secops.api.request import Request
from mimecast_secops.api.resources.held_listing import LIST as LIST  # noqa: PLC0414 -- an explicit re-export
from mimecast_secops.api.resources.held_listing import HeldListing, HeldMessages
from mimecast_secops.api.resources.held_periods import PeriodChoice
from mimecast_secops.api.resources.message_detail import MessageDetail
from mimecast_secops.api.session import Session
from mimecast_secops.api.vocabulary import ApiVersion

RELEASE: Final = Endpoint(
    path="/api/gateway/hold-release",
    summary="release held messages",
    permission="Account | Monitoring | Held | Edit",
    writes=True,
    source="docs/reference/mimecast-api.md#release-a-held-message [documented]",
)
REJECT: Final = Endpoint(
    path="/api/gateway/hold-reject",
    summary="reject held messages",
    permission="Account | Monitoring | Held | Edit",
    writes=True,
    source="docs/reference/mimecast-api.md#reject-held-messages [documented]",
)
SUMMARY: Final = Endpoint(
    path="/api/gateway/get-hold-summary-list",
    summary="count held messages",
    permission="Account | Monitoring | Held Summary | Read",
    source="docs/reference/mimecast-api.md#count-held-messages [documented]",
)
DETAIL: Final = Endpoint(
    path="/api/gateway/message/get-message-detail",
    summary="list the attachments of a held message",
    permission="Gateway | Tracking | Read",
    source=(
        "docs/reference/mimecast-api.md#get-held-message-details [documented] for API 1.0; "
        "on API 2.0 [seen in a client], many tenants lack it [inferred]"
    ),
)
ENDPOINTS: Final = (LIST, RELEASE, REJECT, SUMMARY, DETAIL)
_DONE: Final = {"release": "released", "reject": "rejected"}
_SUMMARY_MEMBERS: Final = frozenset({"policyInfo", "numberOfItems"})


@dataclass(frozen=True, slots=True)
class HoldSummary:
    """The number of messages that one policy holds."""

    policy: str
    count: int


class HeldResource:
    """The endpoints of the hold queue."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        search_field: str = "",
        search_value: str = "",
        page_size: int = 100,
        keep_source: bool = True,
        window: timedelta | None = None,
    ) -> HeldMessages:
        """List the held messages of the whole account. A page is requested when the iteration reaches it.

        A start and an end are always sent, because the default of a tenant can be one day.

        Args:
            start: the earliest time of the hold, aware; None for `window`.
            end: the latest time of the hold, aware; None for now. A later time than the server's is sent as now.
            search_field: `all`, `subject`, `sender`, `recipient` or `reason_code`; "" for no search.
            search_value: the value to search for in that field.
            page_size: the number of messages per page, from 1 to 500. If Mimecast refuses it, smaller pages are
                requested, also by later lists of this client (`accepted_page_size`).
            keep_source: keep each row as received, for `HeldMessage.raw`. Without it, a long queue needs less memory.
            window: how far back to start without `start`; None for 30 days less an hour.

        Returns:
            An iterator. After the last message, its `completeness` tells how sure it is that these are all.

        Raises:
            UndecodableReply: a page cannot be decoded, or is too large. A smaller page or a shorter period may succeed.
            NotUnderstood: the first page does not have the form of a list, so it does not mean that the queue is
                empty. `form` is "null" for a list that is null.
            MimecastError: the request for a page failed.
        """
        # Without `admin`, an API application gets an empty list: that of a mailbox that it does not have.
        item: dict[str, Any] = {"admin": True}
        if search_field:
            item["searchBy"] = {"fieldName": self._field(search_field), "value": search_value}
        choice = PeriodChoice(self._session, start=start, end=end, window=window)
        return HeldMessages(HeldListing(self._session, item, choice, page_size=page_size, keep_source=keep_source))

    @property
    def accepted_page_size(self) -> int | None:
        """The page size of the list that Mimecast accepted after it refused a larger one; None if it refused none."""
        return self._session.learned.hold_page_size

    def release(self, hold_id: str) -> None:
        """Release a held message to its recipient.

        Raises:
            NotConfirmed: the reply neither confirms nor refuses the release of this ID. It may have been released.
            NotExecuted: the reply says that the message was not released. It may not be held any more.
            MimecastError: the call failed.
        """
        self._session.send(self.release_request(hold_id))

    def release_request(self, hold_id: str) -> Request[None]:
        """The request that `release` sends."""

        def check(reply: Reply) -> None:
            if error := _error_of_decision(reply, hold_id, "release", RELEASE.path):
                raise error

        return Request(RELEASE, ({"id": hold_id},), check)

    def reject(
        self, hold_ids: Sequence[str], *, reason_type: str = "", message: str = "", notify: bool = False
    ) -> dict[str, MimecastError | None]:
        """Reject held messages.

        Args:
            hold_ids: the hold IDs.
            reason_type: `INAPPROPRIATE COMMUNICATION` or another reason of
                docs/reference/mimecast-api.md#reject-held-messages; "" for none.
            message: a text for the sender.
            notify: whether Mimecast notifies the sender.

        Returns:
            For each ID None if the reply confirms the rejection, otherwise the error: `NotExecuted` if the reply
            says that the message was not rejected, and `NotConfirmed` if the reply does not say it.

        Raises:
            MimecastError: the request as a whole failed.
        """
        return self._session.send(
            self.reject_request(hold_ids, reason_type=reason_type, message=message, notify=notify)
        )

    def reject_request(
        self, hold_ids: Sequence[str], *, reason_type: str = "", message: str = "", notify: bool = False
    ) -> Request[dict[str, MimecastError | None]]:
        """The request that `reject` sends."""

        def errors_of(reply: Reply) -> dict[str, MimecastError | None]:
            request_info = RequestInfo(REJECT, self._session.api_version)
            refused = {str(fail.key.get("id", "")): error_of_item(request_info, fail) for fail in reply.fails}
            errors = {hold_id: _error_of_decision(reply, hold_id, "reject", REJECT.path) for hold_id in hold_ids}
            return {hold_id: error and refused.get(hold_id, error) for hold_id, error in errors.items()}

        item: dict[str, Any] = {"ids": list(hold_ids), "notify": notify}
        if message:
            item["message"] = message
        if reason_type:
            item["reasonType"] = reason_type
        return Request(REJECT, (item,), errors_of, partial=True)

    def summary(self) -> tuple[HoldSummary, ...]:
        """Count the held messages per policy.

        Raises:
            NotUnderstood: the reply does not have the form of a list.
            MimecastError: the call failed.
        """
        return self._session.send(Request(SUMMARY, (), _summaries))

    def detail(self, hold_id: str) -> MessageDetail:
        """The details of a held message, with its attachments.

        Raises:
            MissingPermission: the tenant's API 2.0 does not have the endpoint, or the permission is missing.
            MimecastError: the call failed.
        """
        return self._session.send(Request(DETAIL, ({"id": hold_id},), _detail))

    def _field(self, name: str) -> str:
        # The only name that differs between the API versions (docs/reference/mimecast-api.md#list-held-messages).
        if name in ("reason_code", "reasonCode"):
            return "reasonCode" if self._session.api_version is ApiVersion.V2 else "reason_code"
        return name


def _summaries(reply: Reply) -> tuple[HoldSummary, ...]:
    rows: Sequence[Any] = reply.data
    if not reply.has_list or (rows and not looks_like_row(rows[0], _SUMMARY_MEMBERS)):
        named = find_rows(dict(reply.body), _SUMMARY_MEMBERS)
        rows = named[1] if named else (None,)
    summaries = [_summary(row) for row in rows]
    if None in summaries:
        form = form_of(reply.data[0] if reply.has_list and reply.data else reply.body.get("data", dict(reply.body)))
        raise NotUnderstood(
            f"Mimecast answered {SUMMARY.path} with JSON that is not a list of held message counts (its form: {form}).",
            form=form,
            endpoint=SUMMARY.path,
            status=reply.status,
        )
    return tuple(summary for summary in summaries if summary is not None)


def _summary(row: Any) -> HoldSummary | None:
    reader = JsonReader(row)
    summary = HoldSummary(reader.text("policyInfo"), reader.integer("numberOfItems"))
    return summary if looks_like_row(row, _SUMMARY_MEMBERS) and not reader.defects and summary.count >= 0 else None


def _detail(reply: Reply) -> MessageDetail:
    record = first_object(reply.data)
    if not record:
        raise UnreadableReply("Mimecast answered without any details of the held message.", endpoint=DETAIL.path)
    return MessageDetail.read(record)


def _error_of_decision(reply: Reply, hold_id: str, member: str, path: str) -> NotConfirmed | None:
    """The error that the reply to a decision reports for one message; None if the reply confirms the decision.

    Args:
        reply: the reply.
        hold_id: the hold ID of the message.
        member: the member of a result that confirms the decision: `release` or `reject`.
        path: the path of the endpoint.
    """
    answers = [row.get(member) for row in reply.data if isinstance(row, dict) and row.get("id") == hold_id]
    if any(answer is True for answer in answers):
        return None
    sentence = f"Mimecast did not confirm that the message was {_DONE[member]}."
    if any(answer is False for answer in answers):
        reason = "The reply says that it was not. It may not be held any more."
        return NotExecuted(f"{sentence} {reason}", endpoint=path, status=reply.status)
    reason = f" Mimecast replied: {reply.fails[0]}." if reply.fails else ""
    return NotConfirmed(f"{sentence} It may not be held any more.{reason}", endpoint=path, status=reply.status)
