"""The engine on a model tenant."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from mimecast_secops.api import Deadline
from mimecast_secops.ingest import Connector, ConnectorSettings, Report
from mimecast_secops.ingest.clock import CycleClock
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.state import State
from tests.ingest.model import DOMAIN, START, ModelHost, ModelTenant, Record


@dataclass
class Bench:
    """A model tenant, a model host, and cycles over them."""

    tenant: ModelTenant = field(default_factory=ModelTenant)
    host: ModelHost = field(default_factory=ModelHost)
    settings: dict[str, Any] = field(default_factory=dict)
    dynamic_list: tuple[str, ...] = ()

    def cycle(self, **options: Any) -> Report:
        values: dict[str, Any] = {"domains": (DOMAIN,), "concurrency": 2} | self.settings
        settings = ConnectorSettings(**values).with_dynamic_list(self.dynamic_list)
        self.tenant.begin_cycle()
        connector = Connector(self.tenant, settings, self.host, self.host, clock=self.tenant.clock, **options)
        report = connector.run_cycle()
        assert not any("disappeared without an outcome" in problem for problem in report.problems)
        return report

    def state(self) -> State:
        state = State.decode(self.host.parts)
        assert state is not None
        return state

    def receive(self, name: str, *, seconds_ago: float = 60, **fields: Any) -> Record:
        received = int(self.tenant.now_ms - seconds_ago * 1000)
        visible = fields.pop("visible_ms", received)
        return self.tenant.add(Record(name, received, visible, **fields))

    def advance(self, seconds: float) -> None:
        self.tenant.now_ms += int(seconds * 1000)


@contextmanager
def new_cycle(**settings: Any) -> Iterator[Cycle]:
    """A cycle without a state, at the time of the model."""
    clock = CycleClock(lambda: START / 1000, lambda: None, lambda _: None)
    with ThreadPoolExecutor(1) as executor:
        yield Cycle(
            ConnectorSettings(domains=(DOMAIN,), **settings),
            State(start_ms=0),
            executor,
            clock,
            Deadline.never(),
            logging.getLogger("mimecast_secops.ingest"),
        )


@pytest.fixture
def bench() -> Bench:
    return Bench(tenant=ModelTenant(now_ms=START))
