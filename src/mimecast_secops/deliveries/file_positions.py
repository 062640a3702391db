"""Positions in an alert file that can be found after the file was renamed, copied or compressed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import BinaryIO, Final, Self

_VERSION: Final = "2"
_SPAN: Final = 256
_LONGEST: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Position:
    """The end of the committed part of a file.

    The content identifies the position. An inode number does not: a file system soon gives the number of a deleted file
    to a new file, and a copy has another number. The device number is omitted, because it can change when the machine
    starts.

    Attributes:
        offset: the number of bytes before the position.
        inode: the inode number of the file.
        time_ns: when the file was last written, in nanoseconds since the epoch. What follows the
            position was written later.
        head: a digest of the first bytes of the file, which contain the ID of its first alert.
        tail: a digest of the bytes before the position.
    """

    offset: int
    inode: int = 0
    time_ns: int = 0
    head: str = ""
    tail: str = ""

    @classmethod
    def end_of(cls, file: int) -> Self:
        """The end of an open file.

        Raises:
            OSError: the file cannot be read.
        """
        status = os.fstat(file)
        length = min(_SPAN, status.st_size)
        head = _digest(os.pread(file, length, 0))
        tail = _digest(os.pread(file, length, status.st_size - length))
        return cls(status.st_size, status.st_ino, status.st_mtime_ns, head, tail)

    @classmethod
    def parse(cls, token: str) -> Self | None:
        """The position in a token; None if the token is not a position.

        A number alone is the token of version 1.0: the length of the file.
        """
        fields = token.split(":")
        try:
            if len(fields) == 1:
                position = cls(int(token))
            elif len(fields) == 6 and fields[0] == _VERSION:
                position = cls(int(fields[1]), int(fields[2]), int(fields[3]), fields[4], fields[5])
            else:
                return None
        except ValueError:
            return None
        return position if 0 <= position.offset < _LONGEST else None

    def __str__(self) -> str:
        """The position as a token."""
        return f"{_VERSION}:{self.offset}:{self.inode}:{self.time_ns}:{self.head}:{self.tail}"

    def is_in(self, stream: BinaryIO) -> bool:
        """Whether the position is in a file. If it is, the stream is at the position afterwards.

        The beginning of a file identifies no file. The position of a token of version 1.0 is in a file that ends there
        with a newline: a longer file may be another file.

        Raises:
            OSError, EOFError: the file cannot be read.
        """
        if self.offset <= 0:
            return False
        if not self.head:
            stream.seek(self.offset - 1)
            return stream.read(2) == b"\n"
        length = min(_SPAN, self.offset)
        stream.seek(0)
        if _digest(stream.read(length)) != self.head:
            return False
        stream.seek(self.offset - length)
        return _digest(stream.read(length)) == self.tail


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()
