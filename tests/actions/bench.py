"""A tenant, a client of one generation, and actions done with it."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mimecast_secops.actions import Context, Result, execute, find
from mimecast_secops.api import ApiVersion, MimecastClient, Runtime, Secret
from mimecast_secops.connection import ConnectionSettings, connection_of
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.limits import RateLimits
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml, held_eml

TOKEN = "/oauth/token"
READING = frozenset(
    {
        "/api/account/get-account",
        "/api/domain/get-internal-domain",
        "/api/message-finder/search",
        "/api/message-finder/get-message-info",
        "/api/gateway/get-hold-message-list",
        "/api/archive/search",
        "/api/policy/blockedsenders/get-policy",
    }
)


def settings_of(simulator: Simulator, api_version: ApiVersion, **changed: Any) -> ConnectionSettings:
    keys, application = simulator.v1, simulator.v2
    if api_version is ApiVersion.V2:
        own = {"client_id": application.client_id, "client_secret": Secret(application.client_secret)}
    else:
        own = {
            "application_id": keys.application_id,
            "application_key": Secret(keys.application_key),
            "access_key": Secret(keys.access_key),
            "secret_key": Secret(keys.secret_key),
        }
    return ConnectionSettings(**({"api_root": simulator.url} | own | changed))


class Slept:
    """A monotonic clock that waiting moves on at once."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Bench:
    """Actions on a tenant. Every result is checked to be a success or a failure, and never both."""

    simulator: Simulator
    client: MimecastClient
    now: datetime | None = None

    @staticmethod
    def emptied(simulator: Simulator) -> Simulator:
        """The same server with a tenant as on its first day."""
        fresh = Tenant()
        for one in dataclasses.fields(Tenant):
            setattr(simulator.tenant, one.name, getattr(fresh, one.name))
        simulator.app.faults.clear()
        simulator.app.log.clear()
        simulator.app.middleware.limits = RateLimits()
        return simulator

    @classmethod
    @contextmanager
    def connected(cls, simulator: Simulator, api_version: ApiVersion) -> Iterator[Bench]:
        chosen = connection_of(settings_of(simulator, api_version))
        slept = Slept()
        runtime = Runtime(monotonic=slept.monotonic, sleep=slept.sleep)
        with MimecastClient(chosen.connection, runtime) as client:
            yield cls(simulator, client)

    @property
    def is_v1(self) -> bool:
        return self.client.api_version is ApiVersion.V1

    def context(self) -> Context:
        def clock() -> datetime:
            return self.now or datetime.now(UTC)

        return Context(client=self.client, now=clock, log=logging.getLogger("mimecast_secops.actions"))

    def do(self, slug: str, raw: Mapping[str, object] | None = None, /, **more: object) -> Result:
        """Do an action. `more` are parameters with `_` for the blanks in their names."""
        named = {name.replace("_", " "): value for name, value in more.items()}
        result = execute(find(slug), {**(raw or {}), **named}, self.context)
        assert isinstance(result.is_success, bool)
        assert result.message
        assert "\n" not in result.message
        assert (result.error is None) is result.is_success
        for secret in (self.simulator.v1.secret_key, self.simulator.v1.access_key, self.simulator.v2.client_secret):
            assert secret not in repr(result)
        return result

    def fails(self, slug: str, raw: Mapping[str, object] | None = None, /, **more: object) -> str:
        """Do an action that has to fail; returns its `{error}`."""
        result = self.do(slug, raw, **more)
        assert not result.is_success, result.message
        action = find(slug)
        before, after = action.failure.format(action=action.name, error="\0").split("\0")
        assert result.message.startswith(before)
        assert result.message.endswith(after)
        return result.message[len(before) :]

    def succeeds(self, slug: str, raw: Mapping[str, object] | None = None, /, **more: object) -> Any:
        """Do an action that has to succeed; returns its JSON result."""
        result = self.do(slug, raw, **more)
        assert result.is_success, result.message
        return result.json_result

    # the tenant

    def held(
        self, subject: str = "Offer", *, risk: str = "", received: datetime | None = None, **more: Any
    ) -> TrackingRecord:
        """A mail that is held."""
        headers = {"X_Simulator_Risk": risk} if risk else {}
        return self.simulator.tenant.receive(held_eml(subject, **headers, **more), received=received)[0]

    def mail(self, subject: str = "Minutes", *, received: datetime | None = None, **more: Any) -> TrackingRecord:
        """A mail that is let through."""
        return self.simulator.tenant.receive(eml(subject, **more), received=received)[0]

    def switch(self, **switches: object) -> None:
        self.simulator.control("behaviour", switches)

    def revoke(self, *names: str) -> None:
        self.simulator.control("rights", {"revoke": list(names)})

    def fault(self, kind: str, path: str, **more: object) -> None:
        self.simulator.control("faults", {"add": [{"kind": kind, "path": path, **more}]})

    # what it saw

    @property
    def paths(self) -> list[str]:
        """The functions that were called, oldest first."""
        return [seen.path for seen in self.simulator.requests if seen.path != TOKEN]

    @property
    def writes(self) -> list[str]:
        """Those of them that may have changed something."""
        return [path for path in self.paths if path not in READING]

    def forget(self) -> None:
        """What was called so far does not matter."""
        self.simulator.app.log.clear()
