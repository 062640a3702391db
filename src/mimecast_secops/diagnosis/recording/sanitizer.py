"""Replaces everything personal in requests and replies by pseudonyms."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from mimecast_secops.api.client import endpoints
from mimecast_secops.diagnosis.answers import UNKNOWN_ENDPOINT, UNKNOWN_REST_ENDPOINT
from mimecast_secops.diagnosis.encoded_text import decode_text
from mimecast_secops.diagnosis.recording import allowed
from mimecast_secops.diagnosis.recording.pseudonyms import Pseudonyms

_TOKEN_PATH: Final = "/oauth/token"  # noqa: S105 -- a path
_ENCODED: Final = re.compile(r"[A-Za-z0-9_+-]{16,}={0,2}")
_MAX_DEPTH: Final = 60
_MAX_NESTED: Final = 3
_Runs = Mapping[str, frozenset[str]]
_BOM: Final = b"\xef\xbb\xbf"


class Sanitizer:
    """Sanitizes exchanges. The same text gets the same pseudonym wherever it is.

    Args:
        pseudonyms: makes the pseudonyms.
    """

    def __init__(self, pseudonyms: Pseudonyms | None = None) -> None:
        self._pseudonyms = pseudonyms or Pseudonyms()

    def body(self, content: bytes | None) -> dict[str, Any]:
        """The body of a request or a reply: `json`, or `text` if it is not JSON; empty for no body."""
        if not content:
            return {}
        mark = {"bom": True} if content.startswith(_BOM) else {}
        try:
            return {"json": self.value(json.loads(content.decode("utf-8-sig"))), **mark}
        except (ValueError, RecursionError):
            text = content.decode("utf-8", "replace").removeprefix("\ufeff")
            return {"text": self._pseudonyms.text(text, allowed.PAGE | allowed.ANYWHERE), **mark}

    def path(self, path: str) -> str:
        """A path with its query. The segments of known endpoints stay."""
        before, mark, query = path.partition("?")
        segments = (segment if segment in self._segments else self._free(segment) for segment in before.split("/"))
        return "/".join(segments) + mark + self._free(query)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers of a reply that may be recorded."""
        kept = {name.lower(): value for name, value in headers.items() if allowed.HEADERS.match(name.lower())}
        return {name: self._header(name, value) for name, value in kept.items()}

    def value(
        self, value: Any, member: str = "", depth: int = 0, *, in_token: bool = False, runs: _Runs = allowed.RUNS
    ) -> Any:
        """A JSON value.

        Args:
            value: the value.
            member: the name of the member that it belongs to.
            depth: how deep it is nested.
            in_token: whether it is in an ID or a page token.
            runs: member → the runs of letters and digits in its text that stay.

        Raises:
            RecursionError: it is nested too deep.
        """
        if depth > _MAX_DEPTH:
            raise RecursionError("The value is nested too deep.")
        if isinstance(value, dict):
            return {
                self._name(name, member): self.value(entry, name, depth + 1, in_token=in_token, runs=_runs(name, runs))
                for name, entry in value.items()
            }
        if isinstance(value, list):
            return [self.value(entry, member, depth + 1, in_token=in_token, runs=runs) for entry in value]
        if isinstance(value, str):
            return self._text(value, member, depth, runs)
        if value is None or isinstance(value, bool):
            return value
        return value if _number_stays(value, member, in_token=in_token) else self._pseudonyms.number(value)

    def _name(self, name: str, parent: str) -> str:
        if parent in allowed.DATA_KEYED or not allowed.name_stays(name):
            return self._free(name)
        return name

    def _text(self, text: str, member: str, depth: int, runs: _Runs) -> str:
        if text in allowed.OWN_TEXTS or text.lower() in allowed.TEXTS.get(member, ()):
            return text
        if allowed.TIME_NAME.match(member) and (allowed.TIME.match(text) or _is_epoch(text)):
            return text
        if member in allowed.HEADER_BLOCKS:
            return self._apart_from(allowed.HEADER_NAME, text)
        if member == "query":
            return self._apart_from(allowed.QUERY_ATTRIBUTE, text, runs.get(member, frozenset()))
        encoded = self._encoded(text, depth)
        return self._free(text, runs.get(member, frozenset()), depth) if encoded is None else encoded

    def _encoded(self, text: str, depth: int) -> str | None:
        """The ID or page token with pseudonyms inside; None if the text is none."""
        decoded = decode_text(text) if depth < _MAX_DEPTH - _MAX_NESTED else None
        if decoded is None:
            return None
        return decoded.encode(self.value(decoded.value, depth=depth + _MAX_DEPTH // (_MAX_NESTED + 1), in_token=True))

    def _free(self, text: str, keep: frozenset[str] = frozenset(), depth: int = 0) -> str:
        """A text of which nothing is known. IDs in it, as in a URL, stay IDs."""
        parts, position = [], 0
        for match in _ENCODED.finditer(text):
            encoded = self._encoded(match.group(), depth)
            if encoded is not None:
                parts += [self._pseudonyms.text(text[position : match.start()], keep | allowed.ANYWHERE), encoded]
                position = match.end()
        return "".join([*parts, self._pseudonyms.text(text[position:], keep | allowed.ANYWHERE)])

    def _apart_from(self, kept: re.Pattern[str], text: str, runs: frozenset[str] = frozenset()) -> str:
        """A text in which the matches of a pattern stay."""
        parts, position = [], 0
        for match in kept.finditer(text):
            parts += [self._free(text[position : match.start()], runs), match.group()]
            position = match.end()
        return "".join([*parts, self._free(text[position:], runs)])

    def _header(self, name: str, value: str) -> str:
        if name == "content-type":
            stays = bool(allowed.MEDIA_TYPES.match(value))
        elif name == "date" or not value.isdigit():
            stays = bool(allowed.TIME.match(value))
        else:
            stays = value.isascii() and len(value) <= 18
        return value if stays else self._free(value)

    @cached_property
    def _segments(self) -> frozenset[str]:
        paths = [endpoint.path for endpoint in (*endpoints(), UNKNOWN_ENDPOINT, UNKNOWN_REST_ENDPOINT)]
        return frozenset(segment for path in (*paths, _TOKEN_PATH) for segment in path.split("/"))


def _runs(name: str, runs: _Runs) -> _Runs:
    """The runs that stay in the members of an object: those of errors, if the object holds errors."""
    return allowed.FAILURE_RUNS if name == "fail" else runs


def _number_stays(number: float, member: str, *, in_token: bool) -> bool:
    if in_token:
        return member in allowed.TOKEN_NUMBERS and abs(number) < 100_000
    if allowed.TIME_NAME.match(member) and isinstance(number, int):
        return any(number in epochs for epochs in allowed.EPOCHS)
    return member in allowed.NUMBERS


def _is_epoch(text: str) -> bool:
    return (
        text.isascii() and text.isdigit() and len(text) <= 13 and any(int(text) in epochs for epochs in allowed.EPOCHS)
    )
