"""Alert rules and dashboard: they use only metrics and labels that a service really has."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from mimecast_secops.cli import exit_codes
from mimecast_secops.ingest import Totals, metrics
from tests.examples.promql import used
from tests.ingest.conftest import Bench

EXAMPLES = Path(__file__).parents[2] / "examples"
RULES_FILE = EXAMPLES / "prometheus" / "rules.yaml"
RULE_TESTS = EXAMPLES / "prometheus" / "rules.test.yaml"
DASHBOARD_FILE = EXAMPLES / "grafana" / "mimecast-secops.json"
# Prometheus adds these labels to each metric, and `up` for each target.
TARGET_LABELS = {"instance", "job"}
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(RULES_FILE.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads(DASHBOARD_FILE.read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


@pytest.fixture(scope="module")
def exposed() -> dict[str, set[str]]:
    """The labels of each metric that a service exposes, read from the metrics of a real cycle."""
    bench = Bench()
    bench.receive("m1")
    bench.receive("m2", status="archived")
    bench.settings = {"status_filter": ("held", "archived"), "route_filter": ("internal",)}
    report = bench.cycle()
    totals = Totals()
    totals.add(report)
    text = metrics(report, ended=1.0, exit_code=0) + totals.text()
    found: dict[str, set[str]] = {"up": set()}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? ", text, re.MULTILINE):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    assert found["mimecast_secops_cycle_filtered"] == {"filter"}
    return found


def check(expression: str, exposed: dict[str, set[str]]) -> None:
    """Assert that a service has each metric of an expression with each label."""
    metrics_used = used(expression)
    assert metrics_used, expression
    for name, labels in metrics_used.items():
        assert name in exposed, f"{name} in {expression}"
        assert labels <= exposed[name] | TARGET_LABELS, expression


def test_unknown_metrics_and_labels_are_found(exposed: dict[str, set[str]]) -> None:
    assert used('sum by (a) (rate(x{b="1"}[$__rate_interval])) > y') == {"x": {"a", "b"}, "y": set()}
    for expression in ("mimecast_secops_lag", 'mimecast_secops_cycle_ok{tenant="1"}', "sum by (tenant) (up)"):
        with pytest.raises(AssertionError):
            check(expression, exposed)
    with pytest.raises(ValueError, match="rate"):
        used("rate(x)")


# alert rules


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_uses_existing_metrics(rule: dict[str, Any], exposed: dict[str, set[str]]) -> None:
    check(rule["expr"], exposed)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_has_a_severity_and_says_what_happened_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert re.fullmatch(r"[A-Z].*\.", rule["annotations"]["summary"])
    assert re.search(r"\.$", rule["annotations"]["description"])
    # A single scrape raises an alert only where the expression itself looks back over an hour.
    assert "for" in rule or "[1h]" in rule["expr"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_the_annotations_of_a_rule_use_labels_that_its_result_has(
    rule: dict[str, Any], exposed: dict[str, set[str]]
) -> None:
    labels = set(re.findall(r"\$labels\.(\w+)", " ".join(rule["annotations"].values())))
    has_no_instance = rule["expr"].startswith("absent(")
    assert labels <= (set() if has_no_instance else TARGET_LABELS)


def test_the_names_of_the_rules_are_unique() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(names) == len(set(names))


def test_each_rule_has_a_test_in_which_it_fires() -> None:
    text = RULE_TESTS.read_text(encoding="utf-8")
    fired = set(re.findall(r'alertname="(\w+)"\}\', value: 1', text))
    fired |= set(re.findall(r"alertname: (\w+)\n\s+eval_time: \w+\n\s+exp_alerts:\n", text))
    assert fired == {rule["alert"] for rule in RULES}


def test_the_rules_know_what_the_exit_codes_mean() -> None:
    """The expressions compare with numbers, so a change of a code must change them."""
    assert (exit_codes.CONFIGURATION, exit_codes.AUTHENTICATION, exit_codes.API_ERROR) == (3, 4, 5)
    assert (exit_codes.NOT_DONE, exit_codes.LOCKED, exit_codes.UNWRITABLE, exit_codes.DAMAGED) == (1, 9, 10, 11)
    expressions = {rule["alert"]: rule["expr"] for rule in RULES}
    code = "mimecast_secops_cycle_exit_code"
    assert expressions["MimecastCredentialsRefused"] == f"{code} >= 3 and {code} <= 5"
    assert expressions["MimecastAlertOutputFailing"] == f"{code} == 1 or {code} >= 9"


@pytest.mark.parametrize("language", ["docs", "docs/fr"])
def test_the_guide_explains_each_rule(language: str) -> None:
    guide = (EXAMPLES.parent / language / "guide" / "service.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(Mimecast\w+)` \|", guide, re.MULTILINE)) == {rule["alert"] for rule in RULES}


@pytest.mark.program("promtool")
@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", "prometheus.yaml"),
        ("check", "rules", "rules.yaml"),
        ("test", "rules", "rules.test.yaml"),
    ],
    ids=" ".join,
)
def test_prometheus_accepts_the_files_and_the_rules_pass_their_tests(words: tuple[str, ...]) -> None:
    done = subprocess.run(
        ["promtool", *words], cwd=RULES_FILE.parent, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


# dashboard


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_uses_existing_metrics_of_the_selected_instance(
    panel: dict[str, Any], exposed: dict[str, set[str]]
) -> None:
    for target in panel["targets"]:
        check(target["expr"], exposed)
        assert all("instance" in labels for labels in used(target["expr"]).values())
        legend = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
        names = used(target["expr"])
        assert legend <= set().union(*(exposed[name] for name in names)) | TARGET_LABELS


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_explains_itself_and_uses_the_selected_data_source(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")
    sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
    assert all(source == {"type": "prometheus", "uid": "${datasource}"} for source in sources)


def test_no_panels_overlap() -> None:
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for position in [panel["gridPos"]]
        for x in range(position["x"], position["x"] + position["w"])
        for y in range(position["y"], position["y"] + position["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_the_list_of_instances_comes_from_an_existing_metric(exposed: dict[str, set[str]]) -> None:
    [instance] = [variable for variable in DASHBOARD["templating"]["list"] if variable["name"] == "instance"]
    name, label = re.fullmatch(r"label_values\((\w+), (\w+)\)", instance["query"]["query"]).groups()  # type: ignore[union-attr]
    assert name in exposed
    assert label in TARGET_LABELS


def test_each_metric_is_on_the_dashboard_or_in_a_rule(exposed: dict[str, set[str]]) -> None:
    expressions = [target["expr"] for panel in PANELS for target in panel["targets"]]
    expressions += [rule["expr"] for rule in RULES]
    shown = {name for expression in expressions for name in used(expression)}
    # Their totals are shown instead, and the checkpoint as the lag.
    replaced = {"delivered", "requests", "rate_limited", "checkpoint_seconds"}
    assert exposed.keys() - shown == {f"mimecast_secops_cycle_{name}" for name in replaced}
