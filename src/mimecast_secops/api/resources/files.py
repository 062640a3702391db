"""Files: the attachments of held messages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from mimecast_secops.api.download import SpooledFile, fetch_file
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.request import Request, no_result
from mimecast_secops.api.session import Session

GET: Final = Endpoint(
    path="/api/gateway/message/get-file",
    summary="download an attachment",
    permission="Gateway | Tracking | Read",
    source=(
        "docs/reference/mimecast-api.md#download-a-file [documented]; "
        "on API 2.0 the permission is Account | Dashboard | Read"
    ),
)
ENDPOINTS: Final = (GET,)


class FilesResource:
    """The endpoints that download files."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @contextmanager
    def download(self, attachment_id: str, *, max_bytes: int, sha256: str = "") -> Iterator[SpooledFile]:
        """Download an attachment of a held message.

        Args:
            attachment_id: the `id` of an attachment in the details of a held message.
            max_bytes: a longer file is rejected.
            sha256: the expected hash in lower-case hexadecimal digits; "" if Mimecast does not announce one.

        Raises:
            FileRejected: the file is too long or has another hash, or its link is not allowed.
            MimecastError: the call failed.
        """
        request = Request(GET, ({"id": attachment_id},), no_result)
        with fetch_file(self._session, request, max_bytes=max_bytes, sha256=sha256) as file:
            yield file
