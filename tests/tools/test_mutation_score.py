"""The mutation score counts what tests detect, and survivors must be explained."""

from __future__ import annotations

import tomllib

import pytest

from tests.tools.loading import ROOT, load_tool

mutation_score = load_tool("mutation_score")

OUTPUT = """\
    package.api.x_verdict__mutmut_1: killed
    package.api.x_verdict__mutmut_2: survived
    package.api.x__wait__mutmut_1: timeout
    package.api.xǁSessionǁcall__mutmut_1: caught by type check
    package.ingest.x_read__mutmut_12: no tests
    package.ingest.x_read__mutmut_13: skipped
"""


def test_results_are_read_without_skipped_mutants() -> None:
    statuses = mutation_score.results(OUTPUT)
    assert list(statuses.values()) == ["killed", "survived", "timeout", "caught by type check", "no tests"]


@pytest.mark.parametrize(
    ("mutant", "function"),
    [
        ("package.api.x_verdict__mutmut_1", "package.api.verdict"),
        ("package.api.x__wait__mutmut_25", "package.api._wait"),
        ("package.api.x_x_axis__mutmut_1", "package.api.x_axis"),
        ("package.api.xǁSessionǁ__init____mutmut_3", "package.api.Session.__init__"),
        ("package.api.xǁ_Rowǁ_read__mutmut_3", "package.api._Row._read"),
    ],
)
def test_a_mutant_leads_to_its_function(mutant: str, function: str) -> None:
    assert mutation_score.function_of(mutant) == function


def test_the_score_counts_kills_time_outs_and_type_errors() -> None:
    assert mutation_score.score(mutation_score.results(OUTPUT).values()) == 60
    assert mutation_score.score([]) == 0


def test_a_score_below_the_floor_is_a_problem_and_at_the_floor_is_none() -> None:
    statuses = mutation_score.results(OUTPUT)
    assert mutation_score.problems(statuses, 60, None) == []
    assert mutation_score.problems(statuses, 60.1, None) == ["The mutation score is 60.0 %, below 60.1 %."]


def test_no_mutants_and_mutants_that_were_not_run_are_problems() -> None:
    (nothing,) = mutation_score.problems({}, 0, None)
    assert nothing.startswith("There are no mutants")
    assert mutation_score.problems({"a.x_b__mutmut_1": "not checked"}, 0, "") == ["1 mutants were not run."]


def test_a_survivor_that_the_page_does_not_name_is_a_problem() -> None:
    statuses = mutation_score.results(OUTPUT)
    both = "| `package.api.verdict` | equivalent |\n| `package.ingest.read` | a log text |\n"
    assert mutation_score.problems(statuses, 0, both) == []
    (missing,) = mutation_score.problems(statuses, 0, "`package.api.verdict`: equivalent; package.ingest.read")
    assert missing == "mutation-survivors.md does not explain package.ingest.read."


def test_the_report_has_each_module_and_each_survivor() -> None:
    report = mutation_score.report(mutation_score.results(OUTPUT))
    assert report.splitlines() == [
        "  75.0 %      4  package.api",
        "   0.0 %      1  package.ingest",
        "  60.0 %      5  all",
        "survived in package.api.verdict: 2",
        "survived in package.ingest.read: 12",
    ]


def test_each_module_and_test_that_the_configuration_names_exists() -> None:
    mutmut = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    paths = [*mutmut["only_mutate"], *mutmut["pytest_add_cli_args_test_selection"], *mutmut["also_copy"]]
    assert [path for path in paths if not (ROOT / path).exists()] == []
