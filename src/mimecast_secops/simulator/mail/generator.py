"""Generated messages, for benchmarks and tests with thousands of records."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from mimecast_secops.simulator.mail.hold_rules import Hold
from mimecast_secops.simulator.mail.parser import Email, Part

if TYPE_CHECKING:
    from mimecast_secops.simulator.tenant.tenant import Tenant

_HOLD: Final = Hold("Spam Signature", "Relaxed Spam Detection", "medium")


def generate_messages(
    tenant: Tenant,
    *,
    count: int,
    end: datetime,
    spread: timedelta,
    attachment_bytes: int = 0,
    hold: Hold | None = _HOLD,
) -> int:
    """Deliver generated messages to the tenant.

    Args:
        tenant: the tenant.
        count: the number of messages.
        end: the end of the period in which they arrive.
        spread: the length of that period. The messages arrive at equal intervals.
        attachment_bytes: the size of the attachment of each message; 0 for none.
        hold: why the messages are held; None to deliver them.

    Returns:
        `count`.
    """
    domain = min(tenant.domains)
    first = end - spread
    step = spread / count if count else timedelta()
    for number in range(count):
        mail = _mail(number, domain, attachment_bytes)
        received = (first + step * number).replace(microsecond=0)
        tenant.add(mail, mail.recipients[0], received=received, hold=hold)
    return count


def _mail(number: int, domain: str, attachment_bytes: int) -> Email:
    sender, recipient = f"sender{number}@mail.example.org", f"user{number % 500}@{domain}"
    message_id = f"bulk-{number}@mail.example.org"
    content = f"{number:012d}".encode() * (attachment_bytes // 12 + 1)
    parts = (
        (Part(f"report-{number}.bin", "application/octet-stream", content[:attachment_bytes]),)
        if attachment_bytes
        else ()
    )
    return Email(
        raw=b"bulk",
        sender=sender,
        header_from=sender,
        header_from_name="Bulk",
        recipients=(recipient,),
        cc=(),
        subject=f"Offer number {number}",
        message_id=message_id,
        sent=None,
        headers=(("Message-ID", f"<{message_id}>"), ("Subject", f"Offer number {number}")),
        text="An offer.",
        html="",
        parts=parts,
    )
