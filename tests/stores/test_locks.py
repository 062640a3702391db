"""The lock where the system offers none on a descriptor: a file next to the database, named after its inode."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.stores import locks


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state.db"
    path.write_bytes(b"")
    return path


@pytest.fixture
def descriptor(path: Path) -> Iterator[int]:
    opened = os.open(path, os.O_RDWR)
    yield opened
    os.close(opened)


def test_a_lock_next_to_the_file_excludes_the_same_name_only(path: Path, descriptor: int) -> None:
    lock = locks._take_lock_file(descriptor, path, "a/b")
    assert lock is not None
    assert locks._take_lock_file(descriptor, path, "a/b") is None
    other = locks._take_lock_file(descriptor, path, "a.b")
    assert other is not None
    locks.release(descriptor, "a.b", other)
    locks.release(descriptor, "a/b", lock)
    again = locks._take_lock_file(descriptor, path, "a/b")
    assert again is not None
    locks.release(descriptor, "a/b", again)


def test_a_lock_next_to_the_file_is_private(path: Path, descriptor: int) -> None:
    lock = locks._take_lock_file(descriptor, path, "a")
    assert lock is not None
    assert os.fstat(lock).st_mode & 0o777 == 0o600
    locks.release(descriptor, "a", lock)


def test_a_lock_on_a_descriptor_leaves_no_file(path: Path, descriptor: int) -> None:
    other = os.open(path, os.O_RDWR)
    lock = locks.take(descriptor, path, "a")
    assert lock is not None
    assert locks.take(other, path, "a") is None
    locks.release(descriptor, "a", lock)
    assert locks.take(other, path, "a") is not None
    os.close(other)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
