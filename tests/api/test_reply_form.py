"""The form of a value, without the value."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api.reply_form import find_rows, form_of, looks_like_row, safe_name

MEMBERS = frozenset({"id", "status", "subject"})
ROW = {"id": "1", "status": "held"}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "status", "x", "ann@y"]), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, "null"),
        ({}, "{}"),
        ([], "[]"),
        ("secret", "text"),
        (7, "number"),
        (True, "boolean"),
        (["secret"], "list of text"),
        ({"messages": "secret", "total": 5}, "members messages, total"),
        ({"ann@example.com": 1, "id": 2}, "members id, 1 more"),
        ({f"m{number}": 0 for number in range(12)}, "members " + ", ".join(f"m{n}" for n in range(10)) + ", 2 more"),
    ],
)
def test_a_form_names_members_and_no_values(value: object, form: str) -> None:
    assert form_of(value) == form
    assert form_of(msgspec.Raw(json.dumps(value).encode())) == form


@given(json_values)
def test_no_value_makes_a_form_or_a_search_for_rows_fail(value: Any) -> None:
    assert len(form_of(value)) < 600
    found = find_rows(value, MEMBERS)
    assert found is None or looks_like_row(found[1][0], MEMBERS)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"messages": [ROW]}, "messages"),
        ({"data": {"messages": [ROW, ROW]}}, "messages"),
        ({"data": [{"messages": [ROW]}]}, "messages"),
        ({"total": 5, "rows": [ROW]}, "rows"),
    ],
    ids=json.dumps,
)
def test_rows_are_found_under_another_name(value: Any, name: str) -> None:
    found = find_rows(value, MEMBERS)
    assert found is not None
    assert (found[0], found[1][0]) == (name, ROW)


@pytest.mark.parametrize(
    "value", [None, {}, [], "x", {"messages": []}, {"messages": [{"id": "1"}]}, {"messages": ["a"]}], ids=json.dumps
)
def test_a_value_without_rows_has_none(value: Any) -> None:
    assert find_rows(value, MEMBERS) is None


def test_a_name_that_may_be_a_value_is_not_shown() -> None:
    assert safe_name("messages") == "messages"
    assert safe_name("ann@example.com") == "another member"
