"""The shared lock that records the path of a file, and systems and descriptors that offer no locks."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from mimecast_secops.stores import locks

Open = Callable[[Path], int]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state.db"
    path.write_bytes(b"")
    return path


@pytest.fixture
def opened() -> Iterator[Open]:
    """Opens files, each with its own file description, as separate processes have them."""
    with ExitStack() as descriptors:

        def open_file(path: Path) -> int:
            descriptor = os.open(path, os.O_RDWR)
            descriptors.callback(os.close, descriptor)
            return descriptor

        yield open_file


def test_many_may_use_a_file_under_one_path(path: Path, opened: Open) -> None:
    assert locks.share_path(opened(path), path)
    assert locks.share_path(opened(path), path)


def test_a_second_path_to_a_file_in_use_is_refused(path: Path, opened: Open) -> None:
    second = path.with_name("second.db")
    second.hardlink_to(path)
    assert locks.share_path(opened(path), path)
    assert not locks.share_path(opened(second), second)


def test_a_second_path_is_accepted_after_the_first_is_closed(path: Path, opened: Open) -> None:
    second = path.with_name("second.db")
    second.hardlink_to(path)
    first = os.open(path, os.O_RDWR)
    assert locks.share_path(first, path)
    os.close(first)
    assert locks.share_path(opened(second), second)


def test_a_path_whose_byte_is_locked_exclusively_is_refused(path: Path, opened: Open) -> None:
    folder = path.parent.stat()
    own = locks._offset(locks._PATHS, f"{folder.st_dev}:{folder.st_ino}:{path.name}")
    assert locks._lock(opened(path), own)
    assert not locks.share_path(opened(path), path)


def test_a_range_without_bytes_is_free(path: Path, opened: Open) -> None:
    assert locks._is_free(opened(path), locks._NAMES, locks._NAMES)


def test_a_system_without_these_locks_shares_paths_and_locks_a_separate_file(
    path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    first, second = opened(path), opened(path)
    assert locks.share_path(first, path)
    lock = locks.take(first, path, "a")
    assert lock is not None
    assert locks.take(second, path, "a") is None
    locks.release(first, "a", lock)
    again = locks.take(second, path, "a")
    assert again is not None
    locks.release(second, "a", again)


def test_errors_other_than_missing_support_are_raised(path: Path) -> None:
    never_open = 1_000_000
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        locks.share_path(never_open, path)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        locks.take(never_open, path, "a")
