"""Downloads: as a stream or behind a short-lived link, on either API generation.

The documents disagree on which of the two a tenant does (API notes 7.7, 8.4), so both are understood. A link is fetched
without our credentials, from https only, never from an internal address, and never followed further. Where the API
itself is on this machine, as the simulator is, its links may lead there too.
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

from mimecast_secops.api.decode import first_object, whole_number
from mimecast_secops.api.envelope import RawReply, Reply, open_envelope
from mimecast_secops.api.error_mapping import RequestInfo, refusal
from mimecast_secops.api.errors import FileRejected, MimecastError, NotFound, Unavailable, UnreadableReply
from mimecast_secops.api.request import Request
from mimecast_secops.api.session import Session
from mimecast_secops.api.transport import StreamedReply
from mimecast_secops.api.urls import is_internal, is_loopback

_IN_MEMORY: Final = 1024 * 1024
_LONGEST_ENVELOPE: Final = 1024 * 1024
_REDIRECTS: Final = range(300, 400)
_ENVELOPE_MEMBERS: Final = frozenset({"data", "fail", "meta"})


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """A downloaded file: in memory while small, in a temporary file (mode 0600) that vanishes with it when not.

    Attributes:
        content: readable, at its beginning.
        size: bytes.
        sha256: lower-case hex.
        content_type: as the server said it, "" where it did not.
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
    """Download what a function hands out, as a stream or behind a link.

    Args:
        session: to call through.
        request: the request for the file. Its `read` is not used.
        max_bytes: a longer file is refused, and not read any further.
        sha256: what the content must hash to, lower-case hex; "" = not announced.

    Raises:
        FileRejected: too long, another hash, or a link to a place that files must not come from.
        MimecastError: it could not be had.
    """

    def attempt(request_info: RequestInfo, headers: dict[str, str]) -> SpooledFile:
        with session.open(request, headers) as reply:
            if _is_stream(reply):
                return _spool(reply, max_bytes, sha256)
            raw = RawReply(reply.status, reply.headers, _read(reply, _LONGEST_ENVELOPE))
        envelope = open_envelope(raw)
        if envelope is not None and raw.status == 200 and not _ENVELOPE_MEMBERS & set(envelope.body):
            return _kept(raw.body, raw.headers, max_bytes, sha256)
        if error := refusal(request_info, raw, envelope):
            raise error
        link = _link(envelope, session.connection.api_root + request.path)
        return _download(session, link, max_bytes, sha256)

    file: SpooledFile = session.repeat(request, attempt)
    with file.content:
        yield file


def _is_stream(reply: StreamedReply) -> bool:
    """Whether the body is the file itself. An attachment that is JSON comes with a disposition; a failure does not."""
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
            raise UnreadableReply("Mimecast answered a download with something long that is neither a file nor a link.")
        parts.append(chunk)
    return b"".join(parts)


def _link(envelope: Reply | None, base: str) -> str:
    """The link in a reply: `urls` or `url`, with escapes that were left over from JSON (API notes 7.7).

    Args:
        envelope: the reply.
        base: the URL that was asked. A link to this machine or an internal address is followed only if the API itself
            is there.
    """
    record = first_object(envelope.data) if envelope else {}
    urls = record.get("urls")
    candidates = [*(urls if isinstance(urls, list) else [urls]), record.get("url")]
    found = next((value for value in candidates if isinstance(value, str) and value), "")
    if not found:
        raise NotFound("Mimecast answered the download with neither a file nor a link.")
    try:
        url = urljoin(base, found.replace("\\u0026", "&").replace("\\/", "/"))
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port  # Reading the port raises ValueError for a malformed one.
    except ValueError:
        raise FileRejected("Mimecast named a download link that is no URL; it was not followed.") from None
    own_host = urlsplit(base).hostname or ""
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host) and is_loopback(own_host)):
        raise FileRejected("Mimecast named a download link that is not https; it was not followed.")
    if is_internal(host) and not is_internal(own_host):
        raise FileRejected("Mimecast named a download link to an internal address; it was not followed.")
    return url


def _download(session: Session, url: str, max_bytes: int, sha256: str) -> SpooledFile:
    # No credentials go along: the link is its own key, and its host is not the API's.
    with session.transport.stream(
        "GET", url, headers={"Accept": "*/*"}, body=None, deadline=session.deadline, name="download link"
    ) as reply:
        if reply.status == 200:
            return _spool(reply, max_bytes, sha256)
        raise _download_refused(reply.status)


def _download_refused(status: int) -> MimecastError:
    if status in _REDIRECTS:
        return FileRejected("The download link leads to another place; it was not followed.", status=status)
    if status >= 500 or status == 429:
        return Unavailable(f"The file host has trouble of its own (HTTP {status}).", status=status)
    return NotFound(f"The file host does not give the file any more (HTTP {status}).", status=status)


def _spool(reply: StreamedReply, max_bytes: int, sha256: str) -> SpooledFile:
    announced = whole_number(reply.headers.get("content-length", ""))
    if announced is not None and announced > max_bytes:
        raise _too_long(max_bytes)
    digest, size = hashlib.sha256(), 0
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- handed to the caller, who closes it
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


def _kept(body: bytes, headers: Mapping[str, str], max_bytes: int, sha256: str) -> SpooledFile:
    """A file that is itself a JSON object, served as such without a disposition."""
    return _spool(StreamedReply(200, headers, iter([body] if body else [])), max_bytes, sha256)


def _check_hash(found: str, announced: str) -> None:
    if announced and not hmac.compare_digest(found.lower(), announced.lower()):
        raise FileRejected("The file that came is not the one that was announced (its SHA-256 differs).")


def _too_long(max_bytes: int) -> FileRejected:
    return FileRejected(f"The file is longer than {max_bytes} bytes, which is the most that is taken.")
