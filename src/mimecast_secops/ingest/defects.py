"""Members of replies that are missing or garbled in more than a few records of a cycle.

One broken record is an exception, which its alert notes. The same member in many records means that this tenant's
replies differ from what is documented, so filters and times may be wrong in all of them.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

# A member that more than one record in twenty misses is a problem, from three records on.
_MAX_SHARE: Final = 20
_MIN_RECORDS: Final = 3
# Names of members come from replies.
_MAX_NAMES: Final = 100
_MAX_NAME: Final = 60


class DefectCounter:
    """Counts records and their defects. Safe to share between threads.

    Args:
        records: what is counted, as a noun in the plural, such as "search rows".
    """

    def __init__(self, records: str) -> None:
        self._lock = threading.Lock()
        self._records = records
        self._count = 0
        self._defects: Counter[str] = Counter()

    def add(self, defects: Iterable[str]) -> None:
        """Count a record.

        Args:
            defects: the names of the members that it misses or garbles.
        """
        with self._lock:
            self._count += 1
            for name in {name[:_MAX_NAME] for name in defects}:
                if name in self._defects or len(self._defects) < _MAX_NAMES:
                    self._defects[name] += 1

    def count(self, name: str) -> int:
        """How many records miss or garble a member."""
        return self._defects[name]

    def problems(self) -> Iterator[str]:
        """A sentence for each member that too many records miss or garble."""
        for name, count in sorted(self._defects.items()):
            if count >= _MIN_RECORDS and count * _MAX_SHARE > self._count:
                yield (
                    f'"{name}" is missing or unreadable in {count} of {self._count} {self._records}. Alerts may lack '
                    "it, and filters that need it let these messages through."
                )
