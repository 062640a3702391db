"""Decoding of headers: raw UTF-8, raw 8-bit character sets, and encoded words (RFC 2047)."""

from __future__ import annotations

import codecs
import re
import string
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final

# Python codecs that are not character sets of email: they interpret backslashes or host names.
_NOT_CHARSETS: Final = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"})
_WORD: Final = r"=\?[^?\s]*\?[bq]\?.*?\?="
_EACH_WORD: Final = re.compile(_WORD, re.IGNORECASE)
_WORDS: Final = re.compile(rf"{_WORD}(?:\s*{_WORD})*", re.IGNORECASE)
_PRINTABLE: Final = string.printable.encode()


def codec_name(charset: str) -> str:
    """The name of the codec for a character set of email, "" if Python has none."""
    try:
        b"aa".decode(charset, "replace")  # LookupError for a codec that does not decode to text, such as `hex`
        codec = codecs.lookup(charset).name
    except (LookupError, ValueError):  # ValueError: the name contains a NUL or a surrogate
        return ""
    return "" if codec in _NOT_CHARSETS else codec


def decode_raw_text(text: str, charset: str = "") -> str:
    """Decode the surrogate escapes in text from the standard parser.

    Headers of real messages contain raw UTF-8 (RFC 6532), whatever character set the message declares. Older senders
    write the declared character set, or that of their machine. The result contains no surrogates.

    Args:
        text: ASCII or Latin-1 text in which each other byte is a surrogate escape.
        charset: the character set that the message declares, "" for none.
    """
    if text.isascii():
        return text
    raw = text.encode("latin-1", "surrogateescape")
    for codec in ("utf-8", _ascii_compatible(charset), "windows-1252"):
        if codec:
            try:
                return raw.decode(codec)
            except UnicodeDecodeError:
                continue
    return raw.decode("latin-1")


def _ascii_compatible(charset: str) -> str:
    """The codec of `charset` if it is a superset of ASCII, else ""."""
    codec = codec_name(charset) if charset else ""
    return codec if codec and _PRINTABLE.decode(codec, "replace") == string.printable else ""


def decode_encoded_words(text: str) -> str:
    """Decode the encoded words in a text. A word that cannot be decoded stays unchanged."""
    return _WORDS.sub(lambda words: _decode_adjacent(words.group()), text)


def _decode_adjacent(words: str) -> str:
    if not words.isascii():
        return words
    try:
        # `decode_header` joins adjacent words of one character set, because a character may be split between them.
        pieces = decode_header(words)
        text = "".join(
            piece.decode(codec_name((charset or "").partition("*")[0]) or "no such codec")
            for piece, charset in pieces
            if isinstance(piece, bytes)
        )
    except (HeaderParseError, LookupError, UnicodeDecodeError):
        parts = _EACH_WORD.findall(words)
        return words if len(parts) == 1 else " ".join(_decode_adjacent(word) for word in parts)
    return text.encode("utf-8", "replace").decode("utf-8")
