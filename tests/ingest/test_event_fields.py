"""Flat events, as the platform's mapping rules expect them, of a size that the platform can store."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from mimecast_secops.ingest.event_fields import MAX_KEYS, MAX_VALUE_LENGTH, TRUNCATION_NOTE, flatten

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


def test_list_entries_are_numbered_from_1_and_empty_containers_are_dropped() -> None:
    value = {"a": None, "b": {}, "c": [], "d": [1, {"x": 1}, ["p"], "s"], "e": {"f": {"g": True}}, "h": 0}
    assert flatten(value) == {
        "a": "",
        "d_1": "1",
        "d_2_x": "1",
        "d_3_1": "p",
        "d_4": "s",
        "e_f_g": "True",
        "h": "0",
    }


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=8), JSON, max_size=6))
def test_any_json_becomes_text_of_limited_length(value: dict[str, object]) -> None:
    flat = flatten(value)
    assert all(isinstance(key, str) and isinstance(leaf, str) for key, leaf in flat.items())
    assert all(len(leaf) <= MAX_VALUE_LENGTH for leaf in flat.values())
    json.dumps(flat, ensure_ascii=False).encode("utf-8")


def test_a_hundred_thousand_keys_are_dropped_with_a_note() -> None:
    flat = flatten({f"k{number}": number for number in range(100_000)})
    assert len(flat) == MAX_KEYS + 1
    assert "was dropped" in flat[TRUNCATION_NOTE]


def test_ten_megabytes_of_text_are_truncated_with_a_note() -> None:
    flat = flatten({"subject": "x" * 10_000_000})
    assert len(flat["subject"]) == MAX_VALUE_LENGTH
    assert "were truncated" in flat[TRUNCATION_NOTE]


def test_nesting_is_limited() -> None:
    value: dict[str, object] = {}
    for _ in range(5000):
        value = {"a": value or 1}
    assert "(nested too deeply)" in flatten(value).values()
