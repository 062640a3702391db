"""Delivery of files and folders of messages to a tenant."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from mimecast_secops.simulator.mail.folder import WatchedFolder, email_files
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.tenant import Tenant


class MailPaths:
    """Files to deliver, and folders to deliver and watch.

    Args:
        paths: `.eml` files, and folders of them.

    Raises:
        FileNotFoundError: a path does not exist.
    """

    def __init__(self, paths: Iterable[Path | str]) -> None:
        self._paths = [Path(path) for path in paths]
        for path in self._paths:
            if not path.exists():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        self.folders = [path for path in self._paths if path.is_dir()]
        self._watched = [WatchedFolder(folder) for folder in self.folders]

    @property
    def empty_folders(self) -> list[Path]:
        """The folders without an `.eml` file."""
        return [folder for folder in self.folders if next(email_files([folder]), None) is None]

    def deliver_all(self, tenant: Tenant) -> list[TrackingRecord]:
        """Deliver all files, in the order of the paths. `deliver_new` delivers only files that appear later.

        Returns:
            The new tracking records.
        """
        watched = iter(self._watched)
        files: list[Path] = []
        for path in self._paths:
            files += next(watched).present_files() if path in self.folders else [path]
        return receive_files(tenant, files)

    def deliver_new(self, tenant: Tenant) -> list[TrackingRecord]:
        """Deliver the files that were added to the folders and are complete.

        Returns:
            The new tracking records.
        """
        return [record for folder in self._watched for record in receive_files(tenant, folder.new_files())]


def receive_files(tenant: Tenant, files: Iterable[Path]) -> list[TrackingRecord]:
    """Deliver files. They arrive one second apart, the last one now. An unreadable file is reported on stderr.

    Returns:
        The new tracking records.
    """
    paths = list(files)
    now = tenant.clock.now()
    records = []
    for number, path in enumerate(paths):
        try:
            raw = path.read_bytes()
        except OSError as error:
            print(f"{path}: {error.strerror}", file=sys.stderr)  # noqa: T201 -- the simulator has no log
            continue
        records += tenant.receive(raw, received=now - timedelta(seconds=len(paths) - 1 - number))
    return records


def receive_paths(tenant: Tenant, paths: Iterable[Path | str]) -> list[TrackingRecord]:
    """Deliver files, and the `.eml` files of folders, as `receive_files` does."""
    return receive_files(tenant, email_files(Path(path) for path in paths))
