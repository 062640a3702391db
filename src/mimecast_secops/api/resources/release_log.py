"""The message release log: who released or rejected which held message, and when."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mimecast_secops.api.completeness import Completeness
from mimecast_secops.api.decode import JsonReader, decode_entry, format_timestamp, parse_addresses
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import NotUnderstood
from mimecast_secops.api.paging import Page, PageReader
from mimecast_secops.api.reply_form import find_rows, form_of, looks_like_row, safe_name
from mimecast_secops.api.request import Request, whole_reply
from mimecast_secops.api.session import Session

LIST: Final = Endpoint(
    path="/api/gateway/get-held-release-logs",
    summary="list released and rejected messages",
    permission="Account | Monitoring | Held | Read",
    divisible=True,
    source="docs/reference/mimecast-api.md#list-released-and-rejected-messages [documented]",
)
ENDPOINTS: Final = (LIST,)

_WRAPPER: Final = "heldReleaseLogs"
_DEFAULT_WINDOW: Final = timedelta(days=1)
_PAGE_SIZE: Final = 100
_MEMBERS: Final = frozenset(
    {
        "id",
        "fromEnv",
        "fromHdr",
        "to",
        "subject",
        "released",
        "status",
        "operator",
        "heldReason",
        "heldGroup",
        "policy",
        "rejectReason",
        "messageInfo",
        "route",
    }
)
_OPERATOR_NAMES: Final = ("emailAddress", "email", "displayableName")


@dataclass(frozen=True, slots=True)
class ReleasedMessage:
    """An entry of the release log: one decision about a held message.

    Members that the reply does not have are empty. The ID joins with nothing: it is neither a hold ID nor a tracking
    ID. Compare sender, recipients and subject instead.

    Attributes:
        id: the ID of the entry.
        status: `released` or `rejected`, in lower case.
        decided: the time of the decision, aware, in UTC; None if the entry names none. A rejected message has it, too.
        operator: who decided. It can be the recipient.
        sender: the envelope sender.
        header_from: the header sender.
        recipients: the recipients.
        subject: the subject.
        held_reason: the name of the policy or definition that held the message.
        policy: the policy.
        reject_reason: the reason of a rejection.
        info: Mimecast's remark, such as `Expired in queue - rejected by housekeeping`.
        route: the route in lower case.
        defects: the names of the members that could not be read.
        raw: the entry as received.
    """

    id: str
    status: str
    decided: datetime | None
    operator: str
    sender: str
    header_from: str
    recipients: tuple[str, ...]
    subject: str
    held_reason: str
    policy: str
    reject_reason: str
    info: str
    route: str
    defects: tuple[str, ...]
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> ReleasedMessage:
        """Read an entry of a reply."""
        reader = JsonReader(raw)
        return cls(
            id=reader.text("id"),
            status=reader.text("status").strip().lower(),
            decided=reader.timestamp("released"),
            operator=_operator(reader),
            sender=reader.address("fromEnv")[0],
            header_from=reader.address("fromHdr")[0],
            recipients=parse_addresses(reader.raw.get("to")),
            subject=reader.text("subject"),
            held_reason=reader.text("heldReason"),
            policy=reader.text("policy"),
            reject_reason=reader.text("rejectReason"),
            info=reader.text("messageInfo"),
            route=reader.text("route").lower(),
            defects=tuple(reader.defects),
            raw=reader.raw,
        )


class ReleasedMessages(Iterator[ReleasedMessage]):
    """An iterator over entries of the release log. A page is requested when the iteration reaches it.

    Args:
        reader: reads the pages.
        statuses: the statuses to include; empty for all.
    """

    def __init__(self, reader: PageReader[ReleasedMessage], statuses: frozenset[str] = frozenset()) -> None:
        self._reader = reader
        self._rows = (row for page in reader for row in page if not statuses or row.status in statuses)

    def __iter__(self) -> ReleasedMessages:
        return self

    def __next__(self) -> ReleasedMessage:
        return next(self._rows)

    @property
    def completeness(self) -> Completeness:
        """The evidence that these are all entries. It is final after the last entry."""
        return self._reader.completeness

    @property
    def deviations(self) -> tuple[str, ...]:
        """How the form of the replies differs from the documented one."""
        return self._reader.deviations


class ReleaseLogResource:
    """The endpoint of the message release log."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def list(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        search_field: str = "",
        search_value: str = "",
        statuses: Sequence[str] = (),
    ) -> ReleasedMessages:
        """List decisions about held messages.

        Args:
            start: the earliest time of a decision, aware; None for a day ago. It is always sent, because the default
                is the start of the day or a month, depending on the document.
            end: the latest time of a decision, aware; None to leave it out.
            search_field: `all`, `operator`, `from`, `to`, `subject`, `info` or `heldReason`; "" for no search.
            search_value: the value to search for in that field.
            statuses: `released` or `rejected`; empty for all. The filter is applied here, because documents disagree on
                its form in the request.

        Raises:
            NotUnderstood: the first page is not a list of decisions, so it does not mean that no one decided.
            MimecastError: the request for a page failed.
        """
        item: dict[str, Any] = {"start": format_timestamp(start or self._now() - _DEFAULT_WINDOW)}
        if end is not None:
            item["end"] = format_timestamp(end)
        if search_field:
            item["searchBy"] = {"fieldName": search_field, "value": search_value}

        def fetch(token: str) -> Page[ReleasedMessage]:
            paging = {"pageSize": _PAGE_SIZE, **({"pageToken": token} if token else {})}
            return page_of_log(self._session.send(Request(LIST, (item,), whole_reply, pagination=paging)))

        return ReleasedMessages(PageReader(fetch, _key_of), frozenset(statuses))

    def _now(self) -> datetime:
        return self._session.runtime.clock().astimezone(UTC)


