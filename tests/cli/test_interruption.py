"""Ctrl-C during a bulk run: the items in progress are finished, and the same command continues."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.interruption import interruptible
from tests.cli.command_line import CommandLine, read_terminal

PATIENCE_SECONDS = 60
REJECT = "/api/gateway/hold-reject"


def wait_until(condition: Callable[[], object]) -> None:
    """Poll a condition."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_signal_is_noted_instead_of_raised_until_the_block_ends() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as interruption:
        assert not interruption.is_requested
        signal.raise_signal(signal.SIGINT)
        assert interruption.is_requested
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_outside_the_main_thread_the_handler_stays() -> None:
    before = signal.getsignal(signal.SIGINT)
    handlers = []

    def run() -> None:
        with interruptible():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert handlers == [before]


# real processes


@dataclass
class BulkProcess:
    """A bulk run as a real process, with two items in progress at a time, whose rejections take some time."""

    command_line: CommandLine
    seconds: float
    words: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.command_line.hold(20)
        self.words = ("action", "reject-message", "--from-file", str(self.command_line.ids_file()))
        fault = {"kind": "slow", "path": REJECT, "seconds": self.seconds}
        self.command_line.simulator.control("faults", {"add": [fault]})

    def interrupt(self, condition: Callable[[], object], times: int) -> tuple[int, str, str]:
        """Start the run and send SIGINT once the condition is true. Returns the exit code, the output, the errors."""
        with self.command_line.start(*self.words, "--concurrency", "2", "--json") as process:
            wait_until(condition)
            process.send_signal(signal.SIGINT)
            if times == 2:
                assert process.stderr is not None
                assert "Press Ctrl-C again" in process.stderr.readline()
                process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, output, errors


def test_the_first_signal_finishes_the_items_in_progress_and_the_same_command_continues(
    empty_command_line: CommandLine,
) -> None:
    run = BulkProcess(empty_command_line, seconds=0.3)
    decisions = empty_command_line.simulator.tenant.decisions
    code, output, errors = run.interrupt(lambda: len(decisions) >= 4, times=1)
    assert code == exit_codes.INTERRUPTED, errors
    *items, last = [json.loads(line) for line in output.splitlines()]
    assert all(item["is_success"] for item in items)
    summary = last["summary"]
    assert (summary["succeeded"], summary["failed"], summary["interrupted"]) == (len(items), 0, True)
    assert 0 < summary["left"] == 20 - len(items)
    assert len(decisions) == len(items)
    assert f"in progress were finished, {summary['left']} left. The same command continues." in errors
    assert set(empty_command_line.journal()) == {"done"}
    empty_command_line.simulator.control("faults", {"clear": True})
    result = empty_command_line.invoke(*run.words)
    assert result.exit_code == exit_codes.OK
    assert f": {len(items)} of 20 done, {20 - len(items)} left. Add --restart to start over." in result.stderr
    assert len(decisions) == 20


def test_the_second_signal_ends_the_process_at_once(empty_command_line: CommandLine) -> None:
    run = BulkProcess(empty_command_line, seconds=PATIENCE_SECONDS)
    state = empty_command_line.state
    code, output, _ = run.interrupt(lambda: state.exists() and empty_command_line.journal()["started"] == 2, times=2)
    assert (code, output) == (exit_codes.INTERRUPTED, "")
    assert set(empty_command_line.journal()) == {"started"}


def test_the_second_signal_shows_the_cursor_again(empty_command_line: CommandLine) -> None:
    run = BulkProcess(empty_command_line, seconds=PATIENCE_SECONDS)
    state = empty_command_line.state
    ours, theirs = os.openpty()
    printed: list[bytes] = []
    with empty_command_line.start(*run.words, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        reader = threading.Thread(target=lambda: printed.extend(iter(lambda: read_terminal(ours), b"")))
        reader.start()
        wait_until(lambda: state.exists() and empty_command_line.journal()["started"] == 4)
        process.send_signal(signal.SIGINT)
        wait_until(lambda: b"Press Ctrl-C again" in b"".join(printed))
        process.send_signal(signal.SIGINT)
    reader.join()
    os.close(ours)
    assert process.returncode == exit_codes.INTERRUPTED
    assert b"".join(printed).endswith(b"\x1b[?25h")
