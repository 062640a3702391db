"""What Google SecOps installs: derived, complete, small, and the same every time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from mimecast_secops.actions import all_actions
from mimecast_secops.packaging import source, widgets
from mimecast_secops.packaging.notes import release_notes
from tests.soar.host import ROOT, SCRIPTS, built, needs_host

DISPLAY = re.compile(r"[A-Za-z0-9\- ]+")
PARAMETER = re.compile(r"[A-Za-z0-9\-' ]+")


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("dist"))


def definitions(dist: Path, pattern: str) -> dict[str, Any]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (dist / "Mimecast").glob(pattern)}


def test_every_action_has_a_definition_and_a_script(dist: Path) -> None:
    stems = {source.stem(action) for action in all_actions()}
    assert set(definitions(dist, "ActionsDefinitions/*.actiondef")) == stems
    assert {path.stem for path in (dist / "Mimecast" / "ActionsScripts").glob("*.py")} == stems


def test_names_and_descriptions_are_what_the_platform_accepts(dist: Path) -> None:
    for action in definitions(dist, "ActionsDefinitions/*.actiondef").values():
        assert DISPLAY.fullmatch(action["Name"])
        assert action["ScriptResultName"] == "is_success"
        for parameter in action["Parameters"]:
            assert PARAMETER.fullmatch(parameter["Name"])
            assert 0 < len(parameter["Description"]) <= 2050
            assert len(parameter["Name"].split()) <= 13
            if parameter["Type"] == 15:
                assert parameter["DefaultValue"] in parameter["OptionalValues"]
            else:
                assert parameter["OptionalValues"] is None


def test_the_connector_has_every_parameter_of_the_contract(dist: Path) -> None:
    [connector] = definitions(dist, "Connectors/*.connectordef").values()
    assert connector["Name"] == "Mimecast - Message Tracking Connector"
    wanted = {
        *("DeviceProductField", "EventClassId", "Environment Field Name", "Environment Regex Pattern"),
        *("PythonProcessTimeout", "API Root", "Application ID", "Application Key", "Access Key", "Secret Key"),
        *("Client ID", "Client Secret", "Verify SSL", "Domains", "Lowest Risk To Fetch", "Status Filter"),
        *("Route Filter", "Queue Reason Filter", "Ingest Messages Without Risk", "Max Hours Backwards"),
        *("Max Messages To Return", "Use whitelist as a blacklist", "Proxy Server Address", "Proxy Username"),
        "Proxy Password",
    }
    found = {parameter["Name"]: parameter for parameter in connector["Parameters"]}
    assert wanted <= set(found)
    assert {
        name: found[name]["DefaultValue"] for name in ("Status Filter", "Max Messages To Return", "Verify SSL")
    } == {
        "Status Filter": "held",
        "Max Messages To Return": 100,
        "Verify SSL": True,
    }
    passwords = [name for name, one in found.items() if one["Type"] == 3]
    assert passwords == ["Application Key", "Access Key", "Secret Key", "Client Secret", "Proxy Password"]
    assert [name for name, one in found.items() if one["Mode"] == 0] == ["DeviceProductField", "EventClassId"]


def test_widgets_belong_to_actions_and_show_only_what_fits(dist: Path) -> None:
    found = definitions(dist, "Widgets/*.json")
    assert set(found) == {"simple_archive_search", "advanced_archive_search", "create_block_sender_policy"}
    names = {action.name for action in all_actions()}
    assert {one["ActionIdentifier"] for one in found.values()} <= names
    assert all(one["ConditionsGroup"]["Conditions"] for one in found.values())


def test_the_zip_is_small_has_no_top_folder_and_two_builds_are_identical(dist: Path, tmp_path: Path) -> None:
    first = dist / "Mimecast.zip"
    assert first.stat().st_size <= 4 * 1024 * 1024
    with zipfile.ZipFile(first) as opened:
        names = opened.namelist()
    assert "Integration-Mimecast.def" in names
    assert built(tmp_path).joinpath("Mimecast.zip").read_bytes() == first.read_bytes()


def test_the_wheels_are_complete_and_for_the_platforms_interpreter(dist: Path, tmp_path: Path) -> None:
    wheels = sorted(path for path in (dist / "Mimecast" / "Dependencies").iterdir())
    tags = [path.stem.split("-", 2)[2] for path in wheels]
    assert all("none-any" in tag or ("cp311" in tag and "manylinux_2_17_x86_64" in tag) for tag in tags), tags
    target = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    subprocess.run([*install, "--no-deps", "--target", str(target), *map(str, wheels)], check=True, capture_output=True)
    code = (
        "import sys; sys.path[:] = [sys.argv[1]] + [p for p in sys.path if 'site-packages' not in p];"
        "from mimecast_secops.actions import all_actions; import mimecast_secops.soar.connector;"
        "from mimecast_secops.actions.policy_guards import is_free_mail, is_public_suffix;"
        "assert is_free_mail('gmail.com') and is_public_suffix('co.uk'); print(len(all_actions()))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code, str(target)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(all_actions())


def test_the_release_notes_are_made_of_the_changelog() -> None:
    notes = release_notes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert notes
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", note["publish_time"]) for note in notes)
    assert {note["item_type"] for note in notes} <= {"Integration", "Action", "Connector", "Widget"}


def test_the_logo_is_a_picture_of_our_own(dist: Path) -> None:
    definition = json.loads((dist / "Mimecast" / "Integration-Mimecast.def").read_text(encoding="utf-8"))
    assert definition["SVGImage"].startswith("<svg")
    assert definition["ImageBase64"].startswith("iVBOR")


def test_every_widget_page_lets_only_its_own_script_run_and_nothing_leave() -> None:
    for widget in widgets.WIDGETS:
        page = widgets.page(widget)
        policy = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
        assert policy
        assert "default-src 'none'" in policy[0]
        assert "unsafe" not in policy[0]
        assert not re.search(r"https?://", page.replace("http://www.w3.org", ""))


@pytest.mark.host
def test_googles_own_tools_find_nothing_and_build_the_same(dist: Path, tmp_path: Path) -> None:
    needs_host()
    hub = built(tmp_path / "hub", "content-hub") / "mimecast"

    def tool(name: str, *arguments: str) -> str:
        done = subprocess.run([SCRIPTS / name, *arguments], capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

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


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
