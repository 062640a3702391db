"""Reading a mail that anybody may have written, with the standard library's parser. Nothing is refused."""

from __future__ import annotations

import codecs
import email
import email.policy
import hashlib
import html
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Final

_LONGEST_HEADER: Final = 2000
_DEEPEST: Final = 20
# Codecs of Python's own that are no character sets of mail: they take backslashes or host names apart.
_NO_CHARSETS: Final = frozenset({"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"})
_RECIPIENT_HEADERS: Final = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc")


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a mail. `name` is as the sender wrote it."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False

    @property
    def extension(self) -> str:
        """The last suffix of the name in lower case, without its dot."""
        return PurePosixPath(self.name.replace("\\", "/")).suffix.lstrip(".").lower()

    @property
    def sha256(self) -> str:
        """Lower-case hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as the gateway sees it."""

    raw: bytes
    sender: str
    header_from: str
    header_from_name: str
    recipients: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    message_id: str
    sent: datetime | None
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    parts: tuple[Part, ...] = field(default=())

    def header(self, name: str) -> str:
        """The first header of that name, "" where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def header_block(self) -> str:
        """The headers as `transmissionInfo` shows them: escaped, in a `<pre>`."""
        lines = "".join(
            f"{html.escape(name, quote=False)}: {html.escape(value, quote=False)}\r\n" for name, value in self.headers
        )
        return f"<pre>\n{lines}\n</pre>"

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The files that are not shown inside the text."""
        return tuple(part for part in self.parts if not part.inline)


class _Nested(Message):
    """A message that knows how deep it lies. The parser goes by the content type and looks into nothing deeper."""

    depth = 0

    def attach(self, payload: Message) -> None:  # type: ignore[override]
        """Take `payload` in."""
        if isinstance(payload, _Nested):
            payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        """The type; whatever lies too deep is opaque."""
        return super().get_content_type() if self.depth < _DEEPEST else "application/octet-stream"


def read_mail(raw: bytes) -> Mail:
    """The mail in `raw`. What cannot be read stays empty, what lies too deep stays unread; nothing raises."""
    message: Message = email.message_from_bytes(raw, _Nested, policy=email.policy.compat32)
    header_from = next(iter(_addresses(message, "From")), ("", ""))
    envelope = next(iter(_addresses(message, "Return-Path")), ("", ""))[1] or header_from[1]
    recipients = tuple(
        dict.fromkeys(address for name in _RECIPIENT_HEADERS for _, address in _addresses(message, name))
    )
    if not recipients:
        recipients = tuple(dict.fromkeys(address for _, address in _addresses(message, "Delivered-To")))
    text, markup, parts = _contents(message)
    return Mail(
        raw=raw,
        sender=envelope,
        header_from=header_from[1],
        header_from_name=header_from[0],
        recipients=recipients,
        cc=tuple(address for _, address in _addresses(message, "Cc")),
        subject=_header(message, "Subject"),
        message_id=_header(message, "Message-ID").strip("<> "),
        sent=_date(message),
        headers=tuple((str(name), _one_line(value)) for name, value in message.items()),
        text=text,
        html=markup,
        parts=parts,
    )


def _header(message: Message, name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    text = str(value)
    with suppress(Exception):  # a broken encoded word stays as it was written
        text = str(make_header(decode_header(text)))
    return _one_line(text)


def _one_line(value: object) -> str:
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    return " ".join(text.split())[:_LONGEST_HEADER]


def _addresses(message: Message, name: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for value in message.get_all(name, []):
        with suppress(Exception):  # an address list that the parser chokes on has no readable address
            pairs = getaddresses([_one_line(value)])
            found.extend((_decoded(label), address.strip()) for label, address in pairs if _plausible(address))
    return found


def _decoded(text: str) -> str:
    with suppress(Exception):
        return _one_line(make_header(decode_header(text)))
    return text


def _plausible(address: str) -> bool:
    local, at, domain = address.strip().rpartition("@")
    return bool(local and at and domain) and not any(c.isspace() or not c.isprintable() for c in address)


def _date(message: Message) -> datetime | None:
    with suppress(Exception):
        moment = parsedate_to_datetime(_header(message, "Date"))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _contents(message: Message) -> tuple[str, str, tuple[Part, ...]]:
    text, markup = "", ""
    parts: list[Part] = []
    for part in message.walk():
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        name = _file_name(part)
        kind = part.get_content_type()
        content = _content(part)
        if not name and kind == "text/plain" and not text:
            text = _as_text(part, content)
        elif not name and kind == "text/html" and not markup:
            markup = _as_text(part, content)
        elif name or part.get_content_disposition() == "attachment":
            inline = bool(part.get("Content-ID")) and part.get_content_disposition() != "attachment"
            parts.append(Part(name or f"attachment-{len(parts) + 1}", kind, content, inline))
    return text, markup, tuple(parts)


def _file_name(part: Message) -> str:
    with suppress(Exception):
        return _decoded(part.get_filename() or "")
    return ""


def _content(part: Message) -> bytes:
    with suppress(Exception):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            return payload
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            return inner[0].as_bytes()
    return b""


def _as_text(part: Message, content: bytes) -> str:
    with suppress(Exception):  # a name that cannot be read, that no codec has, or whose codec makes no text
        codec = codecs.lookup(part.get_content_charset() or "utf-8").name
        if codec not in _NO_CHARSETS:
            return content.decode(codec, "replace")
    return content.decode("latin-1")
