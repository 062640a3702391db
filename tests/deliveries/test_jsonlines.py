"""The JSON lines delivery: no alert is lost or repeated after a kill, a rotation or a truncation."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mimecast_secops.deliveries.alert_lines import as_line
from mimecast_secops.deliveries.errors import AlertsMissing
from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from tests.deliveries.alerts import make_alert
from tests.deliveries.rotation import (
    ROTATIONS,
    compress,
    compress_all,
    copy_and_truncate,
    lines_of,
    rename,
    rename_and_create,
    ticket_ids,
    whole_ticket_ids,
)
from tests.prerequisites import find_program

LOGROTATE_OPTIONS = [
    "create 0600; rotate 9",
    "nocreate; missingok; rotate 9",
    "copytruncate; rotate 9",
    "compress; create 0600; rotate 9",
    "extension .jsonl; create 0600; rotate 9",
]
EVERY_ROTATION = pytest.mark.parametrize("rotate", ROTATIONS.values(), ids=ROTATIONS)


class Engine:
    """A minimal connector: the IDs of processed alerts, and the token that was committed with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.token = ""
        self.processed: set[str] = set()
        self.delivery = JsonLinesDelivery(path)

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.delivery.close()

    def kill(self) -> None:
        """End the process and start another one."""
        self.delivery.close()
        self.delivery = JsonLinesDelivery(self.path)

    def begin(self) -> set[str]:
        """Start a cycle; returns the ticket IDs that count as delivered."""
        return self.processed | set(self.delivery.delivered_since(self.token))

    def deliver(self, known: set[str], numbers: Iterable[int]) -> None:
        for number in numbers:
            if f"t{number}" not in known:
                self.delivery.deliver(make_alert(number))
                known.add(f"t{number}")

    def commit(self, known: set[str]) -> None:
        self.token = self.delivery.flush()
        self.processed = known

    def cycle(self, numbers: Iterable[int]) -> None:
        known = self.begin()
        self.deliver(known, numbers)
        self.commit(known)


def logrotate(configuration: Path) -> None:
    program = find_program("logrotate")
    assert program is not None
    command = [program, "-f", "-s", str(configuration.with_suffix(".state")), str(configuration)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "error" in done.stderr) == (0, False), done.stderr


def expected(count: int) -> list[str]:
    return [f"t{number}" for number in range(count)]


def in_order(ids: Iterable[str]) -> list[str]:
    return sorted(ids, key=lambda ticket_id: int(ticket_id[1:]))


def test_a_line_per_alert_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "alerts.jsonl"
    with JsonLinesDelivery(path) as delivery:
        delivery.deliver(make_alert(1, "line\u2028separator \n and \ud800"))
        delivery.deliver(make_alert(2))
        token = delivery.flush()
        assert delivery.delivered_since(token) == []
        assert delivery.delivered_since("") == ["t1", "t2"]
    assert ticket_ids(path) == ["t1", "t2"]
    assert path.stat().st_mode & 0o777 == 0o600


# a kill between delivery and commit


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.integers(0, 3), st.data())
def test_an_incomplete_write_loses_and_repeats_nothing(tmp_path: Path, committed: int, data: st.DataObject) -> None:
    path = tmp_path / "alerts.jsonl"
    path.unlink(missing_ok=True)
    with Engine(path) as engine:
        engine.cycle(range(committed))
        length = path.stat().st_size
        engine.deliver(engine.begin(), range(4))
        os.truncate(path, data.draw(st.integers(length, path.stat().st_size)))
        engine.kill()
        engine.cycle(range(4))
    assert ticket_ids(path) == expected(4)


def test_a_token_of_version_1_at_the_end_of_the_file_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(as_line(make_alert(1)) + as_line(make_alert(2)))
    with JsonLinesDelivery(path) as delivery:
        assert delivery.delivered_since(str(path.stat().st_size)) == []


