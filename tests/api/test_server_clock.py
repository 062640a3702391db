"""The time of the server."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mimecast_secops.api.server_clock import ServerClock


def test_the_skew_is_positive_if_the_local_clock_is_ahead() -> None:
    clock, now = ServerClock(), datetime(2026, 1, 1, 12, tzinfo=UTC)
    clock.update({"date": "Thu, 01 Jan 2026 11:59:30 GMT"}, now)
    assert clock.skew == 30.0
    for headers in ({}, {"date": "yesterday"}, {"date": "Thu, 01 Jan 2026 11:59:30"}):
        clock.update(headers, now + timedelta(hours=1))
        assert clock.skew == 30.0
