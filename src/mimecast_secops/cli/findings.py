"""The findings of a permission check on the terminal: the problems first, then everything that was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from mimecast_secops.cli.output import Screen
from mimecast_secops.diagnosis import Verdict

Record = Mapping[str, Any]
"""A finding as JSON: `diagnosis.Finding.as_json`."""
_CONNECTION: Final = "connection"
_FUNCTION: Final = "function"
_HEADINGS: Final = {
    _CONNECTION: "Connection",
    _FUNCTION: "API endpoints",
    "action": "Actions",
    "connector": "Connector",
}
_MARKS: Final = {
    Verdict.WORKS: "works",
    Verdict.MISSING: "missing",
    Verdict.NOT_AVAILABLE: "not available",
    Verdict.UNKNOWN: "unknown",
}
_STYLES: Final = {Verdict.WORKS: "green", Verdict.MISSING: "red"}
_BEST_FIRST: Final = (Verdict.WORKS, Verdict.UNKNOWN, Verdict.MISSING, Verdict.NOT_AVAILABLE)


def show_findings(screen: Screen, findings: Sequence[Record]) -> None:
    """Print the verdict, the problems with their remedies, and one line for everything else.

    Args:
        screen: the screen.
        findings: the findings as JSON objects.
    """
    distinct = _without_alternatives(findings)
    problems = [finding for finding in distinct if _is_problem(finding)]
    _show_verdict(screen, distinct, problems)
    for finding in problems:
        _show(screen, finding)
    for kind, heading in _HEADINGS.items():
        rows = [finding for finding in distinct if finding["kind"] == kind and finding not in problems]
        if rows:
            screen.say("")
            screen.say(heading, "bold")
        for finding in rows:
            _show(screen, finding)


def _without_alternatives(findings: Sequence[Record]) -> list[Record]:
    """The findings with one for each group of endpoints that are alternatives: the best, because one is enough."""
    best: dict[tuple[str, str], Record] = {}
    for finding in findings:
        key = finding["kind"], finding["subject"]
        if key not in best or _rank(finding) < _rank(best[key]):
            best[key] = finding
    return list(best.values())


def _rank(finding: Record) -> int:
    return _BEST_FIRST.index(Verdict(finding["verdict"]))


def _is_problem(finding: Record) -> bool:
    """Whether a finding is a cause. An action that does not work is a consequence of an endpoint that does not."""
    return finding["kind"] in (_CONNECTION, _FUNCTION) and Verdict(finding["verdict"]) is Verdict.MISSING


def is_unchecked(finding: Record) -> bool:
    """Whether the check could not find out if the connection, an action or the connector works, as in an outage.

    An endpoint alone does not count: some have no harmless probe, and the actions do not depend on them.
    """
    matters = finding["kind"] not in (_CONNECTION, _FUNCTION) or finding["subject"] == "Connection"
    return matters and Verdict(finding["verdict"]) is Verdict.UNKNOWN


def _show_verdict(screen: Screen, findings: Sequence[Record], problems: Sequence[Record]) -> None:
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        screen.say(f"{count}: {', '.join(finding['subject'] for finding in problems)}", "bold red")
        return
    unchecked = sum(is_unchecked(finding) for finding in findings)
    if unchecked:
        screen.say(f"Not everything could be checked: {unchecked} results are unknown. Try again later.", "bold yellow")
        return
    needed = [finding for finding in findings if finding["kind"] not in (_CONNECTION, _FUNCTION)]
    working = sum(Verdict(finding["verdict"]) is Verdict.WORKS for finding in needed)
    screen.say(f"No problems. {working} of {len(needed)} actions and connectors work with these credentials.", "bold")


def _show(screen: Screen, finding: Record) -> None:
    verdict = Verdict(finding["verdict"])
    is_failed_check = verdict is Verdict.MISSING and finding["kind"] == _CONNECTION
    mark = "failed" if is_failed_check else _MARKS[verdict]
    screen.say(f"  {mark:<14}{finding['subject']}", _STYLES.get(verdict, "yellow"))
    is_plain = verdict is Verdict.WORKS and finding["kind"] != _CONNECTION and not finding["why"].startswith("Without")
    if is_plain:
        return
    why, remedy = finding["why"], finding["remedy"]
    # Many errors name their remedy themselves.
    for line in (why, "" if remedy.rstrip(".") in why else remedy):
        if line:
            screen.say(f"{'':16}{line}")
