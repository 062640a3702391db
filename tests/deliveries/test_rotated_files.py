"""Rotated files: the names that belong to an alert file, and reading them."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mimecast_secops.deliveries.rotated_files import rotated_files

NAMED_AFTER = [
    "alerts.jsonl.1",
    "alerts.jsonl.14.gz",
    "alerts.jsonl-20261124",
    "alerts.jsonl-20261124.bz2",
    "alerts.jsonl.2026-11-24T10:00.xz",
    "alerts.jsonl-1795554558",
    "alerts-20261124.jsonl",
    "alerts-2026112410.jsonl.gz",
    "alerts-2026-11-24.jsonl",
    "alerts.jsonl.gz",
]
POSSIBLE = [
    "alerts.1.jsonl",
    "alerts-2.jsonl",
    "alerts2.jsonl",
    "alerts.jsonl.old",
    "alerts.jsonl.bak",
    "alerts.old.jsonl",
]
OTHERS = [
    "alerts.jsonl",
    "alerts.jsonlx",
    "alerts-eu.jsonl",
    "alerts.jsonl.tmp",
    "alerts.json",
    "my-alerts.jsonl.1",
    "x",
]
DATABASES = ["alerts.jsonl.1.db", "alerts.jsonl.1.sqlite3-wal", "alerts.jsonl.1.db-shm", "alerts.jsonl.1.lock"]


def test_names_from_logrotate_and_from_users(tmp_path: Path) -> None:
    for name in [*NAMED_AFTER, *POSSIBLE, *OTHERS, *DATABASES]:
        (tmp_path / name).touch()
    files = rotated_files(tmp_path / "alerts.jsonl")
    assert {file.path.name for file in files if file.is_named_after} == set(NAMED_AFTER)
    assert {file.path.name for file in files if not file.is_named_after} == set(POSSIBLE)


def test_a_name_without_an_extension(tmp_path: Path) -> None:
    for name in ("alerts", "alerts.1.gz", "alerts-20261124", "alerts-2", "alerts.db"):
        (tmp_path / name).touch()
    files = {file.path.name: file.is_named_after for file in rotated_files(tmp_path / "alerts")}
    assert files == {"alerts.1.gz": True, "alerts-20261124": True, "alerts-2": False}


def test_any_name_with_the_same_inode_is_listed_except_a_database(tmp_path: Path) -> None:
    for name in ("tuesday", "state.db"):
        (tmp_path / name).touch()
        inode = (tmp_path / name).stat().st_ino
        listed = [file.path.name for file in rotated_files(tmp_path / "alerts.jsonl", inode)]
        assert listed == ([] if name == "state.db" else [name])


def test_the_oldest_is_first_and_only_regular_files_count(tmp_path: Path) -> None:
    for number, name in enumerate(["alerts.jsonl.1", "alerts.jsonl.3", "alerts.jsonl.2"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (100 - number, 100 - number))
    (tmp_path / "alerts.jsonl.4").mkdir()
    os.mkfifo(tmp_path / "alerts.jsonl.5")
    (tmp_path / "alerts.jsonl.6").symlink_to(tmp_path / "alerts.jsonl.1")
    names = [file.path.name for file in rotated_files(tmp_path / "alerts.jsonl")]
    assert names == ["alerts.jsonl.2", "alerts.jsonl.3", "alerts.jsonl.1"]


def test_a_missing_folder_has_no_rotated_files(tmp_path: Path) -> None:
    assert rotated_files(tmp_path / "folder" / "alerts.jsonl") == []


@pytest.mark.parametrize(
    ("suffix", "compress"),
    [("", bytes), (".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)],
    ids=["plain", "gzip", "bzip2", "xz"],
)
def test_compressed_files_are_read_decompressed(
    tmp_path: Path, suffix: str, compress: Callable[[bytes], bytes]
) -> None:
    (tmp_path / f"alerts.jsonl.1{suffix}").write_bytes(compress(b"line\n" * 3))
    [rotated] = rotated_files(tmp_path / "alerts.jsonl")
    with rotated.open() as stream:
        assert stream.readlines() == [b"line\n"] * 3
