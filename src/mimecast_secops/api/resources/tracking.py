"""Message tracking: the status of each message, one record per recipient."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from mimecast_secops.api.decode import first_object, format_timestamp
from mimecast_secops.api.endpoint import V1_ONLY, Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import ApiError, NotFound, NotFoundWithoutCode, NotUnderstood, UnreadableReply
from mimecast_secops.api.reply_form import form_of
from mimecast_secops.api.request import Request, no_result, whole_reply
from mimecast_secops.api.resources.message_info import MEMBERS, MessageInfo
from mimecast_secops.api.resources.tracked_messages import TrackedMessages
from mimecast_secops.api.resources.tracking_pages import read_search
from mimecast_secops.api.session import Session

SEARCH: Final = Endpoint(
    path="/api/message-finder/search",
    summary="search message tracking",
    permission="Gateway | Tracking | Read",
    divisible=True,
    source="docs/reference/mimecast-api.md#search-message-tracking [documented]",
)
INFO: Final = Endpoint(
    path="/api/message-finder/get-message-info",
    summary="read a tracked message",
    permission="Gateway | Tracking | Read",
    source="docs/reference/mimecast-api.md#get-tracking-details [documented]",
)
RELEASE_TO_SANDBOX: Final = Endpoint(
    path="/api/message-finder/release-held-email-to-sandbox",
    summary="release a held message to the sandbox",
    permission="Account | Monitoring | Held | Edit",
    writes=True,
    api_versions=V1_ONLY,
    source="docs/reference/mimecast-api.md#message-finder-actions [seen in a client]; permission [inferred]",
)
REPORT: Final = Endpoint(
    path="/api/message-finder/report-message",
    summary="report a message",
    permission="Gateway | Tracking | Edit",
    writes=True,
    api_versions=V1_ONLY,
    source="docs/reference/mimecast-api.md#message-finder-actions [seen in a client]; permission [inferred]",
)
ENDPOINTS: Final = (SEARCH, INFO, RELEASE_TO_SANDBOX, REPORT)

SEARCH_REACH: Final = timedelta(days=30) - timedelta(hours=1)
"""How far back a search may start. A start exactly 30 days back is refused by some tenants
(docs/reference/mimecast-api.md#search-message-tracking)."""


class TrackingResource:
    """The endpoints of message tracking."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def search(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        to: str = "",
        sender: str = "",
        subject: str = "",
        message_id: str = "",
        statuses: Sequence[str] = (),
        routes: Sequence[str] = (),
        search_reason: str = "",
    ) -> TrackedMessages:
        """Search tracking records.

        No pages are documented, and no limit on the number of rows. If a reply names a next page, it is read.
        `TrackedMessages.completeness` tells how sure it is that all rows came.

        Args:
            start: the earliest time, aware; less than 30 days ago (`SEARCH_REACH`). None to leave it out.
            end: the latest time, aware. None to leave it out.
            to: an address or an exact domain of a recipient.
            sender: an address or an exact domain of the sender.
            subject: words in the subject.
            message_id: an internet Message-ID, instead of `to`, `sender` and `subject`.
            statuses: the statuses to include; empty for all.
            routes: the routes to include; empty for all.
            search_reason: the reason for the search, which some tenants require.

        Returns:
            The records in the order of Mimecast's reply.

        Raises:
            ValueError: there is neither a Message-ID nor one of the other criteria, or there are both.
            UndecodableReply: the reply cannot be decoded, or is too large. A search of a shorter period may succeed.
            NotUnderstood: the reply does not have the form of a search result. `form` is "null" for a null list.
            MimecastError: the call failed.
        """
        advanced = {name: value for name, value in (("from", sender), ("to", to), ("subject", subject)) if value}
        if bool(message_id) == bool(advanced):
            raise ValueError("Search either by Message-ID, or by sender, recipient or subject.")
        item: dict[str, Any] = {}
        if start is not None:
            item["start"] = format_timestamp(start)
        if end is not None:
            item["end"] = format_timestamp(end)
        if message_id:
            item["messageId"] = message_id
        else:
            item["advancedTrackAndTraceOptions"] = advanced
        if statuses:
            item["status"] = list(statuses)
        if routes:
            item["route"] = list(routes)
        if search_reason:
            item["searchReason"] = search_reason

        def fetch(token: str) -> Reply:
            paging = {"pageToken": token} if token else None
            return self._session.send(Request(SEARCH, (item,), whole_reply, pagination=paging, undecoded=True))

        return read_search(fetch, SEARCH.path)

    def info(self, tracking_id: str, *, load_content: bool = False) -> MessageInfo:
        """The details of a tracking record.

        Args:
            tracking_id: the ID of the record.
            load_content: also load the text of the message, if the tenant returns it.

        Raises:
            NotFound: Mimecast does not know the ID, in whatever form: a code, HTTP 400, or HTTP 404. It is a
                `NotFoundWithoutCode` if the reply has no code: then the function may be missing instead.
            NotUnderstood: the reply has no details (`form` tells what it has).
            UnreadableReply: the reply has the details of another message.
            MimecastError: the call failed.
        """
        item: dict[str, Any] = {"id": tracking_id}
        if load_content:
            # As text; docs/reference/mimecast-api.md#get-tracking-details [seen in a client]
            item["loadContent"] = "true"
        try:
            return self._session.send(Request(INFO, (item,), partial(_info, tracking_id)))
        except ApiError as error:
            if type(error) is ApiError:
                raise _not_found(error) from error
            raise

    def release_to_sandbox(self, tracking_id: str) -> None:
        """Release a held message to the sandbox. API 1.0 only. The reply confirms only that nothing failed.

        Raises:
            NotSupported: the credentials are for API 2.0.
            MimecastError: the call failed.
        """
        self._session.send(self.release_to_sandbox_request(tracking_id))

    def release_to_sandbox_request(self, tracking_id: str) -> Request[None]:
        """The request that `release_to_sandbox` sends."""
        return Request(RELEASE_TO_SANDBOX, ({"id": tracking_id},), no_result)

    def report(self, tracking_id: str, *, kind: str, comment: str = "") -> None:
        """Report a message to Mimecast. API 1.0 only.

        Args:
            tracking_id: the ID of the tracking record.
            kind: `malware`, `spam` or `phishing`.
            comment: a comment; "" for none.

        Raises:
            NotSupported: the credentials are for API 2.0.
            MimecastError: the call failed.
        """
        self._session.send(self.report_request(tracking_id, kind=kind, comment=comment))

    def report_request(self, tracking_id: str, *, kind: str, comment: str = "") -> Request[None]:
        """The request that `report` sends."""
        item = {"id": tracking_id, "type": kind}
        if comment:
            item["comment"] = comment
        return Request(REPORT, (item,), no_result)


def _info(tracking_id: str, reply: Reply) -> MessageInfo:
    record = first_object(reply.data)
    if not MEMBERS & record.keys():
        form = form_of(reply.data[0] if reply.data else reply.body.get("data", dict(reply.body)))
        raise NotUnderstood(
            f"Mimecast answered without any details of the message (form of the reply: {form}).",
            form=form,
            endpoint=INFO.path,
            status=reply.status,
        )
    if record.get("id") not in (None, "", tracking_id):
        raise UnreadableReply("Mimecast answered with the details of another message.", endpoint=INFO.path)
    return MessageInfo.read(record)


def _not_found(error: ApiError) -> NotFound:
    """The error of a request for details that Mimecast refuses for no other known reason.

    The request has one member, the ID. What refuses it and is not about credentials, permissions, rates or the server
    is about the ID. Without a code it can also be the function (docs/reference/mimecast-api.md#get-tracking-details).
    """
    kind = NotFound if error.code else NotFoundWithoutCode
    cause = "does not know the ID" if error.code else "does not know the ID, or does not have the function"
    reason = f"{error.code}: HTTP {error.status}" if error.code else f"HTTP {error.status}"
    return kind(
        f"Mimecast {cause} in the request to {INFO.path} ({reason}).",
        status=error.status,
        code=error.code,
        detail=error.detail,
        request_id=error.request_id,
        endpoint=INFO.path,
    )
