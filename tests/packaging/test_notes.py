"""The release notes of the platform, made of the changelog."""

from __future__ import annotations

import re

from mimecast_secops.packaging.notes import notes_in, release_notes
from tests.soar.host import ROOT

CHANGELOG = """# Changelog

## [Unreleased]

- Connector: not released yet.

## [1.1.0] - 2026-05-02

### Added

- Actions: `Ping` says more,
  and says it in one line.

## [1.0.0] - 2026-04-01

- The first release.
"""


def test_each_entry_of_a_release_is_a_note_oldest_release_first() -> None:
    notes = notes_in(CHANGELOG)
    assert [(note.version, note.date, note.kind, note.text) for note in notes] == [
        (1.0, "2026-04-01", "Integration", "The first release."),
        (1.1, "2026-05-02", "Action", "Ping says more, and says it in one line."),
    ]


def test_the_notes_of_our_changelog_are_what_the_platform_accepts() -> None:
    notes = release_notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert notes
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", note["publish_time"]) for note in notes)
    assert {note["item_type"] for note in notes} <= {"Integration", "Action", "Connector", "Widget"}
    assert notes[0]["new"]
