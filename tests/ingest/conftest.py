"""The engine on a model tenant."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from mimecast_secops.ingest import Connector, ConnectorSettings, Report, rules_of
from mimecast_secops.ingest.state import State
from tests.ingest.model import DOMAIN, START, Ledgered, ModelTenant, Record


@dataclass
class Bench:
    """A tenant, a place of delivery and a store, and cycles over them."""

    tenant: ModelTenant = field(default_factory=ModelTenant)
    kept: Ledgered = field(default_factory=Ledgered)
    settings: dict[str, Any] = field(default_factory=dict)
    dynamic_list: tuple[str, ...] = ()

    def cycle(self, **more: Any) -> Report:
        settings = {"domains": (DOMAIN,), "concurrency": 2} | self.settings
        rules, _ = rules_of(ConnectorSettings(**settings), self.dynamic_list)
        self.tenant.begin_cycle()
        connector = Connector(self.tenant, rules, self.kept, self.kept, clock=self.tenant.clock, **more)
        return connector.run_cycle()

    def state(self) -> State:
        state = State.decode(self.kept.parts)
        assert state is not None
        return state

    def mail(self, name: str, *, seconds_ago: float = 60, **more: Any) -> Record:
        received = int(self.tenant.now_ms - seconds_ago * 1000)
        visible = more.pop("visible_ms", received)
        return self.tenant.add(Record(name, received, visible, **more))

    def later(self, seconds: float) -> None:
        self.tenant.now_ms += int(seconds * 1000)


@pytest.fixture
def bench() -> Bench:
    return Bench(tenant=ModelTenant(now_ms=START))
