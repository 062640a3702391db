"""The rows of a tracking search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, overload

import msgspec

from mimecast_secops.api.completeness import NOTHING_READ, Completeness
from mimecast_secops.api.decode import (
    NOT_DOCUMENTED_FORM,
    AddressRow,
    JsonReader,
    decode_entry,
    interned,
    read_time,
)


class _Row(
    msgspec.Struct,
    rename={
        "from_envelope": "fromEnv",
        "from_header": "fromHdr",
        "sender_ip": "senderIP",
        "sender_ip_other": "senderIp",
        "has_attachments": "attachments",
        "spam_score": "spamScore",
        "detection_level": "detectionLevel",
    },
):
    """A row in the documented form (docs/reference/mimecast-api.md#search-message-tracking)."""

    id: str
    status: str | None = None
    info: str | None = None
    from_envelope: AddressRow | None = None
    from_header: AddressRow | None = None
    to: list[AddressRow] | None = None
    received: str | int | float | None = None
    sent: str | int | float | None = None
    subject: str | None = None
    sender_ip: str | None = None
    sender_ip_other: str | None = None
    has_attachments: bool | None = None
    route: str | None = None
    spam_score: float | None = None
    detection_level: str | None = None


_DECODE_ROW: Final = msgspec.json.Decoder(_Row)


@dataclass(frozen=True, slots=True)
class TrackedMessage:
    """A tracking record: one row of a tracking search.

    Members that the row does not have are empty. `received` and `sent` are aware, in UTC.

    Attributes:
        id: the tracking ID.
        status: the status in lower case. A known one equals a member of `Status`.
        route: the route in lower case. A known one equals a member of `Route`.
        has_attachments: whether the message has attachments; None if the row does not tell.
        defects: the names of the members that could not be read. `received (no time zone)` is a time that was read as
            UTC although it names no zone, so it may be wrong by hours.
        source: the row as received.
    """

    id: str
    status: str
    info: str
    sender: str
    header_from: str
    header_from_name: str
    recipients: tuple[str, ...]
    received: datetime | None
    sent: datetime | None
    subject: str
    sender_ip: str
    has_attachments: bool | None
    route: str
    spam_score: float
    detection_level: str
    defects: tuple[str, ...]
    source: Any = field(repr=False)

    @property
    def raw(self) -> dict[str, Any]:
        """The row as received."""
        return JsonReader(decode_entry(self.source)).raw

    @classmethod
    def read(cls, raw: Any) -> TrackedMessage:
        """Read a row of a reply: a decoded row, or an undecoded one (`msgspec.Raw`)."""
        if isinstance(raw, msgspec.Raw):
            try:
                return cls._of_row(_DECODE_ROW.decode(raw), raw)
            except NOT_DOCUMENTED_FORM:
                raw = decode_entry(raw)
        reader = JsonReader(raw)
        header_from, header_from_name = reader.address("fromHdr")
        return cls(
            id=reader.text("id"),
            status=reader.text("status").lower(),
            info=reader.text("info"),
            sender=reader.address("fromEnv")[0],
            header_from=header_from,
            header_from_name=header_from_name,
            recipients=reader.addresses("to"),
            received=reader.timestamp("received"),
            sent=reader.timestamp("sent"),
            subject=reader.text("subject"),
            sender_ip=reader.text("senderIP", "senderIp"),
            has_attachments=reader.flag("attachments"),
            route=reader.text("route").lower(),
            spam_score=reader.number("spamScore"),
            detection_level=reader.text("detectionLevel"),
            defects=tuple(reader.defects),
            source=raw,
        )

    @classmethod
    def _of_row(cls, row: _Row, source: Any) -> TrackedMessage:
        defects: list[str] = []
        return cls(
            id=row.id,
            status=interned((row.status or "").lower()),
            info=row.info or "",
            sender=interned(row.from_envelope.address) if row.from_envelope else "",
            header_from=row.from_header.address or "" if row.from_header else "",
            header_from_name=row.from_header.name or "" if row.from_header else "",
            recipients=tuple(interned(recipient.address) for recipient in row.to or () if recipient.address),
            received=read_time("received", row.received, defects),
            sent=read_time("sent", row.sent, defects),
            subject=row.subject or "",
            sender_ip=(row.sender_ip_other if row.sender_ip is None else row.sender_ip) or "",
            has_attachments=row.has_attachments,
            route=interned((row.route or "").lower()),
            spam_score=row.spam_score or 0,
            detection_level=row.detection_level or "",
            defects=tuple(defects),
            source=source,
        )


class TrackedMessages(Sequence[TrackedMessage]):
    """The rows of a tracking search. Each row is decoded when it is used, so counting the rows decodes none.

    Args:
        rows: decoded rows, or undecoded ones (`msgspec.Raw`).
        completeness: the evidence that these are all rows. A slice keeps that of the whole.
        deviations: how the form of the reply differs from the documented one, such as
            "rows in the member messages". Empty for the documented form.

    Attributes:
        completeness: see above.
        deviations: see above.
    """

    def __init__(
        self,
        rows: Sequence[Any] = (),
        completeness: Completeness = NOTHING_READ,
        deviations: tuple[str, ...] = (),
    ) -> None:
        self._rows = rows
        self.completeness = completeness
        self.deviations = deviations

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> TrackedMessage: ...

    @overload
    def __getitem__(self, index: slice) -> TrackedMessages: ...

    def __getitem__(self, index: int | slice) -> TrackedMessage | TrackedMessages:
        if isinstance(index, slice):
            return TrackedMessages(self._rows[index], self.completeness, self.deviations)
        return TrackedMessage.read(self._rows[index])

    def __iter__(self) -> Iterator[TrackedMessage]:
        return map(TrackedMessage.read, self._rows)
