"""Parsing of messages from untrusted senders with the standard library. Every input is accepted."""

from __future__ import annotations

import email
import email.policy
import hashlib
import html
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any, Final

from mimecast_secops.simulator.mail.header_text import codec_name, decode_encoded_words, decode_raw_text

_MAX_HEADER_CHARS: Final = 2000
_MAX_ENCODED_CHARS: Final = 8 * _MAX_HEADER_CHARS  # encoded words are longer than the decoded text
_MAX_ADDRESS_LIST_CHARS: Final = 200_000
_MAX_DEPTH: Final = 20
_Headers = tuple[tuple[str, str], ...]
# What the standard library raises for RFC 2231 parameters: for a section number of thousands of digits, a NUL in a
# character set (ValueError), and a section together with a whole value (TypeError).
_PARSE_ERRORS: Final = (ValueError, TypeError)
_RECIPIENT_HEADERS: Final = ("To", "Cc", "Bcc", "Resent-To", "Resent-Cc")


@dataclass(frozen=True, slots=True)
class Part:
    """A file in a message. `name` is the name that the sender wrote."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False

    @property
    def extension(self) -> str:
        """The last suffix of the name in lowercase, without its dot."""
        return PurePosixPath(self.name.replace("\\", "/")).suffix.lstrip(".").lower()

    @property
    def sha256(self) -> str:
        """The digest in lowercase hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Email:
    """A parsed message. `sender` is the address of the envelope, `header_from` that of the header."""

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
        """The value of the first header of that name, "" if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def header_block(self) -> str:
        """The headers in the format of `transmissionInfo`: escaped HTML in a `<pre>`."""
        lines = "".join(
            f"{html.escape(name, quote=False)}: {html.escape(value, quote=False)}\r\n" for name, value in self.headers
        )
        return f"<pre>\n{lines}\n</pre>"

    @property
    def attachments(self) -> tuple[Part, ...]:
        """The files that are not part of the text."""
        return tuple(part for part in self.parts if not part.inline)


class _RawHeaders(email.policy.Compat32):
    """Returns headers unchanged: ASCII with a surrogate escape for each 8-bit byte.

    The standard policy replaces 8-bit bytes by U+FFFD, which loses what the sender wrote.
    """

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002 -- the policy's signature
        """Return the value unchanged."""
        return value


class _BoundedMessage(Message):
    """A message with a limited depth of nested parts. Deeper parts are opaque.

    A header parameter that makes the standard library raise counts as absent.
    """

    depth = 0

    def attach(self, payload: Message) -> None:  # type: ignore[override]
        """Add a part, and set its depth."""
        if isinstance(payload, _BoundedMessage):
            payload.depth = self.depth + 1
        super().attach(payload)

    def get_content_type(self) -> str:
        """The content type; that of a part below the maximum depth is opaque, so the parser does not read its parts."""
        return super().get_content_type() if self.depth < _MAX_DEPTH else "application/octet-stream"

    def get_param(self, param: str, failobj: Any = None, header: str = "content-type", unquote: bool = True) -> Any:
        """The parameter; `failobj` if it is absent or unreadable."""
        try:
            return super().get_param(param, failobj, header, unquote)
        except _PARSE_ERRORS:
            return failobj

    def get_boundary(self, failobj: Any = None) -> Any:
        """The boundary; `failobj` if it is absent or unreadable."""
        value = self._ascii_param("boundary")
        return failobj if value is None else value.rstrip()

    def get_content_charset(self, failobj: Any = None) -> Any:
        """The character set in lowercase; `failobj` if it is absent or unreadable."""
        value = self._ascii_param("charset")
        return value.lower() if value is not None and value.isascii() else failobj

    def _ascii_param(self, name: str) -> str | None:
        """The value of a parameter, without the character set that RFC 2231 allows before it."""
        value = self.get_param(name)
        if isinstance(value, tuple):
            named, _, value = value
            if named and not codec_name(named):
                return None
        return value if isinstance(value, str) else None


def parse_email(raw: bytes) -> Email:
    """Parse a message. Unreadable members are empty, parts below the maximum depth are ignored. Never raises."""
    message: Message = email.message_from_bytes(raw, _BoundedMessage, policy=_RawHeaders())
    charset = _declared_charset(message)
    headers = tuple((name, " ".join(decode_raw_text(value, charset).split())) for name, value in message.items())
    header_from = next(iter(_addresses(headers, "From")), ("", ""))
    envelope = next(iter(_addresses(headers, "Return-Path")), ("", ""))[1] or header_from[1]
    recipients = tuple(
        dict.fromkeys(address for name in _RECIPIENT_HEADERS for _, address in _addresses(headers, name))
    )
    if not recipients:
        recipients = tuple(dict.fromkeys(address for _, address in _addresses(headers, "Delivered-To")))
    text, markup, parts = _contents(message, charset)
    return Email(
        raw=raw,
        sender=envelope,
        header_from=header_from[1],
        header_from_name=header_from[0],
        recipients=recipients,
        cc=tuple(address for _, address in _addresses(headers, "Cc")),
        subject=_decoded(_first_header(headers, "Subject")),
        message_id=_decoded(_first_header(headers, "Message-ID")).strip("<> "),
        sent=_date(_first_header(headers, "Date")),
        headers=tuple((name, value[:_MAX_HEADER_CHARS]) for name, value in headers),
        text=text,
        html=markup,
        parts=parts,
    )


def _declared_charset(message: Message) -> str:
    """The first character set that a part declares, "" if none does."""
    return next((charset for part in message.walk() if (charset := part.get_content_charset())), "")


def _first_header(headers: _Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name.lower()), "")


def _decoded(text: str) -> str:
    """One line of text with its encoded words decoded."""
    return " ".join(decode_encoded_words(text[:_MAX_ENCODED_CHARS]).split())[:_MAX_HEADER_CHARS]


def _addresses(headers: _Headers, name: str) -> list[tuple[str, str]]:
    addresses: list[tuple[str, str]] = []
    for key, value in headers:
        if key.lower() == name.lower():
            with suppress(RecursionError):  # deeply nested comments contain no address
                pairs = getaddresses([value[:_MAX_ADDRESS_LIST_CHARS]])
                addresses += [(_decoded(label), address.strip()) for label, address in pairs if _is_address(address)]
    return addresses


def _is_address(address: str) -> bool:
    local, at, domain = address.strip().rpartition("@")
    return bool(local and at and domain) and not any(c.isspace() or not c.isprintable() for c in address)


def _date(text: str) -> datetime | None:
    with suppress(ValueError, OverflowError):  # ValueError: not a date; OverflowError: out of range in UTC
        moment = parsedate_to_datetime(_decoded(text))
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _contents(message: Message, charset: str) -> tuple[str, str, tuple[Part, ...]]:
    text, markup = "", ""
    parts: list[Part] = []
    for part in message.walk():
        if part.is_multipart() and part.get_content_type() != "message/rfc822":
            continue
        name = _file_name(part, charset)
        kind = decode_raw_text(part.get_content_type(), charset)
        content = _content(part)
        if not name and kind == "text/plain" and not text:
            text = _body_text(part, content)
        elif not name and kind == "text/html" and not markup:
            markup = _body_text(part, content)
        elif name or part.get_content_disposition() == "attachment":
            inline = bool(part.get("Content-ID")) and part.get_content_disposition() != "attachment"
            parts.append(Part(name or f"attachment-{len(parts) + 1}", kind, content, inline))
    return text, markup, tuple(parts)


def _file_name(part: Message, charset: str) -> str:
    """The name of the file, "" if there is none."""
    value = part.get_param("filename", header="content-disposition") or part.get_param("name")
    if isinstance(value, tuple):  # RFC 2231: the parameter declares a character set
        named, _, text = value
        return " ".join(_in_charset(text, named, charset).split())
    return _decoded(decode_raw_text(value, charset)) if isinstance(value, str) else ""


def _in_charset(text: str, named: str | None, charset: str) -> str:
    """Decode an RFC 2231 parameter with the character set that it declares, or else with that of the message."""
    codec = codec_name(named or "us-ascii")
    if codec and codec != "ascii":
        with suppress(UnicodeDecodeError):
            decoded = text.encode("latin-1", "surrogateescape").decode(codec)
            return decoded.encode("utf-8", "replace").decode("utf-8")
    return decode_raw_text(text, charset)


def _content(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return inner[0].as_bytes()
    return b""


def _body_text(part: Message, content: bytes) -> str:
    codec = codec_name(part.get_content_charset() or "")
    return content.decode(codec, "replace") if codec else decode_raw_text(content.decode("latin-1"))
