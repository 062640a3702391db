"""Tolerant decoding of replies.

A member may be missing, null, of another type, or nested differently than documented. A `JsonReader` returns the value
if it is readable and a neutral value otherwise, and records the names of the members that it could not read.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

import msgspec

from mimecast_secops.api.json_repair import NotJson, RepairedObject, decode_json

Json = Any
_ABSENT: Final = object()
_MAX_DIGITS: Final = 18
NO_TIME_ZONE: Final = "no time zone"
_MAX_TIME_TEXT: Final = 100
_MAX_ADDRESSES: Final = 1_000
_RFC_2822: Final = re.compile(r"\A(?:[A-Za-z]{3}, )? ?[0-9]{1,2} [A-Za-z]{3} [0-9]{4} ")
# 2000-01-01 and 2100-01-01. Seconds and milliseconds within these years do not overlap.
_FIRST_EPOCH: Final = 946_684_800
_LAST_EPOCH: Final = 4_102_444_800
_TRUE_WORDS: Final = {"true": True, "false": False}


class JsonReader:
    """Reads the members of one JSON object. Any other value reads as an empty object.

    Attributes:
        raw: the object as received.
        defects: the names of the members that could not be read, or whose text was repaired.
    """

    __slots__ = ("defects", "raw")

    def __init__(self, raw: Json) -> None:
        self.raw: dict[str, Json] = raw if isinstance(raw, dict) else {}
        self.defects: list[str] = [] if isinstance(raw, dict) or raw is None else ["(the whole record)"]
        if isinstance(raw, RepairedObject):
            self.defects.extend(raw.repaired)

    def text(self, *names: str) -> str:
        """The first of the named members that is present, as text; "" if none is."""
        for name in names:
            value = self.raw.get(name)
            if isinstance(value, str):
                return value
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return str(value)
            if value is not None:
                self.defects.append(name)
        return ""

    def flag(self, name: str) -> bool | None:
        """A boolean, also one written as text; None if the member is not a boolean."""
        value = self.raw.get(name)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, str) and value.lower() in _TRUE_WORDS:
            return _TRUE_WORDS[value.lower()]
        self.defects.append(name)
        return None

    def number(self, name: str) -> float:
        """A number, also one written as text; 0 if the member is not a number."""
        value = self.raw.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        try:
            return float(value) if isinstance(value, str) and value else self._not_a_number(name, value)
        except ValueError:
            return self._not_a_number(name, value)

    def integer(self, name: str) -> int:
        """A number without its fraction; 0 if the member is not a number."""
        number = self.number(name)
        try:
            return int(number)
        except (OverflowError, ValueError):
            self.defects.append(name)
            return 0

    def timestamp(self, name: str) -> datetime | None:
        """A time, aware, in UTC; None if it is missing or unreadable. One without a zone is read as UTC, as a defect.

        Source: docs/reference/mimecast-api.md#dates-and-times.
        """
        return read_time(name, self.raw.get(name), self.defects)

    def address(self, name: str) -> tuple[str, str]:
        """The address and the display name of an address object or a plain address; "" for each that is missing.

        A list of these reads as its first entry.
        """
        value = self.raw.get(name, _ABSENT)
        if isinstance(value, list):
            value = value[0] if value else None
        if value is _ABSENT or value is None:
            return "", ""
        address = parse_address(value)
        if address is None:
            self.defects.append(name)
            return "", ""
        return address

    def addresses(self, name: str) -> tuple[str, ...]:
        """The addresses in a list of address objects or plain addresses, or in one of these without a list."""
        value = self.raw.get(name)
        entries = value if isinstance(value, list) else [] if value is None else [value]
        addresses = [parse_address(entry) for entry in entries]
        if None in addresses:
            self.defects.append(name)
        return tuple(address[0] for address in addresses if address and address[0])

    def object(self, name: str) -> JsonReader:
        """A reader for the object in a member; for an empty object if the member is not an object."""
        value = self.raw.get(name)
        if value is not None and not isinstance(value, dict):
            self.defects.append(name)
            return JsonReader(None)
        return JsonReader(value)

    def objects(self, name: str) -> list[dict[str, Json]]:
        """The objects in a list. Other entries are left out."""
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.defects.append(name)
            return [value] if isinstance(value, dict) else []
        return [entry for entry in value if isinstance(entry, dict)]

    def texts(self, name: str) -> tuple[str, ...]:
        """The strings in a list, or the one string without a list."""
        value = self.raw.get(name)
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list):
            return ()
        return tuple(entry for entry in value if isinstance(entry, str))

    def _not_a_number(self, name: str, value: Any) -> float:
        if value not in (None, ""):
            self.defects.append(name)
        return 0


def parse_integer(text: str) -> int | None:
    """The whole number in a header; None if it is not one, or is unreasonably long."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None


class TimeForm(Enum):
    """The form in which Mimecast writes a time."""

    ZONED = "with a zone"
    NAIVE = "without a zone"
    EPOCH_SECONDS = "epoch seconds"
    EPOCH_MILLISECONDS = "epoch milliseconds"
    RFC_2822 = "RFC 2822"


@dataclass(frozen=True, slots=True)
class ParsedTime:
    """A time and the form that it was written in.

    Attributes:
        moment: the time, aware, in UTC. One without a zone is read as UTC and may be wrong by hours.
        form: the form.
    """

    moment: datetime
    form: TimeForm


