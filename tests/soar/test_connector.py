"""The adapter of the connector on a double of the SDK: one package per run, and the state after the alerts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import mimecast_secops.soar.connector as connector_module
from mimecast_secops.api import ApiVersion, Connection, Deadline, MimecastClient
from mimecast_secops.ingest import ImportedState
from mimecast_secops.simulator import Simulator
from mimecast_secops.soar.connector import imported_state, main
from mimecast_secops.soar.context_store import HEAD
from tests.soar.double import Execution, Properties, configuration, sdk_with

NOW = 1_790_000_000_000


@pytest.fixture(scope="module")
def running_simulator() -> Iterator[Simulator]:
    """One server for all tests, because each start and stop takes a tenth of a second."""
    with Simulator() as running:
        yield running


@pytest.fixture
def simulator(running_simulator: Simulator) -> Simulator:
    """A new tenant with the sample emails."""
    running_simulator.reset()
    running_simulator.receive(Simulator.SAMPLES)
    return running_simulator


def execution(
    simulator: Simulator,
    changes: dict[str, Any] | None = None,
    *,
    api_version: ApiVersion = ApiVersion.V2,
    **options: Any,
) -> Execution:
    """The platform of one run; `changes` replace parameters."""
    parameters = configuration(simulator, api_version) | {
        "Domains": ",".join(sorted(simulator.tenant.domains)),
        "DeviceProductField": "Product Name",
        "EventClassId": "event_type",
        "PythonProcessTimeout": "60",
    }
    return Execution(parameters | (changes or {}), **options)


def run(platform: Execution) -> Execution:
    """Run the connector to its end on a platform, and return the platform."""
    main(sdk_with(platform))
    return platform


def run_after(earlier: Execution, simulator: Simulator, **options: Any) -> Execution:
    """Run the connector with the state that an earlier run stored."""
    return run(execution(simulator, stored=earlier.values, **options))


def held_ids(simulator: Simulator) -> set[str]:
    return {record.id for record in simulator.tenant.tracked.values() if record.is_held}


# scheduled runs


@pytest.mark.parametrize("endpoint", ["/api/message-finder/search", "/api/message-finder/get-message-info"])
def test_a_run_says_that_it_waits_for_a_rate_limit_and_a_later_one_does_not_call(
    simulator: Simulator, endpoint: str
) -> None:
    simulator.control("faults", {"add": [{"kind": "quota", "path": endpoint, "seconds": 600}]})
    sentence = f"Waiting for Mimecast's rate limit on {endpoint} until "
    first = run(execution(simulator))
    requests = simulator.control("requests")["counts"][endpoint]
    second = run_after(first, simulator)
    for platform in (first, second):
        assert platform.tickets == []
        assert sentence in platform.LOGGER.text
        assert "NOT OK" in platform.LOGGER.text
    assert simulator.control("requests")["counts"][endpoint] == requests


def test_a_test_run_fails_while_a_rate_limit_must_be_waited_for(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.control("faults", {"add": [{"kind": "quota", "path": "/api/message-finder/search", "seconds": 600}]})
    with pytest.raises(SystemExit) as ended:
        run(execution(simulator, test_run=True))
    assert ended.value.code == 1
    assert "Waiting for Mimecast's rate limit on /api/message-finder/search until " in capsys.readouterr().err


@pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)
def test_each_held_message_is_delivered_once(simulator: Simulator, api_version: ApiVersion) -> None:
    first = run(execution(simulator, api_version=api_version))
    assert set(first.tickets) == held_ids(simulator)
    assert len(first.tickets) == len(set(first.tickets))
    assert run_after(first, simulator, api_version=api_version).tickets == []


def test_each_optional_setting_can_be_blank(simulator: Simulator) -> None:
    blanks = (
        *("Lowest Risk To Fetch", "Route Filter", "Queue Reason Filter", "Environment Field Name"),
        *("Max Hours Backwards", "Max Messages To Return", "Proxy Server Address", "Overlap Minutes"),
    )
    assert set(run(execution(simulator, dict.fromkeys(blanks, ""))).tickets) == held_ids(simulator)


@pytest.mark.parametrize("dynamic_list", [None, [], ["Message Hold Applied"], {"a": 1}, "text"])
def test_a_dynamic_list_of_any_form_is_accepted(simulator: Simulator, dynamic_list: Any) -> None:
    platform = run(execution(simulator, whitelist=dynamic_list))
    assert set(platform.tickets) <= held_ids(simulator)
    assert "NOT OK" not in platform.LOGGER.text


def test_the_environment_of_an_alert_comes_from_its_events(simulator: Simulator) -> None:
    changes = {"Environment Field Name": "to_1_emailAddress", "Environment Regex Pattern": "[a-z.]+$"}
    platform = run(execution(simulator, changes))
    recipients = {record.id: record.recipient for record in simulator.tenant.tracked.values()}
    assert {alert_info.ticket_id: alert_info.environment for alert_info in platform.alert_infos} == {
        ticket: recipients[ticket].partition("@")[2] for ticket in held_ids(simulator)
    }


def test_a_connector_without_an_environment_delivers_an_empty_text(simulator: Simulator) -> None:
    platform = execution(simulator)
    platform.context.connector_info.environment = None
    assert {alert_info.environment for alert_info in run(platform).alert_infos} == {""}


def test_the_log_has_a_summary_and_no_subject(simulator: Simulator) -> None:
    log = run(execution(simulator)).LOGGER.text
    assert "cycle ok: seen " in log
    subjects = {record.mail.subject for record in simulator.tenant.tracked.values()}
    assert [subject for subject in subjects if len(subject) > 8 and subject in log] == []


# problems


@pytest.mark.parametrize(
    ("changes", "message"),
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
def test_a_problem_fails_a_test_run_and_leaves_the_package_of_a_scheduled_run_empty(
    simulator: Simulator, changes: dict[str, Any], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    test_run = execution(simulator, changes, test_run=True)
    with pytest.raises(SystemExit) as exit_info:
        main(sdk_with(test_run))
    errors = capsys.readouterr().err
    assert exit_info.value.code == 1
    assert message in errors
    assert errors.count("\n") == 1
    assert "another-secret" not in errors
    assert (test_run.packages, test_run.written) == ([], [])

    scheduled = run(execution(simulator, changes))
    assert scheduled.alert_infos == []
    assert message in scheduled.LOGGER.text
    assert "another-secret" not in scheduled.LOGGER.text


def test_a_cycle_without_any_reply_does_not_move_the_checkpoint(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector_module, "cycle_deadline", lambda _settings: Deadline.after(0.5))
    simulator.control("faults", {"add": [{"kind": "500", "path": "/api/message-finder/*"}]})
    failed = run(execution(simulator))
    assert failed.alert_infos == []
    assert "NOT OK" in failed.LOGGER.text
    simulator.control("faults", {"clear": True})
    monkeypatch.undo()
    assert set(run_after(failed, simulator).tickets) == held_ids(simulator)


def test_an_unexpected_error_is_logged_and_the_platform_receives_a_package(simulator: Simulator) -> None:
    class BrokenPlatform(Execution):
        def get_connector_context_property(self, identifier: str, property_key: str) -> Any:
            raise RuntimeError("500 Internal Server Error")

    platform = run(BrokenPlatform(execution(simulator).parameters))
    assert platform.alert_infos == []
    assert "Unexpected error (RuntimeError). See the log." in platform.LOGGER.text
    assert "Traceback" in platform.LOGGER.text


def test_a_damaged_state_is_an_error_and_is_not_overwritten(simulator: Simulator) -> None:
    platform = run(execution(simulator, stored={HEAD: "nonsense"}))
    assert (platform.alert_infos, platform.written) == ([], [])
    assert "reset the connector's state" in platform.LOGGER.text


def test_if_the_state_cannot_be_stored_the_next_run_repeats_the_same_tickets(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    platform = execution(simulator)
    platform.fails_on_write = True
    with pytest.raises(SystemExit) as exit_info:
        main(sdk_with(platform))
    assert exit_info.value.code == 0
    assert set(platform.tickets) == held_ids(simulator)
    assert "could not be stored" in capsys.readouterr().err
    repeated = run_after(platform, simulator)
    assert repeated.tickets == platform.tickets
    display_ids = [[alert_info.display_id for alert_info in each.alert_infos] for each in (platform, repeated)]
    assert display_ids[0] == display_ids[1]


def test_the_alerts_are_returned_before_the_state_is_stored(simulator: Simulator) -> None:
    order: list[str] = []

    class RecordingPlatform(Execution):
        def return_package(self, alert_infos: list[Any]) -> None:
            order.append("alerts")
            super().return_package(alert_infos)

        def set_connector_context_property(self, identifier: str, property_key: str, property_value: str) -> None:
            order.append("state")
            super().set_connector_context_property(identifier, property_key, property_value)

    run(RecordingPlatform(execution(simulator).parameters))
    assert order == ["alerts", "state"]


def test_an_overflowed_alert_stays_pending(simulator: Simulator) -> None:
    overflowed = min(held_ids(simulator))
    first = run(execution(simulator, overflows=lambda **arguments: arguments["alert_identifier"] == overflowed))
    assert set(first.tickets) == held_ids(simulator) - {overflowed}
    assert run_after(first, simulator).tickets == []  # the connector waits for the platform's overflow period to end
    assert "overflowed 1" in first.LOGGER.text
    assert "pending 1" in first.LOGGER.text


# test runs


def test_a_test_run_delivers_one_alert_and_stores_nothing(simulator: Simulator) -> None:
    platform = run(execution(simulator, test_run=True))
    assert len(platform.alert_infos) == 1
    assert (platform.written, platform.overflow_checks) == ([], [])


def test_a_test_run_ignores_earlier_deliveries(simulator: Simulator) -> None:
    scheduled = run(execution(simulator))
    test_run = run_after(scheduled, simulator, test_run=True)
    assert len(test_run.alert_infos) == 1
    assert test_run.values == scheduled.values


def test_a_test_run_without_messages_succeeds_without_alerts(simulator: Simulator) -> None:
    for record in list(simulator.tenant.tracked.values()):
        simulator.control("record", {"id": record.id, "deleted": True})
    assert run(execution(simulator, test_run=True)).alert_infos == []


# the state of another connector


@pytest.mark.parametrize(
    ("stored", "imported"),
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
def test_the_state_of_another_connector_is_imported_if_it_is_readable(
    stored: dict[str, Any], imported: ImportedState | None
) -> None:
    assert imported_state(Properties(stored), "9e6f") == imported


def test_the_first_run_continues_from_the_state_of_another_connector(simulator: Simulator) -> None:
    held = [record for record in simulator.tenant.tracked.values() if record.is_held]
    newest = max(int(record.received.timestamp() * 1000) for record in held)
    known_ids = sorted(held_ids(simulator))[1:]
    platform = run(execution(simulator, stored={"timestamp": str(newest), "ids": json.dumps(known_ids)}))
    assert set(platform.tickets) == held_ids(simulator) - set(known_ids)
    assert {name: platform.values[name] for name in ("timestamp", "ids")} == {
        "timestamp": str(newest),
        "ids": json.dumps(known_ids),
    }
    assert run_after(platform, simulator).tickets == []


def test_the_state_of_another_connector_is_imported_on_the_first_run_only(simulator: Simulator) -> None:
    first = run(execution(simulator))
    first.values |= {"timestamp": "1790000000000", "ids": "[]"}
    simulator.receive(Simulator.SAMPLES)
    second = run_after(first, simulator)
    assert set(second.tickets) == held_ids(simulator) - set(first.tickets)


def test_the_setting_limits_the_concurrent_requests(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[int] = []

    class RecordingClient(MimecastClient):
        def __init__(self, connection: Connection) -> None:
            limits.append(connection.max_concurrency)
            super().__init__(connection)

    monkeypatch.setattr(connector_module, "MimecastClient", RecordingClient)
    run(execution(simulator, {"Concurrent Requests": "3"}))
    run(execution(simulator))
    assert limits == [3, 32]
