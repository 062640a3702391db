"""The built layout, which users import into Google SecOps."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.actions import all_actions
from mimecast_secops.packaging import source

DISPLAY_NAME = re.compile(r"[A-Za-z0-9\- ]+")
PARAMETER_NAME = re.compile(r"[A-Za-z0-9\-' ]+")
PASSWORD = 3
DROP_DOWN_LIST = 15
PLATFORM_MODE = 0


def definitions(dist: Path, pattern: str) -> dict[str, Any]:
    """File stem → content of the definitions that match."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (dist / "Mimecast").glob(pattern)}


def test_every_action_has_a_definition_and_a_script(dist: Path) -> None:
    stems = {source.stem(action) for action in all_actions()}
    assert set(definitions(dist, "ActionsDefinitions/*.actiondef")) == stems
    assert {path.stem for path in (dist / "Mimecast" / "ActionsScripts").glob("*.py")} == stems


def test_names_and_descriptions_are_what_the_platform_accepts(dist: Path) -> None:
    for action in definitions(dist, "ActionsDefinitions/*.actiondef").values():
        assert DISPLAY_NAME.fullmatch(action["Name"])
        assert action["ScriptResultName"] == "is_success"
        for parameter in action["Parameters"]:
            assert PARAMETER_NAME.fullmatch(parameter["Name"])
            assert 0 < len(parameter["Description"]) <= 2050
            assert len(parameter["Name"].split()) <= 13
            if parameter["Type"] == DROP_DOWN_LIST:
                assert parameter["DefaultValue"] in parameter["OptionalValues"]
            else:
                assert parameter["OptionalValues"] is None


def test_the_connector_has_every_parameter_of_the_contract(dist: Path) -> None:
    [connector] = definitions(dist, "Connectors/*.connectordef").values()
    assert connector["Name"] == "Mimecast - Message Tracking Connector"
    required = {
        *("DeviceProductField", "EventClassId", "Environment Field Name", "Environment Regex Pattern"),
        *("PythonProcessTimeout", "API Root", "Application ID", "Application Key", "Access Key", "Secret Key"),
        *("Client ID", "Client Secret", "Verify SSL", "Domains", "Lowest Risk To Fetch", "Status Filter"),
        *("Route Filter", "Queue Reason Filter", "Ingest Messages Without Risk", "Max Hours Backwards"),
        *("Max Messages To Return", "Use whitelist as a blacklist", "Proxy Server Address", "Proxy Username"),
        "Proxy Password",
    }
    parameters = {parameter["Name"]: parameter for parameter in connector["Parameters"]}
    assert required <= set(parameters)
    defaults = {"Status Filter": "held", "Max Messages To Return": 100, "Verify SSL": True}
    assert {name: parameters[name]["DefaultValue"] for name in defaults} == defaults
    passwords = [name for name, parameter in parameters.items() if parameter["Type"] == PASSWORD]
    assert passwords == ["Application Key", "Access Key", "Secret Key", "Client Secret", "Proxy Password"]
    handled_by_the_platform = [name for name, parameter in parameters.items() if parameter["Mode"] == PLATFORM_MODE]
    assert handled_by_the_platform == ["DeviceProductField", "EventClassId"]


def test_each_widget_belongs_to_an_action_and_has_conditions(dist: Path) -> None:
    widgets = definitions(dist, "Widgets/*.json")
    names = {action.name for action in all_actions()}
    assert {"simple_archive_search", "advanced_archive_search", "create_block_sender_policy"} <= set(widgets)
    assert {widget["ActionIdentifier"] for widget in widgets.values()} <= names
    assert all(widget["ConditionsGroup"]["Conditions"] for widget in widgets.values())


def test_the_details_list_every_action_connector_and_widget(dist: Path) -> None:
    [details] = definitions(dist, "*.fulldetails").values()
    assert details["Actions"] == [action.name for action in all_actions()]
    assert details["Connectors"] == ["Mimecast - Message Tracking Connector"]
    assert len(details["Widgets"]) == len(definitions(dist, "Widgets/*.json"))
    versions = [release["Version"] for release in details["ReleaseNotes"]]
    assert versions == sorted(set(versions))


@pytest.mark.parametrize(("member", "start"), [("SVGImage", "<svg"), ("ImageBase64", "iVBOR")])
def test_the_definition_embeds_the_logo(dist: Path, member: str, start: str) -> None:
    [definition] = definitions(dist, "Integration-*.def").values()
    assert definition[member].startswith(start)
