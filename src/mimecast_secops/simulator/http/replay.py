"""Serves a recording of exchanges with a tenant instead of a simulated tenant.

The format is that of `mimecast-secops doctor --record`: a first line about the recording, then one JSON object per
exchange with `request` (`method`, `path`, `body`) and `reply` (`status`, `headers`, `body`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self

from mimecast_secops.simulator.http.responses import JSON, ApiResponse, gateway_failure, json_response

FORMAT: Final = 1
_TOKEN: Final = "/oauth/token"  # noqa: S105 -- a path
_NOT_IMPLEMENTED: Final = 501
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:?\d\d|Z)?")
_SHIFTED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=[+\-Z\".])")
_ID: Final = re.compile(r"[A-Za-z0-9_+/:=-]{16,}\Z")
# `date` would disagree with the clock of this machine, and the other two describe the encoding on the way.
_OWN_HEADERS: Final = frozenset({"date", "content-type", "content-length"})
_HEADER_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,60}\Z")


class RecordingError(ValueError):
    """The file is not a recording. The message names the line."""


@dataclass(slots=True)
class _Exchange:
    """One recorded exchange.

    Attributes:
        key: what a request must have for this reply.
        shape: the same with every ID taken for the same.
        reply: the recorded reply.
        is_served: whether the reply has been sent.
    """

    key: str
    shape: str
    reply: Mapping[str, Any]
    is_served: bool = False

    @classmethod
    def of(cls, request: Mapping[str, Any], reply: Mapping[str, Any]) -> Self:
        """The exchange in a line of a recording."""
        return cls(_key(request, with_ids=True), _key(request, with_ids=False), reply)


class Replay:
    """The replies of a recording.

    A request gets the reply to the recorded request with the same method, path and body. Times and the order of IDs in
    a list do not count. Equal requests get their replies in the recorded order, and then the last one again. If no body
    is the same, the first reply that was not sent yet is used whose request differs in IDs only: an ID that the client
    itself has changed is not the same in a recording.

    ISO times in the replies are moved: the first recorded exchange is now.

    Args:
        exchanges: the lines of the recording, without the first one.
        clock: returns the current time, aware.

    Attributes:
        count: the number of exchanges.
    """

    def __init__(
        self, exchanges: list[Mapping[str, Any]], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._exchanges = [
            _Exchange(
                _key(exchange["request"], with_ids=True), _key(exchange["request"], with_ids=False), exchange["reply"]
            )
            for exchange in exchanges
        ]
        self._shift = _shift(exchanges, clock())
        self.count = len(exchanges)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a recording.

        Raises:
            RecordingError: the file is not a recording, or not one of this format.
            OSError: the file cannot be read.
        """
        lines = list(_objects(path))
        if not lines or lines[0].get("recording") != FORMAT:
            raise RecordingError(f"{path} is not a recording of format {FORMAT}.")
        for number, line in enumerate(lines[1:], start=2):
            request, reply = line.get("request"), line.get("reply")
            if not isinstance(request, dict) or not isinstance(reply, dict) or not isinstance(reply.get("status"), int):
                raise RecordingError(f"{path}: line {number} is not an exchange.")
        return cls([*lines[1:]])

    def respond(self, method: str, path: str, body: bytes) -> ApiResponse:
        """The recorded reply to a request; an error with HTTP 501 if there is none."""
        if path == _TOKEN:
            return self._token()
        request = {"method": method, "path": path, "body": _recorded_form(body)}
        exchange = self._find(_key(request, with_ids=True), _key(request, with_ids=False))
        if exchange is None:
            return gateway_failure(_NOT_IMPLEMENTED, "not_recorded", f"The recording has no reply to {method} {path}.")
        exchange.is_served = True
        return self._response(exchange.reply)

    def _find(self, key: str, shape: str) -> _Exchange | None:
        same = [exchange for exchange in self._exchanges if exchange.key == key]
        unserved = [exchange for exchange in same if not exchange.is_served]
        if same:
            return unserved[0] if unserved else same[-1]
        similar = (exchange for exchange in self._exchanges if exchange.shape == shape and not exchange.is_served)
        return next(similar, None)

    def _token(self) -> ApiResponse:
        """A token, valid as long as the recorded one. Any credentials get it."""
        recorded = next((exchange for exchange in self._exchanges if _TOKEN in exchange.key), None)
        status = recorded.reply["status"] if recorded else 200
        if status != 200:
            return gateway_failure(status, "InvalidClientIdentifier", "The recorded request for a token was refused.")
        body = recorded.reply.get("body", {}).get("json", {}) if recorded else {}
        return json_response(
            {"access_token": "recorded", "token_type": "Bearer", "expires_in": body.get("expires_in", 1799)}
        )

    def _response(self, reply: Mapping[str, Any]) -> ApiResponse:
        headers = {str(name).lower(): str(value) for name, value in reply.get("headers", {}).items()}
        kept = {name: value for name, value in headers.items() if name not in _OWN_HEADERS and _HEADER_NAME.match(name)}
        body = reply.get("body", {})
        content = json.dumps(body["json"]) if "json" in body else str(body.get("text", ""))
        shifted = _SHIFTED.sub(self._moved, content).encode("utf-8", "replace")
        return ApiResponse(
            status=reply["status"],
            body=(b"\xef\xbb\xbf" if body.get("bom") else b"") + shifted,
            content_type=headers.get("content-type", JSON),
            headers=kept,
        )

    def _moved(self, match: re.Match[str]) -> str:
        try:
            return f"{datetime.fromisoformat(match.group()) + self._shift:%Y-%m-%dT%H:%M:%S}"
        except (ValueError, OverflowError):
            return match.group()


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            raise RecordingError(f"{path}: line {number} is not JSON.") from None
        if not isinstance(value, dict):
            raise RecordingError(f"{path}: line {number} is not an object.")
        yield value


def _recorded_form(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        return {"json": json.loads(body)}
    except (ValueError, RecursionError):
        return {"text": body.decode("utf-8", "replace")}


def _key(request: Mapping[str, Any], *, with_ids: bool) -> str:
    """A text that is equal for requests that get the same reply."""
    parts = [request.get("method"), request.get("path"), _normal(request.get("body"), with_ids=with_ids)]
    return json.dumps(parts, sort_keys=True)


def _normal(value: Any, *, with_ids: bool) -> Any:
    if isinstance(value, dict):
        return {name: _normal(entry, with_ids=with_ids) for name, entry in value.items()}
    if isinstance(value, list):
        entries = [_normal(entry, with_ids=with_ids) for entry in value]
        return sorted(entries) if all(isinstance(entry, str) for entry in entries) else entries
    if not isinstance(value, str):
        return value
    return "<id>" if not with_ids and _ID.match(value) else _TIME.sub("<time>", value)


def _shift(exchanges: list[Mapping[str, Any]], now: datetime) -> timedelta:
    try:
        first = datetime.fromisoformat(str(exchanges[0]["at"]))
        return timedelta(seconds=round((now - first).total_seconds()))
    except (IndexError, KeyError, ValueError, TypeError, OverflowError):
        return timedelta()
