"""The adapter of actions on a double of the SDK: each value that the platform sends, and each way an action ends."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

import mimecast_secops.soar.action as adapter
from mimecast_secops.actions import all_actions
from mimecast_secops.simulator import Simulator
from mimecast_secops.soar.action import main
from tests.soar.double import Action, configuration
from tests.tenants import retry_at_once

SEARCH = {"Fields To Return": "id,\n subject", "Time Frame": "Last 24 Hours"}
POLICY = {"Description": "d", "Sender": "a@example.org", "Sender Type": "Email Address", "Recipient Type": "Everyone"}
COMPLETED, FAILED = (True, 0), (False, 2)
SLUGS = sorted(action.slug.replace("-", "_") for action in all_actions())
CONFIGURATION_ERRORS = {
    "refused": {"Client Secret": "another-secret-altogether"},
    "incomplete": {"Client Secret": ""},
    "malformed": {"API Root": "not a url"},
    "no boolean": {"Verify SSL": "perhaps"},
}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def end(slug: str, platform: Action) -> Action:
    """Run an action to its end on a platform, and return the platform."""
    with pytest.raises(SystemExit) as exit_info:
        main(slug, lambda: platform)
    assert exit_info.value.code == 0
    return platform


def run(
    simulator: Simulator,
    slug: str,
    parameters: dict[str, Any] | None = None,
    *,
    changes: dict[str, Any] | None = None,
    deadline_ms: Any = 0,
) -> Action:
    """Run an action against the simulator; `changes` replace values of the configuration."""
    return end(slug, Action(configuration(simulator) | (changes or {}), parameters or {}, deadline_ms))


# input from the platform


@pytest.mark.parametrize("slug", ["ping", "simple_archive_search", "check_permissions"])
def test_an_action_fetches_the_configuration_once(simulator: Simulator, slug: str) -> None:
    assert run(simulator, slug, SEARCH).configuration_calls == ["Mimecast"]


@pytest.mark.parametrize("spelling", [True, "true", "TRUE", " True\n", "1", "yes", "on", 1])
def test_the_configuration_accepts_each_spelling_of_a_boolean(simulator: Simulator, spelling: object) -> None:
    assert run(simulator, "ping", changes={"Verify SSL": spelling}).outcome == COMPLETED


@pytest.mark.parametrize(
    ("spelling", "value"), [(True, True), ("TRUE", True), ("yes", True), (0, False), ("no", False), ("FALSE", False)]
)
def test_an_action_accepts_each_spelling_of_a_boolean(simulator: Simulator, spelling: object, value: bool) -> None:
    parameters = POLICY | {"Dry Run": "true", "Bidirectional": spelling, "Enforced": spelling}
    platform = run(simulator, "create_block_sender_policy", parameters)
    assert platform.outcome == COMPLETED, platform.message
    [request] = json.loads(platform.result.json)["request"]["data"]
    assert (request["policy"]["bidirectional"], request["policy"]["enforced"]) == (value, value)


@pytest.mark.parametrize("limit", [3, "3", " 3\n", "3.0", 3.0])
def test_an_action_accepts_each_spelling_of_a_number(simulator: Simulator, limit: object) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH | {"Max Emails To Return": limit})
    assert len(json.loads(platform.result.json)) == 3


@pytest.mark.parametrize("limit", ["many", "-1", "0", "2.5", "NaN", "1e999"])
def test_an_invalid_limit_falls_back_to_50_with_a_warning(simulator: Simulator, limit: str) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH | {"Max Emails To Return": limit})
    assert platform.outcome == COMPLETED
    assert '"Max Emails To Return" cannot be' in platform.LOGGER.text
    assert "50 is used" in platform.LOGGER.text


@pytest.mark.parametrize("blank", ["", "  ", "\n", None])
def test_a_blank_parameter_is_an_absent_one(simulator: Simulator, blank: object) -> None:
    names = ("Mailboxes", "From", "To", "Subject", "Start Time", "End Time", "Max Emails To Return")
    platform = run(simulator, "simple_archive_search", SEARCH | dict.fromkeys(names, blank))
    assert platform.outcome == COMPLETED
    assert json.loads(platform.result.json)


@pytest.mark.parametrize("name", ["Mailboxes", "From", "To"])
def test_a_criterion_of_commas_only_is_an_error(simulator: Simulator, name: str) -> None:
    """A playbook sends this if a placeholder expands to the empty values of several events."""
    platform = run(simulator, "simple_archive_search", SEARCH | {name: ", ,\n,"})
    assert platform.outcome == FAILED
    assert f'"{name}" cannot be' in platform.message


def test_an_action_runs_without_any_parameters(simulator: Simulator) -> None:
    platform = Action(configuration(simulator), {})
    platform.parameters = None
    assert end("ping", platform).outcome == COMPLETED


@pytest.mark.parametrize("deadline", [0, None, -1, "0"])
def test_an_action_runs_without_a_deadline(simulator: Simulator, deadline: object) -> None:
    assert run(simulator, "ping", deadline_ms=deadline).outcome == COMPLETED


def test_an_action_that_exceeds_its_deadline_fails(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter, "_MIN_SECONDS", 0.2)
    simulator.control("faults", {"add": [{"kind": "slow", "path": "/api/*", "seconds": 2.0, "count": 1}]})
    platform = run(simulator, "ping", deadline_ms=int(time.time() * 1000) - 1000)
    simulator.control("faults", {"clear": True})
    assert platform.outcome == FAILED


@pytest.mark.parametrize("limit", [None, 0, "15", -3])
def test_an_invalid_limit_of_the_result_size_falls_back_to_the_default(simulator: Simulator, limit: object) -> None:
    platform = Action(configuration(simulator), SEARCH)
    platform.max_json_result_size = limit
    end("simple_archive_search", platform)
    assert json.loads(platform.result.json)


# results


def test_a_search_ends_with_a_message_a_json_result_and_a_table_of_the_same_rows(simulator: Simulator) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH)
    items = json.loads(platform.result.json)
    assert platform.message == "Successfully found archive emails for the provided criteria in Mimecast."
    assert platform.outcome == COMPLETED
    assert all(set(item) == {"id", "subject"} for item in items)
    assert list(platform.result.tables) == ["Results"]
    header, *rows = platform.result.tables["Results"]
    assert header.split(",") == list(items[0])
    assert len(rows) == len(items)


def test_a_search_without_results_is_a_success(simulator: Simulator) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH | {"Subject": "nothing has this subject"})
    assert platform.message == "No archive emails were found for the provided criteria in Mimecast."
    assert (platform.outcome, json.loads(platform.result.json)) == (COMPLETED, [])


def test_each_row_of_the_permissions_table_has_the_same_number_of_cells(simulator: Simulator) -> None:
    platform = run(simulator, "check_permissions")
    assert platform.outcome == COMPLETED, platform.message
    [table] = platform.result.tables.values()
    assert len(table) > 1
    assert {len(line.split(",")) for line in table} == {len(table[0].split(","))}


def test_a_result_above_the_limit_is_cut_and_the_message_names_the_number(simulator: Simulator) -> None:
    with Simulator() as empty:
        for number in range(40):
            eml = f"From: a@mail.example.org\nTo: ann@example.com\nSubject: {number} {'x' * 3000}\n\nhi"
            empty.control("mail", {"eml": eml})
        platform = Action(configuration(empty), SEARCH)
        platform.max_json_result_size = 0.1
        end("simple_archive_search", platform)
    count = len(json.loads(platform.result.json))
    assert platform.outcome == COMPLETED
    assert 0 < count < 40
    assert f"(Only the first {count} of 40 fit into the result.)" in platform.message
    assert len(platform.result.tables["Results"]) == count + 1


# failures


def fails_with_one_line(platform: Action) -> None:
    assert platform.outcome == FAILED
    assert platform.message.startswith(
        ("Failed to connect to the Mimecast server! Error is ", "Error executing action ")
    )
    assert "\n" not in platform.message
    assert not re.search(r"Traceback|another-secret", platform.message + platform.LOGGER.text)
    assert platform.result.tables == {}


@pytest.mark.parametrize("slug", SLUGS)
def test_each_action_reports_refused_credentials_in_one_line(simulator: Simulator, slug: str) -> None:
    parameters = POLICY | {"Message ID": "an-id", "XML Query": "<xmlquery/>", "Recipient": "ann@example.com"}
    platform = run(simulator, slug, parameters | {"Policy ID": "abc"}, changes=CONFIGURATION_ERRORS["refused"])
    fails_with_one_line(platform)


@pytest.mark.parametrize("error", CONFIGURATION_ERRORS)
@pytest.mark.parametrize("slug", ["ping", "simple_archive_search"])
def test_each_error_of_the_configuration_is_reported_in_one_line(simulator: Simulator, slug: str, error: str) -> None:
    fails_with_one_line(run(simulator, slug, SEARCH, changes=CONFIGURATION_ERRORS[error]))


def test_an_unreachable_server_is_reported_with_its_address(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    retry_at_once(monkeypatch)
    platform = run(simulator, "ping", changes={"API Root": "http://127.0.0.1:9"})
    assert platform.outcome == FAILED
    assert "Error is no connection to 127.0.0.1:9" in platform.message


def test_an_empty_configuration_is_an_error_that_names_the_missing_values() -> None:
    platform = end("ping", Action(None, {}))
    assert platform.outcome == FAILED
    assert "Client ID" in platform.message


def test_with_both_sets_of_credentials_api_2_0_is_used_with_a_warning(simulator: Simulator) -> None:
    keys = simulator.v1
    credentials = {"Application ID": keys.application_id, "Application Key": keys.application_key}
    credentials |= {"Access Key": keys.access_key, "Secret Key": keys.secret_key}
    platform = run(simulator, "ping", changes=credentials)
    assert platform.outcome == COMPLETED
    assert "API 2.0" in platform.LOGGER.text
    assert not any(secret in platform.LOGGER.text for name, secret in credentials.items() if "Key" in name)


@pytest.mark.parametrize(
    ("slug", "parameters"),
    [
        ("release_message", {"Message ID": " "}),
        ("simple_archive_search", {"Time Frame": "Custom"}),
        ("advanced_archive_search", {"XML Query": "<xmlquery>"}),
        ("block_sender", {"Sender": "nobody", "Recipient": "ann@example.com"}),
        ("create_block_sender_policy", POLICY | {"Response": "Perhaps"}),
    ],
)
def test_invalid_input_is_reported_without_a_request(simulator: Simulator, slug: str, parameters: Any) -> None:
    requests = len(simulator.requests)
    platform = run(simulator, slug, parameters)
    assert platform.outcome == FAILED
    assert len(simulator.requests) == requests


def test_the_configuration_is_not_fetched_for_an_invalid_parameter(simulator: Simulator) -> None:
    assert run(simulator, "release_message", {"Message ID": " "}).configuration_calls == []


def test_an_unexpected_error_is_a_failure_whose_reference_is_in_the_log() -> None:
    class BrokenPlatform(Action):
        def get_configuration(self, provider: str) -> dict[str, Any]:
            raise ZeroDivisionError("a bug")

    platform = end("ping", BrokenPlatform({}, {}))
    assert platform.outcome == FAILED
    assert "ZeroDivisionError" in platform.message
    assert "Traceback" not in platform.message
    [line] = [line for line in platform.LOGGER.lines if "Traceback" in line]
    assert "ZeroDivisionError: a bug" in line
    [reference] = re.findall(r"\b[0-9a-f]{8}\b", platform.message)
    assert reference in line


@pytest.mark.parametrize("slug", ["ping", "release_message"])
def test_if_the_sdk_cannot_be_created_one_object_is_written(slug: str, capfd: pytest.CaptureFixture[str]) -> None:
    def broken_sdk() -> Action:
        raise KeyError("case_id")

    main(slug, broken_sdk)
    output = json.loads(capfd.readouterr().out)
    message = output.pop("Message")
    assert message.startswith("Failed to connect to" if slug == "ping" else 'Error executing action "Release Message".')
    assert "KeyError" in message
    assert output == {"ResultObjectJson": "{}", "ResultValue": False, "DebugOutput": "", "ExecutionState": 2}


# confidentiality


def test_no_secret_is_in_the_log_or_the_message(simulator: Simulator) -> None:
    secret = configuration(simulator)["Client Secret"]
    for slug in ("ping", "check_permissions", "simple_archive_search"):
        platform = run(simulator, slug, SEARCH)
        assert secret not in platform.message + platform.LOGGER.text


def test_no_content_of_a_message_is_in_the_log(simulator: Simulator) -> None:
    subject = "Overdue invoice 4711"
    [record] = [record for record in simulator.tenant.tracked.values() if record.mail.subject == subject]
    parameters = {"Message ID": record.id, "Dry Run": "true", "Allow High Risk": "true"}
    platform = run(simulator, "release_message", parameters)
    assert subject in platform.result.json
    assert subject not in platform.LOGGER.text
