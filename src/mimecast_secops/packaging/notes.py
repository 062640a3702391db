"""The release notes of the platform, generated from the changelog.

A release of the changelog has the heading `## [1.1.0] - 2026-11-25 - integration 100.0` and a section per part of the
product. The sections of `_KINDS` reach the platform, the others are for users of the command line and the simulator. An
entry about actions or widgets starts with their names: `- *Release Message*, *Reject Message*: The actions …`. The mark
`(new)` after the names tells that the release adds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import all_actions
from mimecast_secops.packaging import widgets
from mimecast_secops.packaging.identity import CONNECTOR, NAME
from mimecast_secops.packaging.wheels import PackagingError

RELEASE: Final = re.compile(
    r"^## \[(?P<project>\d+\.\d+\.\d+)\] - (?P<date>\d{4}-\d{2}-\d{2}) - integration (?P<integration>\d+\.\d+)$"
)
"""The heading of a release: the project's version, its date, and the integration's version."""
_KINDS: Final = {"Integration": "Integration", "Actions": "Action", "Connector": "Connector", "Widgets": "Widget"}
_NAMES: Final = re.compile(r"^((?:\*[^*]+\*(?:, )?)+)( \(new\))?: (.+)$")
_MARKUP: Final = re.compile(r"[*`]|\[([^\]]+)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Note:
    """A change to one item of the integration.

    Attributes:
        version: the version of the integration that has the change.
        date: the date of the release, in ISO 8601.
        kind: the item type on the platform.
        name: the name of the integration, action, connector or widget.
        text: one or more sentences.
        is_new: whether the release adds the item.
    """

    version: float
    date: str
    kind: str
    name: str
    text: str
    is_new: bool


def notes_in(changelog: str) -> list[Note]:
    """Return the changes of the released versions, oldest release first.

    Args:
        changelog: the text of CHANGELOG.md.

    Raises:
        PackagingError: an entry about actions or widgets does not name them, or names one that does not exist.
    """
    notes = sorted(_notes(changelog), key=lambda note: note.version)
    known = _item_names()
    for note in notes:
        if note.name not in known[note.kind]:
            raise PackagingError(f'CHANGELOG.md: "{note.name}" is not the name of {note.kind.lower()}: {note.text}')
    return notes


def release_notes(changelog: str) -> list[dict[str, Any]]:
    """The content of `release_notes.yaml`. See `notes_in` for the argument and the errors."""
    return [
        {
            "description": note.text,
            "version": note.version,
            "item_name": note.name,
            "item_type": note.kind,
            "publish_time": note.date,
            "new": note.is_new,
        }
        for note in notes_in(changelog)
    ]


def _item_names() -> dict[str, set[str]]:
    return {
        "Integration": {NAME},
        "Action": {action.name for action in all_actions()},
        "Connector": {CONNECTOR},
        "Widget": {widget.title for widget in widgets.WIDGETS},
    }


def _notes(changelog: str) -> Iterator[Note]:
    release: re.Match[str] | None = None
    kind: str | None = None
    for line in _joined(changelog):
        if line.startswith("## "):
            release, kind = RELEASE.match(line), None
        elif line.startswith("### "):
            kind = _KINDS.get(line.removeprefix("### "))
        elif release and kind and line.startswith("- "):
            yield from _notes_of_entry(line.removeprefix("- "), release, kind)


def _notes_of_entry(entry: str, release: re.Match[str], kind: str) -> Iterator[Note]:
    match = _NAMES.match(entry)
    names = re.findall(r"\*([^*]+)\*", match[1]) if match else [""]
    text = match[3] if match else entry
    for name in names:
        yield Note(
            version=float(release["integration"]),
            date=release["date"],
            kind=kind,
            name=_item_name(kind, name),
            text=_text(kind, name, text),
            is_new=bool(match and match[2]),
        )


def _item_name(kind: str, name: str) -> str:
    """The name on the platform of an item that the changelog names. The integration and the connector need no name."""
    defaults = {"Integration": NAME, "Connector": CONNECTOR}
    if kind == "Widget" and name:
        return f"{NAME} - {name}"
    return name or defaults.get(kind, "")


def _text(kind: str, name: str, text: str) -> str:
    """The text without markup. The platform also lists texts without the name of their item, so it is part of them."""
    plain = _MARKUP.sub(r"\1", text)
    return f"{name}: {plain}" if kind in ("Action", "Widget") else plain


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
