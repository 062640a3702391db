"""A recording that is served instead of a tenant."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.replay import RecordingError, Replay
from tests.simulator.caller import INFO, SEARCH, Caller, send

AT = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
FIRST_ID, SECOND_ID = "eNfirst_0123456789", "eNsecond_0123456789"


def exchange(
    path: str, item: Any, data: Any, *, status: int = 200, method: str = "POST", **headers: str
) -> dict[str, Any]:
    """A line of a recording."""
    return {
        "at": AT.isoformat(),
        "request": {"method": method, "path": path, "body": {"json": {"data": item}} if method == "POST" else {}},
        "reply": {"status": status, "headers": headers, "body": {"json": {"data": data}}},
    }


def replay_of(*exchanges: Mapping[str, Any], now: datetime = AT) -> Replay:
    return Replay(list(exchanges), clock=lambda: now)


def answer(replay: Replay, path: str, item: Any, method: str = "POST") -> Any:
    response = replay.respond(method, path, json.dumps({"data": item}).encode() if method == "POST" else b"")
    return json.loads(response.body)["data"] if response.status == 200 else response.status


def test_a_request_gets_the_reply_to_the_same_request() -> None:
    replay = replay_of(exchange(INFO, [{"id": "a"}], [1]), exchange(INFO, [{"id": "b"}], [2]))
    assert [answer(replay, INFO, [{"id": name}]) for name in ("b", "a", "b")] == [[2], [1], [2]]


def test_times_and_the_order_of_ids_do_not_count() -> None:
    item = [{"start": "2026-11-24T12:00:00+0000", "ids": ["a", "b"], "query": '<date from="2026-11-24T12:00:00Z"/>'}]
    other = [{"start": "2027-01-01T00:00:00+0000", "ids": ["b", "a"], "query": '<date from="2027-01-01T00:00:00Z"/>'}]
    assert answer(replay_of(exchange(SEARCH, item, [1])), SEARCH, other) == [1]


def test_equal_requests_get_their_replies_in_order_and_then_the_last_one() -> None:
    replay = replay_of(*(exchange(SEARCH, [], [number]) for number in range(3)))
    assert [answer(replay, SEARCH, []) for _ in range(4)] == [[0], [1], [2], [2]]


def test_an_id_that_the_client_has_changed_gets_the_reply_that_is_left() -> None:
    replay = replay_of(exchange(INFO, [{"id": FIRST_ID}], [1]), exchange(INFO, [{"id": SECOND_ID}], [2]))
    assert answer(replay, INFO, [{"id": FIRST_ID}]) == [1]
    assert answer(replay, INFO, [{"id": "eNchanged_01234567"}]) == [2]
    assert answer(replay, INFO, [{"id": "eNchanged_01234567"}]) == 501


@pytest.mark.parametrize(
    ("method", "path", "item"),
    [("POST", INFO, [{"id": "another"}]), ("POST", SEARCH, []), ("GET", INFO, None), ("POST", INFO, [{"other": "a"}])],
)
def test_an_unknown_request_gets_an_error_that_names_it(method: str, path: str, item: Any) -> None:
    replay = replay_of(exchange(INFO, [{"id": "a"}], [1]))
    response = replay.respond(method, path, json.dumps({"data": item}).encode())
    assert response.status == 501
    [error] = json.loads(response.body)["fail"]
    assert error["message"] == f"The recording has no reply to {method} {path}."


def test_times_in_replies_move_with_the_clock() -> None:
    recorded = exchange(SEARCH, [], [{"received": "2026-11-25T11:59:00+0000", "date": "2026-11-25", "note": "9999"}])
    replay = replay_of(recorded, now=AT + timedelta(days=3))
    assert answer(replay, SEARCH, []) == [
        {"received": "2026-11-28T11:59:00+0000", "date": "2026-11-25", "note": "9999"}
    ]


def test_status_headers_text_and_byte_order_mark_are_kept() -> None:
    line = exchange(SEARCH, [], [], status=429, **{"x-ratelimit-reset": "4500", "date": "then", "bad name": "x"})
    response = replay_of(line).respond("POST", SEARCH, b'{"data":[]}')
    assert (response.status, response.headers) == (429, {"x-ratelimit-reset": "4500"})
    line["reply"]["body"] = {"text": "<html>", "bom": True}
    assert replay_of(line).respond("POST", SEARCH, b'{"data":[]}').body == b"\xef\xbb\xbf<html>"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is not a recording"),
        ("{}", "is not a recording"),
        ('{"recording": 99}', "is not a recording of format 1"),
        ('{"recording": 1}\nno JSON', "line 2 is not JSON"),
        ('{"recording": 1}\n[]', "line 2 is not an object"),
        ('{"recording": 1}\n{"request": {}}', "line 2 is not an exchange"),
    ],
)
def test_another_file_is_refused_with_the_line(tmp_path: Path, content: str, problem: str) -> None:
    path = tmp_path / "file"
    path.write_text(content)
    with pytest.raises(RecordingError, match=problem):
        Replay.read(path)


@pytest.fixture
def replaying(tmp_path: Path) -> Iterator[Simulator]:
    path = tmp_path / "recording.jsonl"
    token = {"at": AT.isoformat(), "request": {"method": "POST", "path": "/oauth/token", "body": {}}}
    token["reply"] = {"status": 200, "headers": {}, "body": {"json": {"expires_in": 60}}}
    lines = [{"recording": 1}, token, exchange(SEARCH, [], ["recorded"])]
    path.write_text("\n".join(map(json.dumps, lines)))
    with Simulator() as simulator:
        simulator.app.replay = Replay.read(path)
        yield simulator


@pytest.mark.parametrize("version", [1, 2])
def test_the_server_answers_each_api_version_from_the_recording(replaying: Simulator, version: int) -> None:
    caller = Caller(replaying, version)
    assert caller.call(SEARCH).data == ["recorded"]
    assert caller.call(INFO).status == 501


def test_any_credentials_get_a_token_of_the_recorded_lifetime(replaying: Simulator) -> None:
    reply = send(f"{replaying.url}/oauth/token", body=b"client_id=any")
    assert (reply.status, reply.json["expires_in"]) == (200, 60)


def test_a_recorded_failure_of_the_token_is_one_again() -> None:
    token = exchange("/oauth/token", [], [], status=401)
    assert replay_of(token).respond("POST", "/oauth/token", b"x=1").status == 401
    assert replay_of().respond("POST", "/oauth/token", b"x=1").status == 200
