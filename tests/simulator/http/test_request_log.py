"""The log of requests."""

from __future__ import annotations

from mimecast_secops.simulator.http.request_log import LoggedRequest, new_log


def test_the_log_keeps_the_newest_requests_only() -> None:
    log = new_log()
    assert log.maxlen is not None
    for number in range(log.maxlen + 2):
        log.append(LoggedRequest(float(number), "POST", "/", 2, 200))
    assert (len(log), log[0].at) == (log.maxlen, 2.0)
