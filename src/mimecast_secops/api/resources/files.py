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
    source="API notes 7.7 [documented]; on API 2.0 the permission is Account | Dashboard | Read",
)
ENDPOINTS: Final = (GET,)


class FilesResource:
    """Functions that hand out files."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @contextmanager
    def download(self, attachment_id: str, *, max_bytes: int, sha256: str = "") -> Iterator[SpooledFile]:
        """The content of an attachment.

        Args:
            attachment_id: from the details of a held message.
            max_bytes: a longer file is refused.
            sha256: what it must hash to, lower-case hex; "" = not announced.

        Raises:
            FileRejected: too long, another hash, or a link to a place that files must not come from.
            MimecastError: it could not be had.
        """
        request = Request(GET, ({"id": attachment_id},), no_result)
        with fetch_file(self._session, request, max_bytes=max_bytes, sha256=sha256) as file:
            yield file
