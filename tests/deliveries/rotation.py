"""Rotations of a file in the ways of logrotate, and the alerts in all files afterwards."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

_OPENERS: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def _free_name(path: Path) -> Path:
    files = path.parent.glob(f"{path.name}.[0-9]*")
    numbers = [int(file.name.removeprefix(path.name).split(".")[1]) for file in files]
    return path.with_name(f"{path.name}.{max(numbers, default=0) + 1}")


def rename(path: Path) -> None:
    """Rename the file; the next writer creates a new one (logrotate: nocreate)."""
    if path.exists():
        path.rename(_free_name(path))


def rename_and_create(path: Path) -> None:
    """Rename the file and create an empty one (logrotate: create)."""
    rename(path)
    path.touch(mode=0o600)


def copy_and_truncate(path: Path) -> None:
    """Copy the file and empty it (logrotate: copytruncate)."""
    if path.exists():
        shutil.copyfile(path, _free_name(path))
        with path.open("r+b") as file:
            file.truncate(0)


def compress(path: Path) -> None:
    """Rename the file, create an empty one, and compress the renamed one at once (logrotate: compress)."""
    rename_and_create(path)
    compress_all(path)


def copy_truncate_and_compress(path: Path) -> None:
    """Copy the file, empty it, and compress the copy at once."""
    copy_and_truncate(path)
    compress_all(path)


def compress_all(path: Path) -> None:
    """Compress every rotated file that is not compressed yet, as a delayed compression does."""
    for number, rotated in enumerate(sorted(path.parent.glob(f"{path.name}.*"))):
        if rotated.suffix not in _OPENERS:
            suffix = list(_OPENERS)[number % 3]
            with rotated.open("rb") as source, _OPENERS[suffix](f"{rotated}{suffix}", "wb") as target:
                shutil.copyfileobj(source, target)
            rotated.unlink()


ROTATIONS: dict[str, Callable[[Path], None]] = {
    rotation.__name__: rotation
    for rotation in (rename, rename_and_create, copy_and_truncate, compress, copy_truncate_and_compress)
}


def ticket_ids(path: Path) -> list[str]:
    """The ticket IDs in all files: rotated, compressed and current. Every line must be an alert."""
    return [json.loads(line)["ticket_id"] for file in files_of(path) for line in lines_of(file)]


def whole_ticket_ids(path: Path) -> list[str]:
    """The same as `ticket_ids`, without incomplete lines."""
    lines = [line for file in files_of(path) for line in lines_of(file)]
    return [json.loads(line)["ticket_id"] for line in lines if line.endswith(b"}")]


def files_of(path: Path) -> list[Path]:
    """Every file of an alert file."""
    return sorted(path.parent.glob(f"{path.name}*"))


def lines_of(file: Path) -> list[bytes]:
    """The lines of a file, decompressed."""
    with _OPENERS.get(file.suffix, open)(file, "rb") as stream:
        content: bytes = stream.read()
        return content.splitlines()
