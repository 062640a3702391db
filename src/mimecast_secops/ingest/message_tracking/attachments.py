"""The attachments of a held message, brought to the case: capped, hash-checked, under a harmless name.

Whatever goes wrong with a file becomes a note on the alert; no file costs an alert.
"""

from __future__ import annotations

import base64
import unicodedata
from typing import Final

from mimecast_secops.api import Attachment
from mimecast_secops.api.errors import DeadlineExceeded, MimecastError
from mimecast_secops.ingest.alert import AlertFile
from mimecast_secops.ingest.interfaces import Tenant
from mimecast_secops.ingest.settings import Rules

_MOST_FILES: Final = 50
_LONGEST_STEM: Final = 120
_LONGEST_EXTENSION: Final = 20
_RESERVED: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)
_UNSAFE: Final = frozenset('<>:"/\\|?*')
# Control, format (bidi overrides among them), private-use, surrogate, line and paragraph separators.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp", "Cn"})


def fetch_files(tenant: Tenant, rules: Rules, hold_id: str) -> tuple[tuple[AlertFile, ...], list[str]]:
    """The files of a held message, and a note for each that did not come.

    Raises:
        DeadlineExceeded: the cycle is over; the message is left for the next one.
    """
    if not rules.file_bytes or not rules.alert_bytes:
        return (), []
    try:
        announced = tenant.detail(hold_id).attachments
    except DeadlineExceeded:
        raise
    except MimecastError as error:
        return (), [f"The attachments could not be listed: {error}"]
    files: list[AlertFile] = []
    notes: list[str] = []
    left = rules.alert_bytes
    for attachment in announced[:_MOST_FILES]:
        shown = safe_name(attachment.filename)
        most = min(rules.file_bytes, left)
        if attachment.size > most:
            notes.append(f'The attachment "{shown}" was not fetched: {attachment.size} bytes are more than {most}.')
            continue
        file = _fetch(tenant, attachment, most, notes)
        if file is not None:
            files.append(file)
            left -= file.size
    if len(announced) > _MOST_FILES:
        notes.append(f"The message has {len(announced)} attachments: only the first {_MOST_FILES} were fetched.")
    return tuple(files), notes


def safe_name(name: str) -> str:
    """A file name that is only that: no path, no invisible or reserved characters, of bounded length, never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join("_" if c in _UNSAFE else c for c in last if unicodedata.category(c) not in _INVISIBLE)
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    if not dot or not stem:
        stem, extension = kept, ""
    if stem.split(".")[0].strip().casefold() in _RESERVED:
        stem = f"_{stem}"
    stem = stem[:_LONGEST_STEM].rstrip(". ") or "attachment"
    extension = extension[:_LONGEST_EXTENSION].strip(". ")
    return f"{stem}.{extension}" if extension else stem


def _fetch(tenant: Tenant, attachment: Attachment, most: int, notes: list[str]) -> AlertFile | None:
    name = safe_name(attachment.filename)
    try:
        with tenant.file(attachment, most) as file:
            content = file.read()
            size, digest = file.size, file.sha256
    except DeadlineExceeded:
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
