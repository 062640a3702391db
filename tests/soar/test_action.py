"""The adapter of actions, on a double of the SDK: whatever happens, one answer."""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion, Secret
from mimecast_secops.api.resources.account import AccountResource
from mimecast_secops.parameters import declared
from mimecast_secops.simulator import Simulator
from mimecast_secops.soar.action import main
from tests.tenants import settings_for


class Log:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, text: str) -> None:
        self.lines.append(text)

    debug = warn = error = info


class Shown:
    def __init__(self) -> None:
        self.json = ""
        self.tables: dict[str, list[str]] = {}

    def add_result_json(self, text: str) -> None:
        self.json = text

    def add_data_table(self, title: str, lines: list[str]) -> None:
        self.tables[title] = lines


class Platform:
    """The SDK's action, as far as the adapter uses it."""

    def __init__(self, configuration: dict[str, Any], parameters: dict[str, Any], deadline_ms: int = 0) -> None:
        self.LOGGER = Log()
        self.result = Shown()
        self.parameters = parameters
        self.execution_deadline_unix_time_ms = deadline_ms
        self.max_json_result_size = 15
        self.asked = 0
        self.ended: tuple[str, bool, int] | None = None
        self._configuration = configuration

    def get_configuration(self, _provider: str) -> dict[str, Any]:
        self.asked += 1
        return self._configuration

    def end(self, message: str, value: bool, state: int) -> None:
        assert self.ended is None
        self.ended = (message, value, state)
        raise SystemExit(0)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def configuration(simulator: Simulator) -> dict[str, Any]:
    settings = settings_for(simulator, ApiVersion.V2)
    values = {one.name: getattr(settings, one.field) for one in declared(type(settings))}
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()}


def run(simulator: Simulator, slug: str, parameters: dict[str, Any] | None = None, **more: Any) -> Platform:
    platform = Platform(configuration(simulator) | more.pop("configuration", {}), parameters or {}, **more)
    with pytest.raises(SystemExit):
        main(slug, lambda: platform)
    return platform


def test_the_configuration_is_asked_for_once(simulator: Simulator) -> None:
    platform = run(simulator, "ping")
    assert platform.asked == 1
    assert platform.ended is not None
    assert platform.ended[1:] == (True, 0)


@pytest.mark.parametrize("spelling", [True, "true", "TRUE", " True\n", "1", "yes"])
def test_booleans_in_every_spelling_and_blanks_in_lists(simulator: Simulator, spelling: object) -> None:
    parameters = {
        "Fields To Return": "id,\n subject",
        "Time Frame": "Last 24 Hours",
        "Max Emails To Return": 3,
        "From": "",
        "To": None,
    }
    platform = run(simulator, "simple_archive_search", parameters, configuration={"Verify SSL": spelling})
    assert platform.ended is not None
    assert platform.ended[1]
    assert set(json.loads(platform.result.json)[0]) == {"id", "subject"}
    assert platform.result.tables["Results"][0].split(",") == list(json.loads(platform.result.json)[0])


def test_bad_input_never_asks_for_the_configuration(simulator: Simulator) -> None:
    platform = run(simulator, "release_message", {"Message ID": " "})
    assert platform.asked == 0
    assert platform.ended is not None
    assert platform.ended[1:] == (False, 2)


def test_a_deadline_that_has_passed_ends_as_a_failure(simulator: Simulator) -> None:
    simulator.control("faults", {"add": [{"kind": "slow", "path": "/api/*", "seconds": 8.0, "count": 1}]})
    platform = run(simulator, "ping", deadline_ms=int(time.time() * 1000) - 1000)
    simulator.control("faults", {"clear": True})
    assert platform.ended is not None
    assert platform.ended[1:] == (False, 2)


def test_a_bug_ends_as_a_failure_whose_reference_is_in_the_log(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(_self: AccountResource) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(AccountResource, "get", bug)
    platform = run(simulator, "ping")
    assert platform.ended is not None
    message, value, state = platform.ended
    assert (value, state) == (False, 2)
    reference = message.split("reference ")[1].rstrip(".")
    assert any(reference in line for line in platform.LOGGER.lines)
    assert "ZeroDivisionError" in message
    assert "Traceback" not in message


def test_an_sdk_that_cannot_be_made_still_leaves_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(sys, "__stdout__", out)

    def broken() -> Platform:
        raise KeyError("case_id")

    main("ping", broken)
    said = json.loads(out.getvalue())
    assert (said["ResultValue"], said["ExecutionState"]) == (False, 2)
    assert said["Message"].startswith("Failed to connect to the Mimecast server! Error is ")


def test_no_mail_content_reaches_the_log(simulator: Simulator) -> None:
    subject = "Overdue invoice 4711"
    [record] = [one for one in simulator.tenant.tracked.values() if one.mail.subject == subject]
    platform = run(
        simulator, "release_message", {"Message ID": record.id, "Dry Run": "true", "Allow High Risk": "true"}
    )
    assert subject in platform.result.json
    assert not any(subject in line for line in platform.LOGGER.lines)
