"""What a client has learned, and what the clients of later processes recall."""

from __future__ import annotations

from mimecast_secops.api.learned import (
    FUNCTION,
    HOLD_PAGE_SIZE,
    HOLD_PERIOD,
    LEARNED_FACTS,
    RESET_UNIT,
    Learned,
)

FACTS: dict[str, str | int] = {
    HOLD_PAGE_SIZE: 50,
    HOLD_PERIOD: "until a second ago",
    RESET_UNIT: "seconds",
}


def test_nothing_is_learned_at_first() -> None:
    assert Learned().facts() == {}


def test_each_limit_has_a_name_and_can_be_recalled() -> None:
    learned = Learned(hold_page_size=50, hold_period=1)
    learned.reset_unit.assume("seconds")
    assert learned.facts() == FACTS
    assert FACTS.keys() == LEARNED_FACTS
    again = Learned()
    again.recall(FACTS)
    assert (again.hold_page_size, again.hold_period) == (50, 1)
    assert again.reset_unit.in_seconds


def test_what_was_only_recalled_is_not_learned_again() -> None:
    learned = Learned()
    learned.recall(FACTS)
    assert learned.facts() == {}
    learned.hold_page_size = 25
    assert learned.facts() == {HOLD_PAGE_SIZE: 25}


def test_what_is_not_recalled_is_tried_again() -> None:
    learned = Learned(hold_page_size=50, hold_period=1, hold_rows=7)
    learned.reset_unit.assume("seconds")
    learned.recall({"another fact": 1})
    assert (learned.hold_page_size, learned.hold_period, learned.hold_rows) == (None, 0, 0)
    assert not learned.reset_unit.in_seconds


def test_values_that_no_client_has_learned_are_ignored() -> None:
    learned = Learned()
    learned.recall({HOLD_PAGE_SIZE: "50", HOLD_PERIOD: "always", RESET_UNIT: "days"})
    assert learned == Learned()
    learned.recall({HOLD_PAGE_SIZE: -1})
    assert learned.hold_page_size is None


def test_one_answer_shows_that_a_function_is_there() -> None:
    learned = Learned()
    learned.note_function("/a", "HTTP 404")
    assert learned.facts() == {FUNCTION.format(path="/a"): "HTTP 404"}
    learned.note_function("/a")
    learned.note_function("/a", "HTTP 404")
    assert learned.facts() == {FUNCTION.format(path="/a"): "available"}
