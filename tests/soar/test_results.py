"""Results in the form and the size that the platform accepts."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mimecast_secops.actions import Result, Table
from mimecast_secops.soar.results import csv_lines, fit_to_limit, json_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@settings(max_examples=50)
@given(JSON)
def test_no_text_in_a_json_result_can_act_as_html_and_the_value_stays_the_same(value: Any) -> None:
    text = json_text(value)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == value


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_breaks_the_table_or_is_a_formula(rows: list[list[str]]) -> None:
    lines = csv_lines(Table(title="T", columns=("a", "b"), rows=tuple(tuple(row) for row in rows)))
    assert len(lines) == len(rows) + 1
    for line in lines:
        assert len(line.splitlines()) <= 1
        cells = line.split(",")
        assert len(cells) == 2
        assert not any(cell[:1] in set("=+-@\t") and not re.fullmatch(r"[+-][0-9.]+", cell) for cell in cells if cell)


def test_signed_numbers_are_not_treated_as_formulas() -> None:
    table = Table(title="T", columns=("n",), rows=(("-5",), ("+1.5",), ("-cmd|x",)))
    assert csv_lines(table)[1:] == ["-5", "+1.5", "'-cmd|x"]


def test_a_result_above_the_limit_is_cut_and_the_message_names_the_number() -> None:
    items = [{"id": str(number), "text": "x" * 1000} for number in range(400)]
    result = Result(message="Found.", json_result=items, tables=(Table.of("Results", items),))
    cut = fit_to_limit(result, 0.1)
    assert 0 < len(cut.json_result) < 400
    assert len(cut.tables[0].rows) == len(cut.json_result)
    assert cut.message.startswith("Found.")
    assert f"first {len(cut.json_result)} of 400" in cut.message
    assert cut.is_success


def test_a_single_value_above_the_limit_is_left_out_and_the_message_says_it() -> None:
    cut = fit_to_limit(Result(message="Done.", json_result={"text": "x" * 3_000_000}), 1.0)
    assert cut.json_result is None
    assert "too large" in cut.message


def test_a_result_within_the_limit_is_not_changed() -> None:
    result = Result(message="Found.", json_result=[{"id": "1"}])
    assert fit_to_limit(result, 15) is result