def parse_time(value: object) -> ParsedTime | None:
    """A time in any form that is plausible; None for any other value.

    Accepted are ISO 8601 with an offset, `Z`, a fraction or no zone; seconds and milliseconds since 1970, as a number
    or as digits, from 2000 to 2100; and RFC 2822. Source: docs/reference/mimecast-api.md#dates-and-times.
    """
    if isinstance(value, str):
        # Digits alone can be read as an ISO date, and a time since 1970 comes in digits more often.
        if value[4:5] != "-":
            return _parse_other_text(value)
        try:
            parsed = datetime.fromisoformat(value)
            return _zoned_or_naive(parsed, TimeForm.ZONED)
        except (ValueError, OverflowError):
            return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _parse_epoch(value)
    return None


def parse_timestamp(value: object) -> datetime | None:
    """The time that `parse_time` reads, aware, in UTC; None for any other value."""
    parsed = parse_time(value)
    return parsed.moment if parsed else None


def time_defect(name: str, parsed: ParsedTime | None) -> str:
    """The defect of a time that was sent: unreadable, or without a zone; "" for none."""
    if parsed is None:
        return name
    return f"{name} ({NO_TIME_ZONE})" if parsed.form is TimeForm.NAIVE else ""


def read_time(name: str, value: object, defects: list[str]) -> datetime | None:
    """The time in a member of a row; its defect, if it has one, is added to `defects`."""
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.endswith("+0000") and value[4:5] == "-":
        # The documented form, without the detour: lists have thousands of rows.
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    parsed = parse_time(value)
    defect = time_defect(name, parsed)
    if defect:
        defects.append(defect)
    return parsed.moment if parsed else None


def _parse_other_text(text: str) -> ParsedTime | None:
    text = text[: _MAX_TIME_TEXT + 1].strip()
    if len(text) > _MAX_TIME_TEXT:
        return None
    if text.isascii() and text.isdigit():
        if parsed := _parse_epoch(int(text)):
            return parsed
    elif _RFC_2822.search(text):
        try:
            return _zoned_or_naive(parsedate_to_datetime(text), TimeForm.RFC_2822)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    try:
        return _zoned_or_naive(datetime.fromisoformat(text), TimeForm.ZONED)
    except (ValueError, OverflowError):
        return None


def _zoned_or_naive(parsed: datetime, form: TimeForm) -> ParsedTime:
    if parsed.tzinfo:
        return ParsedTime(parsed.astimezone(UTC), form)
    return ParsedTime(parsed.replace(tzinfo=UTC), TimeForm.NAIVE)


def _parse_epoch(number: float) -> ParsedTime | None:
    if _FIRST_EPOCH <= number < _LAST_EPOCH:
        return ParsedTime(datetime.fromtimestamp(number, UTC), TimeForm.EPOCH_SECONDS)
    if _FIRST_EPOCH * 1000 <= number < _LAST_EPOCH * 1000:
        return ParsedTime(datetime.fromtimestamp(number / 1000, UTC), TimeForm.EPOCH_MILLISECONDS)
    return None


def parse_address(value: object) -> tuple[str, str] | None:
    """The address and the display name in an address object or a string; None for any other value."""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, Mapping):
        address, name = value.get("emailAddress"), value.get("displayableName")
        return address if isinstance(address, str) else "", name if isinstance(name, str) else ""
    return None


def parse_addresses(value: object) -> tuple[str, ...]:
    """The addresses in a text, an address object, or a list of these; empty for any other value.

    The queue and message blocks of tracking details use each of these forms
    (docs/reference/mimecast-api.md#get-tracking-details).
    """
    entries = value[:_MAX_ADDRESSES] if isinstance(value, list) else [value]
    addresses = (parse_address(entry) for entry in entries)
    return tuple(address[0].strip() for address in addresses if address and address[0].strip())


class AddressRow(msgspec.Struct, rename={"address": "emailAddress", "name": "displayableName"}):
    """An address object in the documented form. Record types decode rows of that form without a `JsonReader`."""

    address: str | None = None
    name: str | None = None


def interned(text: str | None) -> str:
    """A text that occurs often in long lists, kept in memory once; "" for None."""
    return sys.intern(text) if text else ""


# The errors of decoding a row into its documented form, if the row has another form or needs repair.
NOT_DOCUMENTED_FORM: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def decode_entry(raw: Json) -> Json:
    """Decode a value if it is a `msgspec.Raw`. If it cannot be decoded, the result is an object that records this."""
    if not isinstance(raw, msgspec.Raw):
        return raw
    try:
        return decode_json(raw)
    except NotJson:
        # A hash of the content, so that the record has the same identity each time the server sends it.
        undecodable = RepairedObject(undecodable=hashlib.blake2b(bytes(raw), digest_size=16).hexdigest())
        undecodable.repaired = ("(the whole record)",)
        return undecodable


def first_object(data: Iterable[Json]) -> dict[str, Json]:
    """The first object in the data of a reply; an empty one if there is none."""
    return next((entry for entry in data if isinstance(entry, dict)), {})


def format_timestamp(timestamp: datetime) -> str:
    """A time in the format of requests: `2011-12-03T10:15:30+0000`.

    Source: docs/reference/mimecast-api.md#dates-and-times [documented].
    """
    return f"{timestamp.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000"
