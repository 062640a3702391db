"""The wheels in the integration: complete, minimal, and the same in every build."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path

import grimp
import pytest

from mimecast_secops._version import __version__
from mimecast_secops.packaging.wheels import PLATFORM_PARTS, PackagingError, dependency_wheels, platform_wheel
from tests.soar.host import ROOT, built

PACKAGE = "mimecast_secops"
NOT_ON_THE_PLATFORM = {"cli", "deliveries", "extras", "packaging", "simulator", "stores", "testing"}
# The SDK's modules and names that the scripts import.
SDK_NAMES = {
    "SiemplifyAction": ["SiemplifyAction"],
    "SiemplifyConnectors": ["SiemplifyConnectorExecution"],
    "SiemplifyConnectorsDataModel": ["AlertInfo"],
    "SiemplifyDataModel": ["Attachment"],
}
# Imports every module that the wheels hold, then every script, and prints what was imported from the package.
IMPORT_EVERYTHING = """
import importlib, json, pkgutil, runpy, sys, pathlib
import mimecast_secops
for module in pkgutil.walk_packages(mimecast_secops.__path__, "mimecast_secops."):
    importlib.import_module(module.name)
scripts = sorted(pathlib.Path(sys.argv[1]).glob("*Scripts/*.py"))
for script in scripts:
    runpy.run_path(str(script), run_name="imported")
