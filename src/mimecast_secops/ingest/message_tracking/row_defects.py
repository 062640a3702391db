"""What search rows lack, and what their times tell about the tenant."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from mimecast_secops.api import TrackedMessage
from mimecast_secops.api.decode import NO_TIME_ZONE
from mimecast_secops.ingest.profile import TIME_FORM, TenantProfile

NO_ZONE: Final = f"received ({NO_TIME_ZONE})"
"""The defect of a row whose time of receipt names no zone."""


def row_defects(message: TrackedMessage) -> set[str]:
    """The members of a row that are missing or garbled, apart from those that a row may lack."""
    required = {
        "id": message.id,
        "status": message.status,
        "received": message.received,
        "route": message.route,
        "attachments": message.has_attachments is not None,
    }
    return {*message.defects, *(name for name, value in required.items() if not value)}


def note_time_form(profile: TenantProfile, message: TrackedMessage, defects: Collection[str], now_ms: int) -> None:
    """Note in the profile whether the times of rows name their zone.

    Args:
        profile: the profile of the tenant.
        message: a row.
        defects: its defects.
        now_ms: the time of the cycle, in unix milliseconds.
    """
    if message.received:
        profile.note(TIME_FORM, NO_TIME_ZONE if NO_ZONE in defects else "with time zone", now_ms)
