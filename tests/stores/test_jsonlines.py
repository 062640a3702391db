"""Alerts as lines: none lost, none repeated, wherever a kill tore the file."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimecast_secops.ingest import Alert
from mimecast_secops.stores.jsonlines import JsonLinesDelivery


def alert(number: int, text: str = "x") -> Alert:
    return Alert(
        ticket_id=f"t{number}",
        name="Held Message",
        rule_generator="r",
        product="Mimecast",
        priority=40,
        start_ms=1,
        end_ms=1,
        reason="",
        description="",
        grouping_id="",
        events=({"subject": text},),
    )


def tickets(path: Path) -> list[str]:
    return [json.loads(line)["ticket_id"] for line in path.read_bytes().splitlines()]


def test_a_line_per_alert_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "alerts.jsonl"
    with JsonLinesDelivery(path) as delivery:
        delivery.offer(alert(1, "line\u2028separator \n and \ud800"))
        delivery.offer(alert(2))
        token = delivery.finish()
        assert delivery.recover(token) == []
        assert delivery.recover("") == ["t1", "t2"]
    assert tickets(path) == ["t1", "t2"]
    assert path.stat().st_mode & 0o777 == 0o600


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.integers(0, 3), st.data())
def test_wherever_the_file_was_torn_nothing_is_lost_or_repeated(
    tmp_path: Path, committed: int, data: st.DataObject
) -> None:
    path = tmp_path / "alerts.jsonl"
    path.unlink(missing_ok=True)
    with JsonLinesDelivery(path) as delivery:
        for number in range(committed):
            delivery.offer(alert(number))
        token = delivery.finish()
        for number in range(committed, 4):
            delivery.offer(alert(number))
    whole = path.read_bytes()
    path.write_bytes(whole[: data.draw(st.integers(int(token), len(whole)))])
    with JsonLinesDelivery(path) as delivery:
        known = set(delivery.recover(token)) | {f"t{number}" for number in range(committed)}
        for number in range(4):
            if f"t{number}" not in known:
                delivery.offer(alert(number))
    assert tickets(path) == [f"t{number}" for number in range(4)]


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    with JsonLinesDelivery(path) as delivery:
        delivery.offer(alert(1))
        token = delivery.finish()
    path.rename(tmp_path / "old.jsonl")
    with JsonLinesDelivery(path) as delivery:
        assert delivery.recover(token) == []
        delivery.offer(alert(2))
    assert tickets(path) == ["t2"]
