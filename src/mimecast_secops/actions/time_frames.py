"""The time frames of a search, as pairs of times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.sentences import sentence

CUSTOM: Final = "Custom"
_HOURS: Final = {"Last Hour": 1, "Last 6 Hours": 6, "Last 24 Hours": 24}
OPTIONS: Final = (*_HOURS, "Last Week", "Last Month", CUSTOM)
DESCRIPTION: Final = (
    'Time frame of the search. "Last Week" is the previous calendar week, Monday to Sunday, and "Last Month" is the '
    "previous calendar month, both in UTC: they exclude the current week or month, and today. To include it, select "
    '"Custom", which requires "Start Time".'
)
"""The description of a parameter with these options."""


def time_frame(name: str, start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime]:
    """The start and the end of a time frame, timezone-aware.

    Args:
        name: one of `OPTIONS`. `Last Week` is the previous week from Monday to Monday and `Last Month` the previous
            calendar month, both in UTC. The other time frames end now.
        start: the start for `Custom`.
        end: the end for `Custom`; None stands for now.
        now: the current time, in UTC.

    Raises:
        InvalidParameter: `Custom` without a start, or an end before the start.
    """
    if name in _HOURS:
        return now - timedelta(hours=_HOURS[name]), now
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if name == "Last Week":
        monday = today - timedelta(days=today.weekday())
        return monday - timedelta(weeks=1), monday
    if name == "Last Month":
        first = today.replace(day=1)
        return (first - timedelta(days=1)).replace(day=1), first
    if start is None:
        raise InvalidParameter(
            "Start Time",
            sentence('{Start Time} should be provided, when "Custom" is selected in {Time Frame:parameter}.'),
        )
    end = end or now
    if end < start:
        message = sentence("{End Time} ({value}) is before {Start Time}.", value=end.isoformat())
        raise InvalidParameter("End Time", message)
    return start, end
