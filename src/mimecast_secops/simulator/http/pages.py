"""The status page: static files that read the control API. They contain no data of the tenant."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from mimecast_secops.simulator.http.responses import ApiResponse

_FOLDER: Final = Path(__file__).parents[1] / "pages"
# Path of the URL → file and content type.
_FILES: Final = {
    "/": ("status.html", "text/html; charset=utf-8"),
    "/status/status.css": ("status.css", "text/css; charset=utf-8"),
    "/status/status.js": ("status.js", "text/javascript; charset=utf-8"),
    "/status/tables.js": ("tables.js", "text/javascript; charset=utf-8"),
}
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(method: str, path: str) -> ApiResponse | None:
    """A file of the status page, or None if the request is not for one."""
    if method not in ("GET", "HEAD") or path not in _FILES:
        return None
    name, content_type = _FILES[path]
    return ApiResponse(200, _content(name), content_type, dict(_HEADERS))


@cache
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
