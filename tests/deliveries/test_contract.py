"""The contract of a delivery, tested with every implementation of this package and of the command line."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.cli.alert_output import AlertOutput
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.stdout import StdoutDelivery
from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from mimecast_secops.ingest import Delivery, DeliveryResult
from mimecast_secops.testing import MemoryDelivery
from tests.deliveries.alerts import make_alert

Opener = Callable[[], AbstractContextManager[Any]]
DURABLE = ["JSON lines", "alert file"]
ALL = [*DURABLE, "memory", "standard output", "standard output as JSON"]


def opener_of(kind: str, folder: Path) -> Opener:
    """A function that opens a delivery to the same destination, as each process does."""
    openers: dict[str, Opener] = {
        "JSON lines": lambda: JsonLinesDelivery(folder / "alerts.jsonl"),
        "alert file": lambda: AlertOutput(folder / "alerts.jsonl"),
        "memory": lambda: nullcontext(MemoryDelivery()),
        "standard output": lambda: StdoutDelivery(Screen()),
        "standard output as JSON": lambda: StdoutDelivery(Screen(as_json=True)),
    }
    return openers[kind]


@pytest.fixture(params=ALL)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return opener_of(request.param, tmp_path)


@pytest.fixture(params=DURABLE)
def durable_opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    return opener_of(request.param, tmp_path)


def deliver(delivery: Delivery, *numbers: int) -> None:
    for number in numbers:
        assert delivery.deliver(make_alert(number)) is DeliveryResult.DELIVERED


def test_a_new_delivery_has_delivered_nothing(opener: Opener) -> None:
    with opener() as delivery:
        assert list(delivery.delivered_since("")) == []


def test_nothing_is_delivered_since_the_last_token(opener: Opener) -> None:
    with opener() as delivery:
        deliver(delivery, 1, 2)
        assert list(delivery.delivered_since(delivery.flush())) == []


def test_a_cycle_without_alerts_has_a_token_too(opener: Opener) -> None:
    with opener() as delivery:
        deliver(delivery, 1)
        delivery.delivered_since(delivery.flush())
        assert list(delivery.delivered_since(delivery.flush())) == []


def test_after_a_failed_commit_the_alerts_since_the_previous_token_count_as_delivered(opener: Opener) -> None:
    with opener() as delivery:
        deliver(delivery, 1)
        token = delivery.flush()
        delivery.delivered_since(token)
        deliver(delivery, 2, 3)
        delivery.flush()
        assert list(delivery.delivered_since(token)) == ["t2", "t3"]


@pytest.mark.parametrize("is_flushed", [False, True], ids=["killed before flush", "killed before the commit"])
def test_the_next_process_knows_the_alerts_since_the_token(durable_opener: Opener, is_flushed: bool) -> None:
    with durable_opener() as delivery:
        deliver(delivery, 1)
        token = delivery.flush()
        deliver(delivery, 2, 3)
        if is_flushed:
            delivery.flush()
    with durable_opener() as delivery:
        assert list(delivery.delivered_since(token)) == ["t2", "t3"]


def test_without_a_token_all_alerts_count_as_delivered(durable_opener: Opener) -> None:
    with durable_opener() as delivery:
        deliver(delivery, 1, 2)
        delivery.flush()
    with durable_opener() as delivery:
        assert list(delivery.delivered_since("")) == ["t1", "t2"]
