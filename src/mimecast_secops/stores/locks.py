"""Locks on a file by its inode, independent of its path and of the locks of SQLite.

SQLite uses POSIX locks. These belong to the process, and closing any descriptor of the file drops all of them. The
locks here are open file description locks: they belong to one descriptor, and neither kind releases the other. They
cover single bytes far beyond the end of any database, where SQLite never locks. The kernel releases them when the
process ends.
"""

from __future__ import annotations

import errno
import hashlib
import os
import struct
import sys
from pathlib import Path
from typing import Final

_FLOCK: Final = "hhqqi0q"  # struct flock: l_type, l_whence, l_start, l_len, l_pid, padding
_PATHS: Final = 2**61
_NAMES: Final = 2**62
_END: Final = 2**63 - 1
_HELD: Final = (errno.EAGAIN, errno.EACCES)
# The kernel or the file system does not support these locks.
_UNSUPPORTED: Final = (errno.EINVAL, errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS)
_PRIVATE: Final = 0o600
_ON_DESCRIPTOR: Final = -1


def share_path(descriptor: int, path: Path) -> bool:
    """Hold a shared lock that records the path under which the file is used, until the descriptor is closed.

    SQLite finds the write-ahead log by the name of the database. Two processes that use one file under two names
    (renamed, hard link, bind mount of the file) have two logs and destroy the database.

    Returns:
        True if no other process uses the file under another name.
    """
    folder = path.parent.stat()
    own = _offset(_PATHS, f"{folder.st_dev}:{folder.st_ino}:{path.name}")
    try:
        if not _lock(descriptor, own, shared=True):
            return False
        return _is_free(descriptor, _PATHS, own) and _is_free(descriptor, own + 1, _NAMES)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        return True


def take(descriptor: int, path: Path, name: str) -> int | None:
    """Take the exclusive lock of a name on a file. It is the same lock under every path that leads to the file.

    Args:
        descriptor: an open descriptor of the file; the lock ends when it is closed.
        path: the path of the file, for systems without open file description locks.
        name: any text; different texts are different locks.

    Returns:
        A value for `release`; None if another descriptor holds the lock.
    """
    try:
        return _ON_DESCRIPTOR if _lock(descriptor, _offset(_NAMES, name)) else None
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
    return _take_lock_file(descriptor, path, name)


def release(descriptor: int, name: str, lock: int) -> None:
    """Release a lock that `take` returned."""
    if lock != _ON_DESCRIPTOR:
        os.close(lock)
    else:
        _fcntl(descriptor, "F_OFD_SETLK", "F_UNLCK", _offset(_NAMES, name), 1)


def _take_lock_file(descriptor: int, path: Path, name: str) -> int | None:
    """Take the lock on a separate file next to the database. Its name contains the inode number of the database."""
    import fcntl  # noqa: PLC0415 -- Unix only, as is the service that needs it

    inode = os.fstat(descriptor).st_ino
    lock_file = path.with_name(f".{path.name}.{inode:x}.{_offset(_NAMES, name):x}.lock")
    lock = os.open(lock_file, os.O_RDWR | os.O_CREAT, _PRIVATE)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        if error.errno not in _HELD:
            raise
        return None
    return lock


def _lock(descriptor: int, offset: int, *, shared: bool = False) -> bool:
    try:
        _fcntl(descriptor, "F_OFD_SETLK", "F_RDLCK" if shared else "F_WRLCK", offset, 1)
    except OSError as error:
        if error.errno not in _HELD:
            raise
        return False
    return True


def _is_free(descriptor: int, start: int, end: int) -> bool:
    """Whether no other descriptor holds a lock on a byte from `start` to `end`, without `end`."""
    if start >= end:
        return True
    kind, *_ = struct.unpack(_FLOCK, _fcntl(descriptor, "F_OFD_GETLK", "F_WRLCK", start, end - start))
    return int(kind) == _constant("F_UNLCK")


def _fcntl(descriptor: int, command: str, kind: str, start: int, length: int) -> bytes:
    if sys.platform != "linux":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    import fcntl  # noqa: PLC0415 -- Unix only

    lock = struct.pack(_FLOCK, _constant(kind), os.SEEK_SET, start, length, 0)
    return fcntl.fcntl(descriptor, _constant(command), lock)


def _constant(name: str) -> int:
    import fcntl  # noqa: PLC0415 -- Unix only

    return int(getattr(fcntl, name))


def _offset(region: int, name: str) -> int:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    size = (_NAMES if region == _PATHS else _END) - region
    return region + int.from_bytes(digest, "big") % size
