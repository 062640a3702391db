"""The declarations: a new file is a complete action, and every action satisfies the rules."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from mimecast_secops import actions
from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.actions.requirements import all_requirements
from mimecast_secops.cli.main import main
from mimecast_secops.packaging import source
from mimecast_secops.packaging.built_tree import built_tree
from mimecast_secops.parameters import parse
from tests.actions.runner import ActionRunner

ROOT = Path(__file__).resolve().parents[2]
NEW_FILE = '''
"""Count Held Messages: count the held messages with a word in the subject."""

from dataclasses import dataclass

from mimecast_secops.actions.declaration import Action, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api.resources import held
from mimecast_secops.parameters import choice, flag, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The messages to count."""

    subject: str = text("Subject Contains", "A word of the subject.", mandatory=True)
    case: bool = flag("Match Case", "Whether case matters.", default=False)
    route: str = choice("Which Route", "The route.", ("Any", "Inbound"), default="Any")


def run(context, parameters):
    """Count the messages."""
    count = sum(parameters.subject in hold.subject for hold in context.client.held.list())
    return Result(message=f"Counted {count} messages.", json_result={"count": count})


ACTION = Action(
    name="Count Held Messages",
    description="Count the messages in the hold queue.",
    parameters=Parameters,
    endpoints=(held.LIST,),
    run=run,
    outcome=OutcomeCategory.SEARCH_EMAIL,
    sample={"Subject Contains": "invoice"},
    example={"count": 3},
)
'''


@pytest.fixture
def added(tmp_path: Path) -> Iterator[Path]:
    """A new file in the package of the actions."""
    file = tmp_path / "count_held_messages.py"
    file.write_text(NEW_FILE, encoding="utf-8")
    actions.__path__.append(str(tmp_path))
    importlib.invalidate_caches()
    all_actions.cache_clear()
    yield file
    actions.__path__.remove(str(tmp_path))
    sys.modules.pop("mimecast_secops.actions.count_held_messages", None)
    vars(actions).pop("count_held_messages", None)
    all_actions.cache_clear()


@pytest.mark.usefixtures("added")
def test_a_new_file_is_an_action() -> None:
    assert find("count-held-messages").name == "Count Held Messages"
    assert "Count Held Messages" in {action.name for action in all_actions()}


@pytest.mark.usefixtures("added")
def test_a_new_file_can_be_executed(runner: ActionRunner) -> None:
    runner.receive_held("Offer 1")
    assert runner.succeeds("count-held-messages", Subject_Contains="Offer") == {"count": 1}
    assert runner.fails("count-held-messages") == '"Subject Contains" is mandatory and was not given.'


@pytest.mark.usefixtures("added")
def test_a_new_file_is_a_command_with_options_and_permissions() -> None:
    listed = CliRunner().invoke(main, ["action", "--help"])
    assert "count-held-messages" in listed.output
    help_page = CliRunner().invoke(main, ["action", "count-held-messages", "--help"])
    assert help_page.exit_code == 0
    for text in ("--subject-contains", "--[no-]match-case", "--which-route", "Account | Dashboard | Read"):
        assert text in help_page.output


@pytest.mark.usefixtures("added")
def test_a_new_file_is_a_definition_of_the_platform() -> None:
    definition = source.action_definition(find("count-held-messages"))
    assert definition["name"] == "Count Held Messages"
    assert [
        (parameter["name"], parameter["type"], parameter["default_value"], parameter["is_mandatory"])
        for parameter in definition["parameters"]
    ] == [
        ("Subject Contains", "string", "", True),
        ("Match Case", "boolean", False, False),
        ("Which Route", "ddl", "Any", False),
    ]


@pytest.mark.usefixtures("added")
def test_a_new_file_is_in_the_package() -> None:
    tree = built_tree((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), [])
    assert "ActionsDefinitions/count_held_messages.actiondef" in tree
    assert "ActionsScripts/count_held_messages.py" in tree
    assert json.loads(source.examples()["resources/count_held_messages_JsonResult_example.json"]) == {"count": 3}


@pytest.mark.usefixtures("added")
def test_a_new_file_is_in_the_permission_check() -> None:
    assert "Count Held Messages" in {required.name for required in all_requirements()}


def test_without_the_file_there_is_no_action() -> None:
    with pytest.raises(LookupError):
        find("count-held-messages")


@pytest.mark.parametrize("slug", ["nonsense", "declaration", "execution", "", "..", "mutation"])
def test_other_modules_are_not_found(slug: str) -> None:
    with pytest.raises(LookupError):
        find(slug)


each = pytest.mark.parametrize("action", all_actions(), ids=lambda action: action.slug)


@each
def test_the_file_has_the_name_of_the_action(action: Action) -> None:
    assert find(action.slug) is action


@each
def test_an_action_and_its_parameters_have_descriptions_and_valid_defaults(action: Action) -> None:
    assert action.description.endswith(".")
    for parameter in action.declared:
        assert parameter.help.strip().endswith(".")
        assert parameter.default in ("", *parameter.options) or not parameter.options


@each
def test_an_action_writes_if_and_only_if_one_of_its_endpoints_does(action: Action) -> None:
    assert action.writes is any(endpoint.writes for endpoint in action.endpoints)


@each
def test_an_action_has_a_dry_run_if_and_only_if_it_writes(action: Action) -> None:
    assert ("Dry Run" in {parameter.name for parameter in action.declared}) is action.writes


@each
def test_the_sample_is_valid(action: Action) -> None:
    parse(action.parameters, action.sample)
    assert set(action.sample) <= {parameter.name for parameter in action.declared}


@each
def test_an_action_exists_on_the_api_versions_of_its_endpoints(action: Action) -> None:
    by_summary: dict[str, set[object]] = {}
    for endpoint in action.endpoints:
        by_summary.setdefault(endpoint.summary, set()).update(endpoint.api_versions)
    for api_version in action.api_versions:
        assert all(api_version in api_versions for api_versions in by_summary.values())


@each
def test_the_example_is_json(action: Action) -> None:
    assert json.loads(json.dumps(action.example)) == action.example


@each
def test_parameter_names_are_unique(action: Action) -> None:
    names = [parameter.name for parameter in action.declared]
    assert len(set(names)) == len(names)
    assert len({parameter.slug for parameter in action.declared}) == len(names)


def test_the_bulk_parameter_of_each_action() -> None:
    parameters = {action.slug: action.bulk_parameter for action in all_actions()}
    assert {slug: parameter.name for slug, parameter in parameters.items() if parameter} == {
        "block-sender": "Sender",
        "create-block-sender-policy": "Sender",
        "delete-block-sender-policy": "Policy ID",
        "permit-sender": "Sender",
        "reject-message": "Message ID",
        "release-message": "Message ID",
        "report-message": "Message ID",
    }
