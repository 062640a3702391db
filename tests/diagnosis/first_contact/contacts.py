"""Makes first contacts with a simulated tenant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from mimecast_secops.api import ApiVersion
from mimecast_secops.diagnosis.first_contact import ContactReport, QuestionResult, first_contact
from mimecast_secops.diagnosis.first_contact.evidence import Evidence
from mimecast_secops.diagnosis.first_contact.inquiry import Inquiry
from mimecast_secops.simulator import Simulator
from tests.tenants import client_for, runtime_without_sleep

Result = TypeVar("Result")


def fill(simulator: Simulator) -> None:
    """Deliver the sample emails, and 30 held messages within a quarter of an hour that ended 105 minutes ago."""
    simulator.receive(Simulator.SAMPLES)
    simulator.control("bulk", {"count": 30, "spread": 900, "before": 6300})


def contact(simulator: Simulator, api_version: ApiVersion = ApiVersion.V2, **quirks: object) -> ContactReport:
    """The report of a first contact."""
    _change(simulator, quirks)
    with client_for(simulator, api_version, runtime_without_sleep()) as client:
        return first_contact(client)


def answer(simulator: Simulator, ask: Callable[[Evidence], QuestionResult], **quirks: object) -> QuestionResult:
    """The result of one question, on API 2.0."""
    _change(simulator, quirks)
    return with_evidence(simulator, ask)


def with_evidence(simulator: Simulator, use: Callable[[Evidence], Result]) -> Result:
    """What a function makes of the evidence of a tenant."""
    with client_for(simulator, ApiVersion.V2, runtime_without_sleep()) as client:
        inquiry = Inquiry(client)
        with client.observed(inquiry.observe):
            return use(Evidence(inquiry, datetime.now(UTC)))


def text_of(result: QuestionResult) -> str:
    """All sentences of a result."""
    return "\n".join([*result.answers, *result.settings, *result.not_understood])


def _change(simulator: Simulator, quirks: dict[str, object]) -> None:
    for name, value in quirks.items():
        simulator.tenant.quirks.change(name, value)
