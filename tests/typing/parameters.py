"""Declarations of parameters, as a type checker must accept or reject them.

Nothing runs this file. An ignore comment marks a declaration that a type checker must reject: mypy reports the comment
as unused if the declaration becomes valid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import assert_type

from mimecast_secops.api import Secret
from mimecast_secops.parameters import (
    address,
    checked,
    choice,
    choices,
    flag,
    integer,
    items,
    parse,
    secret,
    text,
    time,
)
from mimecast_secops.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Every kind with its type."""

    text: str = text("Text", "")
    checked: str = checked("Checked", "", str.upper)
    address: str = address("Address", "")
    choice: str = choice("Choice", "", ("a",), default="a")
    secret: Secret = secret("Secret", "")
    flag: bool = flag("Flag", "", default=True)
    integer: int = integer("Integer", "", default=1)
    items: tuple[str, ...] = items("Items", "")
    choices: tuple[str, ...] = choices("Choices", "", ("a",))
    time: datetime | None = time("Time", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """Kinds with the type of another one."""

    a_flag: str = flag("Flag", "", default=True)  # type: ignore[assignment]
    a_text: int = text("Text", "")  # type: ignore[assignment]
    an_integer: str = integer("Integer", "", default=1)  # type: ignore[assignment]
    a_secret: str = secret("Secret", "")  # type: ignore[assignment]
    a_list: str = items("Items", "")  # type: ignore[assignment]
    some_choices: str = choices("Choices", "", ("a",))  # type: ignore[assignment]
    a_time: datetime = time("Time", "")  # type: ignore[assignment]


def parsed() -> None:
    """A record of parameters keeps its type."""
    record, notes = parse(Accepted, {})
    assert_type(record, Accepted)
    assert_type(notes, tuple[str | Sentence, ...])
    assert_type(record.flag, bool)
