"""File endpoints: streams, short-lived links, and the file host that the links lead to."""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from mimecast_secops.simulator.http.held import unknown_id_response
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data, missing
from mimecast_secops.simulator.http.schemas.messages import FileLink
from mimecast_secops.simulator.mail.parser import Part
from mimecast_secops.simulator.tenant.tenant import Tenant

DOWNLOAD: Final = "/simulator-download/"


def get_file(request: ApiRequest) -> ApiResponse:
    """`/api/gateway/message/get-file` and `/api/archive/get-file` (docs/reference/mimecast-api.md#download-a-file)."""
    file_id = request.item_id
    if file_id is None:
        return missing(request.item, "id")
    part = request.tenant.files.get(file_id)
    if part is None:
        return unknown_id_response(request, request.item)
    return file_response(request, file_id, part)


def file_response(request: ApiRequest, file_id: str, part: Part) -> ApiResponse:
    """A file as a stream or as a link, as the quirk for the API version defines it."""
    quirks = request.tenant.quirks
    transfer = quirks.file_v1 if request.version == 1 else quirks.file_v2
    if transfer == "stream":
        name = quote(part.name, safe=" .-_()")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return ApiResponse(200, part.content, part.content_type, headers)
    token, name = download_token(request.tenant, file_id), quote(part.name, safe="")
    url = f"{request.base}{DOWNLOAD}{file_id}?token={token}\\u0026filename={name}"
    if not quirks.file_escaped:
        url = url.replace("\\u0026", "&")
    link: FileLink = {"url": url} if transfer == "url" else {"urls": [url]}
    return data([link])


def download_token(tenant: Tenant, file_id: str) -> str:
    """The token that authenticates a link."""
    return hashlib.sha256(f"{file_id}:{tenant.application.client_secret}".encode()).hexdigest()


def download(tenant: Tenant, file_id: str, token: str) -> ApiResponse:
    """The file host. It accepts no credentials, only the token of the link."""
    part = tenant.files.get(file_id)
    if part is None or token != download_token(tenant, file_id):
        return ApiResponse(403, b"", "text/plain")
    return ApiResponse(200, part.content, part.content_type or "application/octet-stream")
