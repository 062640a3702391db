"""The public testing module: a connector runs on its store and delivery as on those of the platform."""

from __future__ import annotations

from mimecast_secops import testing
from mimecast_secops.ingest import Connector, ConnectorSettings
from mimecast_secops.testing import MemoryDelivery, MemoryStore
from tests.deliveries.alerts import make_alert
from tests.ingest.model import DOMAIN, START, ModelTenant, Record


def test_a_connector_runs_in_memory_and_delivers_each_message_once() -> None:
    tenant, store, delivery = ModelTenant(now_ms=START), MemoryStore(), MemoryDelivery()
    settings = ConnectorSettings(domains=(DOMAIN,))
    tenant.add(Record("m1", tenant.now_ms - 1000, tenant.now_ms - 1000))
    for _ in range(2):
        Connector(tenant, settings, store, delivery, clock=tenant.clock).run_cycle()
        tenant.now_ms += 60_000
    assert [alert.ticket_id for alert in delivery.alerts] == ["m1"]


def test_a_store_returns_copies() -> None:
    store, parts = MemoryStore(), {"meta": b"1"}
    store.commit(parts)
    parts["meta"] = b"2"
    dict(store.load()).clear()
    assert store.load() == {"meta": b"1"}


def test_a_token_is_the_number_of_alerts() -> None:
    delivery = MemoryDelivery()
    assert delivery.flush() == "0"
    delivery.deliver(make_alert(1))
    assert delivery.flush() == "1"


def test_the_public_names_are_documented() -> None:
    assert testing.__all__ == ["MemoryDelivery", "MemoryStore"]
    for name in testing.__all__:
        assert getattr(testing, name).__doc__
