"""A record that declares a parameter of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mimecast_secops.api import Secret
from mimecast_secops.parameters import (
    InvalidParameter,
    address,
    checked,
    choice,
    choices,
    flag,
    integer,
    items,
    secret,
    text,
    time,
)


def to_upper(value: str) -> str:
    if value == "bad":
        raise InvalidParameter("Upper", '"Upper" is bad.')
    return value.upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A parameter of each kind."""

    name: str = text("Name", "A name.", default="nobody")
    upper: str = checked("Upper", "In capitals.", to_upper)
    mail: str = address("Mail", "An address.")
    key: Secret = secret("Key", "A key.")
    on: bool = flag("On", "A flag.", default=True)
    off: bool = flag("Off", "Another flag.", default=False, advanced=True)
    count: int = integer("Count", "How many.", default=5, minimum=1, maximum=10)
    limit: int = integer("Limit", "How many at most.", default=50, minimum=1, forgiving=True)
    colour: str = choice("Colour", "Which.", ("Red", "Deep Blue"), default="Red")
    words: tuple[str, ...] = items("Words", "Some.", default="one,two")
    states: tuple[str, ...] = items("States", "Some; empty is all.", default="held", clearable=True)
    sizes: tuple[str, ...] = choices("Sizes", "Some of these.", ("Small", "Extra Large"), default="Small")
    hosts: tuple[str, ...] = items("Hosts", "Some, each checked.", check=to_upper)
    copies: tuple[str, ...] = items("Copies", "Some.", addresses=True)
    since: datetime | None = time("Since", "When.")
