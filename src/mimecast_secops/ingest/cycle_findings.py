"""What the figures of a whole cycle show: sentences for its report."""

from __future__ import annotations

from mimecast_secops.ingest.cycle import Cycle


def add_findings(cycle: Cycle) -> None:
    """Add the problems and notes that only the end of a cycle shows."""
    for defects in (cycle.row_defects, cycle.detail_defects, cycle.hold_defects):
        for sentence in defects.problems():
            cycle.counters.add_problem(sentence)
    unreadable = cycle.detail_defects.count("risk")
    if unreadable and cycle.settings.filters_risk:
        cycle.counters.add_note(f"No risk filter applied to {unreadable} messages whose risk could not be read.")
    _report_unaccounted_holds(cycle)


def _report_unaccounted_holds(cycle: Cycle) -> None:
    """Say that held messages have no alert, once they had the time to appear in message tracking."""
    counters, state = cycle.counters, cycle.state
    state.unaccounted_cycles = state.unaccounted_cycles + 1 if counters.unaccounted_holds else 0
    overdue = counters.overdue_holds
    if overdue is None:
        overdue = counters.unaccounted_holds if state.unaccounted_cycles > cycle.settings.tries else 0
    if overdue:
        counters.add_problem(
            f"{overdue} of {counters.unaccounted_holds} held messages without an alert are overdue: they are in the "
            f"hold queue, and {cycle.settings.tries} cycles have not accounted for them. Look at the hold queue in the "
            "Mimecast console."
        )
