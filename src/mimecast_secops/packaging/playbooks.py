"""The example playbooks as files to import, built from their source in `examples/playbooks`.

The source has the layout of Google's repository: a folder per playbook or block, with a YAML file per step and widget.
The file to import is a zip with the JSON of a playbook and of the blocks that it calls. It is derived from the source
in the same way as by Google's build tool, and a test compares both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from mimecast_secops.packaging import widgets
from mimecast_secops.packaging.identity import IDENTIFIER
from mimecast_secops.packaging.trees import Tree, text
from mimecast_secops.packaging.wheels import PackagingError

Data = dict[str, Any]
_KINDS: Final = {"playbook": 0, "block": 1}
_ACCESS: Final = {"edit": 2}
_CREATION: Final = {"user_or_api_initiated": 1}
_STEPS: Final = {"action": 0, "multi_choice_question": 1, "condition": 4, "block": 5, "output": 6}
_TRIGGERS: Final = {"case_data": 10, "get_inputs": 11}
_MATCHES: Final = {
    "equal": 0,
    "contains": 1,
    "starts_with": 2,
    "greater_than": 3,
    "not_equal": 5,
    "not_contains": 6,
    "is_empty": 7,
    "is_not_empty": 8,
}
_OPERATORS: Final = {"and": 0, "or": 1}
_WIDGETS: Final = {"html": 3, "pending_steps": 11}
_SIZES: Final = {"half_width": 1, "full_width": 2}
_SCOPES: Final = {"both": 2}
# The members whose built name is not their name in Pascal case.
_STEP_NAMES: Final = {
    "original_step_id": "OriginalStepIdentifier",
    "playbook_id": "ParentWorkflowIdentifier",
    "step_id": "ParentStepIdentifier",
    "parent_step_ids": "ParentStepIdentifiers",
    "parent_step_id": "ParentStepIdentifier",
    "start_loop_step_id": "StartLoopStepIdentifier",
    "parent_container_id": "ParentStepContainerId",
}
_WIDGET_NAMES: Final = {
    "action_widget_template_id": "ActionWidgetTemplateIdentifier",
    "step_id": "StepIdentifier",
    "block_step_id": "BlockStepIdentifier",
    "widget_size": "GridColumns",
}


def archives(folder: Path) -> dict[str, Tree]:
    """The content of the zip file of each playbook: name of its folder → file name → content.

    Args:
        folder: the folder with the sources of all playbooks and blocks.

    Raises:
        PackagingError: a playbook calls a block that is not in the folder.
        OSError: a file cannot be read.
    """
    sources = {path.parent.name: built(path.parent) for path in sorted(folder.glob("*/definition.yaml"))}
    names = {source["Definition"]["Identifier"]: name for name, source in sources.items()}
    trees: dict[str, Tree] = {}
    for name, source in sources.items():
        if source["Definition"]["PlaybookType"] == _KINDS["playbook"]:
            packed = _with_blocks(name, sources, names)
            trees[name] = {f"{each}.json": text(json.dumps(sources[each], indent=4) + "\n") for each in sorted(packed)}
    return trees


def built(folder: Path) -> Data:
    """The JSON of a playbook or block, from the folder with its source."""
    definition, trigger = _load(folder / "definition.yaml"), _load(folder / "trigger.yaml")
    built_widgets = [_widget(path) for path in sorted((folder / "widgets").glob("*.yaml"))]
    overviews = [_overview(overview, built_widgets) for overview in _load(folder / "overviews.yaml")]
    return {
        "CategoryName": "Content Hub",
        "OverviewTemplatesDetails": overviews,
        "WidgetTemplates": built_widgets,
        "Definition": _definition(definition)
        | {
            "Steps": [_step(_load(path)) for path in sorted((folder / "steps").glob("*.yaml"))],
            "Triggers": [_trigger(trigger)],
            "OverviewTemplates": [overview["OverviewTemplate"] for overview in overviews],
        },
    }


def widget_pages(folder: Path) -> dict[Path, str]:
    """The page of each HTML widget in the sources: the page of the integration's widget for the step's action.

    Args:
        folder: the folder with the sources of all playbooks and blocks.
    """
    pages = {f"{IDENTIFIER}_{widget.action}": widgets.page(widget) for widget in widgets.WIDGETS}
    actions = {step["identifier"]: step["action_name"] for step in map(_load, folder.glob("*/steps/*.yaml"))}
    return {
        path.with_suffix(".html"): pages[actions[source["step_id"]]]
        for path in sorted(folder.glob("*/widgets/*.yaml"))
        if (source := _load(path))["type"] == "html"
    }


def _with_blocks(name: str, sources: Mapping[str, Data], names: Mapping[str, str]) -> set[str]:
    """The playbook and all blocks that it calls, also through other blocks."""
    found, pending = set[str](), [name]
    while pending:
        current = pending.pop()
        if current in found:
            continue
        found.add(current)
        for identifier in _called_blocks(sources[current]):
            if identifier not in names:
                raise PackagingError(f"The playbook {current} calls a block that does not exist: {identifier}.")
            pending.append(names[identifier])
    return found


def _called_blocks(source: Data) -> Iterator[str]:
    for step in source["Definition"]["Steps"]:
        for parameter in step["Parameters"]:
            if parameter["Name"] == "NestedWorkflowIdentifier":
                yield parameter["Value"]


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _renamed(data: Mapping[str, Any], names: Mapping[str, str]) -> Data:
    return {names.get(name) or "".join(map(str.capitalize, name.split("_"))): value for name, value in data.items()}


def _definition(source: Data) -> Data:
    changed = {
        "type": _KINDS[source["type"]],
        "default_access_level": _ACCESS[source["default_access_level"]],
        "creation_source": _CREATION[source["creation_source"]],
    }
    data = _renamed(source | changed, {"type": "PlaybookType"})
    del data["LastEditor"]
    return data


def _step(source: Data) -> Data:
    data = _renamed(source | {"type": _STEPS[source["type"]]}, _STEP_NAMES)
    return data | {"Parameters": [_renamed(parameter, _STEP_NAMES) for parameter in source["parameters"]]}


def _conditions(source: list[Data]) -> list[Data]:
    return [_renamed(condition | {"match_type": _MATCHES[condition["match_type"]]}, {}) for condition in source]


def _trigger(source: Data) -> Data:
    changed = {
        "type_": _TRIGGERS[source["type_"]],
        "logical_operator": _OPERATORS[source["logical_operator"]],
        "conditions": _conditions(source["conditions"]),
    }
    return _renamed(source | changed, {"playbook_id": "DefinitionIdentifier", "playbook_name": "WorkflowName"})


def _widget(path: Path) -> Data:
    source = _load(path)
    data_definition = source.pop("data_definition")
    if source["type"] == "html":
        data_definition = {
            "htmlHeight": data_definition["html_height"],
            "safeRendering": data_definition["safe_rendering"],
            "type": _WIDGETS["html"],
            "widgetDefinitionScope": _SCOPES[data_definition["widget_definition_scope"]],
            "htmlContent": path.with_suffix(".html").read_text(encoding="utf-8"),
        }
    group = source["conditions_group"]
    changed = {
        "type": _WIDGETS[source["type"]],
        "widget_size": _SIZES[source["widget_size"]],
        "conditions_group": {
            "Conditions": _conditions(group["conditions"]),
            "LogicalOperator": _OPERATORS[group["logical_operator"]],
        },
    }
    return _renamed(source | changed, _WIDGET_NAMES) | {"DataDefinitionJson": json.dumps(data_definition)}


def _overview(source: Data, built_widgets: list[Data]) -> Data:
    titles = {details["title"] for details in source["widgets_details"]}
    return {
        "OverviewTemplate": {
            "Identifier": source["identifier"],
            "Name": source["name"],
            "Creator": source["creator"],
            "PlaybookDefinitionIdentifier": source["playbook_id"],
            "Type": 0,
            "AlertRuleType": source["alert_rule_type"],
            "Roles": source["roles"],
            "Widgets": [widget for widget in built_widgets if widget["Title"] in titles],
        },
        "Roles": source["role_names"],
    }
