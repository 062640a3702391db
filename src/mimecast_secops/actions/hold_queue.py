"""The hold queue as the actions read it: always a period that is named, and no page that is longer than documented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from mimecast_secops.actions.declaration import Context
from mimecast_secops.api import HeldMessage

# Mimecast documents no default for the period of the list and no maximum for the size of a page
# (docs/reference/mimecast-api.md#list-held-messages [open]). A held message expires after 14 days.
_PERIOD: Final = timedelta(days=29)
_PAGE_SIZE: Final = 100
_SAME_CLOCK: Final = 2.0


def entries(context: Context, *, recipient: str = "") -> Iterator[HeldMessage]:
    """The held messages of the last days.

    Args:
        context: the context of the action.
        recipient: the recipient whose messages are listed; "" for those of the whole account.

    Raises:
        MimecastError: the hold queue cannot be read.
    """
    end = now(context)
    return context.client.held.list(
        start=end - _PERIOD,
        end=end,
        search_field="recipient" if recipient else "",
        search_value=recipient,
        page_size=_PAGE_SIZE,
    )


def now(context: Context) -> datetime:
    """The time according to Mimecast's clock, if the two clocks differ. Mimecast may refuse a time in its future."""
    skew = context.client.clock_skew or 0.0
    # The header that names Mimecast's time has no fraction of a second.
    return context.now() - timedelta(seconds=skew) if abs(skew) > _SAME_CLOCK else context.now()


def is_same_entry(one: str, other: str) -> bool:
    """Whether two IDs name the same entry of the hold queue. Two missing IDs are not equal."""
    return bool(one) and one == other
