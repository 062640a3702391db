"""The release notes of the platform, made of the changelog."""

from __future__ import annotations

import re

import pytest

from mimecast_secops._version import __version__
from mimecast_secops.packaging.identity import VERSION
from mimecast_secops.packaging.notes import RELEASE, notes_in, release_notes
from mimecast_secops.packaging.wheels import PackagingError
from tests.soar.host import ROOT

CHANGELOG = """# Changelog

## [Unreleased]

### Connector

- This is not released yet.

## [1.1.0] - 2026-05-02 - integration 100.0

### Actions

- *Ping*, *Release Message*: The action says `more`,
  see [the guide](docs/guide.md).

### Command line

- A command that the platform does not have.

### Widgets

- *Simple Archive Search* (new): The widget shows emails.

### Connector

- The connector is faster.

## [1.0.0] - 2026-04-01 - integration 1.0

### Integration

- *Mimecast* (new): The first release.
"""


def test_each_change_to_an_item_of_the_integration_is_a_note_oldest_release_first() -> None:
    notes = notes_in(CHANGELOG)
    assert [(note.version, note.date, note.kind, note.name, note.text, note.is_new) for note in notes] == [
        (1.0, "2026-04-01", "Integration", "Mimecast", "The first release.", True),
        (100.0, "2026-05-02", "Action", "Ping", "Ping: The action says more, see the guide.", False),
        (
            100.0,
            "2026-05-02",
            "Action",
            "Release Message",
            "Release Message: The action says more, see the guide.",
            False,
        ),
        (
            100.0,
            "2026-05-02",
            "Widget",
            "Mimecast - Simple Archive Search",
            "Simple Archive Search: The widget shows emails.",
            True,
        ),
        (100.0, "2026-05-02", "Connector", "Mimecast - Message Tracking Connector", "The connector is faster.", False),
    ]


@pytest.mark.parametrize("entry", ["- The action is better.", "- *Pong*: The action is better."])
def test_an_entry_about_actions_must_name_actions_that_exist(entry: str) -> None:
    with pytest.raises(PackagingError, match="is not the name of action"):
        notes_in(f"## [1.1.0] - 2026-05-02 - integration 100.0\n\n### Actions\n\n{entry}\n")


def test_the_notes_of_our_changelog_are_what_the_platform_accepts() -> None:
    notes = release_notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert notes
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", note["publish_time"]) for note in notes)
    assert {note["item_type"] for note in notes} == {"Integration", "Action", "Connector", "Widget"}
    assert all(note["new"] for note in notes if note["version"] == 1.0)


def test_the_notes_of_our_changelog_are_complete_sentences() -> None:
    notes = notes_in((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert [note.text for note in notes if not re.match(r"[A-Z0-9].*[.\"]$", note.text)] == []


def test_the_newest_release_of_the_changelog_has_the_versions_of_the_project_and_of_the_integration() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line[:3] == "## "]
    releases = [match for match in map(RELEASE.match, headings) if match]
    assert headings[0] == "## [Unreleased]"
    assert len(releases) == len(headings) - 1
    assert (releases[0]["project"], releases[0]["integration"]) == (__version__, VERSION)
    versions = [float(release["integration"]) for release in releases]
    assert versions == sorted(versions, reverse=True)
