"""Intervals of the command line."""

from __future__ import annotations

import pytest

from mimecast_secops.cli.intervals import read_interval
from mimecast_secops.parameters import InvalidParameter


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("60s", 60), ("5m", 300), ("1H", 3600), ("1.5m", 90)])
def test_intervals(text: str, seconds: float) -> None:
    assert read_interval(text) == seconds


@pytest.mark.parametrize("text", ["soon", "0s", "-5", "2d", "25h", "nan", "", "s"])
def test_other_intervals_are_refused(text: str) -> None:
    with pytest.raises(InvalidParameter, match='"--every" cannot be'):
        read_interval(text)


def test_the_error_names_the_option() -> None:
    with pytest.raises(InvalidParameter, match='"--watch" cannot be "soon"') as failure:
        read_interval("soon", "watch")
    assert failure.value.parameter == "watch"
