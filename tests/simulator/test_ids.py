"""The format of IDs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator.ids import IdGenerator, is_well_formed


@given(st.integers(1, 60), st.text(max_size=10))
def test_ids_have_the_format_of_mimecasts_and_are_unique(count: int, seed: str) -> None:
    ids = IdGenerator(seed)
    issued = [ids.new("hold") for _ in range(count)]
    assert len(set(issued)) == count
    assert all(value.startswith("eJ") and is_well_formed(value) for value in issued)
    assert not any(is_well_formed(value[:-3]) for value in issued)


@given(st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text()), st.binary()))
def test_other_values_are_not_ids(value: object) -> None:
    assert is_well_formed(value) is False
