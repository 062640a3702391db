"""Tables: narrow columns keep their width, wide columns share the rest, and a risk has a color."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from mimecast_secops.cli.tables import Column, ColumnKind, table_of

NUMBER = Column("No", ColumnKind.NUMBER)
RISK = Column("Risk", ColumnKind.RISK)
TO = Column("To", ColumnKind.ADDRESS)
FROM = Column("From", ColumnKind.ADDRESS, is_optional=True)
SUBJECT = Column("Subject")
COLUMNS = (NUMBER, RISK, TO, FROM, SUBJECT)
ROW = ("7", "negligible", "ann@example.com", "eve@example.org", "x" * 200)


def print_table(rows: list[tuple[str, ...]], width: int, *, short: bool = True, color: bool = False) -> list[str]:
    """The lines of a table, without spaces at their ends."""
    table = table_of("", COLUMNS, rows, width, short=short)
    assert table is not None
    output = io.StringIO()
    console = Console(file=output, width=width, force_terminal=color, color_system="standard" if color else None)
    console.print(table)
    return [line.rstrip() for line in output.getvalue().splitlines()]


@pytest.mark.parametrize("width", [45, 80, 120])
def test_narrow_columns_are_never_cut(width: int) -> None:
    _, _, row = print_table([ROW], width)
    assert row.split()[:2] == ["7", "negligible"]
    assert row.endswith("x…")
    assert cell_len(row) == width


@given(st.lists(st.tuples(*[st.text("ab漢 ", max_size=60)] * 5), max_size=3), st.integers(52, 150))
def test_every_line_fits_whatever_the_cells(rows: list[tuple[str, ...]], width: int) -> None:
    short_rows = [(row[0][:5], row[1][:5], *row[2:]) for row in rows]
    lines = print_table(short_rows, width)
    assert len(lines) == len(rows) + 2
    assert max(map(cell_len, lines)) <= width


def test_text_that_is_not_shortened_is_wrapped() -> None:
    lines = print_table([ROW], 80, short=False)
    assert sum(line.count("x") for line in lines) == 200 + len(["example.com", "example.org"])


def test_an_optional_column_is_shown_if_it_fits() -> None:
    assert "From" not in print_table([ROW], 60)[0]
    assert "From" in print_table([ROW], 120)[0]


def test_a_short_text_leaves_its_width_to_the_others() -> None:
    _, _, row = print_table([(*ROW[:4], "short")], 80)
    assert row.split() == [*ROW[:4], "short"]


def test_a_table_without_room_for_its_columns_is_refused() -> None:
    assert table_of("", COLUMNS, [ROW], 30, short=True) is None


def test_a_table_without_rows_has_its_heading() -> None:
    assert print_table([], 80)[0].split() == ["No", "Risk", "To", "From", "Subject"]


@pytest.mark.parametrize(("risk", "code"), [("high", "1;31"), ("medium", "33"), ("low", "36"), ("negligible", "2")])
def test_a_risk_has_its_word_and_a_color(risk: str, code: str) -> None:
    [row] = print_table([("1", risk, "", "", "high")], 80, color=True)[2:]
    assert f"\x1b[{code}m{risk}" in row
    # The subject of a message gets no color.
    assert row.count("\x1b[1;31m") == (risk == "high")
