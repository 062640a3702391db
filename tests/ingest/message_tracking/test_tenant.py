"""The engine on the API client: what a hostile or broken server does to a whole cycle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from mimecast_secops.api import ClientCredentials, Connection, MimecastClient, Runtime, Secret
from mimecast_secops.api.errors import UnexpectedReply
from mimecast_secops.ingest import Connector, ConnectorSettings, MimecastTenant, Report
from mimecast_secops.testing import MemoryDelivery, MemoryStore
from tests.ingest.model import START, ModelTenant, Record

SEARCH, INFO, HOLDS = (
    "/api/message-finder/search",
    "/api/message-finder/get-message-info",
    "/api/gateway/get-hold-message-list",
)


class Gateway:
    """An HTTP server over a model tenant. `subjects` maps a record's id to the raw bytes of its subject in JSON."""

    def __init__(self) -> None:
        self.tenant = ModelTenant()
        self.subjects: dict[str, bytes] = {}
        self.instead: dict[str, bytes] = {}
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # it delays the body, a second write, by 40 ms

            def do_POST(self) -> None:
                request = self.rfile.read(int(self.headers["Content-Length"]))
                body = gateway.answer(self.path, request)
                self.send_response_only(200)
                self.send_header("Date", formatdate(gateway.tenant.now_ms / 1000, usegmt=True))
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str, request: bytes) -> bytes:
        if path == "/oauth/token":
            return b'{"access_token": "token-of-the-test", "expires_in": 1800}'
        if path in self.instead:
            return self.instead[path]
        item = json.loads(request)["data"][0]
        body = json.dumps({"meta": {"status": 200}, "data": self._data(path, item), "fail": []}).encode()
        for record_id, subject in self.subjects.items():
            body = body.replace(f'"subject": "subject of {record_id}"'.encode(), b'"subject": "' + subject + b'"')
        return body

    def _data(self, path: str, item: dict[str, Any]) -> list[Any]:
        records = list(self.tenant.records.values())
        if path == INFO:
            return [self.tenant.records[item["id"]].info()]
        inside = [record for record in records if item["start"] <= record.row()["received"] <= item["end"]]
        if path == HOLDS:
            return [record.hold() for record in inside]
        wanted = item["advancedTrackAndTraceOptions"]
        domain = wanted.get("to") or wanted.get("from")
        rows = [record.row() for record in inside if domain in record.recipient or domain in record.sender]
        return [{"trackedEmails": rows}]


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    running = Gateway()
    for number in range(60):
        received = START - (3000 - number * 40) * 1000
        record = Record(f"m{number}", received, received, subject=f"subject of m{number}")
        running.tenant.add(record)
    running.start()
    yield running
    running.stop()


class Run:
    """Cycles over one store."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.store, self.delivery = MemoryStore(), MemoryDelivery()

    def cycle(self, **connection: Any) -> Report:
        credentials = ClientCredentials("an-id", Secret("a-secret-of-the-test"))
        settings = ConnectorSettings(domains=("example.com",), concurrency=4)
        clock = self.gateway.tenant.clock
        around = Runtime(clock=lambda: datetime.fromtimestamp(clock(), UTC))
        with MimecastClient(Connection(self.gateway.url, credentials, **connection), around) as client:
            return Connector(MimecastTenant(client), settings, self.store, self.delivery, clock=clock).run_cycle()

    @property
    def tickets(self) -> list[str]:
        return [alert.ticket_id for alert in self.delivery.alerts]


REPAIRABLE = {
    "a lone surrogate escape": rb"cut \ud83d",
    "a cut UTF-8 sequence": b"cut \xf0\x9f",
    "a raw control character": b"a\x01b",
    "a raw line break": b"a\nb",
    "CESU-8": b"\xed\xa0\xbd\xed\xb8\x80",
    "latin-1": b"caf\xe9",
}


@pytest.mark.parametrize("subject", REPAIRABLE.values(), ids=REPAIRABLE)
def test_a_subject_that_is_invalid_json_loses_no_alert(gateway: Gateway, subject: bytes) -> None:
    gateway.subjects = {"m7": subject}
    run = Run(gateway)
    assert run.cycle().ok
    assert sorted(run.tickets) == sorted(gateway.tenant.records)
    assert run.cycle().delivered == 0


def test_the_alert_of_a_repaired_record_has_a_note(gateway: Gateway) -> None:
    gateway.subjects = {"m7": rb"cut \ud83d"}
    run = Run(gateway)
    run.cycle()
    [alert] = [alert for alert in run.delivery.alerts if alert.ticket_id == "m7"]
    assert not alert.complete
    assert alert.events[0]["subject"] == "cut \ufffd"
    assert "subject" in alert.events[0]["note_1"]
    assert all(alert.complete for alert in run.delivery.alerts if alert.ticket_id != "m7")


def test_a_record_that_breaks_the_json_becomes_a_gap_alert(gateway: Gateway) -> None:
    gateway.subjects = {"m7": b'unescaped " quote'}
    run = Run(gateway)
    for _ in range(2):
        run.cycle()
    records = [ticket for ticket in run.tickets if not ticket.startswith("gap:")]
    assert sorted(records) == sorted(set(gateway.tenant.records) - {"m7"})
    second = gateway.tenant.records["m7"].received_ms
    assert f"gap:second:{second}" in run.tickets
    assert len(run.tickets) == len(set(run.tickets))


def test_a_window_whose_reply_is_too_large_is_divided(gateway: Gateway) -> None:
    run = Run(gateway)
    report = run.cycle(max_reply_bytes=4000)
    assert report.ok
    assert sorted(run.tickets) == sorted(gateway.tenant.records)


@pytest.mark.parametrize("path", [SEARCH, HOLDS])
@pytest.mark.parametrize("body", [b"{}", b'{"message": "ok"}', b'{"meta": {"status": 200}, "data": [{}], "fail": []}'])
def test_a_cycle_over_replies_that_are_not_understood_is_not_ok(gateway: Gateway, path: str, body: bytes) -> None:
    gateway.instead = {path: body}
    run = Run(gateway)
    report = run.cycle()
    assert not report.ok
    assert isinstance(report.error, UnexpectedReply)
    gateway.instead = {}
    gateway.tenant.now_ms += 120_000
    assert run.cycle().ok
    assert sorted(run.tickets) == sorted(gateway.tenant.records)


def test_replies_that_are_all_broken_are_an_outage_without_gap_alerts(gateway: Gateway) -> None:
    gateway.instead = {SEARCH: b'{"meta": {"status": 200}, "data": [{"trackedEmails": [{"id": "a"b"}]}]}'}
    run = Run(gateway)
    report = run.cycle()
    assert (report.ok, report.gaps, run.tickets) == (False, 0, [])


def test_a_client_recalls_what_an_earlier_cycle_learned() -> None:
    credentials = ClientCredentials("id", Secret("secret"))
    with MimecastClient(Connection("http://127.0.0.1:9", credentials)) as client:
        tenant = MimecastTenant(client)
        tenant.recall({"hold_page_size": 50})
        assert client.held.accepted_page_size == 50
        assert tenant.learned() == {}
