"""Folders and files of mail: read once, or watched for what is dropped in later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path


def mail_files(places: Iterable[Path]) -> Iterator[Path]:
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

    def new_files(self) -> list[Path]:
        """The files that are complete and were not handed out before."""
        ready = []
        for path in mail_files([self._folder]):
            if path in self._taken:
                continue
            size = path.stat().st_size
            if self._sizes.get(path) == size:
                self._taken.add(path)
                ready.append(path)
            self._sizes[path] = size
        return ready
