"""How sure it is that a search reply is complete, although Mimecast documents no limit of rows.

A server that cuts replies never returns more rows than its limit. So a reply with fewer rows than an earlier one is not
cut, unless the limit changed meanwhile. A reply with as many or more may be: it is compared with the replies of two
shorter searches, which are complete if they have fewer rows. If they bring a row that the reply lacks, it was cut, and
its number of rows is the limit. One in twenty of all other replies is compared too.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Sequence
from datetime import timedelta
from enum import Enum
from typing import Final

from mimecast_secops.api import Completeness, CompletenessKind, TrackedMessage
from mimecast_secops.api.resources.tracking import SEARCH_REACH
from mimecast_secops.ingest.profile import (
    SEARCH_MOST_ROWS,
    SEARCH_PAGES,
    SEARCH_ROW_LIMIT,
    SEARCH_TOTAL,
    TenantProfile,
)
from mimecast_secops.ingest.record import tracking_id
from mimecast_secops.ingest.search_history import SearchHistory

UNRELIABLE: Final = "unreliable"
MAX_SEARCH_AGE_MS: Final = SEARCH_REACH // timedelta(milliseconds=1)
"""How far back a search may begin, in milliseconds. It leaves time for the requests of a cycle."""


class Evidence(Enum):
    """How sure it is that a reply has all rows."""

    PROVED = "proved"
    """Its pages or its total prove it, or it has no rows, or one where another reply had more."""
    PLAUSIBLE = "plausible"
    """Earlier replies had more rows."""
    SUSPECT = "suspect"
    """No earlier reply had more rows, or other replies have exactly as many: compare it with shorter searches."""
    CUT = "cut"
    """It has as many rows as the limit, or Mimecast announces more."""


class RowLimit:
    """The number of rows at which a reply counts as cut, and what decides about replies below it.

    Threads share it: the searches of a window run in parallel.

    Args:
        setting: the configured limit.
        profile: what is known about the tenant.
        history: what earlier replies showed.
        now_ms: the time of the cycle, in unix milliseconds.

    Attributes:
        setting: see above.
        rows: the limit: the setting, or less once a reply was cut below it.
    """

    def __init__(
        self,
        setting: int,
        profile: TenantProfile | None = None,
        history: SearchHistory | None = None,
        now_ms: int = 0,
    ) -> None:
        self._lock = threading.Lock()
        self._profile = TenantProfile() if profile is None else profile
        self._history = SearchHistory() if history is None else history
        self._now_ms = now_ms
        self.setting = setting
        learned = self._profile.number(SEARCH_ROW_LIMIT)
        if learned is not None and self._profile.needs_check(SEARCH_ROW_LIMIT, now_ms):
            # The tenant may have changed. If it has not, the next comparison finds the limit again.
            self._profile.forget(SEARCH_ROW_LIMIT)
            learned = None
        self.rows = setting if learned is None else min(setting, learned)

    @property
    def most_rows(self) -> int:
        """The largest number of rows that a reply had."""
        return self._profile.number(SEARCH_MOST_ROWS) or 0

    @property
    def earliest_ms(self) -> int:
        """The earliest time that can be searched, in unix milliseconds."""
        return self._now_ms - MAX_SEARCH_AGE_MS

    def is_cut_by_count(self, rows: int, completeness: Completeness) -> bool:
        """Whether a reply with so many rows is not worth decoding, because shorter searches follow.

        More rows than are kept in memory are divided although they may be all.
        """
        with self._lock:
            self._note_rows(rows)
            return rows >= self.setting or (rows >= self.rows and not self._is_proved(completeness))

    def judge(self, rows: Sequence[TrackedMessage], completeness: Completeness) -> Evidence:
        """How sure it is that a reply is complete.

        Args:
            rows: the decoded rows.
            completeness: what the reply says about itself.
        """
        count = len(rows)
        with self._lock:
            is_proved = self._is_proved(completeness)
            if completeness.kind is CompletenessKind.PARTIAL:
                return Evidence.CUT
            if not count or (count == 1 and self.most_rows > 1):
                return Evidence.PROVED
            self._note_rows(count)
            is_most = count >= self.most_rows
            if count >= self.rows and not is_proved:
                return Evidence.CUT
            fingerprint = _fingerprint(rows)
            is_equal = self._history.add_reply(count, fingerprint)
            if (is_most or is_equal) and not is_proved:
                is_known = self._history.repeats_proved(fingerprint)
                return Evidence.PLAUSIBLE if is_known else Evidence.SUSPECT
            if self._history.is_sampled():
                return Evidence.SUSPECT
            return Evidence.PROVED if is_proved else Evidence.PLAUSIBLE

    def note_complete(self, rows: Iterable[TrackedMessage]) -> None:
        """The comparison proved that a reply is complete."""
        with self._lock:
            self._history.add_proved(_fingerprint(rows))

    def note_cut(self, rows: int, completeness: Completeness) -> None:
        """A reply with so many rows lacked some: that is the limit.

        Args:
            rows: its number of rows.
            completeness: what the reply said about itself.
        """
        with self._lock:
            if completeness.kind is CompletenessKind.PROVED:
                self._profile.note(SEARCH_TOTAL, UNRELIABLE, self._now_ms)
            if rows < self.setting:
                self.rows = max(rows, 1)
                self._profile.note(SEARCH_ROW_LIMIT, self.rows, self._now_ms)
            self._profile.note(SEARCH_MOST_ROWS, rows, self._now_ms)
            self._history.add_surprise()

    def note_larger_reply(self, rows: int) -> None:
        """Another search returned so many rows, so shorter replies are not cut."""
        with self._lock:
            self._note_rows(rows)

    def _note_rows(self, count: int) -> None:
        """Remember the size of a reply."""
        profile = self._profile
        if profile.number(SEARCH_ROW_LIMIT) is not None and count > self.rows:
            # The limit was wrong, or is higher now.
            profile.forget(SEARCH_ROW_LIMIT)
            self.rows = self.setting
        if count >= self.most_rows or profile.needs_check(SEARCH_MOST_ROWS, self._now_ms):
            profile.note(SEARCH_MOST_ROWS, count, self._now_ms)

    def _is_proved(self, completeness: Completeness) -> bool:
        """Whether the pages of a reply prove that it is complete."""
        if completeness.pages > 1:
            self._profile.note(SEARCH_PAGES, "next", self._now_ms)
        elif completeness.total is not None:
            self._profile.note(SEARCH_PAGES, "total", self._now_ms)
        if completeness.kind is not CompletenessKind.PROVED:
            return False
        return completeness.pages > 1 or self._profile.get(SEARCH_TOTAL) != UNRELIABLE


def _fingerprint(rows: Iterable[TrackedMessage]) -> str:
    digest = hashlib.blake2b(digest_size=9)
    for row_id in sorted(tracking_id(row) for row in rows):
        encoded = row_id.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    return digest.hexdigest()
