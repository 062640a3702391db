"""Requests per second of the simulator on one core, so that it is never the bottleneck of a test."""

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
        process = next(one for one in psutil.process_iter(["cmdline"]) if _is_simulator(one, remote))
        before, started = process.cpu_times(), time.perf_counter()
        threads = [threading.Thread(target=_ask, args=(remote, token)) for _ in range(_THREADS)]
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
    listening = urlsplit(remote.url).port
    try:
        return any(one.laddr.port == listening and one.status == "LISTEN" for one in process.net_connections("tcp"))
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
    place = urlsplit(remote.url)
    return http.client.HTTPConnection(str(place.hostname), place.port, timeout=30)


def _ask(remote: Remote, token: str) -> None:
    connection = _connection(remote)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for _ in range(_REQUESTS):
        connection.request("POST", "/api/account/get-account", b'{"data":[]}', headers)
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200
