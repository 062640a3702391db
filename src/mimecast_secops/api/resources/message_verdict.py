"""Mimecast's verdict on a message, in each place and form in which it occurs.

Source: docs/reference/mimecast-api.md#get-tracking-details.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.api.vocabulary import Risk

_PLACES: Final = (
    ("spamInfo", "spamProcessingDetail", "verdict"),
    ("spamProcessingDetail", "verdict"),
    ("spamInfo", "verdict"),
)
_LISTS: Final = ("categories", "subcategories", "augmentations")
_EMPTY: Final[tuple[Any, ...]] = (None, "", {}, [])
_NOT_AN_OBJECT: Final = "not an object"
_MAX_CATEGORIES: Final = 1_000


@dataclass(frozen=True, slots=True)
class MessageVerdict:
    """A verdict.

    Attributes:
        was_read: whether there is a verdict with at least one member.
        risk: its risk; None if it names none, or one that is not a member of `Risk`.
        is_unreadable: whether the verdict, or the risk in it, has another form or another word. Without a risk in the
            verdict, that of each category counts.
        category_risk: the highest risk of its categories; None if they name none.
    """

    was_read: bool = False
    risk: Risk | None = None
    is_unreadable: bool = False
    category_risk: Risk | None = None


def read_verdict(raw: dict[str, Any]) -> MessageVerdict:
    """Read the verdict in the details of a message. The first place that has one counts."""
    for place in _PLACES:
        value: Any = raw
        for name in place:
            value = value.get(name) if isinstance(value, dict) else None if value in _EMPTY else _NOT_AN_OBJECT
        if value not in _EMPTY:
            return _read(value)
    return MessageVerdict()


def _read(value: Any) -> MessageVerdict:
    if not isinstance(value, dict):
        return MessageVerdict(is_unreadable=True)
    named = [risk for risk in _category_risks(value) if risk not in _EMPTY]
    categories = [parse_risk(risk) for risk in named]
    category_risk = max((risk for risk in categories if risk), key=lambda risk: risk.severity, default=None)
    named_risk = value.get("risk")
    if named_risk in _EMPTY:
        return MessageVerdict(was_read=True, is_unreadable=None in categories, category_risk=category_risk)
    risk = parse_risk(named_risk)
    return MessageVerdict(was_read=True, risk=risk, is_unreadable=risk is None, category_risk=category_risk)


def parse_risk(value: object) -> Risk | None:
    """The risk that a word names, in any case and with spaces around it; None for a number or another word."""
    word = value.strip().lower() if isinstance(value, str) else ""
    return Risk(word) if word in {*Risk} else None


def _category_risks(verdict: dict[str, Any]) -> Iterator[Any]:
    """The risks of the categories, their subcategories and the augmentations of these."""
    level: list[Any] = [verdict]
    for name in _LISTS:
        lists = (entry.get(name) for entry in level)
        level = [
            entry for entries in lists if isinstance(entries, list) for entry in entries if isinstance(entry, dict)
        ][:_MAX_CATEGORIES]
        yield from (entry.get("risk") for entry in level)