def test_a_token_of_version_1_counts_all_lines_where_its_file_may_be_another(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(as_line(make_alert(1)) + as_line(make_alert(2)) + as_line(make_alert(3)))
    with JsonLinesDelivery(path) as delivery:
        for length in (0, 7, len(as_line(make_alert(1))), 10**6):
            assert delivery.delivered_since(str(length)) == ["t1", "t2", "t3"]


@pytest.mark.parametrize("token", ["", "x", "-5", "2:1", "2:a:b:c:d:e", "9:1:1:1:a:a", "1" * 5000, "٣"])
def test_all_lines_count_without_a_usable_token(tmp_path: Path, token: str) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_bytes(as_line(make_alert(1)) + as_line(make_alert(2)))
    with JsonLinesDelivery(path) as delivery:
        assert delivery.delivered_since(token) == ["t1", "t2"]


def test_lines_that_are_not_alerts_are_skipped_and_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "alerts.jsonl"
    foreign = [b"", b"null", b"[1]", b'{"ticket_id":7}', b"\xff\xfe\x00", b"[" * 5000, as_line(make_alert(9))[:40]]
    path.write_bytes(as_line(make_alert(1)) + b"\n".join(foreign) + b"\n" + as_line(make_alert(2)))
    with JsonLinesDelivery(path) as delivery:
        assert delivery.delivered_since("") == ["t1", "t2"]
    assert "7 lines of alerts.jsonl are not alerts" in caplog.text


def test_text_of_another_program_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("first\nsecond without an end")
    with JsonLinesDelivery(path) as delivery:
        delivery.delivered_since("")
        delivery.deliver(make_alert(1))
    assert path.read_bytes() == b"first\nsecond without an end\n" + as_line(make_alert(1))


# rotation


@EVERY_ROTATION
@pytest.mark.parametrize("is_killed", [False, True], ids=["same process", "killed"])
def test_a_rotation_between_two_cycles_loses_and_repeats_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, rotate: Callable[[Path], None], is_killed: bool
) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        for count in (2, 4, 4, 6):
            engine.cycle(range(count))
            rotate(path)
            if is_killed:
                engine.kill()
        engine.cycle(range(7))
    assert in_order(ticket_ids(path)) == expected(7)
    assert ticket_ids(path)[0] == "t6", "the current file, which is listed first, holds the newest alert"
    assert path.stat().st_mode & 0o777 == 0o600
    assert caplog.text == ""


@EVERY_ROTATION
@pytest.mark.parametrize("is_killed", [False, True], ids=["same process", "killed"])
@pytest.mark.parametrize("committed", [0, 3])
def test_rotations_inside_a_cycle_lose_and_repeat_nothing(
    tmp_path: Path, rotate: Callable[[Path], None], is_killed: bool, committed: int
) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(committed))
        known = engine.begin()
        for count in (4, 5, 7):
            engine.deliver(known, range(count))
            rotate(path)
        engine.deliver(known, range(8))
        if is_killed:
            engine.kill()
            known = engine.begin()
            assert known == set(expected(8))
        engine.commit(known)
        rotate(path)
        engine.cycle(range(9))
    assert in_order(ticket_ids(path)) == expected(9)


@EVERY_ROTATION
def test_a_kill_after_a_rotation_with_a_longer_new_file_recovers_from_the_old_file(
    tmp_path: Path, rotate: Callable[[Path], None]
) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(1))
        known = engine.begin()
        engine.deliver(known, range(2))
        rotate(path)
        for number in range(2, 9):
            engine.delivery.deliver(make_alert(number, "longer" * number))
        engine.kill()
        assert engine.begin() == set(expected(9))
        assert path.stat().st_size > int(engine.token.split(":")[1])


def test_a_file_with_any_new_name_is_found_by_its_inode(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(2))
        engine.deliver(engine.begin(), range(3))
        path.rename(tmp_path / "tuesday")
        engine.kill()
        assert engine.begin() == set(expected(3))


def test_a_file_with_the_inode_of_the_old_one_and_other_content_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(2))
        path.write_bytes(b"".join(as_line(make_alert(number)) for number in range(5, 9)))
        engine.kill()
        assert engine.begin() == {"t0", "t1", "t5", "t6", "t7", "t8"}


def test_a_file_in_another_folder_is_found_by_the_running_process_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "alerts.jsonl"
    (tmp_path / "old").mkdir()
    with Engine(path) as engine:
        engine.cycle(range(2))
        path.rename(tmp_path / "old" / "alerts.jsonl.1")
        known = engine.begin()
        engine.deliver(known, range(3))
        engine.commit(known)
        assert caplog.text == ""
        engine.deliver(engine.begin(), range(4))
        path.rename(tmp_path / "old" / "alerts.jsonl.2")
        engine.kill()
        assert "t3" not in engine.begin()
    assert "may be delivered again, with the same ticket IDs" in caplog.text


