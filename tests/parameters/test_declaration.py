"""Declarations of parameters: their order, their defaults and their types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.parameters import (
    Kind,
    address,
    checked,
    choice,
    choices,
    declared,
    flag,
    integer,
    items,
    secret,
    split,
    text,
    time,
)
from tests.parameters.forms import Form


def test_declarations_come_in_their_order_with_the_field_that_carries_them() -> None:
    parameters = declared(Form)
    assert [parameter.name for parameter in parameters][:3] == ["Name", "Upper", "Mail"]
    assert [parameter.field for parameter in parameters] == list(Form.__dataclass_fields__)
    assert {parameter.kind for parameter in parameters} == set(Kind)


def test_a_default_is_shown_as_a_form_shows_it() -> None:
    defaults = {parameter.name: parameter.default for parameter in declared(Form)}
    wanted = {"On": "true", "Off": "false", "Count": "5", "Limit": "50", "Words": "one,two", "Key": "", "Since": ""}
    assert {name: defaults[name] for name in wanted} == wanted
    assert {parameter.name for parameter in declared(Form) if parameter.advanced} == {"Off"}


def test_a_name_has_a_form_for_command_lines_and_files() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd:
        """A name with punctuation and repeated spaces."""

        limit: str = text("Max (E-Items) To  Return", "x")

    assert declared(Odd)[0].slug == "max-e-items-to-return"


@pytest.mark.parametrize(
    ("function", "annotation"),
    [
        (text, "str"),
        (checked, "str"),
        (address, "str"),
        (choice, "str"),
        (secret, "Secret"),
        (flag, "bool"),
        (integer, "int"),
        (items, "tuple[str, ...]"),
        (choices, "tuple[str, ...]"),
        (time, "datetime | None"),
    ],
)
def test_a_declaration_has_the_type_of_its_values(function: Callable[..., object], annotation: str) -> None:
    assert function.__annotations__["return"] == annotation


@given(st.text())
def test_a_split_list_has_no_blank_no_repeat_and_splits_to_itself(value: str) -> None:
    entries = split(value)
    assert all(entry == entry.strip() and entry and "," not in entry and "\n" not in entry for entry in entries)
    assert len(set(entries)) == len(entries)
    assert split(",".join(entries)) == entries


@given(st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True)))
def test_a_list_keeps_the_order_of_first_appearance(entries: list[str]) -> None:
    assert split(",".join(entries)) == tuple(dict.fromkeys(entries))
