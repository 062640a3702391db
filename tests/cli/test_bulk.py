"""Bulk runs: files, several items at the same time, and jobs that resume."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from mimecast_secops.actions import all_actions
from mimecast_secops.api import ApiVersion
from mimecast_secops.cli import exit_codes
from mimecast_secops.simulator import Simulator
from mimecast_secops.stores.database import StateDatabase
from tests.cli.command_line import CLEAN_ENVIRONMENT, COMMAND, UNKNOWN_ID, CommandLine, first_words
from tests.stores.processes import held_by_another_process, lock_for_writing

IDS_OF_WINDOWS = pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16"], ids=["Excel and Notepad", "Windows PowerShell"]
)


# exit codes


def test_an_error_that_concerns_all_items_stops_the_run(command_line: CommandLine, simulator: Simulator) -> None:
    words = command_line.reject(*command_line.held_ids()[:3])
    result = command_line.invoke(*words, "--client-secret", "wrong-wrong-wrong-wrong")
    assert result.exit_code == exit_codes.AUTHENTICATION
    assert first_words(result.stdout) == ["FAILED"]
    assert "0 succeeded, 1 failed. Stopped, because the last error concerns all items: 2 left." in result.stderr
    assert simulator.tenant.decisions == []


def test_the_run_stops_if_the_journal_cannot_be_written(command_line: CommandLine, simulator: Simulator) -> None:
    words = command_line.reject(*command_line.held_ids()[:3])
    StateDatabase.open(command_line.state).close()
    with held_by_another_process(lock_for_writing, command_line.state):
        result = command_line.invoke(*words, "--state-timeout", "0.1", "--json")
    assert result.exit_code == exit_codes.LOCKED
    line, summary = map(json.loads, result.stdout.splitlines())
    assert "Nothing was sent" in line["message"]
    assert (summary["summary"]["failed"], summary["summary"]["left"]) == (1, 2)
    assert simulator.tenant.decisions == []


def test_several_items_at_the_same_time(command_line: CommandLine, simulator: Simulator) -> None:
    words = ("action", "reject-message", "--from-file", str(command_line.ids_file()), "--concurrency", "32", "--json")
    ids = command_line.hold(64)
    result = command_line.invoke(*words)
    assert result.exit_code == exit_codes.OK
    *items, _ = map(json.loads, result.stdout.splitlines())
    assert sorted(item["id"] for item in items) == sorted(ids)
    assert len(simulator.tenant.decisions) == 64
    assert command_line.journal() == {"done": 64}


def test_all_items_share_the_rate_limit_of_the_tenant(command_line: CommandLine, simulator: Simulator) -> None:
    quirks = {"rate_limit": 10, "rate_window": 0.2, "rate_headers_on_v2": True}
    command_line.hold(30)
    simulator.control("behaviour", quirks)
    words = ("action", "reject-message", "--from-file", str(command_line.ids_file()), "--concurrency", "8")
    result = command_line.invoke(*words)
    simulator.control("behaviour", {"rate_limit": 0})
    assert result.exit_code == exit_codes.OK, result.output
    assert len(simulator.tenant.decisions) == 30


def test_the_concurrency_is_limited(command_line: CommandLine) -> None:
    for number in ("0", "33"):
        result = command_line.invoke(*command_line.reject("a"), "--concurrency", number)
        assert result.exit_code == exit_codes.USAGE


# files


@IDS_OF_WINDOWS
def test_files_of_windows_work(command_line: CommandLine, encoding: str) -> None:
    ids = command_line.held_ids()[:2]
    words = command_line.reject()
    command_line.ids_file().write_bytes("\r\n".join(["# comment", *ids, "", ids[0]]).encode(encoding))
    result = command_line.invoke(*words)
    assert (result.exit_code, first_words(result.stdout)) == (exit_codes.OK, ["ok", "ok"])
    assert "Repeated entries skipped: 1." in result.stderr


def test_a_line_that_is_not_text_is_named_and_nothing_is_done(command_line: CommandLine, simulator: Simulator) -> None:
    words = command_line.reject()
    command_line.ids_file().write_bytes(command_line.held_ids()[0].encode() + b"\n\xff\n")
    result = command_line.invoke(*words)
    assert result.exit_code == exit_codes.USAGE
    assert "line 2: it is not UTF-8 text" in result.stderr
    assert simulator.requests == []


def test_a_missing_file_is_a_usage_error_in_one_line(command_line: CommandLine, tmp_path: Path) -> None:
    missing = tmp_path / "missing.txt"
    result = command_line.invoke("action", "reject-message", "--from-file", str(missing))
    assert result.exit_code == exit_codes.USAGE
    assert result.stderr == f"{missing}: the file cannot be read: No such file or directory. Nothing was done.\n"


def test_standard_input(command_line: CommandLine) -> None:
    ids = command_line.held_ids()[:2]
    words = ("action", "reject-message", "--from-file", "-")
    done = subprocess.run(
        [*COMMAND, *words],
        input="\n".join([*ids, UNKNOWN_ID]).encode(),
        env=CLEAN_ENVIRONMENT | command_line.environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == exit_codes.PARTIAL
    assert sorted(first_words(done.stdout.decode())) == ["FAILED", "ok", "ok"]
    with StateDatabase.open(command_line.state) as database:
        assert database.rows("SELECT * FROM jobs") == []


@pytest.mark.parametrize(
    "slug", [action.slug for action in all_actions() if action.bulk_parameter and action.slug != "report-message"]
)
def test_every_action_with_a_bulk_parameter_reads_its_sample_from_a_file(command_line: CommandLine, slug: str) -> None:
    action = next(action for action in all_actions() if action.slug == slug)
    assert action.bulk_parameter is not None
    item = {"release-message": command_line.held_ids()[0], "reject-message": command_line.held_ids()[1]}
    command_line.ids_file().write_text(item.get(slug) or action.sample[action.bulk_parameter.name])
    slugs = {parameter.name: f"--{parameter.slug}" for parameter in action.declared}
    others = [
        word
        for name, value in action.sample.items()
        if name != action.bulk_parameter.name
        for word in (slugs[name], value)
    ]
    result = command_line.invoke("action", slug, "--from-file", str(command_line.ids_file()), *others)
    assert result.exit_code == exit_codes.OK, result.output


def test_reports_of_a_file(simulator: Simulator, tmp_path: Path) -> None:
    command_line = CommandLine(simulator, tmp_path, ApiVersion.V1)
    ids = command_line.held_ids()[:2]
    command_line.ids_file().write_text("\n".join(ids))
    words = ("action", "report-message", "--from-file", str(command_line.ids_file()), "--report-as", "Phishing")
    result = command_line.invoke(*words)
    assert (result.exit_code, first_words(result.stdout)) == (exit_codes.OK, ["ok", "ok"])


def test_a_file_without_entries_is_said(command_line: CommandLine) -> None:
    result = command_line.invoke(*command_line.reject("# comment"))
    assert (result.exit_code, result.stdout) == (exit_codes.OK, "")
    assert "There are no entries, so there is nothing to do." in result.stderr


# dry runs


def test_a_dry_run_shows_the_plan_of_each_item_and_keeps_nothing(
    command_line: CommandLine, simulator: Simulator
) -> None:
    record = next(record for record in simulator.tenant.held() if "wire" in record.subject)
    result = command_line.invoke(*command_line.reject(record.id, UNKNOWN_ID), "--dry-run")
    assert result.exit_code == exit_codes.PARTIAL
    first, second = result.stdout.splitlines()
    assert first.startswith(f'Would reject: "{record.subject}" from ')
    assert second.startswith("FAILED  ")
    assert "Dry run: nothing was done. 1 would be done, 1 would fail." in result.stderr
    assert simulator.tenant.decisions == []
    assert not command_line.state.exists()


# jobs


def test_the_next_run_repeats_what_failed(command_line: CommandLine) -> None:
    words = command_line.reject(*command_line.held_ids()[:2], UNKNOWN_ID)
    command_line.invoke(*words)
    result = command_line.invoke(*words)
    assert (result.exit_code, first_words(result.stdout)) == (exit_codes.PARTIAL, ["FAILED"])
    assert f"The job {command_line.ids_file()} began at " in result.stderr
    assert ": 2 of 3 done, 1 left. Add --restart to start over." in result.stderr
    assert "0 succeeded, 1 failed, 2 done before." in result.stderr


def test_another_file_is_another_job(command_line: CommandLine) -> None:
    first, second, *_ = command_line.held_ids()
    command_line.invoke(*command_line.reject(first, UNKNOWN_ID))
    command_line.ids_file("others").write_text(f"{first}\n{second}\n")
    words = ("action", "reject-message", "--from-file", str(command_line.ids_file("others")), "--concurrency", "1")
    result = command_line.invoke(*words)
    assert first_words(result.stdout) == ["already", "ok"]
    assert "done before" not in result.stderr
    assert "began" not in result.stderr


def test_a_relative_path_is_the_same_job(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    command_line.invoke(*command_line.reject(command_line.held_ids()[0], UNKNOWN_ID))
    monkeypatch.chdir(command_line.folder)
    result = command_line.invoke("action", "reject-message", "--from-file", command_line.ids_file().name)
    assert "1 of 2 done" in result.stderr


def test_a_named_job_is_the_same_for_every_file(command_line: CommandLine) -> None:
    first, second, *_ = command_line.held_ids()
    command_line.invoke(*command_line.reject(first, UNKNOWN_ID), "--job", "campaign")
    command_line.ids_file("others").write_text(f"{first}\n{second}\n")
    words = ("action", "reject-message", "--from-file", str(command_line.ids_file("others")), "--job", "campaign")
    result = command_line.invoke(*words)
    assert first_words(result.stdout) == ["ok"]
    assert "The job campaign began at " in result.stderr


def test_a_run_without_a_failure_ends_the_job(command_line: CommandLine, simulator: Simulator) -> None:
    words = command_line.reject(*command_line.held_ids()[:2])
    for expected in (["ok", "ok"], ["already", "already"]):
        result = command_line.invoke(*words)
        assert first_words(result.stdout) == expected
        assert "done before" not in result.stderr
    assert len(simulator.tenant.decisions) == 2


def test_restart_forgets_the_earlier_run(command_line: CommandLine) -> None:
    words = command_line.reject(command_line.held_ids()[0], UNKNOWN_ID)
    command_line.invoke(*words)
    result = command_line.invoke(*words, "--restart")
    assert first_words(result.stdout) == ["already", "FAILED"]
