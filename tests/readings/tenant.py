"""A simulated tenant for one reading, whose time passes only when a test lets it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from mimecast_secops.api import ApiVersion, MimecastClient, Runtime
from mimecast_secops.api.open_facts import Mail
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.mail.parser import parse_email
from mimecast_secops.simulator.tenant.id_forms import hold_id, tracking_id
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.simulator.caller import eml, held_eml
from tests.tenants import client_for

RECIPIENT: Final = "ann@example.com"
_NUMBER: Final = re.compile(r"Invoice (\d{4})")


@dataclass(frozen=True, slots=True)
class ReadingTenant:
    """A tenant with the switches of one reading.

    Attributes:
        simulator: the running tenant.
        client: a client whose clock is the tenant's.
    """

    simulator: Simulator
    client: MimecastClient

    @classmethod
    @contextmanager
    def running(
        cls, simulator: Simulator, switches: Mapping[str, object], api_version: ApiVersion
    ) -> Iterator[ReadingTenant]:
        """Prepare a tenant that the simulator already has, and connect to it."""
        tenant = simulator.tenant
        tenant.clock.frozen = datetime.now(UTC).replace(microsecond=0)

        def sleep(seconds: float, _deadline: object = None) -> None:
            tenant.clock.offset += timedelta(seconds=seconds)

        start = tenant.clock.now()

        def monotonic() -> float:
            return (tenant.clock.now() - start).total_seconds()

        runtime = Runtime(clock=tenant.clock.now, monotonic=monotonic, sleep=sleep)
        if any(name.startswith("rate_") for name in switches):
            # The tenant counts calls in real time.
            tenant.clock.frozen = None
            runtime = Runtime(clock=tenant.clock.now)
        simulator.control("behaviour", switches)
        with client_for(simulator, api_version, runtime) as client:
            yield cls(simulator, client)

    @property
    def now(self) -> datetime:
        return self.simulator.tenant.clock.now()

    def timestamp(self) -> float:
        """The tenant's time, in unix seconds."""
        return self.now.timestamp()

    @property
    def _caller(self) -> str:
        state = self.simulator.tenant
        is_v2 = self.client.api_version is ApiVersion.V2
        return state.application.client_id if is_v2 else state.keys.access_key

    def shown_tracking_id(self, record: TrackingRecord) -> str:
        """The tracking ID in the form in which a search shows it."""
        return tracking_id(self.simulator.tenant, record, self._caller)

    def shown_hold_id(self, record: TrackingRecord) -> str:
        """The hold ID in the form in which the hold list shows it."""
        return hold_id(self.simulator.tenant, record, self._caller)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.simulator.tenant.clock.offset += timedelta(seconds=seconds)

    def hold(self, number: int, *, seconds_ago: float, risk: str = "low", sender: str = "") -> TrackingRecord:
        """Receive a held message. Its number is in its subject."""
        raw = held_eml(
            f"Invoice {number:04} for the offices of Ann & Sons, due by the end of this month",
            sender=f"Billing <{sender or f'billing{number}@supplier.example.org'}>",
            Return_Path=f"<bounce-{number}@mailer.example.net>",
            X_Simulator_Risk=risk,
        )
        return self.simulator.tenant.receive(raw, received=self.now - timedelta(seconds=seconds_ago))[0]

    def archive(self, number: int, *, seconds_ago: float, status: str = "archived") -> TrackingRecord:
        """Add a message that is not held."""
        mail = parse_email(eml(f"Invoice {number:04}", sender=f"billing{number}@supplier.example.org"))
        received = (self.now - timedelta(seconds=seconds_ago)).replace(microsecond=0)
        return self.simulator.tenant.add(mail, RECIPIENT, received=received, hold=None, status=status)

    def fill(self, mail: Mail) -> list[TrackingRecord]:
        """Receive the messages of a test of the connector. Returns those that must become alerts."""
        match mail:
            case Mail.HOUR:
                return [self.hold(number, seconds_ago=60 + number * 20) for number in range(160)]
            case Mail.REJECTED:
                return [self.archive(number, seconds_ago=60 + number * 14, status="rejected") for number in range(240)]
            case Mail.BURST:
                return [self.hold(number, seconds_ago=600) for number in range(240)]
            case Mail.QUEUE:
                return [self.hold(number, seconds_ago=60 + number * 20) for number in range(60)]
            case Mail.LATE:
                return [self.archive(number, seconds_ago=60 + number * 60, status="rejected") for number in range(50)]
            case Mail.RISKS:
                risky = [self.hold(number, seconds_ago=60 + number * 30, risk="high") for number in range(8)]
                for number in range(8, 16):
                    self.hold(number, seconds_ago=60 + number * 30, risk="low")
                return risky
            case _:
                return [self.hold(number, seconds_ago=60 + number * 60) for number in range(20)]


def number_of(*texts: str) -> int | None:
    """The number in the subject of a message; None if there is none."""
    found = _NUMBER.search(" ".join(texts))
    return int(found[1]) if found else None
