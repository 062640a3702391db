"""Text from the bytes of a header: raw UTF-8, raw 8-bit character sets, and encoded words (RFC 2047)."""

from __future__ import annotations

import codecs
import re
import string
from email.errors import HeaderParseError
from email.header import decode_header
from typing import Final

# Codecs of Python's own that are no character sets of mail: they take backslashes or host names apart.
_NO_CHARSETS: Final = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"})
_WORD: Final = r"=\?[^?\s]*\?[bq]\?.*?\?="
_EACH_WORD: Final = re.compile(_WORD, re.IGNORECASE)
_WORDS: Final = re.compile(rf"{_WORD}(?:\s*{_WORD})*", re.IGNORECASE)
_PRINTABLE: Final = string.printable.encode()


def codec_name(charset: str) -> str:
    """The name of the codec for a character set of mail, "" where Python has none."""
    try:
        b"aa".decode(charset, "replace")  # LookupError where the codec makes no text, such as `hex`
        codec = codecs.lookup(charset).name
    except (LookupError, ValueError):  # ValueError: the name holds a NUL or a surrogate
        return ""
    return "" if codec in _NO_CHARSETS else codec


def decode_raw_text(text: str, charset: str = "") -> str:
    """Text that the standard parser gave, with its surrogate escapes replaced by the characters that they stand for.

    Headers of real mail hold raw UTF-8 (RFC 6532), whatever the mail declares. Older senders write the declared
    character set, or that of their machine. The result holds no surrogates.

    Args:
        text: ASCII or Latin-1 text in which each other byte is a surrogate escape.
        charset: the character set that the mail declares, "" for none.
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
    """The codec of `charset` where ASCII bytes stay ASCII in it, else ""."""
    codec = codec_name(charset) if charset else ""
    return codec if codec and _PRINTABLE.decode(codec, "replace") == string.printable else ""


def decode_encoded_words(text: str) -> str:
    """Text with its encoded words decoded. A word that cannot be decoded stays as it was written."""
    return _WORDS.sub(lambda words: _decoded_words(words.group()), text)


def _decoded_words(words: str) -> str:
    if not words.isascii():
        return words
    try:
        # Bytes of neighbouring words in one character set come joined: a character may be split between two words.
        pieces = decode_header(words)
        text = "".join(
            piece.decode(codec_name((charset or "").partition("*")[0]) or "no such codec")
            for piece, charset in pieces
            if isinstance(piece, bytes)
        )
    except (HeaderParseError, LookupError, UnicodeDecodeError):
        each = _EACH_WORD.findall(words)
        return words if len(each) == 1 else " ".join(_decoded_words(word) for word in each)
    return text.encode("utf-8", "replace").decode("utf-8")
