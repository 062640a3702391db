"""Workers: several executions at the same time, in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
# A signal is handled at once, and this is how soon the loop notices what the handler has noted.
_POLL_SECONDS: Final = 0.2


def completed(
    items: Iterable[Item], execute: Callable[[Item], Result], count: int, may_start: Callable[[], bool]
) -> Iterator[tuple[Item, Result]]:
    """Execute a function for each item.

    Args:
        items: the items.
        execute: the function. Threads call it.
        count: how many items are executed at the same time.
        may_start: whether another item may start. It is called often, by the thread that iterates.

    Yields:
        Each item with its result, in the order of completion.

    Raises:
        Exception: an error of the function. The items in progress are finished first.
    """
    waiting = iter(items)
    with ThreadPoolExecutor(count, thread_name_prefix="bulk") as pool:
        running: dict[Future[Result], Item] = {}
        while True:
            # Items that have not started stay out of the pool, so that nothing has to be canceled.
            if may_start():
                started = islice(waiting, count - len(running))
                running |= {pool.submit(execute, item): item for item in started}
            if not running:
                return
            done, _ = wait(running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                yield running.pop(future), future.result()
