"""Texts that contain JSON in an encoded form: IDs and page tokens.

Mimecast's IDs are base64url(zlib(JSON)), and its page tokens can contain base64(JSON)
(docs/reference/mimecast-api.md#identifiers). They name the account, the queue and sometimes the subject of a message,
so decoded members are compared or replaced, and never shown.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass
from typing import Any, Final

_MAX_TEXT: Final = 32 * 1024
_MAX_JSON: Final = 256 * 1024
_MAX_DEPTH: Final = 40
_MIN_TEXT: Final = 8
_STANDARD: Final = frozenset("+/")
_ZLIB_START: Final = b"\x78"
PREFIX: Final = "MTOKEN:"


@dataclass(frozen=True, slots=True)
class EncodedText:
    """A text that contains JSON.

    Attributes:
        value: the decoded object or list.
        prefix: the text before the encoded part: `MTOKEN:` or "".
        is_compressed: whether the JSON is compressed.
        is_url_safe: whether the alphabet is that of base64url.
        padding: the number of `=` at the end.
        length: the length of the whole text.
        is_spaced: whether the JSON has blanks after its separators.
    """

    value: Any
    prefix: str
    is_compressed: bool
    is_url_safe: bool
    padding: int
    length: int
    is_spaced: bool = False

    @property
    def _separators(self) -> tuple[str, str]:
        return (", ", ": ") if self.is_spaced else (",", ":")

    @property
    def bare_length(self) -> int:
        """The length without prefix and padding."""
        return self.length - len(self.prefix) - self.padding

    def encode(self, value: Any) -> str:
        """Encode another value in the same way, with the same length where the compression permits it.

        The same value gets the same text, apart from the prefix and the padding.
        """
        content = json.dumps(value, separators=self._separators, ensure_ascii=False).encode()
        contents = _compressions(content) if self.is_compressed else [content]
        bare = min((self._armored(content) for content in contents), key=self._distance)
        return self.prefix + bare + ("=" * (-len(bare) % 4) if self.padding else "")

    def _distance(self, bare: str) -> int:
        return abs(len(bare) - self.bare_length)

    def _armored(self, content: bytes) -> str:
        encoded = base64.urlsafe_b64encode(content) if self.is_url_safe else base64.b64encode(content)
        return encoded.decode().rstrip("=")


def decode_text(text: str) -> EncodedText | None:
    """Decode a text.

    Returns:
        The content; None if the text is not an encoded object or list, or is too long or too deep.
    """
    prefix = PREFIX if text.startswith(PREFIX) else ""
    body = text[len(prefix) :]
    if not _MIN_TEXT <= len(body) <= _MAX_TEXT or not body.isascii():
        return None
    is_url_safe = not _STANDARD & set(body)
    bare = body.rstrip("=")
    try:
        content = base64.b64decode(
            bare + "=" * (-len(bare) % 4), altchars=b"-_" if is_url_safe else None, validate=True
        )
        is_compressed = content.startswith(_ZLIB_START)
        text_inside = _decompressed(content) if is_compressed else content
        value = _json(text_inside)
    except (binascii.Error, ValueError, zlib.error, RecursionError):
        return None
    if not isinstance(value, (dict, list)):
        return None
    return EncodedText(
        value=value,
        prefix=prefix,
        is_compressed=is_compressed,
        is_url_safe=is_url_safe,
        padding=len(body) - len(bare),
        length=len(text),
        is_spaced=b'": ' in text_inside,
    )


def _decompressed(content: bytes) -> bytes:
    decompressor = zlib.decompressobj()
    decompressed = decompressor.decompress(content, _MAX_JSON)
    if not decompressor.eof:
        raise ValueError("The content is incomplete or too long.")
    return decompressed


def _json(content: bytes) -> Any:
    if content.count(b"{") + content.count(b"[") > _MAX_JSON // 8 or _depth(content) > _MAX_DEPTH:
        raise ValueError("The content is nested too deep.")
    return json.loads(content)


def _depth(content: bytes) -> int:
    depth = deepest = 0
    for byte in content:
        if byte in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"}]":
            depth -= 1
    return deepest


def _compressions(content: bytes) -> list[bytes]:
    """The content, compressed in every way that changes the length."""
    strategies = (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_HUFFMAN_ONLY, zlib.Z_RLE, zlib.Z_FIXED)
    compressed = []
    for strategy in strategies:
        for level in (6, 9, 1):
            compressor = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS, 8, strategy)
            compressed.append(compressor.compress(content) + compressor.flush())
    return compressed
