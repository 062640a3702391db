"""Actions on the command line: the messages and results of every platform, as text and as JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from mimecast_secops.actions import all_actions, find
from mimecast_secops.api import ApiVersion
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.actions import permissions_of, takes_messages
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import Simulator
from tests.cli.command_line import CommandLine, error_line

BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)


def test_every_action_is_listed_and_has_help() -> None:
    listing = CliRunner().invoke(main, ["action", "--help"]).output
    for action in all_actions():
        assert f"\n  {action.slug} " in listing
        output = CliRunner().invoke(main, ["action", action.slug, "--help"]).output
        assert f"Required permissions: {permissions_of(action)}." in " ".join(output.split())


def test_the_permissions_of_an_action() -> None:
    assert permissions_of(find("ping")) == "Account | Dashboard | Read"


def test_an_unknown_action_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["action", "unknown"]).exit_code == exit_codes.USAGE


@BOTH
def test_a_search_as_text_and_as_json(simulator: Simulator, api_version: ApiVersion, tmp_path: Path) -> None:
    command_line = CommandLine(simulator, tmp_path, api_version)
    search = ["action", "simple-archive-search", "--time-frame", "Last 24 Hours"]
    output = command_line.invoke(*search).stdout
    assert "Successfully found archive emails for the provided criteria in Mimecast." in output
    assert "Lunch on Thursday?" in output
    result = command_line.invoke_json(*search)
    assert result["is_success"] is True
    assert {item["subject"] for item in result["json_result"]} >= {"Lunch on Thursday?"}


def test_a_failure_as_json(command_line: CommandLine) -> None:
    result = command_line.invoke_json("action", "release-message", "--message-id", "eNoDAAAAAAE")
    assert result["is_success"] is False
    assert result["message"].startswith('Error executing action "Release Message". Reason: ')


def test_a_message_that_is_not_held_is_not_done(command_line: CommandLine, simulator: Simulator) -> None:
    archived = next(record.id for record in simulator.tenant.tracked.values() if not record.is_held)
    result = command_line.invoke("action", "release-message", "--message-id", archived)
    assert result.exit_code == exit_codes.NOT_DONE
    assert 'its status is "archived"' in error_line(result)


@pytest.mark.parametrize("message_id", ["<>", "<", "< >", " "])
def test_an_empty_id_is_a_usage_error(command_line: CommandLine, message_id: str) -> None:
    result = command_line.invoke("action", "release-message", "--message-id", message_id)
    assert result.exit_code == exit_codes.USAGE
    assert "--message-id" in error_line(result)


def test_only_actions_with_a_bulk_parameter_have_bulk_options_and_only_writes_have_state_options() -> None:
    for action in all_actions():
        output = CliRunner().invoke(main, ["action", action.slug, "--help"]).output
        for option in ("--from-file", "--concurrency", "--job", "--restart"):
            assert (option in output) is (action.bulk_parameter is not None), action.name
        assert ("[MESSAGE]..." in output) is takes_messages(action), action.name
        assert ("--yes" in output) is takes_messages(action), action.name
        assert ("--state " in output) is action.writes, action.name


def test_only_actions_on_messages_take_messages_as_arguments() -> None:
    slugs = [action.slug for action in all_actions() if takes_messages(action)]
    assert slugs == ["reject-message", "release-message", "report-message"]


def test_a_placeholder_is_named_before_any_request(command_line: CommandLine, simulator: Simulator) -> None:
    for words in (("--message-id", "[Event.trackingId]"), ("[Event.trackingId]",)):
        result = command_line.invoke("action", "release-message", *words)
        assert result.exit_code == exit_codes.USAGE
        assert "this is a placeholder of the playbook that no value replaced" in error_line(result)
    assert simulator.requests == []
