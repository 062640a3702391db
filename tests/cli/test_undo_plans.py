"""What an undo would do, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mimecast_secops.actions import find
from mimecast_secops.cli import undo_plans
from mimecast_secops.cli.journal import DONE, FAILED, STARTED, UNDONE, Entry

PERMIT = find("block-sender").example["undo"]
BLOCK = find("permit-sender").example["undo"]
DELETE = find("create-block-sender-policy").example["undo"]


def entry(state: str, *undo: dict[str, Any]) -> Entry:
    return Entry(1, datetime(2026, 3, 7, tzinfo=UTC), "tenant", "Block Sender", {}, state, list(undo))


@pytest.mark.parametrize(
    ("change", "summary"),
    [
        (entry(DONE, PERMIT), "→ Permit Sender (creates a permit)"),
        (entry(DONE, BLOCK), "→ Block Sender (creates a block)"),
        (entry(DONE, DELETE, DELETE), "→ Delete Block Sender Policy"),
        (entry(FAILED, DELETE), "failed partway: → Delete Block Sender Policy"),
        (entry(FAILED), "nothing was changed"),
        (entry(UNDONE, PERMIT), "already reverted"),
        (entry(STARTED), "unknown: the command was ended before the change was confirmed"),
        (entry(DONE), "cannot be undone: it was already done"),
        (entry(DONE, {"possible": False, "why": "A message is gone; ask."}), "cannot be undone: a message is gone"),
        (entry(DONE, {"possible": False}), "cannot be undone: unknown"),
        (
            entry(DONE, find("delete-block-sender-policy").example["undo"]),
            "cannot be undone: run Create Block Sender Policy with the values that --json shows",
        ),
    ],
)
def test_a_summary_for_a_table(change: Entry, summary: str) -> None:
    assert undo_plans.summary(change) == summary


def test_only_steps_that_create_a_block_or_a_permit_need_a_confirmation() -> None:
    assert undo_plans.creating_steps([PERMIT, DELETE, BLOCK]) == [PERMIT, BLOCK]


def test_a_step_without_parameters_cannot_be_executed() -> None:
    assert undo_plans.steps_of(entry(DONE, {"possible": True, "action": "Create Block Sender Policy"})) == []


def test_the_description_of_a_permit_warns() -> None:
    text = undo_plans.description(PERMIT)
    assert text.startswith("This runs Permit Sender (Sender offers@mail.example.org, Recipient ann@example.com).")
    assert "It creates a permit, which may not have existed before." in text
    assert "Messages that match a permit bypass spam checks." in text
    assert "bypass" not in undo_plans.description(BLOCK)
    assert undo_plans.description(DELETE).startswith("This runs Delete Block Sender Policy (Policy ID ")
