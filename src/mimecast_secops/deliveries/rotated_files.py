"""The rotated files of an alert file: finding and reading them."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

_NUMBER: Final = r"\.\d[\w:.+-]*?"
_DATE: Final = r"[._-]?(?:\d{8,}|\d{4}-\d\d-\d\d)[\w:.+-]*?"
_ANY_MARK: Final = r"[._-]?\d[\w:.+-]*?|[._-](?:old|bak|orig|prev|copy)"
_COMPRESSED: Final = r"(?:\.(?:gz|bz2|xz))?"
# Closing any descriptor of a database releases the locks of SQLite in this process, so no database is opened here.
_DATABASE: Final = re.compile(r".*\.(?:db|sqlite3?|lock)(?:-\w+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RotatedFile:
    """A file that may contain lines of an alert file.

    Attributes:
        path: its path.
        device: its device number.
        inode: its inode number.
        time_ns: the time of the last write, in nanoseconds since the epoch.
        is_named_after: whether its name proves that it was this alert file. `alerts.jsonl.1` and
            `alerts-20261124.jsonl` do for `alerts.jsonl`. `alerts-2.jsonl` does not, because another connector may
            write there, and `alerts.jsonl.old` does not, because a user may have renamed the file to start over.
    """

    path: Path
    device: int
    inode: int
    time_ns: int
    is_named_after: bool

    def open(self) -> BinaryIO:
        """Open the file for reading, decompressed.

        Raises:
            OSError: it cannot be opened.
        """
        match self.path.suffix:
            case ".gz":
                import gzip  # noqa: PLC0415 -- needed after a rotation only

                return cast("BinaryIO", gzip.open(self.path))
            case ".bz2":
                import bz2  # noqa: PLC0415

                return cast("BinaryIO", bz2.open(self.path))
            case ".xz":
                import lzma  # noqa: PLC0415

                return cast("BinaryIO", lzma.open(self.path))
            case _:
                return self.path.open("rb", buffering=1 << 18)


def rotated_files(path: Path, inode: int = 0) -> list[RotatedFile]:
    """The files in the folder of an alert file that may have been this alert file, oldest first.

    Args:
        path: the alert file. If it is a symbolic link, the folder of its target is searched, too.
        inode: a file with this inode number is listed, whatever its name.
    """
    files: dict[Path, RotatedFile] = {}
    for current in dict.fromkeys((path, path.resolve())):
        with suppress(FileNotFoundError), os.scandir(current.parent) as entries:
            for entry in entries:
                if entry.name == current.name or not entry.is_file(follow_symlinks=False):
                    continue
                if rotated := _rotated(Path(entry.path), current, inode):
                    files[rotated.path] = rotated
    return sorted(files.values(), key=lambda file: file.time_ns)


def _rotated(path: Path, current: Path, inode: int) -> RotatedFile | None:
    stem, suffix = re.escape(current.stem), re.escape(current.suffix)
    named_after = rf"{stem}{suffix}(?:{_NUMBER}|{_DATE})?{_COMPRESSED}|{stem}(?:{_DATE}){suffix}{_COMPRESSED}"
    similar = rf"{stem}{suffix}(?:{_ANY_MARK}){_COMPRESSED}|{stem}(?:{_ANY_MARK}){suffix}{_COMPRESSED}"
    is_named_after = re.fullmatch(named_after, path.name) is not None
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    is_candidate = is_named_after or re.fullmatch(similar, path.name) or status.st_ino == inode
    if not is_candidate or _DATABASE.fullmatch(path.name):
        return None
    return RotatedFile(path, status.st_dev, status.st_ino, status.st_mtime_ns, is_named_after)
