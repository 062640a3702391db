"""Intervals of the command line, such as 60s or 5m."""

from __future__ import annotations

from typing import Final

from mimecast_secops.parameters import InvalidParameter

_UNITS: Final = {"s": 1, "m": 60, "h": 3600}


def read_interval(text: str, option: str = "every") -> float:
    """An interval such as `90`, `60s`, `5m` or `1h` in seconds.

    Args:
        text: the interval.
        option: the name of the option, for the error.

    Raises:
        InvalidParameter: the text is not an interval, or the interval is not between one second and one day.
    """
    unit = _UNITS.get(text[-1:].lower())
    try:
        seconds = float(text[:-1]) * unit if unit else float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 86_400:
        raise InvalidParameter(option, f'"--{option}" cannot be "{text}". Use an interval such as 60s or 5m.')
    return seconds
