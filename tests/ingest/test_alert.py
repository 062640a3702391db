"""The identity and the grouping of alerts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest import Alert
from mimecast_secops.ingest.alert import grouping_id

ALERT = Alert(
    ticket_id="m1",
    name="Held Message",
    rule_generator="Spam",
    product="Mimecast",
    priority=40,
    start_ms=1,
    end_ms=1,
    reason="Spam",
    description="",
    grouping_id="",
    events=(),
)
VALUES = st.tuples(st.text(), st.text(), st.text())


def test_the_display_id_depends_on_the_ticket_id_alone() -> None:
    assert ALERT.display_id == replace(ALERT, name="Other", priority=80).display_id
    assert ALERT.display_id == "01ff6c18-5675-56f4-96c2-778407c14bf6"
    assert ALERT.display_id != replace(ALERT, ticket_id="m2").display_id


@given(VALUES, VALUES)
def test_messages_are_grouped_if_and_only_if_all_three_values_agree(
    first: tuple[str, str, str], second: tuple[str, str, str]
) -> None:
    same = (first[0], first[1].casefold(), first[2]) == (second[0], second[1].casefold(), second[2])
    if any(first) and any(second):
        assert (grouping_id(*first) == grouping_id(*second)) is same


def test_different_values_with_the_same_concatenation_are_not_grouped() -> None:
    assert grouping_id("ab", "c", "d") != grouping_id("a", "bc", "d")


def test_a_message_without_these_values_is_not_grouped() -> None:
    assert grouping_id("", "", "") == ""
