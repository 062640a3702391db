"""The hold queue as the actions read it, and the IDs of its entries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mimecast_secops.actions.declaration import Context
from mimecast_secops.api import HeldMessage
from mimecast_secops.api.completeness import CompletenessKind
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.api.resources.held_listing import HeldMessages
from mimecast_secops.api.secure_ids import decode_secure_id

_PAGE_SIZE: Final = 500
_SAME_CLOCK: Final = 2.0


def entries(context: Context, *, recipient: str = "") -> HeldMessages:
    """All held messages.

    Args:
        context: the context of the action.
        recipient: the recipient whose messages are listed; "" for those of the whole account.

    Raises:
        MimecastError: the hold queue cannot be read.
    """
    return context.client.held.list(
        search_field="recipient" if recipient else "", search_value=recipient, page_size=_PAGE_SIZE
    )


def find(context: Context, hold_id: str, *, recipient: str = "") -> HeldMessage | None:
    """The entry that an ID names; None if there is none.

    Args:
        context: the context of the action.
        hold_id: the ID.
        recipient: the recipient whose messages are searched; "" for those of the whole account.

    Raises:
        IncompleteQueue: the entry was not found, but it is known that the list lacks entries.
        MimecastError: the hold queue cannot be read.
    """
    listed = entries(context, recipient=recipient)
    found = next((hold for hold in listed if is_same_entry(hold.id, hold_id)), None)
    if found is None and listed.completeness.kind is CompletenessKind.PARTIAL:
        raise IncompleteQueue(f"The hold queue could not be read completely: {listed.completeness.reason}.")
    return found


class IncompleteQueue(MimecastError):
    """The list of held messages lacks entries, so a message that it does not show may be held."""


def now(context: Context) -> datetime:
    """The time according to Mimecast's clock, if the two clocks differ. Mimecast may refuse a time in its future."""
    skew = context.client.clock_skew or 0.0
    # The header that names Mimecast's time has no fraction of a second.
    return context.now() - timedelta(seconds=skew) if abs(skew) > _SAME_CLOCK else context.now()


def is_same_entry(one: str, other: str) -> bool:
    """Whether two IDs name the same entry of the hold queue. Two missing IDs are not equal.

    Two texts can name one entry: the numbers in them agree (docs/reference/mimecast-api.md#identifiers [inferred]).
    """
    if one == other:
        return bool(one)
    own, others = decode_secure_id(one), decode_secure_id(other)
    return own is not None and others is not None and own.is_same_hold(others) is True
