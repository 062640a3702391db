"""What earlier search replies showed."""

from __future__ import annotations

from mimecast_secops.ingest.search_history import SAMPLE, SearchHistory


def test_one_in_twenty_plausible_replies_is_compared() -> None:
    history = SearchHistory()
    sampled = [history.is_sampled() for _ in range(3 * SAMPLE)]
    assert [number + 1 for number, is_sampled in enumerate(sampled) if is_sampled] == [20, 40, 60]


def test_after_a_surprise_the_next_ten_replies_are_compared() -> None:
    history = SearchHistory()
    history.add_surprise()
    assert [history.is_sampled() for _ in range(11)] == [True] * 10 + [False]


def test_several_different_replies_of_equal_length_are_noticed() -> None:
    history = SearchHistory()
    assert [history.add_reply(25, name) for name in "abcd"] == [False, False, False, True]


def test_equal_replies_and_short_ones_are_not_noticed() -> None:
    history = SearchHistory()
    assert not any(history.add_reply(25, "a") for _ in range(10))
    assert not any(history.add_reply(9, name) for name in "abcdefgh")


def test_a_proved_reply_is_compared_again_after_four_repetitions() -> None:
    history = SearchHistory()
    assert not history.repeats_proved("a")
    history.add_proved("a")
    assert [history.repeats_proved("a") for _ in range(5)] == [True, True, True, True, False]
    history.add_proved("a")
    assert history.repeats_proved("a")


def test_a_surprise_makes_earlier_proofs_void() -> None:
    history = SearchHistory()
    history.add_proved("a")
    history.add_surprise()
    assert not history.repeats_proved("a")


def test_the_number_of_remembered_replies_is_limited() -> None:
    history = SearchHistory()
    for number in range(500):
        history.add_proved(str(number))
        history.add_reply(50, str(number))
    assert len(history.proved) == 200
    assert history.repeats_proved("499")
    assert len(history.recent) == 8