from mimecast_secops.actions import all_actions
from mimecast_secops.actions.domain_names import ascii_form
from mimecast_secops.actions.policy_guards import is_free_mail, is_public_suffix
print(json.dumps({
    "scripts": [script.stem for script in scripts],
    "actions": len(all_actions()),
    "modules": sorted(name for name in sys.modules if name.split(".")[0] == "mimecast_secops"),
    "lists": [is_free_mail("gmail.com"), is_public_suffix("co.uk"), ascii_form("münchen.de")],
}))
"""


def wheels_in(folder: Path) -> list[Path]:
    return sorted((folder / "Dependencies").iterdir())


def platform_wheel_in(folder: Path) -> Path:
    [wheel] = folder.rglob(f"{PACKAGE}-*.whl")
    return wheel


def modules_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(".py")]
    return {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names}


def metadata_of(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode("utf-8"))


def test_the_wheel_holds_what_the_adapters_and_actions_import_and_nothing_else(dist: Path) -> None:
    graph = grimp.build_graph(PACKAGE, include_external_packages=False)
    entry_points = {name for name in graph.modules if name.startswith((f"{PACKAGE}.soar", f"{PACKAGE}.actions"))}
    needed = set(entry_points)
    for module in entry_points:
        needed |= graph.find_upstream_modules(module)
    needed |= {name.rpartition(".")[0] for name in needed} - {""}
    assert modules_in(platform_wheel_in(dist / "Mimecast")) == needed


@pytest.mark.parametrize("layout", ["integration", "content-hub"])
def test_neither_layout_holds_code_that_cannot_run_on_the_platform(dist: Path, tmp_path: Path, layout: str) -> None:
    folder = dist / "Mimecast" if layout == "integration" else built(tmp_path, layout)
    modules = modules_in(platform_wheel_in(folder))
    assert {module.split(".")[1] for module in modules if "." in module} & NOT_ON_THE_PLATFORM == set()
    scripts = [path.read_text(encoding="utf-8") for path in folder.rglob("*.py")]
    imported = {name for script in scripts for name in re.findall(rf"(?:from|import) ({PACKAGE}[\w.]*)", script)}
    assert imported
    assert imported <= modules


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="needs Python 3.11, which the wheels are for")
def test_the_wheels_install_offline_in_an_empty_environment_and_every_module_and_script_imports(
    dist: Path, tmp_path: Path
) -> None:
    integration = dist / "Mimecast"
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-compile"]
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", *options]
    dependencies = str(integration / "Dependencies")
    subprocess.run([*install, "--find-links", dependencies, "mimecast-secops"], check=True, capture_output=True)
    for module, names in SDK_NAMES.items():
        text = "".join(f"class {name}: pass\n" for name in names)
        (tmp_path / f"{module}.py").write_text(text, encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{IMPORT_EVERYTHING}"
    command = [str(python), "-I", "-W", "error", "-c", code, str(integration)]
    completed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert completed.returncode == 0, completed.stderr
    report = json.loads(completed.stdout)
    scripts = {path.stem for path in integration.glob("*Scripts/*.py")}
    assert set(report["scripts"]) == scripts
    assert report["actions"] == len(list(integration.glob("ActionsScripts/*.py")))
    assert set(report["modules"]) == modules_in(platform_wheel_in(integration))
    assert report["lists"] == [True, True, "xn--mnchen-3ya.de"]


def test_the_version_of_the_platform_wheel_differs_from_that_of_the_complete_one(dist: Path) -> None:
    metadata = metadata_of(platform_wheel_in(dist / "Mimecast"))
    assert (metadata["Name"], metadata["Version"]) == ("mimecast-secops", f"{__version__}+platform")


def test_the_platform_wheel_has_no_command_and_no_extras(dist: Path) -> None:
    wheel = platform_wheel_in(dist / "Mimecast")
    assert metadata_of(wheel).get_all("Provides-Extra") is None
    with zipfile.ZipFile(wheel) as archive:
        assert [name for name in archive.namelist() if name.endswith("entry_points.txt")] == []


def test_the_dependencies_are_those_that_the_platform_wheel_requires(dist: Path) -> None:
    wheels = wheels_in(dist / "Mimecast")
    own = platform_wheel_in(dist / "Mimecast")
    required = {re.split(r"[^\w-]", line)[0] for line in metadata_of(own).get_all("Requires-Dist", [])}
    assert {metadata_of(wheel)["Name"].replace("_", "-") for wheel in wheels if wheel != own} == required


def test_the_platform_wheel_requires_what_its_requirements_file_pins_and_nothing_of_the_command_line(
    dist: Path,
) -> None:
    requires = metadata_of(platform_wheel_in(dist / "Mimecast")).get_all("Requires-Dist", [])
    required = {re.split(r"[^\w-]", line)[0] for line in requires}
    pins = (ROOT / "requirements" / "platform.txt").read_text(encoding="utf-8")
    assert required == set(re.findall(r"^([\w-]+)==", pins, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    everything, platform = set(project["project"]["dependencies"]), set(project["dependency-groups"]["platform"])
    assert {re.split(r"[^\w-]", line)[0] for line in everything - platform} == {"click", "platformdirs", "rich"}
    assert platform < everything


def test_the_dependencies_are_byte_identical_to_those_in_the_package_index(dist: Path) -> None:
    hashes = set(re.findall(r"sha256:(\w{64})", (ROOT / "requirements" / "platform.txt").read_text(encoding="utf-8")))
    wheels = [wheel for wheel in wheels_in(dist / "Mimecast") if wheel.name.split("-")[0] != PACKAGE]
    assert {hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels} <= hashes


def test_every_wheel_installs_on_the_platforms_interpreter(dist: Path) -> None:
    tags = [wheel.stem.split("-", 2)[2] for wheel in wheels_in(dist / "Mimecast")]
    assert all("none-any" in tag or ("cp311" in tag and "manylinux_2_17_x86_64" in tag) for tag in tags), tags


def test_two_builds_of_the_platform_wheel_are_identical(tmp_path: Path) -> None:
    first, second = (platform_wheel(ROOT, tmp_path / name) for name in ("first", "second"))
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_the_record_of_the_platform_wheel_matches_its_files(dist: Path) -> None:
    with zipfile.ZipFile(platform_wheel_in(dist / "Mimecast")) as archive:
        [record] = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
        rows = [line.split(",") for line in archive.read(record).decode("utf-8").splitlines()]
        assert {row[0] for row in rows} == set(archive.namelist())
        sizes = {row[0]: int(row[2]) for row in rows if row[2]}
        assert sizes == {name: archive.getinfo(name).file_size for name in sizes}


def test_a_part_that_is_missing_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "src" / PACKAGE).mkdir(parents=True)
    for part in PLATFORM_PARTS[:-1]:
        (tmp_path / "src" / PACKAGE / part).touch()
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with pytest.raises(PackagingError, match=f"src/{PACKAGE}/{PLATFORM_PARTS[-1]}"):
        platform_wheel(tmp_path, tmp_path / "out")


def test_a_build_that_fails_names_the_reason(tmp_path: Path) -> None:
    for part in PLATFORM_PARTS:
        (tmp_path / "src" / PACKAGE / part).mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "x"\nlicense = {file = "missing"}\n[dependency-groups]\nplatform = []\n'
        "[tool.hatch.build.targets.wheel]\n",
        encoding="utf-8",
    )
    with pytest.raises(PackagingError, match="platform wheel could not be built: License file"):
        platform_wheel(tmp_path, tmp_path / "out")


def test_a_download_whose_hash_differs_fails(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    wheel = tmp_path / "example-1.0-py3-none-any.whl"
    wheel.write_bytes(b"another file")
    requirement = f"example @ {wheel.as_uri()} --hash=sha256:{'0' * 64}\n"
    (tmp_path / "requirements" / "platform.txt").write_text(requirement, encoding="utf-8")
    with pytest.raises(PackagingError, match="(?i)hash"):
        dependency_wheels(tmp_path, tmp_path / "cache")
    assert list((tmp_path / "cache").rglob(".complete")) == []