def test_a_damaged_compressed_file_is_reported_and_its_readable_part_counts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(2))
        for name, content in (("1.gz", b"no gzip"), ("2.bz2", b"BZh9"), ("3.xz", b"\xfd7zXZ\x00"), ("4.gz", b"")):
            path.with_name(f"{path.name}.{name}").write_bytes(content)
        rename(path)
        engine.kill()
        engine.cycle(range(3))
    assert caplog.text.count("could not be read for alerts") == 3
    assert path.read_bytes() == as_line(make_alert(2))


def test_alerts_in_the_file_of_another_connector_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    (tmp_path / "alerts-2.jsonl").write_bytes(as_line(make_alert(7)))
    (tmp_path / "alerts.jsonl.old").write_bytes(as_line(make_alert(8)))
    with Engine(path) as engine:
        assert engine.begin() == set()
        engine.cycle(range(2))
        rename(path)
        engine.kill()
        assert engine.begin() == {"t0", "t1"}


def test_rotated_files_next_to_the_target_of_a_link_are_found(tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    target, path = folder / "alerts.jsonl", tmp_path / "link.jsonl"
    path.symlink_to(target)
    with Engine(path) as engine:
        engine.cycle(range(2))
        engine.deliver(engine.begin(), range(3))
        compress(target)
        engine.kill()
        engine.cycle(range(4))
    assert in_order(ticket_ids(target)) == expected(4)


@pytest.mark.program("logrotate")
@pytest.mark.parametrize("options", LOGROTATE_OPTIONS, ids=lambda options: options.split()[0])
def test_rotations_by_logrotate_lose_and_repeat_nothing(tmp_path: Path, options: str) -> None:
    path, configuration = tmp_path / "alerts" / "alerts.jsonl", tmp_path / "logrotate.conf"
    configuration.write_text(f"{path} {{\n{options}\n}}\n".replace("; ", "\n"))
    configuration.chmod(0o644)
    with Engine(path) as engine:
        for count in (2, 4):
            engine.cycle(range(count))
            logrotate(configuration)
        engine.kill()
        known = engine.begin()
        engine.deliver(known, range(5))
        logrotate(configuration)
        engine.deliver(known, range(6))
        engine.commit(known)
        engine.kill()
        engine.cycle(range(7))
    names = sorted(file.name for file in path.parent.iterdir())
    written = [json.loads(line)["ticket_id"] for name in names for line in lines_of(path.with_name(name))]
    assert in_order(written) == expected(7)
    assert len(names) == 4


# deletion and truncation


def test_a_deleted_file_or_folder_is_created_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(2))
        path.unlink()
        engine.cycle(range(3))
        assert ticket_ids(path) == ["t2"]
        shutil.rmtree(path.parent)
        engine.cycle(range(4))
    assert ticket_ids(path) == ["t3"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_alerts_of_a_file_that_is_deleted_inside_a_cycle_are_written_to_the_new_file(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(2))
        known = engine.begin()
        engine.deliver(known, range(4))
        path.unlink()
        engine.deliver(known, range(5))
        path.unlink()
        engine.commit(known)
    assert in_order(ticket_ids(path)) == ["t2", "t3", "t4"]


@pytest.mark.parametrize("is_killed", [False, True], ids=["same process", "killed"])
def test_a_truncation_that_removes_alerts_of_the_cycle_prevents_the_commit(tmp_path: Path, is_killed: bool) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(2))
        known = engine.begin()
        engine.deliver(known, range(4))
        os.truncate(path, 0)
        engine.deliver(known, range(5))
        with pytest.raises(AlertsMissing, match="2 of them are in no copy"):
            engine.commit(known)
        if is_killed:
            engine.kill()
        engine.cycle(range(5))
    assert in_order(ticket_ids(path)) == ["t2", "t3", "t4"]


