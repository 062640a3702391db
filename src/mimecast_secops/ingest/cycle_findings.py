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
    _report_records_without_an_outcome(cycle)


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


def _report_records_without_an_outcome(cycle: Cycle) -> None:
    """Compare what was read and what was pending with the outcomes: each record has one, or is still pending."""
    counters, lost = cycle.counters, max(0, cycle.lost_records)
    # While there is more to read, the next cycle begins with these rows.
    undecided = 0 if counters.more_to_read else max(0, cycle.undecided_rows)
    counters.unaccounted += undecided + lost
    if undecided:
        counters.add_problem(
            f"{undecided} of {counters.seen} records are not decided yet, because a search failed. The next cycle "
            "reads them again."
        )
    if lost:
        counters.add_problem(
            f"{lost} pending records have disappeared without an outcome. This is a defect of this program: keep the "
            "log of this cycle, and report it."
        )
