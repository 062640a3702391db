"""The entries of the hold queue."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

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
        "reason_id": "reasonId",
        "reason_code": "reasonCode",
        "from_envelope": "from",
        "from_header": "fromHeader",
        "has_attachments": "hasAttachments",
        "received": "dateReceived",
        "policy": "policyInfo",
    },
):
    """A row in the documented form (docs/reference/mimecast-api.md#list-held-messages)."""

    id: str
    reason: str | None = None
    reason_id: str | None = None
    reason_code: str | None = None
    from_envelope: AddressRow | None = None
    from_header: AddressRow | None = None
    to: AddressRow | None = None
    subject: str | None = None
    route: str | None = None
    has_attachments: bool | None = None
    size: int | None = None
    received: str | int | float | None = None
    policy: str | None = None


_DECODE_ROW: Final = msgspec.json.Decoder(_Row)


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """An entry of the hold queue: one message for one recipient.

    Members that the reply does not have are empty. `received` is aware, in UTC.

    Attributes:
        id: the hold ID.
        reason: the queue reason.
        policy: the policy or definition that held the message.
        size: the size in bytes.
        defects: the names of the members that could not be read.
        source: the row as received; None without `keep_source`.
    """

    id: str
    reason: str
    reason_id: str
    reason_code: str
    sender: str
    header_from: str
    recipient: str
    subject: str
    route: str
    has_attachments: bool
    size: int
    received: datetime | None
    policy: str
    defects: tuple[str, ...]
    source: Any = field(repr=False)

    @property
    def raw(self) -> dict[str, Any]:
        """The row as received."""
        return JsonReader(decode_entry(self.source)).raw

    @classmethod
    def read(cls, raw: Any, *, keep_source: bool = True) -> HeldMessage:
        """Read a row of a reply.

        Args:
            raw: a decoded row, or an undecoded one (`msgspec.Raw`).
            keep_source: keep the row for `raw`. An undecoded row keeps the whole reply in memory.
        """
        if isinstance(raw, msgspec.Raw):
            try:
                return cls._of_row(_DECODE_ROW.decode(raw), raw if keep_source else None)
            except NOT_DOCUMENTED_FORM:
                raw = decode_entry(raw)
        reader = JsonReader(raw)
        return cls(
            id=reader.text("id"),
            reason=reader.text("reason"),
            reason_id=reader.text("reasonId"),
            reason_code=reader.text("reasonCode"),
            sender=reader.address("from")[0],
            header_from=reader.address("fromHeader")[0],
            recipient=next(iter(reader.addresses("to")), ""),
            subject=reader.text("subject"),
            route=reader.text("route").lower(),
            has_attachments=reader.flag("hasAttachments") is True,
            size=reader.integer("size"),
            received=reader.timestamp("dateReceived"),
            policy=reader.text("policyInfo"),
            defects=tuple(reader.defects),
            source=raw if keep_source else None,
        )

    @classmethod
    def _of_row(cls, row: _Row, source: Any) -> HeldMessage:
        defects: list[str] = []
        return cls(
            id=row.id,
            reason=interned(row.reason),
            reason_id=interned(row.reason_id),
            reason_code=interned(row.reason_code),
            sender=interned(row.from_envelope.address) if row.from_envelope else "",
            header_from=interned(row.from_header.address) if row.from_header else "",
            recipient=interned(row.to.address) if row.to else "",
            subject=row.subject or "",
            route=interned((row.route or "").lower()),
            has_attachments=row.has_attachments is True,
            size=row.size or 0,
            received=read_time("dateReceived", row.received, defects),
            policy=interned(row.policy),
            defects=tuple(defects),
            source=source,
        )
