"""The adapter of actions, on a double of the SDK: every spelling that a platform sends, every way it can end."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mimecast_secops.actions import all_actions
from mimecast_secops.simulator import Simulator
from mimecast_secops.soar.action import main
from tests.soar.double import Action, configuration

SEARCH = {"Fields To Return": "id,\n subject", "Time Frame": "Last 24 Hours"}
PLANNED = {"Description": "d", "Sender": "a@example.org", "Sender Type": "Email Address", "Recipient Type": "Everyone"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def ended(slug: str, platform: Action) -> Action:
    with pytest.raises(SystemExit) as left:
        main(slug, lambda: platform)
    assert left.value.code == 0
    return platform


def run(simulator: Simulator, slug: str, parameters: dict[str, Any] | None = None, **more: Any) -> Action:
    return ended(slug, Action(configuration(simulator) | more.pop("configuration", {}), parameters or {}, **more))


# what the platform sends


@pytest.mark.parametrize("slug", ["ping", "simple_archive_search", "check_permissions"])
def test_the_configuration_is_asked_for_once_by_the_integrations_identifier(simulator: Simulator, slug: str) -> None:
    assert run(simulator, slug, SEARCH).asked == ["Mimecast"]


@pytest.mark.parametrize("spelling", [True, "true", "TRUE", " True\n", "1", "yes", "on", 1])
def test_a_boolean_of_the_configuration_may_be_spelled_in_any_way(simulator: Simulator, spelling: object) -> None:
    assert run(simulator, "ping", configuration={"Verify SSL": spelling}).outcome == (True, 0)


@pytest.mark.parametrize(
    ("spelling", "meant"),
    [
        (True, True),
        ("TRUE", True),
        ("yes", True),
        (1, True),
        (False, False),
        ("FALSE", False),
        ("no", False),
        (0, False),
    ],
)
def test_a_boolean_of_an_action_may_be_spelled_in_any_way(simulator: Simulator, spelling: object, meant: bool) -> None:
    given = PLANNED | {"Dry Run": "true", "Bidirectional": spelling, "Enforced": spelling}
    platform = run(simulator, "create_block_sender_policy", given)
    assert platform.outcome == (True, 0), platform.message
    [planned] = json.loads(platform.result.json)["request"]["data"]
    assert (planned["policy"]["bidirectional"], planned["policy"]["enforced"]) == (meant, meant)


@pytest.mark.parametrize("given", [3, "3", " 3\n", "3.0", 3.0])
def test_a_number_may_be_spelled_in_any_way(simulator: Simulator, given: object) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH | {"Max Emails To Return": given})
    assert len(json.loads(platform.result.json)) == 3


@pytest.mark.parametrize("given", ["many", "-1", "0", "2.5", "NaN", "1e999"])
def test_a_limit_that_is_no_positive_number_falls_back_and_the_log_says_so(simulator: Simulator, given: str) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH | {"Max Emails To Return": given})
    assert platform.outcome == (True, 0)
    assert '"Max Emails To Return" cannot be' in platform.LOGGER.text
    assert "50 is used" in platform.LOGGER.text


@pytest.mark.parametrize("blank", ["", "  ", "\n", None])
def test_blanks_are_nothing_given(simulator: Simulator, blank: object) -> None:
    names = ("Mailboxes", "From", "To", "Subject", "Start Time", "End Time", "Max Emails To Return")
    platform = run(simulator, "simple_archive_search", SEARCH | dict.fromkeys(names, blank))
    assert platform.outcome == (True, 0)
    assert json.loads(platform.result.json)


@pytest.mark.parametrize("name", ["Mailboxes", "From", "To"])
def test_a_criterion_of_nothing_but_commas_does_not_find_everything(simulator: Simulator, name: str) -> None:
    """Empty values of several events, joined by commas."""
    platform = run(simulator, "simple_archive_search", SEARCH | {name: ", ,\n,"})
    assert platform.outcome == (False, 2)
    assert f'"{name}" cannot be' in platform.message


def test_no_parameters_at_all_are_no_parameters(simulator: Simulator) -> None:
    platform = Action(configuration(simulator), {})
    platform.parameters = None
    assert ended("ping", platform).outcome == (True, 0)


@pytest.mark.parametrize("deadline", [0, None, -1, "0"])
def test_without_a_deadline_there_is_none(simulator: Simulator, deadline: object) -> None:
    assert run(simulator, "ping", deadline_ms=deadline).outcome == (True, 0)


@pytest.mark.parametrize("limit", [None, 0, "15", -3])
def test_without_a_limit_of_the_result_the_usual_one_holds(simulator: Simulator, limit: object) -> None:
    platform = Action(configuration(simulator), SEARCH)
    platform.max_json_result_size = limit
    ended("simple_archive_search", platform)
    assert json.loads(platform.result.json)


# what it gets


def test_a_search_ends_with_a_message_a_json_result_and_a_table_of_the_same_rows(simulator: Simulator) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH)
    items = json.loads(platform.result.json)
    assert platform.message == "Successfully found archive emails for the provided criteria in Mimecast."
    assert platform.outcome == (True, 0)
    assert all(set(item) == {"id", "subject"} for item in items)
    assert list(platform.result.tables) == ["Results"]
    header, *rows = platform.result.tables["Results"]
    assert header.split(",") == list(items[0])
    assert len(rows) == len(items)


def test_a_search_that_finds_nothing_is_a_success_that_says_so(simulator: Simulator) -> None:
    platform = run(simulator, "simple_archive_search", SEARCH | {"Subject": "nothing has this subject"})
    assert platform.message == "No archive emails were found for the provided criteria in Mimecast."
    assert (platform.outcome, json.loads(platform.result.json)) == ((True, 0), [])


def test_permissions_are_a_json_result_and_a_table_of_even_rows(simulator: Simulator) -> None:
    platform = run(simulator, "check_permissions")
    assert platform.outcome == (True, 0), platform.message
    [table] = platform.result.tables.values()
    assert len(table) > 1
    assert {len(line.split(",")) for line in table} == {len(table[0].split(","))}


def test_a_result_too_large_for_the_platform_is_cut_and_the_message_says_so() -> None:
    with Simulator() as simulator:
        for number in range(40):
            eml = f"From: a@mail.example.org\nTo: ann@example.com\nSubject: {number} {'x' * 3000}\n\nhi"
            simulator.control("mail", {"eml": eml})
        platform = Action(configuration(simulator), SEARCH)
        platform.max_json_result_size = 0.1
        ended("simple_archive_search", platform)
    kept = len(json.loads(platform.result.json))
    assert platform.outcome == (True, 0)
    assert 0 < kept < 40
    assert f"(Only the first {kept} of 40 fit into the result.)" in platform.message
    assert len(platform.result.tables["Results"]) == kept + 1


# what goes wrong


@pytest.mark.parametrize("slug", sorted(action.slug.replace("-", "_") for action in all_actions()))
@pytest.mark.parametrize(
    "wrong",
    [
        {"Client Secret": "another-secret-altogether"},
        {"Client Secret": ""},
        {"API Root": "not a url"},
        {"Verify SSL": "perhaps"},
    ],
    ids=["refused", "incomplete", "malformed", "no boolean"],
)
def test_every_error_of_the_configuration_ends_every_action_as_one_sentence(
    simulator: Simulator, slug: str, wrong: dict[str, Any]
) -> None:
    good = PLANNED | {"Message ID": "an-id", "XML Query": "<xmlquery/>", "Recipient": "ann@example.com"}
    platform = run(simulator, slug, good | {"Policy ID": "abc"}, configuration=wrong)
    assert platform.outcome == (False, 2)
    assert platform.message.startswith(
        ("Failed to connect to the Mimecast server! Error is ", "Error executing action ")
    )
    assert "\n" not in platform.message
    assert not re.search(r"Traceback|another-secret", platform.message + platform.LOGGER.text)
    assert platform.result.tables == {}


def test_a_server_that_cannot_be_reached_ends_as_one_sentence_with_its_address(simulator: Simulator) -> None:
    platform = run(simulator, "ping", configuration={"API Root": "http://127.0.0.1:9"})
    assert platform.outcome == (False, 2)
    assert "Error is No connection to 127.0.0.1:9" in platform.message


def test_no_configuration_at_all_names_what_is_missing() -> None:
    platform = ended("ping", Action(None, {}))
    assert platform.outcome == (False, 2)
    assert "Client ID" in platform.message


def test_both_sets_of_credentials_use_the_newer_one_and_warn(simulator: Simulator) -> None:
    keys = simulator.v1
    both = {"Application ID": keys.application_id, "Application Key": keys.application_key}
    both |= {"Access Key": keys.access_key, "Secret Key": keys.secret_key}
    platform = run(simulator, "ping", configuration=both)
    assert platform.outcome == (True, 0)
    assert "API 2.0" in platform.LOGGER.text
    assert not any(secret in platform.LOGGER.text for name, secret in both.items() if "Key" in name)


@pytest.mark.parametrize(
    ("slug", "parameters"),
    [
        ("release_message", {"Message ID": " "}),
        ("simple_archive_search", {"Time Frame": "Custom"}),
        ("advanced_archive_search", {"XML Query": "<xmlquery>"}),
        ("block_sender", {"Sender": "nobody", "Recipient": "ann@example.com"}),
        ("create_block_sender_policy", PLANNED | {"Response": "Perhaps"}),
    ],
)
def test_bad_input_never_reaches_mimecast(simulator: Simulator, slug: str, parameters: dict[str, Any]) -> None:
    before = len(simulator.requests)
    platform = run(simulator, slug, parameters)
    assert platform.outcome == (False, 2)
    assert len(simulator.requests) == before


def test_an_error_that_the_platform_raises_ends_as_a_failure_whose_reference_is_in_the_log() -> None:
    class Away(Action):
        def get_configuration(self, provider: str) -> dict[str, Any]:
            raise ZeroDivisionError("a bug")

    platform = ended("ping", Away({}, {}))
    assert platform.outcome == (False, 2)
    [reference] = re.findall(r"reference ([0-9a-f]{8})\.", platform.message)
    [line] = [line for line in platform.LOGGER.lines if reference in line and "Traceback" in line]
    assert "ZeroDivisionError: a bug" in line
    assert "Traceback" not in platform.message


@pytest.mark.parametrize("slug", ["ping", "release_message"])
def test_an_sdk_that_cannot_be_made_leaves_one_object_on_standard_output(
    slug: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken() -> Action:
        raise KeyError("case_id")

    main(slug, broken)
    said = json.loads(capfd.readouterr().out)
    message = said.pop("Message")
    assert message.startswith("Failed to connect to" if slug == "ping" else 'Error executing action "Release Message".')
    assert "KeyError" in message
    assert said == {"ResultObjectJson": "{}", "ResultValue": False, "DebugOutput": "", "ExecutionState": 2}


# what stays inside


def test_no_secret_reaches_the_log_or_the_message(simulator: Simulator) -> None:
    given = configuration(simulator)
    for slug in ("ping", "check_permissions", "simple_archive_search"):
        platform = run(simulator, slug, SEARCH)
        assert given["Client Secret"] not in platform.message + platform.LOGGER.text
