"""Files and folders of messages: read once, or watched for new files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path


def email_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files in `paths`. A folder stands for the `.eml` files below it, sorted by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*.eml") if file.is_file())
        else:
            yield path


class WatchedFolder:
    """Returns each new file of a folder once, after it has stopped growing.

    Args:
        folder: the folder to watch.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._returned: set[Path] = set()
        self._sizes: dict[Path, int] = {}

    def present_files(self) -> list[Path]:
        """The files that are present now, complete or not. `new_files` does not return them."""
        present = self._list_files()
        self._returned.update(present)
        return present

    def new_files(self) -> list[Path]:
        """The files that are complete and were not returned before."""
        ready, sizes = [], {}
        for path in self._list_files():
            size = None if path in self._returned else _size(path)
            if size is None:
                continue
            if self._sizes.get(path) == size:
                self._returned.add(path)
                ready.append(path)
            sizes[path] = size
        self._sizes = sizes
        return ready

    def _list_files(self) -> list[Path]:
        try:
            return list(email_files([self._folder]))
        except OSError:  # a subfolder was removed during the listing; the next call lists again
            return []


def _size(path: Path) -> int | None:
    """The size in bytes; None for a file that was removed or cannot be read."""
    try:
        return path.stat().st_size
    except OSError:
        return None
