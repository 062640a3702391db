"""Marks of personal data, and ways to find them in a recording, also in decoded form."""

from __future__ import annotations

import base64
import binascii
import html
import itertools
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, unquote

_NUMBERS = itertools.count(1)
_TOKEN = re.compile(rb"[A-Za-z0-9_+/-]{8,}={0,2}")
_MAX_DEPTH = 4


def mark() -> str:
    """A new mark: it stands for something personal."""
    return f"Zq{next(_NUMBERS):04d}xKevin"


def compressed(members: Any) -> str:
    """An ID as in public captures."""
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(members).encode())).decode().rstrip("=")


def percent(text: str) -> str:
    """A text with every character percent-encoded."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def entities(text: str) -> str:
    """A text with every character as a numeric reference."""
    return "".join(f"&#{ord(character)};" for character in text)


def spellings(text: str) -> list[str]:
    """A text in the forms in which replies contain texts."""
    return [
        text,
        f"{text}@{text}.example",
        f'"{text}" <{text}@example.com>',
        f"&lt;{text}@{text}&gt;",
        quote(f"<{text}@example.com>"),
        percent(text),
        quote(percent(text)),
        entities(text),
        "".join(f"&#x{ord(character):x};" for character in text),
        "".join(f"\\u{ord(character):04x}" for character in text),
        f"https://{text}.example.com/{text}?token={text}&id={compressed({'subject': text})}#{text}",
        base64.b64encode(text.encode()).decode(),
        base64.urlsafe_b64encode(zlib.compress(text.encode())).decode(),
        compressed({"secureid": text, "messageQueueId": 4242658798, text: text, "customercode": text}),
        f"MTOKEN:{compressed({'id': text})}",
        base64.b64encode(json.dumps({"hostOffsets": {f"{text}.us.mimecast.lan": 1}}).encode()).decode(),
        compressed({"tmtpagetoken": base64.b64encode(json.dumps({text: text}).encode()).decode()}),
        compressed({"id": compressed({"id": compressed({"subject": text})})}),
        json.dumps({"subject": text}),
        f"=?utf-8?q?{text}?= and =?utf-8?b?{base64.b64encode(text.encode()).decode()}?=",
        f"=?utf-8?q?{''.join(f'={byte:02X}' for byte in text.encode())}?=",
        f"&lt;pre&gt;Received: from {text}.example ([203.0.113.7])\r\nSubject: {text}\r\nX-{text}: {text}&lt;/pre&gt;",
        f"g_c-e_us01_{text}_CUSA11A111_20261101;{text.upper()};null",
    ]


def found(content: bytes, text: str) -> bool:
    """Whether a text is in some content, in whatever form."""
    return found_marks(content, [text]) == [text]


def found_marks(content: bytes, texts: Iterable[str]) -> list[str]:
    """Those of the texts that are in some content, in whatever form."""
    forms, new = {content}, {content}
    for _ in range(_MAX_DEPTH):
        new = {decoded for form in new for decoded in _decoded(form) if decoded} - forms
        forms |= new
    everything = b"\0".join(forms).lower()
    return [text for text in texts if text.lower().encode() in everything]


def _decoded(content: bytes) -> Iterator[bytes]:
    text = content.decode("utf-8", "replace")
    yield unquote(text).encode(errors="replace")
    yield html.unescape(text).encode(errors="replace")
    yield re.sub(r"\\{1,4}u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text).encode(errors="replace")
    yield re.sub(r"=([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), text).encode(errors="replace")
    for match in _TOKEN.finditer(content):
        bare = match.group().rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        try:
            raw = base64.b64decode(bare + b"=" * (-len(bare) % 4))
        except (binascii.Error, ValueError):
            continue
        yield raw
        try:
            yield zlib.decompress(raw)
        except zlib.error:
            continue
