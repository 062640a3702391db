"""The workflows are valid YAML and call targets, sessions and Python versions that exist."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.tools.loading import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def steps(path: Path) -> Iterator[dict[str, Any]]:
    jobs = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    for job in jobs.values():
        yield from job["steps"]


def made(commands: str) -> set[str]:
    """The targets of the `make` calls in a script."""
    calls = re.findall(r"^\s*make (.+)$", commands, re.MULTILINE)
    return {word for call in calls for word in re.sub(r'\w+=("[^"]*"|\S*)', "", call).split()}


def test_there_are_workflows_for_changes_for_releases_and_on_a_schedule() -> None:
    assert {path.stem for path in WORKFLOWS} == {"ci", "release-check", "mutation"}


@workflow
def test_each_make_target_that_a_workflow_calls_exists(path: Path) -> None:
    called = {target for step in steps(path) for target in made(step.get("run", ""))}
    assert called
    assert called - TARGETS == set()


@workflow
def test_each_action_is_pinned_to_a_major_version(path: Path) -> None:
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", action)] == []


@workflow
def test_a_workflow_can_only_read_the_repository_and_ends(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] for job in content["jobs"].values())


def test_each_make_target_of_the_merge_checks_exists() -> None:
    called = made((ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert {"check", "coverage", "test-host", "test-container"} <= called <= TARGETS


def nox_definitions() -> dict[str, Any]:
    """Constants of noxfile.py, and the names of its sessions under `sessions`."""
    tree = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8"))
    found: dict[str, Any] = {"sessions": set()}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.List):
            found[node.targets[0].id] = ast.literal_eval(node.value)
        elif isinstance(node, ast.FunctionDef) and node.decorator_list:
            found["sessions"].add(node.name)
    return found


def test_the_python_versions_of_package_nox_and_workflow_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert declared == nox_definitions()["PYTHONS"] == ci["jobs"]["tests"]["strategy"]["matrix"]["python"]
    assert project["requires-python"] == f">={declared[0]}"


def test_each_nox_session_that_a_workflow_runs_exists() -> None:
    commands = "\n".join(step.get("run", "") for path in WORKFLOWS for step in steps(path))
    named = set(re.findall(r"--session (\w+)", commands))
    assert named
    assert named <= nox_definitions()["sessions"]


def test_tests_are_selected_the_same_way_by_make_and_nox() -> None:
    assert nox_definitions()["SELECTION"] == ["-m", "not attack and not host and not container and not readings"]
    assert '-m "not attack and not host and not container and not readings"' in (ROOT / "Makefile").read_text(
        encoding="utf-8"
    )


def test_the_covered_packages_are_the_same_for_make_and_coverage() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    packages = re.search(r"^COVERED := (.+)$", makefile, re.MULTILINE)
    assert packages is not None
    coverage = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]
    assert [f"mimecast_secops.{name}" for name in packages[1].split()] == coverage["run"]["source_pkgs"]
    assert coverage["run"]["branch"] is True
    assert coverage["report"]["fail_under"] >= 95
