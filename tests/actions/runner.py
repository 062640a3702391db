"""Runs actions against a simulated tenant and checks every result."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from mimecast_secops import actions
from mimecast_secops.actions import Action, Context, Result, all_actions, execute
from mimecast_secops.api import ApiVersion, MimecastClient
from mimecast_secops.api.resources import release_log
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.limits import RateLimits
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml, held_eml
from tests.tenants import client_for, runtime_without_sleep

TOKEN_PATH = "/oauth/token"
READ_PATHS = frozenset(
    endpoint.path
    for action in all_actions()
    for endpoint in (*action.endpoints, *action.optional_endpoints)
    if not endpoint.writes
) | {release_log.LIST.path}

# Each search lists the modules of the package again.
find = cache(actions.find)


def reset(simulator: Simulator) -> None:
    """Replace the tenant with a new one: without messages, policies, faults and logged requests, with every right."""
    tenant = Tenant()
    for field in dataclasses.fields(Tenant):
        setattr(simulator.tenant, field.name, getattr(tenant, field.name))
    simulator.app.faults.clear()
    simulator.app.log.clear()
    simulator.app.middleware.limits = RateLimits()


@dataclass
class ActionRunner:
    """Runs actions with one client. Checks that every result is either a success or a failure, without a secret."""

    simulator: Simulator
    client: MimecastClient
    now: datetime | None = None

    @classmethod
    @contextmanager
    def connected(cls, simulator: Simulator, api_version: ApiVersion) -> Iterator[ActionRunner]:
        with client_for(simulator, api_version, runtime_without_sleep()) as client:
            yield cls(simulator, client)

    @property
    def is_v1(self) -> bool:
        return self.client.api_version is ApiVersion.V1

    def context(self) -> Context:
        logger = logging.getLogger("mimecast_secops.actions")
        return Context(client=self.client, now=lambda: self.now or datetime.now(UTC), log=logger)

    def run(self, slug: str, raw: Mapping[str, object] | None = None, /, **values: object) -> Result:
        """Run an action. `values` are parameters, with `_` for each space in a name; they override those of `raw`."""
        named = {name.replace("_", " "): value for name, value in values.items()}
        result = execute(find(slug), {**(raw or {}), **named}, self.context)
        assert isinstance(result.is_success, bool)
        assert result.message
        assert "\n" not in result.message
        assert (result.error is None) is result.is_success
        for secret in (self.simulator.v1.secret_key, self.simulator.v1.access_key, self.simulator.v2.client_secret):
            assert secret not in repr(result)
        return result

    def fails(self, slug: str, raw: Mapping[str, object] | None = None, /, **values: object) -> str:
        """Run an action that must fail. Returns the `{error}` of its output message."""
        result = self.run(slug, raw, **values)
        assert not result.is_success, result.message
        action = find(slug)
        before, after = action.failure.format(action=action.name, error="\0").split("\0")
        assert result.message.startswith(before)
        assert result.message.endswith(after)
        return result.message[len(before) :]

    def succeeds(self, slug: str, raw: Mapping[str, object] | None = None, /, **values: object) -> Any:
        """Run an action that must succeed. Returns its JSON result."""
        result = self.run(slug, raw, **values)
        assert result.is_success, result.message
        return result.json_result

    def working_sample(self, action: Action) -> dict[str, object]:
        """The sample of an action, with the IDs of a message and of a policy that the tenant has."""
        sample: dict[str, object] = dict(action.sample)
        if "Message ID" in sample:
            sample["Message ID"] = self.receive_held().id
        if "Policy ID" in sample:
            create = find("create-block-sender-policy")
            sample["Policy ID"] = self.succeeds(create.slug, create.sample)["id"]
            self.clear_requests()
        return sample

    # The tenant.

    def receive_held(
        self, subject: str = "Offer", *, risk: str = "", received: datetime | None = None, **headers: Any
    ) -> TrackingRecord:
        """Receive a message that is held."""
        risk_header = {"X_Simulator_Risk": risk} if risk else {}
        return self.simulator.tenant.receive(held_eml(subject, **risk_header, **headers), received=received)[0]

    def receive(self, subject: str = "Minutes", *, received: datetime | None = None, **headers: Any) -> TrackingRecord:
        """Receive a message that is delivered and archived."""
        return self.simulator.tenant.receive(eml(subject, **headers), received=received)[0]

    def unknown_id(self) -> str:
        """A well-formed ID that the tenant has not issued."""
        return self.simulator.tenant.ids.new("unknown")

    def set_quirks(self, **quirks: object) -> None:
        self.simulator.control("behaviour", quirks)

    def revoke(self, *rights: str) -> None:
        self.simulator.control("rights", {"revoke": list(rights)})

    def grant(self, *rights: str) -> None:
        self.simulator.control("rights", {"grant": list(rights)})

    def add_fault(self, kind: str, path: str, **options: object) -> None:
        self.simulator.control("faults", {"add": [{"kind": kind, "path": path, **options}]})

    # The requests that the tenant received.

    @property
    def paths(self) -> list[str]:
        """The paths of all requests but those for a token, oldest first."""
        return [request.path for request in self.simulator.requests if request.path != TOKEN_PATH]

    @property
    def writes(self) -> list[str]:
        """The paths of the requests that may have changed something."""
        return [
            request.path
            for request in self.simulator.requests
            if request.path not in READ_PATHS | {TOKEN_PATH} and request.method != "GET"
        ]

    def clear_requests(self) -> None:
        self.simulator.app.log.clear()
