"""Quirks: the behaviour of the tenant where Mimecast's documents disagree or are silent.

Each quirk names which fact it comes from. The defaults are those of docs/reference/mimecast-api.md#simulator-defaults.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from mimecast_secops.simulator.quirk_groups.archive import ArchiveQuirks
from mimecast_secops.simulator.quirk_groups.connection import ConnectionQuirks
from mimecast_secops.simulator.quirk_groups.decisions import DecisionQuirks
from mimecast_secops.simulator.quirk_groups.holds import HoldQuirks
from mimecast_secops.simulator.quirk_groups.policies import PolicyQuirks
from mimecast_secops.simulator.quirk_groups.tracking import TrackingQuirks


class UnknownQuirk(ValueError):
    """The quirk does not exist or does not accept the value; the message lists what is accepted."""


# Inherited fields come in reverse order, so the last base class is the first group in the lists of quirks.
@dataclass(kw_only=True)
class Quirks(ArchiveQuirks, PolicyQuirks, DecisionQuirks, HoldQuirks, TrackingQuirks, ConnectionQuirks):
    """All quirks. Times are in seconds, except in a name that ends with `_ms`.

    with Simulator(quirks=Quirks(rate_limit=10)) as simulator:
        ...
    """

    def change(self, name: str, value: object) -> None:
        """Set a quirk from text or a JSON value.

        Raises:
            UnknownQuirk: the quirk does not exist or does not accept the value.
        """
        names = [field.name for field in dataclasses.fields(self)]
        if name not in names:
            raise UnknownQuirk(f"There is no quirk {name!r}. There are: {', '.join(names)}.")
        words = get_args(get_type_hints(type(self))[name])
        setattr(self, name, _word(name, words, value) if words else _convert(name, getattr(self, name), value))


@cache
def descriptions() -> Mapping[str, str]:
    """The description of each quirk: the string below it in the source of its group."""
    described: dict[str, str] = {}
    for group in reversed(Quirks.__mro__[1:-1]):
        described |= _strings_below_members(group)
    return described


def _strings_below_members(group: type) -> dict[str, str]:
    definition = ast.parse(inspect.getsource(group)).body[0]
    members = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        member.target.id: " ".join(text.value.value.split())
        for member, text in itertools.pairwise(members)
        if isinstance(member, ast.AnnAssign)
        and isinstance(member.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _word(name: str, words: tuple[str, ...], value: object) -> str:
    if value not in words:
        raise UnknownQuirk(f"{name} cannot be {value!r}. It can be: {', '.join(words)}.")
    return str(value)


def _convert(name: str, present: object, value: object) -> Any:
    """The value in the type of the present value."""
    try:
        if isinstance(present, bool):
            return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]
        if isinstance(present, (int, float)):
            return type(present)(str(value))
    except (KeyError, ValueError):
        raise UnknownQuirk(f"{name} cannot be {value!r}.") from None
    return str(value)
