"""The form of the table of open facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Mail(StrEnum):
    """Which messages the tenant has while a reading is tested."""

    HELD = "20 held messages"
    DECIDED = "20 held messages that are then released, all statuses ingested"
    HOUR = "160 held messages within an hour"
    REJECTED = "240 rejected messages within an hour"
    BURST = "240 held messages within one second"
    QUEUE = "60 held messages"
    LATE = "50 rejected messages, some visible only hours later"
    RISKS = "8 messages of high risk and 8 of low risk, the filter set to medium"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way in which a tenant may behave.

    Attributes:
        name: a unique name, such as `search-cut-at-25`.
        tenant: what the tenant does.
        product: what the product does with such a tenant.
        switches: the switches of the simulator that make it behave so, by name.
        mail: the messages in the test of the connector.
        limit: why full success is impossible; "" if it is possible. The product then reports it at run time.
    """

    name: str
    tenant: str
    product: str
    switches: Mapping[str, object] = field(default_factory=dict)
    mail: Mail = Mail.HELD
    limit: str = ""

    @property
    def test(self) -> str:
        """The test that proves it."""
        return f"tests/readings/test_matrix.py -k {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFact:
    """A fact that the public sources leave open.

    Attributes:
        question: the question, without a question mark.
        source: where the API page says what is known, with the anchor of its heading.
        readings: the plausible answers, without the one that the simulator gives by default.
    """

    question: str
    source: str
    readings: tuple[Reading, ...]
