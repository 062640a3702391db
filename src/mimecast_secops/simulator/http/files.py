"""Files: streams, short-lived links, and the host behind those links."""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from mimecast_secops.simulator.http.held import unknown
from mimecast_secops.simulator.http.requests import Call
from mimecast_secops.simulator.http.responses import Answer, data, missing
from mimecast_secops.simulator.tenant.tenant import Tenant

DOWNLOAD: Final = "/simulator-download/"


def get_file(call: Call) -> Answer:
    """`/api/gateway/message/get-file` and `/api/archive/get-file` (API notes 7.7)."""
    file_id = call.item_id
    if file_id is None:
        return missing(call.item, "id")
    part = call.tenant.files.get(file_id)
    if part is None:
        return unknown(call, call.item)
    return hand_out(call, file_id, part.content, part.content_type, part.name)


def hand_out(call: Call, file_id: str, content: bytes, content_type: str, name: str) -> Answer:
    """A file as a stream or behind a link, as the switch of the generation says."""
    behaviour = call.tenant.behaviour
    way = behaviour.file_v1 if call.version == 1 else behaviour.file_v2
    if way == "stream":
        safe = quote(name, safe=" .-_()")
        return Answer(200, content, content_type, {"Content-Disposition": f'attachment; filename="{safe}"'})
    link = f"{call.base}{DOWNLOAD}{file_id}?token={token(call.tenant, file_id)}\\u0026filename={quote(name, safe='')}"
    if not behaviour.file_escaped:
        link = link.replace("\\u0026", "&")
    return data([{"url": link} if way == "url" else {"urls": [link]}])


def token(tenant: Tenant, file_id: str) -> str:
    """What makes a link its own key."""
    return hashlib.sha256(f"{file_id}:{tenant.application.client_secret}".encode()).hexdigest()


def download(tenant: Tenant, file_id: str, given: str) -> Answer:
    """The file host. Takes no credentials, only the token of the link."""
    part = tenant.files.get(file_id)
    if part is None or given != token(tenant, file_id):
        return Answer(403, b"", "text/plain")
    return Answer(200, part.content, part.content_type or "application/octet-stream")
