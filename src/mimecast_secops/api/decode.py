"""Tolerant decoding of replies.

A member may be missing, null, of another type, or nested differently than documented. A `JsonReader` returns the value
where it is readable and a neutral value otherwise, and records the names of the members that it could not read.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from mimecast_secops.api.json_repair import NotJson, RepairedObject, decode_json

Json = Any
_ABSENT: Final = object()
_LONGEST_NUMBER: Final = 18
_TRUE_WORDS: Final = {"true": True, "false": False}


class JsonReader:
    """Reads the members of one JSON object; anything else than an object reads as an empty one.

    Attributes:
        raw: the object as it came.
        defects: names of the members that were there but could not be read, or whose text was repaired.
    """

    __slots__ = ("defects", "raw")

    def __init__(self, raw: Json) -> None:
        self.raw: dict[str, Json] = raw if isinstance(raw, dict) else {}
        self.defects: list[str] = [] if isinstance(raw, dict) or raw is None else ["(the whole record)"]
        if isinstance(raw, RepairedObject):
            self.defects.extend(raw.repaired)

    def text(self, *names: str) -> str:
        """The first of the members that is there, as text; "" where none is."""
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
        """A boolean, also one written as text; None where it is not one."""
        value = self.raw.get(name)
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, str) and value.lower() in _TRUE_WORDS:
            return _TRUE_WORDS[value.lower()]
        self.defects.append(name)
        return None

    def number(self, name: str) -> float:
        """A number, also one written as text; 0 where it is not one."""
        value = self.raw.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return value
        try:
            return float(value) if isinstance(value, str) and value else self._not_a_number(name, value)
        except ValueError:
            return self._not_a_number(name, value)

    def whole(self, name: str) -> int:
        """A whole number; 0 where it is not one."""
        number = self.number(name)
        try:
            return int(number)
        except (OverflowError, ValueError):
            self.defects.append(name)
            return 0

    def moment(self, name: str) -> datetime | None:
        """A time, aware, in UTC; None where it is absent or unreadable (API notes 4.5)."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        parsed = parse_moment(value)
        if parsed is None:
            self.defects.append(name)
        return parsed

    def address(self, name: str) -> tuple[str, str]:
        """The address and the display name of an address object, or of a plain text address."""
        value = self.raw.get(name, _ABSENT)
        if value is _ABSENT or value is None:
            return "", ""
        address = address_of(value)
        if address is None:
            self.defects.append(name)
            return "", ""
        return address

    def addresses(self, name: str) -> tuple[str, ...]:
        """The addresses of a list of address objects, of one such object, or of plain texts."""
        value = self.raw.get(name)
        entries = value if isinstance(value, list) else [] if value is None else [value]
        found = [address_of(entry) for entry in entries]
        if None in found:
            self.defects.append(name)
        return tuple(address[0] for address in found if address and address[0])

    def inner(self, name: str) -> JsonReader:
        """A reader of the object that a member holds; of an empty one where it holds none."""
        value = self.raw.get(name)
        if value is not None and not isinstance(value, dict):
            self.defects.append(name)
            return JsonReader(None)
        return JsonReader(value)

    def objects(self, name: str) -> list[dict[str, Json]]:
        """The objects of a list; entries that are no objects are left out."""
        value = self.raw.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.defects.append(name)
            return [value] if isinstance(value, dict) else []
        return [entry for entry in value if isinstance(entry, dict)]

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts of a list of texts, or the one text."""
        value = self.raw.get(name)
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list):
            return ()
        return tuple(entry for entry in value if isinstance(entry, str))

    def _not_a_number(self, name: str, value: object) -> float:
        if value not in (None, ""):
            self.defects.append(name)
        return 0


def whole_number(text: str) -> int | None:
    """A whole number in a header; None where it is none, or longer than any that makes sense."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def parse_moment(value: object) -> datetime | None:
    """`2025-04-16T16:07:14+0000` and its variants as an aware time in UTC; None where it is not one."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def address_of(value: object) -> tuple[str, str] | None:
    """Address and display name of an address object or a text; None where it is neither."""
    if isinstance(value, str):
        return value, ""
    if isinstance(value, Mapping):
        address, name = value.get("emailAddress"), value.get("displayableName")
        return address if isinstance(address, str) else "", name if isinstance(name, str) else ""
    return None


class AddressRow(msgspec.Struct, rename={"address": "emailAddress", "name": "displayableName"}):
    """An address object in the documented form. Record types decode rows of that form without a `JsonReader`."""

    address: str | None = None
    name: str | None = None


def shared(text: str | None) -> str:
    """A text of which long lists have few different ones, or the same ones in both lists: it is kept in memory once."""
    return sys.intern(text) if text else ""


# What decoding a row into a documented form raises where the row has another form or needs repair.
NOT_DOCUMENTED_FORM: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def entry_of(raw: Json) -> Json:
    """A value that may still be undecoded. An entry that cannot be decoded becomes an object that says so."""
    if not isinstance(raw, msgspec.Raw):
        return raw
    try:
        return decode_json(raw)
    except NotJson:
        # Named by its content, so that it is the same record whenever the server sends it.
        undecodable = RepairedObject(undecodable=hashlib.blake2b(bytes(raw), digest_size=16).hexdigest())
        undecodable.repaired = ("(the whole record)",)
        return undecodable


def first_object(data: Iterable[Json]) -> dict[str, Json]:
    """The first object of a reply's data, an empty one where there is none."""
    return next((entry for entry in data if isinstance(entry, dict)), {})


def wire_time(moment: datetime) -> str:
    """A time as requests carry it: `2011-12-03T10:15:30+0000` (API notes 4.5 [documented])."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000"
