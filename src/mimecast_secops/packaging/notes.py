"""The release notes of the platform, generated from the changelog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.packaging.identity import IDENTIFIER

_RELEASE: Final = re.compile(r"^## \[(\d+)\.(\d+)\.\d+\] - (\d{4}-\d{2}-\d{2})$")
_ENTRY: Final = re.compile(r"^- (?:(Integration|Actions?|Connector|Widgets?): )?(.+)$")
_TYPES: Final = {"Actions": "Action", "Widgets": "Widget"}


@dataclass(frozen=True, slots=True)
class Note:
    """An entry of a release. `date` is in ISO 8601; `kind` is the item type on the platform."""

    version: float
    date: str
    kind: str
    text: str


def notes_in(changelog: str) -> list[Note]:
    """Return the entries of the released versions, oldest release first.

    Args:
        changelog: text in the format of Keep a Changelog. An entry can start with its item type: `- Connector: …`.
    """
    return sorted(_notes(changelog), key=lambda note: note.version)


def release_notes(changelog: str) -> list[dict[str, Any]]:
    """The content of `release_notes.yaml`."""
    return [
        {
            "description": note.text,
            "version": note.version,
            "item_name": IDENTIFIER,
            "item_type": note.kind,
            "publish_time": note.date,
            "new": note.version == 1.0,
        }
        for note in notes_in(changelog)
    ]


def _notes(changelog: str) -> Iterator[Note]:
    version, date = 0.0, ""
    for line in _joined(changelog):
        release = _RELEASE.match(line)
        entry = _ENTRY.match(line)
        if release:
            version, date = float(f"{release[1]}.{release[2]}"), release[3]
        elif line.startswith("## "):
            version = 0.0
        elif entry and version:
            kind = entry[1] or "Integration"
            yield Note(version, date, _TYPES.get(kind, kind), entry[2].replace("`", ""))


def _joined(text: str) -> Iterator[str]:
    """The lines, with the continuation lines of an entry joined."""
    current = ""
    for line in text.splitlines():
        if line.startswith("  ") and current.startswith("- "):
            current += " " + line.strip()
            continue
        if current:
            yield current
        current = line
    if current:
        yield current
