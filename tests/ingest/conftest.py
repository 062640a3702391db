"""The engine on a model tenant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from mimecast_secops.ingest import Connector, ConnectorSettings, Report
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


@pytest.fixture
def bench() -> Bench:
    return Bench(tenant=ModelTenant(now_ms=START))
