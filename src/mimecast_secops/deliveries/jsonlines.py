"""Alerts as JSON lines: one durable write per alert, and no line lost or repeated after a kill or a rotation.

The token is a position in the file. After a kill between delivery and commit, the ticket IDs of the lines after the
position are read from the file, or from the rotated file that it has become and the files that followed it. An
incomplete last line is removed, and its alert is delivered again.
"""

from __future__ import annotations

import errno
import logging
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from mimecast_secops.deliveries.alert_lines import as_line, may_be_incomplete_alert, read_lines
from mimecast_secops.deliveries.errors import AlertsMissing
from mimecast_secops.deliveries.file_positions import Position
from mimecast_secops.deliveries.rotated_files import RotatedFile, rotated_files
from mimecast_secops.ingest import Alert, DeliveryResult
from mimecast_secops.stores.closeable import Closeable

_PRIVATE: Final = 0o600
_CHUNK: Final = 1 << 20
_LOG: Final = logging.getLogger("mimecast_secops.deliveries")
# Files can be renamed while the folder is listed, so an incomplete search is repeated.
_SEARCHES: Final = 3
# The largest step back of the clock between a position and a newer file.
_CLOCK_STEP_NS: Final = 2_000_000_000
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(slots=True)
class _Search:
    """The content of the files after a position.

    Attributes:
        ticket_ids: the ticket IDs of the alerts.
        is_located: whether the position was found in a file.
        is_complete: whether no file disappeared during the search.
        other_lines: the number of lines that are not alerts.
        whole: the end of the last whole line of the file that was read last.
    """

    ticket_ids: dict[str, None] = field(default_factory=dict)
    is_located: bool = False
    is_complete: bool = True
    other_lines: int = 0
    whole: int = 0

    def read(self, stream: BinaryIO, start: int) -> None:
        self.whole = start
        for line in read_lines(stream, start):
            self.whole = line.end
            if line.ticket_id is None:
                self.other_lines += 1
            else:
                self.ticket_ids[line.ticket_id] = None


