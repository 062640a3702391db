"""The example playbooks: their source, and the files to import."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mimecast_secops.actions import Action, all_actions
from mimecast_secops.api import ApiVersion
from mimecast_secops.packaging.playbooks import archives, built, widget_pages
from mimecast_secops.packaging.wheels import PackagingError
from mimecast_secops.simulator import Simulator
from tests.actions.runner import ActionRunner
from tests.prerequisites import SCRIPT_HOST
from tests.soar.host import ROOT
from tests.soar.host import built as built_layout

FOLDER = ROOT / "examples" / "playbooks"
TRIAGE, BLOCK = "mimecast_held_email_triage", "mimecast_block_sender_safely"
NAMES = [TRIAGE, BLOCK]
BY_NAME = {f"Mimecast_{action.name}": action for action in all_actions()}
Step = dict[str, Any]


def steps(name: str) -> dict[str, Step]:
    """Identifier → step."""
    loaded = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (FOLDER / name / "steps").glob("*.yaml")]
    return {step["identifier"]: step for step in loaded}


def parameters(step: Step) -> dict[str, Any]:
    return {parameter["name"]: parameter["value"] for parameter in step["parameters"]}


def action_values(step: Step) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(parameters(step)["ScriptParametersEntityFields"])
    return values


def action_steps() -> list[tuple[str, Step, Action]]:
    """The steps that run an action of the integration, with the name of their playbook."""
    return [
        (name, step, BY_NAME[step["action_name"]])
        for name in NAMES
        for step in steps(name).values()
        if step["type"] == "action"
    ]


EACH_ACTION_STEP = pytest.mark.parametrize(
    ("name", "step", "action"), action_steps(), ids=[step["instance_name"] for _, step, _ in action_steps()]
)
EACH_WRITE = pytest.mark.parametrize(
    ("name", "step"),
    [(name, step) for name, step, action in action_steps() if action.writes and not action_values(step)["Dry Run"]],
    ids=lambda value: value if isinstance(value, str) else value["instance_name"],
)


@EACH_ACTION_STEP
def test_an_action_step_has_the_parameters_of_the_action(name: str, step: Step, action: Action) -> None:
    assert list(action_values(step)) == [parameter.name for parameter in action.declared]
    assert parameters(step)["IntegrationInstance"] == "AutomaticEnvironment"


@EACH_WRITE
def test_a_write_follows_a_question_that_follows_a_dry_run_of_the_same_values(name: str, step: Step) -> None:
    by_id = steps(name)
    [question_id] = step["parent_step_ids"]
    question = by_id[question_id]
    assert (question["type"], question["is_automatic"]) == ("multi_choice_question", False)
    [plan_id] = question["parent_step_ids"]
    plan = by_id[plan_id]
    assert plan["action_name"] == step["action_name"]
    assert action_values(plan) == action_values(step) | {"Dry Run": True}


@EACH_WRITE
def test_a_write_is_followed_by_a_condition_on_the_confirmed_state(name: str, step: Step) -> None:
    [condition] = [each for each in steps(name).values() if step["identifier"] in each["parent_step_ids"]]
    confirmed, default = json.loads(parameters(condition)["Branches"])
    [check] = confirmed["Conditions"]
    assert (check["FieldName"], check["Value"]) == (f'[{step["instance_name"]}.JsonResult| "state"]', "confirmed")
    assert default["IsDefaultBranch"]


def test_no_step_searches_a_time_frame_that_excludes_recent_emails() -> None:
    searches = [action_values(step) for _, step, action in action_steps() if action.slug == "simple-archive-search"]
    assert [(search["Time Frame"], bool(search["Start Time"])) for search in searches] == [("Custom", True)]


@pytest.fixture
def runner() -> Iterator[ActionRunner]:
    with (
        Simulator(mail=[Simulator.SAMPLES]) as simulator,
        ActionRunner.connected(simulator, ApiVersion.V2) as connected,
    ):
        yield connected


@EACH_ACTION_STEP
def test_each_action_step_succeeds_on_a_held_email(runner: ActionRunner, name: str, step: Step, action: Action) -> None:
    held = next(
        record
        for record in runner.simulator.tenant.tracked.values()
        if record.is_held and record.hold and record.hold.risk != "high"
    )
    sender, recipient = "eve@evil.example.org", "ann@example.com"
    values = {
        # An alert with several events gives each value once per event.
        "[Event.trackingId]": f"{held.id},{held.id}",
        "[Event.fromEnv_emailAddress]": f"{sender},{sender}",
        "[Input.Sender]": sender,
        "[Input.Recipient]": recipient,
    }
    raw = {key: values.get(str(value), value) for key, value in action_values(step).items()}
    result = runner.run(action.slug, raw)
    assert result.is_success, result.message


def test_the_pages_of_the_widgets_are_those_of_the_integration() -> None:
    pages = widget_pages(FOLDER)
    assert len(pages) == 3
    stale = [path.name for path, page in pages.items() if path.read_text(encoding="utf-8") != page]
    assert stale == [], "run python tools/playbook_pages.py"


def test_the_file_to_import_has_the_playbook_and_the_block_that_it_calls() -> None:
    [(name, tree)] = archives(FOLDER).items()
    assert name == TRIAGE
    assert set(tree) == {f"{TRIAGE}.json", f"{BLOCK}.json"}
    definition = json.loads(tree[f"{TRIAGE}.json"])["Definition"]
    assert definition["Name"] == "Mimecast Held Email Triage"


def test_a_call_of_a_block_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    shutil.copytree(FOLDER / TRIAGE, tmp_path / TRIAGE)
    with pytest.raises(PackagingError, match="calls a block that does not exist"):
        archives(tmp_path)


@pytest.mark.host
@pytest.mark.parametrize("name", NAMES)
def test_googles_tools_find_nothing_and_build_the_same(tmp_path: Path, name: str) -> None:
    hub = built_layout(tmp_path / "hub", "content-hub") / "mimecast"
    command = [str(SCRIPT_HOST / "mp_playbook.sh"), "--lint", "--integration", str(hub)]
    command += [str(FOLDER / name), str(tmp_path)]
    completed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    theirs = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
    assert in_any_order(built(FOLDER / name)) == in_any_order(theirs)


def in_any_order(value: Any) -> Any:
    """The value with sorted lists: Google's tool lists steps and widgets in the order of the file system."""
    if isinstance(value, dict):
        return {key: in_any_order(member) for key, member in value.items()}
    if isinstance(value, list):
        return sorted(map(in_any_order, value), key=lambda member: json.dumps(member, sort_keys=True))
    return value
