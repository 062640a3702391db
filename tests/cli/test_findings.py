"""Findings of a permission check on the terminal: problems first, and each subject once."""

from __future__ import annotations

import pytest

from mimecast_secops.cli.findings import show_findings
from mimecast_secops.cli.output import Screen
from mimecast_secops.diagnosis import Finding, Verdict

WORKING = Finding(subject="Ping", kind="action", verdict=Verdict.WORKS, why="Mimecast answered.")


def shown(capsys: pytest.CaptureFixture[str], *findings: Finding) -> list[str]:
    show_findings(Screen(), [finding.as_json() for finding in findings])
    return [line for line in capsys.readouterr().out.splitlines() if line]


def test_without_a_problem_the_first_line_reports_it(capsys: pytest.CaptureFixture[str]) -> None:
    unavailable = Finding(subject="Report Message", kind="action", verdict=Verdict.NOT_AVAILABLE, why="API 1.0 only.")
    assert shown(capsys, WORKING, unavailable) == [
        "No problems. 1 of 2 actions and connectors work with these credentials.",
        "Actions",
        "  works         Ping",
        "  not available Report Message",
        "                API 1.0 only.",
    ]


def test_problems_come_first_with_their_remedies(capsys: pytest.CaptureFixture[str]) -> None:
    missing = Finding(
        subject="Search", kind="function", verdict=Verdict.MISSING, why="Forbidden.", remedy="Grant the permission."
    )
    blocked = Finding(subject="Release Message", kind="action", verdict=Verdict.MISSING, why="Search: missing")
    assert shown(capsys, WORKING, missing, blocked) == [
        "1 problem: Search",
        "  missing       Search",
        "                Forbidden.",
        "                Grant the permission.",
        "Actions",
        "  works         Ping",
        "  missing       Release Message",
        "                Search: missing",
    ]


def test_a_failed_check_of_the_connection_is_not_called_missing(capsys: pytest.CaptureFixture[str]) -> None:
    failed = Finding(
        subject="Credentials",
        kind="connection",
        verdict=Verdict.MISSING,
        why="Wrong. Check the key.",
        remedy="Check the key.",
    )
    assert shown(capsys, failed) == [
        "1 problem: Credentials",
        "  failed        Credentials",
        "                Wrong. Check the key.",
    ]


@pytest.mark.parametrize("is_first", [True, False])
def test_of_alternative_endpoints_only_the_best_is_shown(capsys: pytest.CaptureFixture[str], is_first: bool) -> None:
    old = Finding(subject="Delete a policy", kind="function", verdict=Verdict.NOT_AVAILABLE, path="/old")
    new = Finding(subject="Delete a policy", kind="function", verdict=Verdict.WORKS, path="/new")
    lines = shown(capsys, *((old, new) if is_first else (new, old)))
    assert lines[1:] == ["API endpoints", "  works         Delete a policy"]
