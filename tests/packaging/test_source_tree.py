"""The source layout, as Google's repository holds it, and what Google's own tools say about it."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.prerequisites import SCRIPT_HOST
from tests.soar.host import built


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("hub"), "content-hub") / "mimecast"


@pytest.mark.parametrize("kind", ["actions", "connectors"])
def test_every_script_has_its_definition(hub: Path, kind: str) -> None:
    scripts = {path.stem for path in (hub / kind).glob("*.py")} - {"__init__"}
    assert scripts
    assert scripts == {path.stem for path in (hub / kind).glob("*.yaml")}


def test_the_project_depends_on_the_wheel_in_its_folder(hub: Path) -> None:
    project = tomllib.loads((hub / "pyproject.toml").read_text(encoding="utf-8"))
    assert (hub / project["tool"]["uv"]["sources"]["mimecast-secops"]["path"]).is_file()
    assert project["project"]["requires-python"] == ">=3.11,<3.12"


def test_every_example_of_a_result_is_json_and_exists(hub: Path) -> None:
    for path in (hub / "actions").glob("*.yaml"):
        for result in yaml.safe_load(path.read_text(encoding="utf-8"))["dynamic_results_metadata"]:
            json.loads((hub / result["result_example_path"]).read_text(encoding="utf-8"))


@pytest.mark.host
def test_googles_tools_find_nothing_and_build_the_same(hub: Path, dist: Path, tmp_path: Path) -> None:
    def tool(name: str, *arguments: str) -> str:
        command = [str(SCRIPT_HOST / name), *arguments]
        completed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        return completed.stdout + completed.stderr

    tool("mp_lock.sh", str(hub))
    assert "All Validations Passed" in tool("mp_validate.sh", "--check", str(hub))
    tool("mp_build.sh", str(hub), str(tmp_path / "out"))
    theirs, ours = tmp_path / "out" / "Mimecast", dist / "Mimecast"
    assert names(theirs) == names(ours)
    for name in names(ours):
        if name.endswith((".actiondef", ".connectordef", ".def", "RN.json")) or name.startswith("Widgets/"):
            assert json.loads((ours / name).read_text()) == json.loads((theirs / name).read_text()), name
        elif name.endswith((".py", ".html")):
            assert (ours / name).read_text().split() == (theirs / name).read_text().split(), name
        elif name.endswith(".yaml"):
            assert yaml.safe_load((ours / name).read_text()) == yaml.safe_load((theirs / name).read_text()), name
        elif name.endswith(".whl"):
            assert (ours / name).read_bytes() == (theirs / name).read_bytes(), name


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
