"""A simulator in a separate process, and a client for it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mimecast_secops.api import MimecastClient, Secret
from mimecast_secops.connection import ConnectionSettings, connection_of


@dataclass
class Remote:
    """A simulator in another process."""

    url: str
    keys: dict[str, str]

    def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/simulator/{path}", json.dumps(body or {}).encode(), headers)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=300) as reply:
            answer: dict[str, Any] = json.load(reply)
            return answer

    def settings(self, api_version: int = 1) -> ConnectionSettings:
        if api_version == 2:
            return ConnectionSettings(
                api_root=self.url,
                client_id=self.keys["MIMECAST_CLIENT_ID"],
                client_secret=Secret(self.keys["MIMECAST_CLIENT_SECRET"]),
            )
        return ConnectionSettings(
            api_root=self.url,
            application_id=self.keys["MIMECAST_APPLICATION_ID"],
            application_key=Secret(self.keys["MIMECAST_APPLICATION_KEY"]),
            access_key=Secret(self.keys["MIMECAST_ACCESS_KEY"]),
            secret_key=Secret(self.keys["MIMECAST_SECRET_KEY"]),
        )

    def client(self, api_version: int = 1, *, max_concurrency: int = 32) -> MimecastClient:
        chosen = connection_of(self.settings(api_version), max_concurrency=max_concurrency)
        return MimecastClient(chosen.connection)


@contextmanager
def simulator(*options: str) -> Iterator[Remote]:
    """A simulator without messages, in a separate process so that it has its own CPU core."""
    command = [sys.executable, "-m", "mimecast_secops.cli.main", "simulator", "--empty", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        url = next(line.strip().removeprefix("ready: ") for line in process.stdout if line.startswith("ready: "))
        yield Remote(url, _keys(url))
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _keys(url: str) -> dict[str, str]:
    """The credentials of both API versions, by environment variable."""
    credentials = Remote(url, {}).control("connection")["credentials"]
    settings = {name: value for version in credentials.values() for name, value in version.items()}
    return {f"MIMECAST_{name.upper().replace(' ', '_')}": value for name, value in settings.items()}