def page_of_log(reply: Reply) -> Page[ReleasedMessage]:
    """The entries of one page, wrapped as documented, under another name, or directly in `data`.

    Raises:
        NotUnderstood: no list of entries is in the reply.
    """
    rows: list[Any] = []
    deviations: list[str] = []
    for entry in reply.data if reply.has_list else (dict(reply.body),):
        found, deviation = _rows_in(entry)
        if found is None:
            raise _not_understood(reply)
        rows.extend(found)
        if deviation and deviation not in deviations:
            deviations.append(deviation)
    return Page([ReleasedMessage.read(row) for row in rows], reply.next_token, reply.total, tuple(deviations))


def _rows_in(entry: Any) -> tuple[list[Any] | None, str]:
    decoded = decode_entry(entry)
    if not isinstance(decoded, dict):
        return None, ""
    rows = decoded.get(_WRAPPER)
    if isinstance(rows, list) and all(looks_like_row(row, _MEMBERS) for row in rows):
        return rows, ""
    if looks_like_row(decoded, _MEMBERS) and _WRAPPER not in decoded:
        return [decoded], "rows directly in data"
    named = find_rows(decoded, _MEMBERS)
    return (named[1], f"rows in the member {safe_name(named[0])}") if named else (None, "")


def _operator(reader: JsonReader) -> str:
    """The operator, who is a text or an object (docs/reference/mimecast-api.md#list-released-and-rejected-messages)."""
    value = reader.raw.get("operator")
    if isinstance(value, dict):
        operator = reader.object("operator")
        return next((text for name in _OPERATOR_NAMES if (text := operator.text(name))), "")
    return reader.text("operator")


def _key_of(row: ReleasedMessage) -> Hashable:
    return row.id or (row.sender, row.recipients, row.subject, row.decided, row.status)


def _not_understood(reply: Reply) -> NotUnderstood:
    if reply.has_list and reply.data:
        form = form_of(reply.data[0])
    else:
        form = form_of(reply.body.get("data", dict(reply.body)))
    return NotUnderstood(
        f"Mimecast answered {LIST.path} with JSON that is not a list of released messages (its form: {form}).",
        form=form,
        endpoint=LIST.path,
        status=reply.status,
    )
