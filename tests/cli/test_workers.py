"""Workers: items in threads, in the order of completion."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from mimecast_secops.cli.workers import completed

PATIENCE_SECONDS = 60


def always() -> bool:
    return True


def test_every_item_has_its_result() -> None:
    assert sorted(completed(range(100), lambda number: number * 2, 4, always)) == [(n, n * 2) for n in range(100)]


def test_as_many_items_as_the_count_are_in_progress() -> None:
    barrier = threading.Barrier(3)

    def meet(_item: int) -> int:
        return barrier.wait(PATIENCE_SECONDS)

    assert sorted(result for _, result in completed(range(3), meet, 3, always)) == [0, 1, 2]


def test_one_worker_executes_in_order() -> None:
    assert [item for item, _ in completed("abc", str.upper, 1, always)] == ["a", "b", "c"]


def test_results_come_in_the_order_of_completion() -> None:
    second_is_done = threading.Event()

    def execute(number: int) -> bool:
        return number == 1 or second_is_done.wait(PATIENCE_SECONDS)

    items = []
    for item, _ in completed([0, 1], execute, 2, always):
        items.append(item)
        second_is_done.set()
    assert items == [1, 0]


def test_no_item_starts_once_it_may_not_and_items_in_progress_are_finished() -> None:
    consumed = []

    def items() -> Iterator[int]:
        for number in range(100):
            consumed.append(number)
            yield number

    finished: list[int] = []
    for item, _ in completed(items(), lambda number: number, 4, lambda: len(finished) < 10):
        finished.append(item)
    assert sorted(finished) == consumed
    assert 10 <= len(finished) < 14


def test_an_error_ends_the_iteration_after_the_items_in_progress() -> None:
    done = []

    def execute(number: int) -> None:
        if number == 0:
            raise KeyError("bug")
        done.append(number)

    with pytest.raises(KeyError, match="bug"):
        list(completed(range(2), execute, 2, always))
    assert done == [1]
