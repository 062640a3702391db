"""Generated messages."""

from __future__ import annotations

from datetime import timedelta

from mimecast_secops.simulator.mail.generator import generate_messages
from mimecast_secops.simulator.tenant.tenant import Tenant


def test_generated_messages_have_equal_intervals_and_the_requested_size(tenant: Tenant) -> None:
    now = tenant.clock.now()
    assert generate_messages(tenant, count=4, end=now, spread=timedelta(minutes=4), attachment_bytes=25) == 4
    records = list(tenant.between(None, None))
    assert [(now - record.received).total_seconds() for record in records] == [240, 180, 120, 60]
    assert {len(record.mail.parts[0].content) for record in records} == {25}
    assert generate_messages(tenant, count=0, end=now, spread=timedelta()) == 0
