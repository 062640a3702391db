"""Downloads: as a stream or through a short-lived link, on either API version.

The documents disagree on which of the two a tenant uses (docs/reference/mimecast-api.md#download-a-file,
docs/reference/mimecast-api.md#download-an-archived-message), so both are supported. A link is requested without
credentials, over https only, never from an internal address, and redirects are not followed. If the API itself is on
this machine, as the simulator is, its links may lead to this machine too.
"""

from __future__ import annotations

import hashlib
import hmac
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final
from urllib.parse import urljoin, urlsplit

from mimecast_secops.api.decode import first_object, parse_integer
from mimecast_secops.api.envelope import RawReply, Reply, open_envelope
from mimecast_secops.api.error_mapping import error_of_reply
from mimecast_secops.api.errors import FileRejected, MimecastError, NotFound, Unavailable, UnreadableReply
from mimecast_secops.api.request import Request
from mimecast_secops.api.session import Attempt, Session
from mimecast_secops.api.transport import StreamedReply
from mimecast_secops.api.urls import is_internal, is_loopback

_MAX_IN_MEMORY: Final = 1024 * 1024
_MAX_ENVELOPE: Final = 1024 * 1024
_REDIRECTS: Final = range(300, 400)
_ENVELOPE_MEMBERS: Final = frozenset({"data", "fail", "meta"})


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """A downloaded file: in memory if it is small, otherwise in a temporary file (mode 0600) that is deleted on close.

    Attributes:
        content: the content, positioned at its beginning.
        size: the size in bytes.
        sha256: the hash in lower-case hexadecimal digits.
        content_type: the `Content-Type` of the reply; "" if it has none.
    """

    content: IO[bytes]
    size: int
    sha256: str
    content_type: str

    def read(self) -> bytes:
        """The whole content."""
        self.content.seek(0)
        return self.content.read()


@contextmanager
def fetch_file(session: Session, request: Request[Any], *, max_bytes: int, sha256: str = "") -> Iterator[SpooledFile]:
    """Download a file, as a stream or through a link.

    Args:
        session: the session.
        request: the request for the file. Its `read` is not used.
        max_bytes: a longer file is rejected, and not read any further.
        sha256: the expected hash in lower-case hexadecimal digits; "" if Mimecast does not announce one.

    Raises:
        FileRejected: the file is too long or has another hash, or its link is not allowed.
        MimecastError: the call failed.
    """

    def send(attempt: Attempt) -> SpooledFile:
        with session.stream(request, attempt) as reply:
            if _is_stream(reply):
                return _spool(reply, max_bytes, sha256)
            raw = RawReply(reply.status, reply.headers, _read(reply, _MAX_ENVELOPE))
        envelope = open_envelope(raw)
        if envelope is not None and raw.status == 200 and not _ENVELOPE_MEMBERS & set(envelope.body):
            return _file_from_json(raw.body, raw.headers, max_bytes, sha256)
        if error := error_of_reply(attempt.request_info, raw, envelope):
            raise error
        link = _link(envelope, session.connection.api_root + request.path)
        return _download(session, link, max_bytes, sha256)

    file: SpooledFile = session.with_retries(request, send)
    with file.content:
        yield file


def _is_stream(reply: StreamedReply) -> bool:
    """Whether the body is the file. A JSON file has a `Content-Disposition`; a JSON error has none."""
    if reply.status != 200:
        return False
    if "attachment" in reply.headers.get("content-disposition", "").lower():
        return True
    kind = reply.headers.get("content-type", "").lower()
    return bool(kind) and "json" not in kind and "text/html" not in kind


def _read(reply: StreamedReply, limit: int) -> bytes:
    parts, size = [], 0
    for chunk in reply.chunks:
        size += len(chunk)
        if size > limit:
            raise UnreadableReply("Mimecast answered a download with a long reply that is neither a file nor a link.")
        parts.append(chunk)
    return b"".join(parts)


def _link(envelope: Reply | None, base: str) -> str:
    """The link in a reply: `urls` or `url`, with JSON escapes that the server did not decode.

    Source: docs/reference/mimecast-api.md#download-a-file.

    Args:
        envelope: the reply.
        base: the URL of the request. A link to this machine or to an internal address is followed only if the API
            itself has such an address.
    """
    record = first_object(envelope.data) if envelope else {}
    urls = record.get("urls")
    candidates = [*(urls if isinstance(urls, list) else [urls]), record.get("url")]
    link = next((value for value in candidates if isinstance(value, str) and value), "")
    if not link:
        raise NotFound("Mimecast answered the download with neither a file nor a link.")
    try:
        url = urljoin(base, link.replace("\\u0026", "&").replace("\\/", "/"))
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port  # Reading the port raises ValueError for a malformed one.
    except ValueError:
        raise FileRejected("The download link from Mimecast is not a URL. It was not followed.") from None
    own_host = urlsplit(base).hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host) and is_loopback(own_host)):
        raise FileRejected("The download link from Mimecast is not an https URL. It was not followed.")
    if is_internal(host) and not is_internal(own_host):
        raise FileRejected("The download link from Mimecast leads to an internal address. It was not followed.")
    return url


def _download(session: Session, url: str, max_bytes: int, sha256: str) -> SpooledFile:
    # Without credentials: the link itself grants access, and its host is not the API's.
    with session.transport.stream(
        "GET", url, headers={"Accept": "*/*"}, body=None, deadline=session.deadline, name="download link"
    ) as reply:
        if reply.status == 200:
            return _spool(reply, max_bytes, sha256)
        raise _link_error(reply.status)


def _link_error(status: int) -> MimecastError:
    if status in _REDIRECTS:
        return FileRejected("The download link redirects to another URL. The redirect was not followed.", status=status)
    if status >= 500 or status == 429:
        return Unavailable(f"The file server returned a server error (HTTP {status}). Try again later.", status=status)
    return NotFound(f"The file server no longer has the file (HTTP {status}).", status=status)


def _spool(reply: StreamedReply, max_bytes: int, sha256: str) -> SpooledFile:
    announced = parse_integer(reply.headers.get("content-length", ""))
    if announced is not None and announced > max_bytes:
        raise _too_long(max_bytes)
    digest, size = hashlib.sha256(), 0
    spool = tempfile.SpooledTemporaryFile(max_size=_MAX_IN_MEMORY)  # noqa: SIM115 -- the caller closes it
    try:
        for chunk in reply.chunks:
            size += len(chunk)
            if size > max_bytes:
                raise _too_long(max_bytes)  # noqa: TRY301 -- the spool is closed for every error alike
            digest.update(chunk)
            spool.write(chunk)
        _check_hash(digest.hexdigest(), sha256)
    except BaseException:
        spool.close()
        raise
    spool.seek(0)
    return SpooledFile(spool, size, digest.hexdigest(), reply.headers.get("content-type", ""))


def _file_from_json(body: bytes, headers: Mapping[str, str], max_bytes: int, sha256: str) -> SpooledFile:
    """A file that is itself a JSON object, sent without a `Content-Disposition`."""
    return _spool(StreamedReply(200, headers, iter([body] if body else [])), max_bytes, sha256)


def _check_hash(actual: str, announced: str) -> None:
    if announced and not hmac.compare_digest(actual.lower(), announced.lower()):
        raise FileRejected("The SHA-256 of the file differs from the one that Mimecast announced.")


def _too_long(max_bytes: int) -> FileRejected:
    return FileRejected(f"The file is longer than the limit of {max_bytes} bytes.")
