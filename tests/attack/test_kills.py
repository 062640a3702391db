"""kill -9 at random times: no message is lost, and none is repeated."""

from __future__ import annotations

from benchmarks import kill


def test_60_kills_of_a_running_service_lose_and_repeat_nothing() -> None:
    measured = kill.run(60, seed=20, service=True)
    assert measured["kills"] == 60
    assert measured["messages"] >= 300
    assert (measured["missing"], measured["repeated"]) == (0, 0)
    assert measured["alerts"] == measured["messages"]


def test_30_kills_of_single_cycles_lose_and_repeat_nothing() -> None:
    measured = kill.run(30, seed=21)
    assert measured["kills"] == 30
    assert (measured["missing"], measured["repeated"]) == (0, 0)