def test_a_truncation_after_the_last_alert_of_a_cycle_is_detected(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        known = engine.begin()
        engine.deliver(known, range(2))
        os.truncate(path, 0)
        with pytest.raises(AlertsMissing):
            engine.commit(known)


def test_a_copy_that_lacks_the_last_committed_alerts_is_reported(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(2))
        shutil.copyfile(path, f"{path}.1")
        engine.cycle(range(3))
        os.truncate(path, 0)
        engine.cycle(range(4))
    assert "a part of it is missing" in caplog.text


class RotatedFileMachine(RuleBasedStateMachine):
    """Any order of alerts, commits, kills and rotations: each alert is in exactly one file."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.path = Path(self._folder.name) / "alerts.jsonl"
        self.engine = Engine(self.path)
        self.wanted = 0
        self.known: set[str] | None = None

    def teardown(self) -> None:
        with self._folder, self.engine:
            self.engine.kill()
            self.engine.cycle(range(self.wanted))
            assert in_order(whole_ticket_ids(self.path)) == expected(self.wanted)

    @rule(count=st.integers(0, 3))
    def alerts(self, count: int) -> None:
        self.wanted += count
        if self.known is None:
            self.known = self.engine.begin()
        self.engine.deliver(self.known, range(self.wanted))

    @precondition(lambda self: self.known is not None)
    @rule()
    def commit(self) -> None:
        assert self.known is not None
        self.engine.commit(self.known)
        self.known = None

    @rule()
    def kill(self) -> None:
        self.engine.kill()
        self.known = None

    @precondition(lambda self: self.known is not None)
    @rule(length=st.integers(1, 200))
    def kill_inside_a_write(self, length: int) -> None:
        with self.path.open("ab") as file:
            file.write(as_line(make_alert(self.wanted))[:length])
        self.engine.kill()
        self.known = None

    @rule(rotate=st.sampled_from(list(ROTATIONS.values())))
    def rotation(self, rotate: Callable[[Path], None]) -> None:
        rotate(self.path)

    @rule()
    def delayed_compression(self) -> None:
        compress_all(self.path)

    @invariant()
    def no_alert_is_in_two_files(self) -> None:
        ticket_ids = whole_ticket_ids(self.path)
        assert len(ticket_ids) == len(set(ticket_ids))


RotatedFileMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=14, deadline=None)
test_any_order_of_alerts_commits_kills_and_rotations_keeps_each_alert_once = RotatedFileMachine.TestCase


# other kinds of files at the path


def test_only_a_regular_file_is_accepted(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for path, kind in (
            (tmp_path, "a folder"),
            (tmp_path / "pipe", "a named pipe"),
            (tmp_path / "socket", "a socket"),
            (Path("/dev/full"), "a device"),
            (Path("/dev/null"), "a device"),
        ):
            with pytest.raises(OSError, match=f"cannot be used for alerts, because it is {kind}"):
                JsonLinesDelivery(path)


def test_a_folder_that_takes_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        engine.cycle(range(1))
        rename(path)
        path.mkdir()
        with pytest.raises(OSError, match="because it is a folder"):
            engine.cycle(range(2))
        path.rmdir()
        engine.cycle(range(2))
    assert in_order(ticket_ids(path)) == expected(2)


# memory and descriptors


@pytest.mark.parametrize("lines", [1, 10, 2000], ids=["giant line", "long lines", "many lines"])
def test_recovery_of_a_large_file_takes_little_memory(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "alerts.jsonl"
    text = "x" * (20_000_000 // lines)
    with path.open("wb") as file:
        for number in range(lines):
            file.write(as_line(make_alert(number, text)))
        file.write(as_line(make_alert(lines, text))[:-1])
    del text
    whole = path.stat().st_size - len(as_line(make_alert(0))) - 20_000_000 // lines
    with JsonLinesDelivery(path) as delivery:
        tracemalloc.start()
        try:
            assert len(delivery.delivered_since("")) == lines
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8_000_000
    assert abs(path.stat().st_size - whole) < 10, "the incomplete line is removed"


def test_no_descriptor_stays_open_after_rotations(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with Engine(path) as engine:
        before = psutil.Process().num_fds()
        for count in range(1, 6):
            known = engine.begin()
            engine.deliver(known, range(count))
            rename_and_create(path)
            engine.commit(known)
            copy_and_truncate(path)
        assert psutil.Process().num_fds() == before


def test_rotation_by_another_thread_while_alerts_are_written_loses_and_repeats_nothing(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    stop = threading.Event()

    def rotate() -> None:
        while not stop.is_set():
            rename(path)

    thread = threading.Thread(target=rotate)
    thread.start()
    try:
        with Engine(path) as engine:
            for count in range(0, 200, 10):
                engine.cycle(range(count))
    finally:
        stop.set()
        thread.join()
    assert in_order(ticket_ids(path)) == expected(190)
