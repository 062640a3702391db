"""Reading older periods again, because records may appear in message tracking hours or days late.

Each cycle reads the overlap again. Longer periods are read again each hour and each day, in slices that fit into the
time that a cycle has left, so new messages do not wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from mimecast_secops.api.errors import DeadlineExceeded, MimecastError, RateLimited
from mimecast_secops.ingest.clock import HOUR_MS
from mimecast_secops.ingest.cycle import Cycle
from mimecast_secops.ingest.message_tracking.polling import TrackingPoll
from mimecast_secops.ingest.message_tracking.row_limit import MAX_SEARCH_AGE_MS
from mimecast_secops.ingest.message_tracking.search_window import next_window
from mimecast_secops.ingest.progress import RereadProgress
from mimecast_secops.ingest.settings import ConnectorSettings

_DAY_MS: Final = 24 * HOUR_MS
# A day of quiet traffic has eleven windows.
_MAX_WINDOWS: Final = 16


class _Reread(NamedTuple):
    """A kind of re-read: its name in the state, how often it begins, and how far it goes back, in milliseconds."""

    name: str
    interval_ms: int
    reach_ms: int


def _rereads(settings: ConnectorSettings) -> tuple[_Reread, ...]:
    kinds = (
        _Reread("hours", HOUR_MS, settings.deep_reread_hours * HOUR_MS),
        _Reread("days", _DAY_MS, settings.deep_reread_days * _DAY_MS),
    )
    return tuple(kind for kind in kinds if kind.reach_ms > settings.overlap_ms)


class DeepReread:
    """The re-reads of one cycle.

    Args:
        cycle: the cycle.
        poll: reads windows and decides on their rows.
    """

    def __init__(self, cycle: Cycle, poll: TrackingPoll) -> None:
        self._cycle = cycle
        self._poll = poll
        self._rereads = _rereads(cycle.settings)

    def run(self) -> int:
        """Read the next slices, if any are due. Returns how many records were found that no earlier cycle saw."""
        cycle = self._cycle
        found_before = cycle.counters.late
        # Half of the time is for what is found.
        reserve = cycle.deadline.remaining() / 2
        try:
            for _, slice_ in zip(range(_MAX_WINDOWS), self._slices(), strict=False):
                if cycle.deadline.remaining() < reserve:
                    break
                self._read(*slice_)
        except (DeadlineExceeded, RateLimited):
            pass  # The next cycle continues. What is new has been read.
        except MimecastError as error:
            cycle.counters.add_failure("Older messages could not be searched again", error)
        return cycle.counters.late - found_before

    def earliest_ms(self) -> int:
        """How far back later cycles may read, in unix milliseconds."""
        now_ms, running = self._cycle.now_ms, self._cycle.state.rereads.values()
        return min(
            [now_ms, *(now_ms - kind.reach_ms for kind in self._rereads)]
            + [progress.reached_ms for progress in running if progress.target_ms]
        )

    def _slices(self) -> Iterator[tuple[_Reread, RereadProgress]]:
        for kind in self._rereads:
            while (progress := self._due(kind)) is not None:
                yield kind, progress

    def _due(self, kind: _Reread) -> RereadProgress | None:
        """The progress of a re-read that is running or begins now; None if it is done for this interval."""
        state, now_ms = self._cycle.state, self._cycle.now_ms
        progress = state.rereads.get(kind.name)
        if progress is None or progress.begun_ms > now_ms:
            progress = state.rereads[kind.name] = RereadProgress(begun_ms=now_ms)
        if not progress.target_ms:
            if now_ms - progress.begun_ms < kind.interval_ms:
                return None
            # What is newer is in the overlap.
            progress = RereadProgress(now_ms, now_ms - kind.reach_ms, now_ms - self._cycle.settings.overlap_ms)
        # Before the start nothing is ingested, and where ids are forgotten, all messages would look new.
        earliest_ms = max(state.start_ms, state.remembered_ms, now_ms - MAX_SEARCH_AGE_MS)
        progress = RereadProgress(progress.begun_ms, max(progress.reached_ms, earliest_ms), progress.target_ms)
        if progress.reached_ms >= progress.target_ms:
            state.rereads[kind.name] = RereadProgress(begun_ms=progress.begun_ms)
            return None
        return progress

    def _read(self, kind: _Reread, progress: RereadProgress) -> None:
        state = self._cycle.state
        bounds = next_window(progress.reached_ms, progress.target_ms, state.window_ms)
        end_ms = self._poll.read_late_rows(bounds)
        state.rereads[kind.name] = RereadProgress(progress.begun_ms, end_ms, progress.target_ms)
