"""Emails of an attacker. The simulated tenant holds each of them."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Iterator

RECIPIENT = b"ann@example.com"
# Characters that move a cursor, change a colour or a title, reverse text, or end a line.
HOSTILE_TEXTS = {
    "ESC": "\x1b[2J\x1b[31mred",
    "OSC": "\x1b]0;title\x07 \x1b]8;;http://example.org\x07link",
    "C1": "\x9b31mred\x90q\x9c",
    "bidi": "invoice\u202efdp.exe \u2066x\u2069 \u200fy",
    "zero width": "pay\u200bpal\ufeff",
    "separators": "one\u2028two\u2029three\x0bfour\x0cfive\x85six",
    "NUL": "a\x00b",
    "tags": "x\U000e0041\U000e0042\U000e007f",
    "markup": "[bold red]x[/] <script>alert(1)</script>",
    "formula": '=HYPERLINK("http://example.org")',
}
HOSTILE_NAMES = (
    "../../../../etc/passwd",
    "..\\..\\windows\\system32\\x.dll",
    "/etc/passwd",
    "C:\\x.exe",
    "CON",
    "nul.txt",
    "a.txt:stream",
    "invoice\u202efdp.exe",
    "a\x00.exe",
    "-rf.exe",
    ".",
    "..",
    "x" * 5000 + ".exe",
    "a|b>c<d?.js",
    " .hidden ",
    "=?utf-8?Q?..=2F..=2Fpasswd?=",
)


def hostile_emails() -> Iterator[tuple[str, bytes]]:
    """Each email with a name that describes the attack."""
    for name, text in HOSTILE_TEXTS.items():
        yield f"subject: {name}", email(text.encode())
        yield f"encoded subject: {name}", email(_encoded_word(text))
        yield f"sender: {name}", email(b"x", b'From: "%s" <mallory@example.org>\r\n' % text.encode())
    for number, name in enumerate(HOSTILE_NAMES):
        yield f"file: {name[:30]!r}", with_files({name: b"content"}, b"file %d" % number)
    yield "no headers", b"X-Simulator-Hold: Attack\r\nTo: " + RECIPIENT + b"\r\n\r\n"
    yield "raw bytes", email(bytes(range(128, 256)))
    yield "a subject of 2 MB", email(b"A" * 2_000_000)
    yield "a header of 2 MB", email(b"x", b"X-Long: " + b"y" * 2_000_000 + b"\r\n")
    yield "100,000 headers", email(b"x", b"X-Many: y\r\n" * 100_000)
    yield "3,000 nested multiparts", email(b"x", _nested(3000))
    yield "2,000 nested emails", email(b"x", b"Content-Type: message/rfc822\r\n\r\n" * 2000)
    yield "a zip bomb", with_files({"bomb.zip": _zip_bomb()})
    yield "200 files", with_files({f"{number}.txt": b"x" for number in range(200)})
    yield "a file of 6 MB", with_files({"large.bin": b"x" * 6_000_000})
    # Each recipient has a tracking record, but only the recipients in example.com are ingested.
    others = [b"u%04d@%s" % (number, b"example.com" if number % 30 == 0 else b"example.net") for number in range(1500)]
    yield "1,500 recipients", email(b"x", b"Cc: " + b",\r\n ".join(others) + b"\r\n")


def email(subject: bytes, headers: bytes = b"") -> bytes:
    """A held email with a raw subject and further header lines."""
    fixed = b"X-Simulator-Hold: Attack\r\nTo: " + RECIPIENT + b"\r\n"
    sender = b"" if b"From:" in headers else b"From: mallory@example.org\r\n"
    return fixed + sender + b"Subject: " + subject + b"\r\n" + headers + b"\r\nText.\r\n"


def with_files(files: dict[str, bytes], subject: bytes = b"") -> bytes:
    """A held email with attachments that have raw names.

    The default subject contains the number of files: the connector ingests no files of messages that look the same.
    """
    parts = b"".join(
        b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="%s"\r\n\r\n%s\r\n'
        % (name.encode().replace(b"\\", b"\\\\"), base64.encodebytes(content))
        for name, content in files.items()
    )
    subject = subject or b"%d files of %d bytes" % (len(files), sum(len(content) for content in files.values()))
    return email(subject, b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n")


def _encoded_word(text: str) -> bytes:
    return b"=?utf-8?B?" + base64.b64encode(text.encode()) + b"?="


def _nested(depth: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(depth)
    )


def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"../{number}.exe", b"\x00" * 10_000_000)
    return packed.getvalue()
