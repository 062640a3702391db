"""Pseudonyms for texts and numbers: equal ones stay equal, and length and kind of each character stay.

Each run of letters and digits is replaced as a whole, by a keyed hash. ASCII punctuation and white space stay, so an
address stays an address and a host in a URL gets the same pseudonym as in an address. Escapes (percent, HTML, `\\u`,
quoted-printable) are decoded first, and written again in the same way. The key is random and is never stored.
"""

from __future__ import annotations

import hashlib
import html
import re
import secrets
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_ESCAPE: Final = re.compile(
    r"%[0-9A-Fa-f]{2}|&#[xX][0-9A-Fa-f]{1,6};|&#[0-9]{1,7};|&(?:lt|gt|amp|quot|apos|nbsp);|\\u[0-9A-Fa-f]{4}"
)
_QUOTED: Final = re.compile(_ESCAPE.pattern + "|=[0-9A-F]{2}")
_QUOTED_SIGN: Final = re.compile(r"=\?|=\r?\n")
# Non-ASCII characters are replaced, too, whatever they are.
_RUN: Final = re.compile(r"[A-Za-z0-9\u0080-\U0010ffff]+")
_HEX: Final = re.compile(r"(?=.*[0-9])(?:[0-9a-f]+|[0-9A-F]+)\Z")
_MAX_DEPTH: Final = 4
_MAX_TRIES: Final = 50
_ID_START: Final = "eN"
_MIN_ID: Final = 12
_OCTET: Final = 3
_WIDE: Final = 0x2E80
_LATIN: Final = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ"
_IDEOGRAPHS: Final = "".join(chr(0x4E00 + offset) for offset in range(256))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A character of a text, and how it is written."""

    character: str
    write: Callable[[str], str]


class Pseudonyms:
    """Replaces texts and numbers.

    Args:
        key: makes the pseudonyms unpredictable. Default: a random one, so that two recordings cannot be compared.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self._known: dict[str, str] = {}
        self._used: set[str] = set()

    def text(self, text: str, keep: frozenset[str] = frozenset()) -> str:
        """The pseudonym of a text.

        Args:
            text: the text.
            keep: runs of letters and digits that stay as they are.
        """
        return self._text(text, keep, _MAX_DEPTH)

    def number(self, number: float) -> float:
        """The pseudonym of a number: another one with the same digits before and after the point."""
        written = repr(number)
        mantissa, mark, exponent = written.partition("e")
        return type(number)(self._plain(mantissa, frozenset()) + mark + exponent)

    def _text(self, text: str, keep: frozenset[str], depth: int) -> str:
        pattern = _QUOTED if _QUOTED_SIGN.search(text) else _ESCAPE
        if depth == 0 or not pattern.search(text):
            return self._plain(text, keep)
        units = list(_units(text, pattern))
        replaced = self._text("".join(unit.character for unit in units), keep, depth - 1)
        return "".join(unit.write(character) for unit, character in zip(units, replaced, strict=True))

    def _plain(self, text: str, keep: frozenset[str]) -> str:
        def replace(match: re.Match[str]) -> str:
            return match.group() if match.group() in keep else self._run(match.group())

        return _RUN.sub(replace, text)

    def _run(self, run: str) -> str:
        """The pseudonym of a run. Runs that differ in case only get pseudonyms that differ in case only."""
        folded = run.lower() if len(run.lower()) == len(run) else run
        if folded not in self._known:
            self._known[folded] = self._new(folded, is_hex=bool(_HEX.match(run)))
            self._used.add(self._known[folded])
        replaced = self._known[folded]
        if run.startswith(_ID_START) and len(run) >= _MIN_ID:
            replaced = _ID_START + replaced[len(_ID_START) :]
        return "".join(
            new.upper() if old.isascii() and old.isupper() else new for old, new in zip(run, replaced, strict=True)
        )

    def _new(self, folded: str, *, is_hex: bool) -> str:
        """A pseudonym that differs from the run and, as far as its length permits, from all others."""
        candidate = folded
        for attempt in range(_MAX_TRIES):
            candidate = self._candidate(folded, attempt, is_hex=is_hex)
            if candidate != folded and candidate not in self._used:
                return candidate
        return candidate

    def _candidate(self, folded: str, attempt: int, *, is_hex: bool) -> str:
        draw = self._draws(f"{attempt}:{folded}")
        if folded.isascii() and folded.isdigit():
            return _digits(folded, draw)
        letters = string.ascii_lowercase[:6] if is_hex and not _OCTET < len(folded) < 8 else string.ascii_lowercase
        return "".join(_replacement(character, letters, next(draw)) for character in folded)

    def _draws(self, text: str) -> Iterator[int]:
        """Numbers that depend on the key and the text."""
        block = 0
        while True:
            digest = hashlib.blake2b(f"{block}:{text}".encode(errors="surrogatepass"), key=self._key).digest()
            yield from (int.from_bytes(digest[start : start + 4], "big") for start in range(0, len(digest), 4))
            block += 1


def _digits(folded: str, draw: Iterator[int]) -> str:
    """Digits of the same length. A number stays without leading zeros, and an octet of an IP address stays one."""
    if len(folded) == _OCTET and folded[0] != "0":
        return str(100 + next(draw) % 156)
    first = str(1 + next(draw) % 9) if folded[0] != "0" else str(next(draw) % 10)
    return first + "".join(str(next(draw) % 10) for _ in folded[1:])


def _replacement(character: str, letters: str, number: int) -> str:
    if character.isascii():
        alphabet = string.digits if character.isdigit() else letters
    else:
        alphabet = _LATIN if ord(character) < _WIDE else _IDEOGRAPHS
    return alphabet[number % len(alphabet)]


def _units(text: str, pattern: re.Pattern[str]) -> Iterator[_Unit]:
    position = 0
    for match in pattern.finditer(text):
        yield from (_Unit(character, str) for character in text[position : match.start()])
        yield _escaped(match.group())
        position = match.end()
    yield from (_Unit(character, str) for character in text[position:])


def _escaped(source: str) -> _Unit:
    if source[0] in "%=":
        mark = source[0]
        return _Unit(chr(int(source[1:], 16)), lambda new: f"{mark}{ord(new) % 256:02X}")
    if source.startswith("\\u"):
        return _Unit(chr(int(source[-4:], 16)), lambda new: f"\\u{ord(new) % 65536:04x}")
    character = html.unescape(source).replace("\xa0", " ")[:1] or " "
    if source[1] != "#":
        return _Unit(character, lambda new: source if new == character else new)
    mark = "&#x{:x};" if source[2] in "xX" else "&#{};"
    return _Unit(character, lambda new: source if new == character else mark.format(ord(new)))
