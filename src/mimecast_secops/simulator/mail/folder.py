"""Folders and files of mail: read once, or watched for what is dropped in later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path


def email_files(places: Iterable[Path]) -> Iterator[Path]:
    """The `.eml` files that `places` name, folders in the order of their file names."""
    for place in places:
        if place.is_dir():
            yield from sorted(path for path in place.rglob("*.eml") if path.is_file())
        else:
            yield place


class WatchedFolder:
    """Finds what was dropped into a folder since the last look. A file is taken once it has stopped growing.

    Args:
        folder: where mail is dropped.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._taken: set[Path] = set()
        self._sizes: dict[Path, int] = {}

    def present_files(self) -> list[Path]:
        """The files that lie there now, handed out without waiting for a second look."""
        present = [path for path in self._list_files() if path not in self._taken]
        self._taken.update(present)
        return present

    def new_files(self) -> list[Path]:
        """The files that are complete and were not handed out before."""
        ready, sizes = [], {}
        for path in self._list_files():
            size = None if path in self._taken else _size(path)
            if size is None:
                continue
            if self._sizes.get(path) == size:
                self._taken.add(path)
                ready.append(path)
            sizes[path] = size
        self._sizes = sizes
        return ready

    def _list_files(self) -> list[Path]:
        try:
            return list(email_files([self._folder]))
        except OSError:  # a folder below was taken away meanwhile; the next look sees how it is then
            return []


def _size(path: Path) -> int | None:
    """None where the file is gone, or cannot be looked at."""
    try:
        return path.stat().st_size
    except OSError:
        return None
