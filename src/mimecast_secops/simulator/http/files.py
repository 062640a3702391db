"""Files: streams, short-lived links, and the host behind those links."""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from mimecast_secops.simulator.http.held import unknown_id_response
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data, missing
from mimecast_secops.simulator.tenant.tenant import Tenant

DOWNLOAD: Final = "/simulator-download/"


def get_file(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/message/get-file` and `/api/archive/get-file` (API notes 7.7)."""
    file_id = request.item_id
    if file_id is None:
        return missing(request.item, "id")
    part = request.tenant.files.get(file_id)
    if part is None:
        return unknown_id_response(request, request.item)
    return file_response(request, file_id, part.content, part.content_type, part.name)


def file_response(request: ApiRequest, file_id: str, content: bytes, content_type: str, name: str) -> ApiResponse:
    """A file as a stream or behind a link, as the switch of the generation says."""
    quirks = request.tenant.quirks
    way = quirks.file_v1 if request.version == 1 else quirks.file_v2
    if way == "stream":
        safe = quote(name, safe=" .-_()")
        return ApiResponse(200, content, content_type, {"Content-Disposition": f'attachment; filename="{safe}"'})
    key = token(request.tenant, file_id)
    link = f"{request.base}{DOWNLOAD}{file_id}?token={key}\\u0026filename={quote(name, safe='')}"
    if not quirks.file_escaped:
        link = link.replace("\\u0026", "&")
    return data([{"url": link} if way == "url" else {"urls": [link]}])


def token(tenant: Tenant, file_id: str) -> str:
    """What makes a link its own key."""
    return hashlib.sha256(f"{file_id}:{tenant.application.client_secret}".encode()).hexdigest()


def download(tenant: Tenant, file_id: str, given: str) -> ApiResponse:
    """The file host. Takes no credentials, only the token of the link."""
    part = tenant.files.get(file_id)
    if part is None or given != token(tenant, file_id):
        return ApiResponse(403, b"", "text/plain")
    return ApiResponse(200, part.content, part.content_type or "application/octet-stream")
