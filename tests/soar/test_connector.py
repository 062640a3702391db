"""The adapter of the connector, on a double of the SDK: one package, an honest end, and no state before its alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import mimecast_secops.soar.connector as connector_module
from mimecast_secops.api import ApiVersion, Connection, MimecastClient
from mimecast_secops.ingest import ImportedState
from mimecast_secops.simulator import Simulator
from mimecast_secops.soar.connector import imported_state, main
from mimecast_secops.soar.context_store import HEAD
from tests.soar.double import Execution, Properties, configuration, sdk_of

NOW = 1_790_000_000_000


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def execution(simulator: Simulator, given: dict[str, Any] | None = None, **more: Any) -> Execution:
    parameters = configuration(simulator, more.pop("api_version", ApiVersion.V2)) | {
        "Domains": ",".join(sorted(simulator.tenant.domains)),
        "DeviceProductField": "Product Name",
        "EventClassId": "event_type",
        "PythonProcessTimeout": "60",
    }
    return Execution(parameters | (given or {}), **more)


def cycle(platform: Execution) -> Execution:
    main(sdk_of(platform))
    return platform


def waiting(simulator: Simulator) -> set[str]:
    return {one.id for one in simulator.tenant.tracked.values() if one.is_held}


def next_cycle(simulator: Simulator, before: Execution, **more: Any) -> Execution:
    return cycle(execution(simulator, stored=before.values, **more))


# scheduled runs


@pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda one: one.name)
def test_every_held_message_is_handed_over_once(simulator: Simulator, api_version: ApiVersion) -> None:
    first = cycle(execution(simulator, api_version=api_version))
    assert set(first.tickets) == waiting(simulator)
    assert len(first.tickets) == len(set(first.tickets))
    assert next_cycle(simulator, first, api_version=api_version).tickets == []


def test_all_settings_may_be_blank_but_the_mandatory_ones(simulator: Simulator) -> None:
    blanks = ("Lowest Risk To Fetch", "Route Filter", "Queue Reason Filter", "Environment Field Name")
    blanks += ("Max Hours Backwards", "Max Messages To Return", "Proxy Server Address", "Overlap Minutes")
    assert set(cycle(execution(simulator, dict.fromkeys(blanks, ""))).tickets) == waiting(simulator)


@pytest.mark.parametrize("given", [None, [], ["Message Hold Applied"], {"a": 1}, "text"])
def test_a_dynamic_list_of_any_shape_is_read(simulator: Simulator, given: Any) -> None:
    platform = cycle(execution(simulator, whitelist=given))
    assert set(platform.tickets) <= waiting(simulator)
    assert "NOT OK" not in platform.LOGGER.text


def test_the_environment_of_the_events_wins_over_the_connectors(simulator: Simulator) -> None:
    given = {"Environment Field Name": "to_1_emailAddress", "Environment Regex Pattern": "[a-z.]+$"}
    platform = cycle(execution(simulator, given))
    recipients = {one.id: one.recipient for one in simulator.tenant.tracked.values()}
    assert {case.ticket_id: case.environment for case in platform.cases} == {
        ticket: recipients[ticket].partition("@")[2] for ticket in waiting(simulator)
    }


def test_a_connector_without_an_environment_hands_over_text_all_the_same(simulator: Simulator) -> None:
    platform = execution(simulator)
    platform.context.connector_info.environment = None
    assert {case.environment for case in cycle(platform).cases} == {""}


def test_the_cycle_says_in_one_line_what_it_did(simulator: Simulator) -> None:
    log = cycle(execution(simulator)).LOGGER.text
    assert "cycle ok: seen " in log
    assert not any(one.mail.subject in log for one in simulator.tenant.tracked.values() if len(one.mail.subject) > 8)


# problems


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"Client Secret": "another-secret-altogether"}, "does not accept the credentials"),
        ({"Client Secret": ""}, "Client Secret"),
        ({"Domains": ""}, '"Domains" is mandatory'),
        ({"Domains": "not a domain"}, '"Domains" cannot contain'),
        ({"Lowest Risk To Fetch": "huge"}, "Negligible, Low, Medium, High"),
        ({"Status Filter": "hold"}, '"Status Filter" cannot be'),
        ({"Environment Field Name": "x", "Environment Regex Pattern": "["}, '"Environment Regex Pattern" is not'),
        ({"API Root": "not a url"}, "API Root"),
        ({"Max Messages To Return": "many"}, '"Max Messages To Return" cannot be'),
        ({"PythonProcessTimeout": "3"}, '"PythonProcessTimeout" cannot be'),
    ],
)
def test_a_problem_fails_a_test_run_with_one_sentence_and_a_scheduled_run_with_an_empty_package(
    simulator: Simulator, given: dict[str, Any], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    test_run = execution(simulator, given, test_run=True)
    with pytest.raises(SystemExit) as left:
        main(sdk_of(test_run))
    said = capsys.readouterr().err
    assert left.value.code == 1
    assert sentence in said
    assert said.count("\n") == 1
    assert "another-secret" not in said
    assert (test_run.packages, test_run.written) == ([], [])

    scheduled = cycle(execution(simulator, given))
    assert scheduled.cases == []
    assert sentence in scheduled.LOGGER.text
    assert "another-secret" not in scheduled.LOGGER.text


def test_a_cycle_that_could_not_read_anything_does_not_move_its_checkpoint(simulator: Simulator) -> None:
    simulator.control("faults", {"add": [{"kind": "500", "path": "/api/message-finder/*"}]})
    failed = cycle(execution(simulator, {"PythonProcessTimeout": "10"}))
    assert failed.cases == []
    assert "NOT OK" in failed.LOGGER.text
    simulator.control("faults", {"clear": True})
    assert set(next_cycle(simulator, failed).tickets) == waiting(simulator)


def test_an_unforeseen_error_is_in_the_log_and_the_platform_gets_its_package(simulator: Simulator) -> None:
    class Away(Execution):
        def get_connector_context_property(self, identifier: str, property_key: str) -> Any:
            raise RuntimeError("500 Internal Server Error")

    platform = cycle(Away(execution(simulator).parameters))
    assert platform.cases == []
    assert "An unforeseen error occurred (RuntimeError)" in platform.LOGGER.text
    assert "Traceback" in platform.LOGGER.text


def test_a_damaged_state_is_an_error_and_stays_as_it_is(simulator: Simulator) -> None:
    platform = cycle(execution(simulator, stored={HEAD: "nonsense"}))
    assert (platform.cases, platform.written) == ([], [])
    assert "reset the connector's state" in platform.LOGGER.text


def test_a_state_that_cannot_be_stored_after_the_alerts_went_out_repeats_the_same_tickets(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = execution(simulator)
    platform.fails_on_write = True
    with pytest.raises(SystemExit) as left:
        main(sdk_of(platform))
    assert left.value.code == 0
    assert set(platform.tickets) == waiting(simulator)
    assert "could not be stored" in capsys.readouterr().err
    again = next_cycle(simulator, platform)
    assert again.tickets == platform.tickets
    assert [case.display_id for case in again.cases] == [case.display_id for case in platform.cases]


def test_the_alerts_are_handed_over_before_the_state_is_stored(simulator: Simulator) -> None:
    order: list[str] = []

    class Watched(Execution):
        def return_package(self, cases: list[Any]) -> None:
            order.append("alerts")
            super().return_package(cases)

        def set_connector_context_property(self, identifier: str, property_key: str, property_value: str) -> None:
            order.append("state")
            super().set_connector_context_property(identifier, property_key, property_value)

    cycle(Watched(execution(simulator).parameters))
    assert order == ["alerts", "state"]


def test_what_overflows_comes_again_later_and_all_else_does_not(simulator: Simulator) -> None:
    chosen = min(waiting(simulator))
    first = cycle(execution(simulator, overflows=lambda **asked: asked["alert_identifier"] == chosen))
    assert set(first.tickets) == waiting(simulator) - {chosen}
    assert next_cycle(simulator, first).tickets == []  # not before the platform's counter has moved on
    assert "overflowed 1" in first.LOGGER.text
    assert "pending 1" in first.LOGGER.text


# test runs


def test_a_test_run_hands_over_one_alert_and_writes_nothing(simulator: Simulator) -> None:
    platform = cycle(execution(simulator, test_run=True))
    assert len(platform.cases) == 1
    assert (platform.written, platform.overflow_checks) == ([], [])


def test_a_test_run_does_not_look_at_what_was_delivered_before(simulator: Simulator) -> None:
    before = cycle(execution(simulator))
    again = cycle(execution(simulator, stored=before.values, test_run=True))
    assert len(again.cases) == 1
    assert again.values == before.values


def test_a_test_run_without_mail_succeeds_with_nothing(simulator: Simulator) -> None:
    for one in list(simulator.tenant.tracked.values()):
        simulator.control("record", {"id": one.id, "deleted": True})
    assert cycle(execution(simulator, test_run=True)).cases == []


# the state of another connector


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ({"timestamp": str(NOW), "ids": '["a", "b"]'}, ImportedState(NOW, ("a", "b"))),
        ({"timestamp": NOW, "ids": ["a", "b"]}, ImportedState(NOW, ("a", "b"))),
        ({"timestamp": f'"{NOW}"', "ids": '{"a": 1790000000, "b": 1790000001}'}, ImportedState(NOW, ("a", "b"))),
        ({"timestamp": str(NOW)}, ImportedState(NOW)),
        ({"timestamp": str(NOW), "ids": "damaged ["}, ImportedState(NOW)),
        ({"timestamp": str(NOW), "ids": "[1, 2]"}, ImportedState(NOW, ("1", "2"))),
        ({"ids": '["a"]'}, None),
        ({}, None),
        ({"timestamp": "0", "ids": '["a"]'}, None),
        ({"timestamp": str(NOW // 1000), "ids": "[]"}, None),
        ({"timestamp": "-1"}, None),
        ({"timestamp": "soon"}, None),
        ({"timestamp": "[]"}, None),
        ({"timestamp": "NaN"}, None),
        ({"timestamp": ""}, None),
    ],
)
def test_the_state_of_another_connector_is_understood_or_is_none(
    stored: dict[str, Any], found: ImportedState | None
) -> None:
    assert imported_state(Properties(stored), "9e6f") == found


def test_the_first_run_goes_on_where_another_connector_ended(simulator: Simulator) -> None:
    held = [one for one in simulator.tenant.tracked.values() if one.is_held]
    newest = max(int(one.received.timestamp() * 1000) for one in held)
    known = sorted(waiting(simulator))[1:]
    platform = cycle(execution(simulator, stored={"timestamp": str(newest), "ids": json.dumps(known)}))
    assert set(platform.tickets) == waiting(simulator) - set(known)
    assert {name: platform.values[name] for name in ("timestamp", "ids")} == {
        "timestamp": str(newest),
        "ids": json.dumps(known),
    }
    assert next_cycle(simulator, platform).tickets == []


def test_what_another_connector_left_is_read_on_the_first_run_only(simulator: Simulator) -> None:
    first = cycle(execution(simulator))
    first.values |= {"timestamp": "1790000000000", "ids": "[]"}
    simulator.receive(Simulator.SAMPLES)
    later = next_cycle(simulator, first)
    assert set(later.tickets) == waiting(simulator) - set(first.tickets)


def test_the_setting_is_the_ceiling_of_concurrent_requests(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    ceilings: list[int] = []

    class Observed(MimecastClient):
        def __init__(self, connection: Connection) -> None:
            ceilings.append(connection.max_concurrency)
            super().__init__(connection)

    monkeypatch.setattr(connector_module, "MimecastClient", Observed)
    cycle(execution(simulator, {"Concurrent Requests": "3"}))
    cycle(execution(simulator))
    assert ceilings == [3, 32]
