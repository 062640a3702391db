"""The attachments of a held message for the case: of limited size, hash-checked, under a safe name.

A file that cannot be fetched becomes a note on the alert, never a missing alert.
"""

from __future__ import annotations

import base64
import unicodedata
from typing import Final

from mimecast_secops.api import Attachment
from mimecast_secops.api.errors import DeadlineExceeded, MimecastError, RateLimited
from mimecast_secops.ingest.alert import AlertFile
from mimecast_secops.ingest.message_tracking.tenant import Tenant
from mimecast_secops.ingest.settings import ConnectorSettings

_MAX_FILES: Final = 50
_MAX_STEM: Final = 120
_MAX_EXTENSION: Final = 20
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
_UNSAFE: Final = frozenset('<>:"/\\|?*')
# Control, format (bidi overrides among them), private-use, surrogate, line and paragraph separators.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Cn"})


def fetch_files(tenant: Tenant, settings: ConnectorSettings, hold_id: str) -> tuple[tuple[AlertFile, ...], list[str]]:
    """Download the attachments of a held message.

    Returns:
        The files, and a note for each one that was not fetched.

    Raises:
        DeadlineExceeded: the cycle is over; the next one reads the message again.
        RateLimited: the rate limit does not allow it now; a later cycle reads the message again.
    """
    if not settings.file_bytes or not settings.alert_bytes:
        return (), []
    try:
        attachments = tenant.detail(hold_id).attachments
    except (DeadlineExceeded, RateLimited):
        raise
    except MimecastError as error:
        return (), [f"The attachments could not be listed: {error}"]
    files: list[AlertFile] = []
    notes: list[str] = []
    bytes_left = settings.alert_bytes
    for attachment in attachments[:_MAX_FILES]:
        max_bytes = min(settings.file_bytes, bytes_left)
        if attachment.size > max_bytes:
            name = safe_name(attachment.filename)
            notes.append(f'The attachment "{name}" was not fetched: {attachment.size} bytes are more than {max_bytes}.')
            continue
        file = _fetch(tenant, attachment, max_bytes, notes)
        if file is not None:
            files.append(file)
            bytes_left -= file.size
    if len(attachments) > _MAX_FILES:
        notes.append(f"The message has {len(attachments)} attachments: only the first {_MAX_FILES} were fetched.")
    return tuple(files), notes


def safe_name(name: str) -> str:
    """A safe file name: no path, no invisible or reserved characters, of limited length, never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        "_" if character in _UNSAFE else character
        for character in last
        if unicodedata.category(character) not in _INVISIBLE
    )
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    if not dot or not stem:
        stem, extension = kept, ""
    if stem.split(".")[0].strip().casefold() in _RESERVED:
        stem = f"_{stem}"
    stem = stem[:_MAX_STEM].rstrip(". ") or "attachment"
    extension = extension[:_MAX_EXTENSION].strip(". ")
    return f"{stem}.{extension}" if extension else stem


def _fetch(tenant: Tenant, attachment: Attachment, max_bytes: int, notes: list[str]) -> AlertFile | None:
    name = safe_name(attachment.filename)
    try:
        with tenant.file(attachment, max_bytes) as file:
            content = file.read()
            size, digest = file.size, file.sha256
    except (DeadlineExceeded, RateLimited):
        raise
    except MimecastError as error:
        notes.append(f'The attachment "{name}" could not be fetched: {error}')
        return None
    stem, dot, extension = name.rpartition(".")
    return AlertFile(
        name=stem if dot else name,
        extension=f".{extension}" if dot else "",
        base64=base64.b64encode(content).decode("ascii"),
        size=size,
        sha256=digest,
    )
