"""Alerts on standard output: an alert that could not be printed is delivered again."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.handles import ListedMessage
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.stdout import StdoutDelivery, show_alerts
from tests.cli.command_line import CommandLine, ticket_ids
from tests.deliveries.alerts import make_alert

RUN = ("connector", "run", "--domains", "example.com")


def all_held_ids(command_line: CommandLine) -> list[str]:
    return sorted(record.id for record in command_line.simulator.tenant.held())


def assert_failed(code: int, errors: str, cause: str) -> None:
    assert code == exit_codes.NOT_DONE
    assert cause in errors
    assert errors.count("standard output:") == 1
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors


def assert_all_alerts_are_delivered_again(command_line: CommandLine) -> None:
    result = command_line.invoke(*RUN, "--json")
    assert result.exit_code == exit_codes.OK
    assert ticket_ids(result.stdout) == all_held_ids(command_line)
    assert command_line.invoke(*RUN, "--json").stdout == ""


# real processes


def test_a_closed_standard_output_is_refused_before_any_request(command_line: CommandLine) -> None:
    done = command_line.run(*RUN, "--json", stdout=None, preexec_fn=lambda: os.close(1))
    assert_failed(done.returncode, done.stderr, "It is closed")
    assert command_line.simulator.requests == []
    assert_all_alerts_are_delivered_again(command_line)


def test_a_full_device_commits_no_alert(command_line: CommandLine) -> None:
    with Path("/dev/full").open("wb") as full:
        done = command_line.run(*RUN, stdout=full)
    assert_failed(done.returncode, done.stderr, "No space left on device")
    assert_all_alerts_are_delivered_again(command_line)


def test_a_pipe_without_a_reader_commits_no_alert(command_line: CommandLine) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = command_line.run(*RUN, "--json", stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (exit_codes.BROKEN_PIPE, "")
    assert_all_alerts_are_delivered_again(command_line)


# the delivery


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: capsys.readouterr().out


def test_json_lines_are_printed_at_once(printed: Any) -> None:
    delivery = StdoutDelivery(Screen(as_json=True))
    delivery.deliver(make_alert(1))
    assert json.loads(printed())["ticket_id"] == "t1"


def test_a_table_is_printed_by_flush_once(printed: Any) -> None:
    delivery = StdoutDelivery(Screen())
    delivery.deliver(make_alert(1, "Invoice"))
    assert printed() == ""
    delivery.flush()
    assert "Invoice" in printed()
    delivery.flush()
    assert printed() == ""


def test_the_alerts_since_the_last_commit_count_as_delivered() -> None:
    delivery = StdoutDelivery(Screen(as_json=True))
    first, *others = [deliver_and_flush(delivery, number) for number in range(4)]
    assert delivery.delivered_since("") == ["t0", "t1", "t2", "t3"]
    assert delivery.delivered_since(first) == ["t1", "t2", "t3"]
    assert delivery.delivered_since(others[1]) == ["t3"]
    assert delivery.delivered_since(others[2]) == []


def deliver_and_flush(delivery: StdoutDelivery, number: int) -> str:
    delivery.deliver(make_alert(number))
    return delivery.flush()


def test_the_token_of_another_process_does_not_count() -> None:
    token = deliver_and_flush(StdoutDelivery(Screen(as_json=True)), 1)
    delivery = StdoutDelivery(Screen(as_json=True))
    delivery.deliver(make_alert(2))
    assert delivery.delivered_since(token) == ["t2"]


def test_a_flush_that_fails_returns_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        delivery = StdoutDelivery(Screen())
        delivery.deliver(make_alert(1))
        with pytest.raises(OSError, match="No space left on device"):
            delivery.flush()


def test_a_table_of_alerts_has_a_line_each(printed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    rows = [ListedMessage(number=number, id="a", risk="medium", subject=f"subject {number}") for number in range(1, 4)]
    show_alerts(Screen(), rows, has_handles=True)
    lines = [line for line in printed().splitlines() if "subject" in line]
    assert [line.split()[:2] for line in lines] == [[str(number), "medium"] for number in range(1, 4)]
    assert max(len(line) for line in lines) <= 80


def test_numbers_that_are_no_handles_are_left_out(printed: Any) -> None:
    delivery = StdoutDelivery(Screen(), lambda _: False)
    delivery.deliver(make_alert(1, "Invoice"))
    delivery.flush()
    assert printed().split()[:4] == ["Risk", "To", "From", "Subject"]


def test_the_numbers_of_a_service_continue_from_cycle_to_cycle(printed: Any) -> None:
    saved: list[list[ListedMessage]] = []

    def save(messages: Sequence[ListedMessage]) -> bool:
        saved.append(list(messages))
        return True

    delivery = StdoutDelivery(Screen(), save)
    for number in range(2):
        delivery.deliver(make_alert(number, f"subject {number}"))
        delivery.flush()
    assert [(row.number, row.subject) for row in saved[-1]] == [(1, "subject 0"), (2, "subject 1")]
    assert [line.split()[0] for line in printed().splitlines() if "subject" in line] == ["1", "2"]