class JsonLinesDelivery(Closeable):
    """Appends alerts to a file. Close it, or use it as a context manager.

    The file may be rotated at any time: renamed, copied and truncated, compressed. Rotated files are found in the same
    folder. The file is created with mode 0600.

    Args:
        path: the file. It and its folders are created if they do not exist.

    Raises:
        OSError: the path cannot be used as an alert file.
    """

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._file = _open(self._path)
        self._end = os.fstat(self._file).st_size
        self._rotated: list[int] = []
        self._is_shorter = False
        self._delivered: list[str] = []
        self._begin = Position.end_of(self._file)
        self._token: str | None = None

    def delivered_since(self, token: str) -> list[str]:
        """The ticket IDs of the whole lines after the token, in all files. An incomplete last line is removed.

        Without a token, or if its file cannot be found, all lines count.

        Raises:
            OSError: the path cannot be used as an alert file.
        """
        self._follow()
        self._delivered.clear()
        status = os.fstat(self._file)
        if token == self._token and status.st_size == self._end and not self._rotated and not self._is_shorter:
            return []
        position = Position.parse(token)
        search = self._search(position)
        if position and position.offset and not search.is_located:
            _LOG.warning(
                "The file with the last alerts before %s was not found, or a part of it is missing. Alerts that were "
                "written just before the last stop may be delivered again, with the same ticket IDs.",
                self._path.name,
            )
        if search.other_lines:
            _LOG.warning("%d lines of %s are not alerts and were skipped.", search.other_lines, self._path.name)
        self._end_last_line(search.whole)
        self._start_cycle(Position.end_of(self._file))
        return list(search.ticket_ids)

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Write one line. It is on the disk before this returns.

        Raises:
            OSError: it could not be written.
        """
        line = as_line(alert)
        self._follow()
        self._delivered.append(alert.ticket_id)
        _write(self._file, line)
        os.fdatasync(self._file)
        end = os.fstat(self._file).st_size
        self._is_shorter = self._is_shorter or end < self._end + len(line)
        self._end = end
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        """Check that the files still contain every alert of this cycle.

        Returns:
            The token: the position at the end of the file.

        Raises:
            AlertsMissing: some are missing. They are delivered again after the next `delivered_since`.
            OSError: the files cannot be read or written.
        """
        self._follow()
        # Read before the check, so that a truncation in between is detected.
        position = Position.end_of(self._file)
        self._is_shorter = self._is_shorter or position.offset < self._end
        if self._delivered and (self._is_shorter or any(os.fstat(file).st_nlink == 0 for file in self._rotated)):
            self._restore()
            position = Position.end_of(self._file)
        self._start_cycle(position)
        self._token = str(position)
        return self._token

    def close(self) -> None:
        """Close the file."""
        for file in (self._file, *self._rotated):
            os.close(file)
        self._rotated.clear()

    def _start_cycle(self, begin: Position) -> None:
        for file in self._rotated:
            os.close(file)
        self._rotated.clear()
        self._delivered.clear()
        self._is_shorter = False
        self._begin = begin
        self._end = begin.offset

    def _follow(self) -> None:
        """Open the file that is at the path now. A rotated file stays open until the end of the cycle."""
        status = os.fstat(self._file)
        self._is_shorter = self._is_shorter or status.st_size < self._end
        with suppress(FileNotFoundError):
            if os.path.samestat(self._path.stat(), status):
                return
        file = _open(self._path)
        self._rotated.append(self._file)
        self._file = file
        self._end = os.fstat(file).st_size

    def _search(self, position: Position | None) -> _Search:
        """Read the lines after a position: in the current file or, if that is another file, in all files since."""
        with _reading(self._file) as stream:
            search = _Search()
            if position and position.is_in(stream):
                search.is_located = True
                search.read(stream, position.offset)
                return search
        for _ in range(_SEARCHES):
            search = _Search()
            none_deleted = self._search_open_files(search, position)
            if not (search.is_located and none_deleted) or self._is_shorter:
                self._search_folder(search, position)
            with _reading(self._file) as stream:
                search.read(stream, 0)
            if search.is_complete and (search.is_located or not position or not position.offset):
                break
        return search

    def _search_open_files(self, search: _Search, position: Position | None) -> bool:
        """Read the files that were rotated since the last cycle. Returns whether none of them was deleted."""
        none_deleted = True
        for file in self._rotated:
            is_deleted = os.fstat(file).st_nlink == 0
            with _reading(file) as stream:
                start = position.offset if position and position.is_in(stream) else 0
                search.is_located = search.is_located or start > 0
                if not is_deleted:
                    stream.seek(start)
                    search.read(stream, start)
            none_deleted = none_deleted and not is_deleted
        return none_deleted

    def _search_folder(self, search: _Search, position: Position | None) -> None:
        statuses = [os.fstat(file) for file in (self._file, *self._rotated)]
        known = {(status.st_dev, status.st_ino) for status in statuses}
        for rotated in rotated_files(self._path, position.inode if position else 0):
            if (rotated.device, rotated.inode) in known:
                continue
            try:
                with rotated.open() as stream:
                    _search_rotated(search, position, rotated, stream)
            except FileNotFoundError:
                search.is_complete = False
            except Exception as error:  # noqa: BLE001 -- each format has its own errors for a damaged file
                _LOG.warning("%s could not be read for alerts (%s).", rotated.path.name, type(error).__name__)

    def _restore(self) -> None:
        """Restore alerts of this cycle whose file was deleted or truncated.

        Raises:
            AlertsMissing: no file contains them.
        """
        missing = dict.fromkeys(self._delivered)
        for ticket_id in self._search(self._begin).ticket_ids:
            missing.pop(ticket_id, None)
        for file in self._rotated:
            if missing and os.fstat(file).st_nlink == 0:
                self._copy(file, missing)
        if missing:
            raise AlertsMissing(
                errno.ESTALE,
                f"The file was truncated while alerts were written, and {len(missing)} of them are in no copy of it. "
                "They are delivered again in the next cycle. Rotate the file by renaming it.",
                str(self._path),
            )

    def _copy(self, file: int, missing: dict[str, None]) -> None:
        """Append the missing alerts of a deleted file to the current one."""
        with _reading(file) as stream:
            for line in read_lines(stream, 0):
                if line.ticket_id is None or line.ticket_id not in missing:
                    continue
                for start in range(line.start, line.end, _CHUNK):
                    _write(self._file, os.pread(file, min(_CHUNK, line.end - start), start))
                del missing[line.ticket_id]
        os.fdatasync(self._file)

    def _end_last_line(self, whole: int) -> None:
        """Remove an incomplete alert at the end of the file, so that the next alert starts a new line."""
        if os.fstat(self._file).st_size <= whole:
            return
        if may_be_incomplete_alert(os.pread(self._file, 64, whole)):
            os.ftruncate(self._file, whole)
        else:
            _write(self._file, b"\n")  # keep text of another program
        os.fsync(self._file)


def _search_rotated(search: _Search, position: Position | None, rotated: RotatedFile, stream: BinaryIO) -> None:
    if position and position.is_in(stream):
        search.is_located = True
        search.read(stream, position.offset)
    elif rotated.is_named_after and (not position or rotated.time_ns >= position.time_ns - _CLOCK_STEP_NS):
        stream.seek(0)
        search.read(stream, 0)


def _reading(file: int) -> BinaryIO:
    """A stream that reads an open file from its beginning. Closing the stream does not close the file."""
    os.lseek(file, 0, os.SEEK_SET)
    return open(file, "rb", buffering=1 << 18, closefd=False)


def _write(file: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(file, rest) :]


def _open(path: Path) -> int:
    """Open a file for appending; create it if it does not exist.

    Raises:
        OSError: it is not a regular file, or cannot be opened.
    """
    # Checked before it is opened: opening alone can block on a named pipe, and have an effect on a device.
    with suppress(FileNotFoundError):
        _check_regular(path, path.stat().st_mode)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK | os.O_NOCTTY, _PRIVATE)
    try:
        _check_regular(path, os.fstat(file).st_mode)
        _sync_folder(path.parent)
    except BaseException:
        os.close(file)
        raise
    return file


def _check_regular(path: Path, mode: int) -> None:
    kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), None)
    if kind:
        raise OSError(
            errno.EINVAL, f"It cannot be used for alerts, because it is {kind}. Name a regular file.", str(path)
        )


def _sync_folder(folder: Path) -> None:
    """Write the name of a new file to the disk, if the file system supports it."""
    with suppress(OSError):
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(file)
        finally:
            os.close(file)
