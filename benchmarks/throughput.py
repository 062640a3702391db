"""Requests per second of the simulator on one CPU core."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil

from benchmarks.support import Remote, simulator

TARGETS = {"requests_per_simulator_cpu_second": ("at least", 1000.0)}
_REQUESTS = 2000
_THREADS = 4


def run() -> dict[str, Any]:
    with simulator() as remote:
        remote.control("bulk", {"count": 20, "spread": 60})
        token = _token(remote)
        process = next(process for process in psutil.process_iter() if _is_simulator(process, remote))
        before, started = process.cpu_times(), time.perf_counter()
        threads = [threading.Thread(target=_send, args=(remote, token)) for _ in range(_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds, after = time.perf_counter() - started, process.cpu_times()
        used = after.user + after.system - before.user - before.system
    total = _REQUESTS * _THREADS
    return {
        "requests": total,
        "requests_per_second": total / seconds,
        "requests_per_simulator_cpu_second": total / used,
    }


def _is_simulator(process: psutil.Process, remote: Remote) -> bool:
    port = urlsplit(remote.url).port
    try:
        connections = process.net_connections("tcp")
        return any(connection.laddr.port == port and connection.status == "LISTEN" for connection in connections)
    except psutil.Error:
        return False


def _token(remote: Remote) -> str:
    body = urlencode(
        {
            "client_id": remote.keys["MIMECAST_CLIENT_ID"],
            "client_secret": remote.keys["MIMECAST_CLIENT_SECRET"],
            "grant_type": "client_credentials",
        }
    )
    connection = _connection(remote)
    connection.request("POST", "/oauth/token", body, {"Content-Type": "application/x-www-form-urlencoded"})
    return str(json.load(connection.getresponse())["access_token"])


def _connection(remote: Remote) -> http.client.HTTPConnection:
    url = urlsplit(remote.url)
    return http.client.HTTPConnection(str(url.hostname), url.port, timeout=30)


def _send(remote: Remote, token: str) -> None:
    connection = _connection(remote)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for _ in range(_REQUESTS):
        connection.request("POST", "/api/account/get-account", b'{"data":[]}', headers)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200
