"""JSON decoding that accepts characters that a strict decoder rejects.

The sender of an email chooses the text of subjects and names. Bytes that are not UTF-8, raw control characters and lone
surrogates in that text make a strict decoder reject the whole reply. `decode_json` repairs such text instead, and marks
each object with repaired text, so that the alert of that message can report it.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import Any, Final

import msgspec

REPLACEMENT: Final = "\ufffd"
_STRICT: Final = msgspec.json.Decoder()
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_HANDLER: Final = "mimecast_secops.surrogates"
_BYTE_ORDER_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class NotJson(ValueError):
    """The text is not complete JSON, even after repair."""


class RepairedObject(dict[str, Any]):
    """A JSON object in which text was repaired. `repaired` names its members that contain such text at any depth."""

    repaired: tuple[str, ...] = ()


def decode_json(body: bytes | msgspec.Raw) -> Any:
    """Decode a JSON text, and repair the characters that a strict decoder rejects.

    Args:
        body: the encoded text: UTF-8 with or without a byte order mark, or UTF-16 with one.

    Returns:
        The value. Objects with repaired text are `RepairedObject`s; unreadable characters are U+FFFD.

    Raises:
        NotJson: the text is empty, truncated, nested too deeply, or not JSON.
    """
    try:
        return _STRICT.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        pass
    try:
        # strict=False accepts raw control characters inside strings; `_repaired` replaces them.
        value = json.loads(_text(bytes(body)), strict=False, parse_int=_integer, parse_constant=lambda _name: None)
        return _repaired(value)[0]
    except (ValueError, RecursionError):
        raise NotJson("The text is not complete JSON.") from None


def without_byte_order_mark(body: bytes) -> bytes:
    """The text without the byte order mark of UTF-8, which some servers put before it."""
    return body.removeprefix(codecs.BOM_UTF8)


def _text(body: bytes) -> str:
    """The characters of a body. Bytes that are not UTF-8 become lone surrogates, which `_repaired` finds."""
    if body.startswith(_BYTE_ORDER_MARKS):
        return body.decode("utf-8-sig" if body.startswith(codecs.BOM_UTF8) else "utf-16", _HANDLER)
    return body.decode("utf-8", _HANDLER)


def _keep_as_surrogates(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: one surrogate per unreadable byte, or the surrogate that CESU-8 encodes in three bytes."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    start, encoded = error.start, error.object[error.start : error.start + 3]
    if len(encoded) == 3 and encoded[0] == 0xED and 0xA0 <= encoded[1] <= 0xBF and 0x80 <= encoded[2] <= 0xBF:
        return chr(0xD000 | (encoded[1] & 0x3F) << 6 | encoded[2] & 0x3F), start + 3
    return chr(0xDC00 + encoded[0]), start + 1


def _repaired(value: Any) -> tuple[Any, bool]:
    """The value without unreadable characters, and whether anything was replaced in it."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value, False
        # Surrogate pairs join to the character they stand for; lone ones become U+FFFD.
        joined = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = _CONTROL.sub(REPLACEMENT, joined)
        return text, text != value
    if isinstance(value, list):
        entries = [_repaired(entry) for entry in value]
        return [entry for entry, _ in entries], any(changed for _, changed in entries)
    if isinstance(value, dict):
        members = {_repaired(name)[0]: _repaired(member) for name, member in value.items()}
        names = tuple(name for name, (_, changed) in members.items() if changed)
        content = {name: member for name, (member, _) in members.items()}
        if not names:
            return content, False
        marked = RepairedObject(content)
        marked.repaired = names
        return marked, True
    return value, False


def _integer(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:  # Python refuses to convert thousands of digits
        return float(text)


codecs.register_error(_HANDLER, _keep_as_surrogates)
