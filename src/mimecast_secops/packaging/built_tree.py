"""The built layout, which a user imports (docs/reference/secops-platform.md#built-layout).

It is derived from the definitions of the source layout in the same way as by Google's build tool. A test compares both.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from mimecast_secops.actions import Action, all_actions
from mimecast_secops.packaging import ai, mapping, notes, scripts, source, widgets
from mimecast_secops.packaging.identity import CONNECTOR, DESCRIPTION, DOCUMENTATION, IDENTIFIER, NAME, VERSION
from mimecast_secops.packaging.source_tree import RESOURCES
from mimecast_secops.packaging.trees import Tree, json_file, text, yaml_file

Data = dict[str, Any]
_SETTING_TYPES: Final = {"boolean": 0, "integer": 1, "string": 2, "password": 3}
_ACTION_TYPES: Final = {"string": 0, "boolean": 1, "password": 12, "ddl": 15}
_MODES: Final = {"regular": 0, "script": 2}
_MATCHES: Final = {"contains": 1, "starts_with": 2, "not_equal": 5, "not_contains": 6, "is_not_empty": 8}
_SIZES: Final = {"half_width": 1, "full_width": 2}
_FUNCTIONS: Final = {"to_string": 0, "from_unix_time_string_or_long": 3, "to_ip_address": 101}
_MINIMUM_SYSTEM: Final = 5.3
_PYTHON_3_11: Final = 3


def built_tree(changelog: str, wheels: list[Path]) -> Tree:
    """Return all files of the built layout.

    Args:
        changelog: the text of CHANGELOG.md.
        wheels: the platform wheel and its dependencies.
    """
    tree: Tree = {".python-version": text("3.11\n")}
    tree[f"Integration-{IDENTIFIER}.def"] = json_file(_integration())
    tree[f"{IDENTIFIER}.fulldetails"] = json_file(_full_details(changelog))
    tree["RN.json"] = json_file([_release_note(note) for note in notes.notes_in(changelog)])
    for action in all_actions():
        stem = source.stem(action)
        tree[f"ActionsDefinitions/{stem}.actiondef"] = json_file(_action(action))
        tree[f"ActionsScripts/{stem}.py"] = text(scripts.action_script(action, built=True))
    tree[f"Connectors/{scripts.CONNECTOR_STEM}.connectordef"] = json_file(_connector())
    tree[f"ConnectorsScripts/{scripts.CONNECTOR_STEM}.py"] = text(scripts.connector_script(built=True))
    for widget in widgets.WIDGETS:
        tree[f"Widgets/{widget.stem}.json"] = json_file(_widget(widgets.definition(widget)))
        tree[f"WidgetsScripts/{widget.stem}.html"] = text(widgets.page(widget))
    tree |= {f"Dependencies/{wheel.name}": wheel.read_bytes() for wheel in wheels}
    tree["DefaultMappingRules/integration_mapping_rules.json"] = json_file([_rule(rule) for rule in mapping.rules()])
    tree["resources/ai/actions_ai_description.yaml"] = yaml_file(ai.descriptions())
    return tree


def _properties() -> list[Data]:
    return [
        {
            "IntegrationIdentifier": IDENTIFIER,
            "IsMandatory": parameter["is_mandatory"],
            "PropertyDescription": parameter["description"],
            "PropertyDisplayName": parameter["name"],
            "PropertyName": parameter["name"],
            "PropertyType": _SETTING_TYPES[parameter["type"]],
            "Value": parameter["default_value"],
        }
        for parameter in source.integration()["parameters"]
    ]


def _integration() -> Data:
    data = source.integration()
    return {
        "Categories": data["categories"],
        "Description": DESCRIPTION,
        "DisplayName": NAME,
        "DocumentationLink": DOCUMENTATION,
        "GoogleSecOpsProduct": False,
        "Identifier": IDENTIFIER,
        "ImageBase64": base64.b64encode((RESOURCES / "image.png").read_bytes()).decode("ascii"),
        "IntegrationProperties": _properties(),
        "IsAvailableForCommunity": True,
        "IsCertified": False,
        "IsCustom": False,
        "IsPowerUp": False,
        "MarketingDisplayName": NAME,
        "MinimumSystemVersion": _MINIMUM_SYSTEM,
        "PythonVersion": _PYTHON_3_11,
        "SVGImage": (RESOURCES / "logo.svg").read_text(encoding="utf-8"),
        "ShouldInstalledInSystem": data["should_install_in_system"],
        "Version": float(VERSION),
    }


def _action(action: Action) -> Data:
    data = source.action_definition(action)
    built: Data = {
        "AiDescription": f"{ai.description(action)}\n {ai.parameters_description(action)}",
        "AiShortDescription": action.description,
        "Creator": data["creator"],
        "DefaultResultValue": data["default_result_value"],
        "Description": data["description"],
        "DynamicResultsMetadata": [
            {"ResultExample": json.dumps(action.example), "ResultName": "JsonResult", "ShowResult": True}
            for _ in data["dynamic_results_metadata"]
        ],
        "IntegrationIdentifier": IDENTIFIER,
        "IsAsync": False,
        "IsCustom": False,
        "IsEnabled": True,
        "Name": data["name"],
        "Parameters": [_action_parameter(parameter) for parameter in data["parameters"]],
        "ParametersDescription": ai.parameters_description(action),
        "ScriptResultName": data["script_result_name"],
        "SimulationDataJson": data["simulation_data_json"],
        "Version": 1.0,
    }
    if action.outcome:
        built["AiCategories"] = [ai.category(action)]
        built["OutcomeCategories"] = [action.outcome.label]
    return built


def _action_parameter(parameter: Data) -> Data:
    return {
        "DefaultValue": parameter["default_value"],
        "Description": parameter["description"],
        "IsMandatory": parameter["is_mandatory"],
        "Name": parameter["name"],
        "OptionalValues": parameter.get("optional_values"),
        "Type": _ACTION_TYPES[parameter["type"]],
        "Value": parameter["default_value"],
    }


def _connector() -> Data:
    data = source.connector()
    return {
        "Creator": data["creator"],
        "Description": data["description"],
        "DocumentationLink": data["documentation_link"],
        "Integration": IDENTIFIER,
        "IsConnectorRulesSupported": data["is_connector_rules_supported"],
        "IsCustom": False,
        "IsEnabled": True,
        "Name": CONNECTOR,
        "Parameters": [
            {
                "DefaultValue": parameter["default_value"],
                "Description": parameter["description"],
                "IsAdvanced": parameter["is_advanced"],
                "IsMandatory": parameter["is_mandatory"],
                "Mode": _MODES[parameter["mode"]],
                "Name": parameter["name"],
                "Type": _SETTING_TYPES[parameter["type"]],
            }
            for parameter in data["parameters"]
        ],
        "Rules": [],
        "Version": 1.0,
    }


def _widget(data: Data) -> Data:
    data_definition = data["data_definition"]
    return {
        "ActionIdentifier": data["action_identifier"],
        "ConditionsGroup": {
            "Conditions": [
                {
                    "CustomOperatorName": condition["custom_operator_name"],
                    "FieldName": condition["field_name"],
                    "MatchType": _MATCHES[condition["match_type"]],
                    "Value": condition["value"],
                }
                for condition in data["condition_group"]["conditions"]
            ],
            "LogicalOperator": 0,
        },
        "DataDefinition": {
            "htmlContent": "",
            "htmlHeight": data_definition["html_height"],
            "safeRendering": data_definition["safe_rendering"],
            "type": 3,
            "widgetDefinitionScope": 2,
        },
        "DefaultSize": _SIZES[data["default_size"]],
        "Description": data["description"],
        "Scope": 0,
        "Title": data["title"],
        "Type": 3,
    }


def _rule(rule: Data) -> Data:
    built: Data = {
        "EventName": None,
        "ExtractionFunction": 0,
        "ExtractionFunctionParam": rule["extract_function_param"],
        "IsArtifact": rule["is_artifact"],
        "Product": rule["product"],
        "SecurityEventFieldName": rule["security_event_file_name"],
        "Source": rule["source"],
        "TransformationFunction": _FUNCTIONS[rule["transformation_function"]],
        "TransformationFunctionParam": rule["transformation_function_param"],
    }
    for ordinal in ("primary", "secondary", "third"):
        name = f"RawData{ordinal.capitalize()}Field"
        built[f"{name}MatchTerm"] = rule[f"raw_data_{ordinal}_field_match_term"]
        built[f"{name}ComparisonType"] = 0
    return built


def _seconds(note: notes.Note) -> int:
    return int(datetime.fromisoformat(note.date).replace(tzinfo=UTC).timestamp())


def _release_note(note: notes.Note) -> Data:
    return {
        "ChangeDescription": note.text,
        "Deprecated": False,
        "IntroducedInIntegrationVersion": note.version,
        "ItemName": note.name,
        "ItemType": note.kind,
        "New": note.is_new,
        "PublishTime": _seconds(note),
        "Regressive": False,
        "Removed": False,
        "TicketNumber": None,
    }


def _full_details(changelog: str) -> Data:
    entries = notes.notes_in(changelog)
    versions = sorted({note.version for note in entries})
    return {
        "Actions": [action.name for action in all_actions()],
        "Connectors": [CONNECTOR],
        "CustomFamilies": [],
        "Description": DESCRIPTION,
        "DisplayName": NAME,
        "DocumentationLink": DOCUMENTATION,
        "ExampleUseCases": [],
        "Identifier": IDENTIFIER,
        "IntegrationProperties": _properties(),
        "IsCustom": False,
        "Jobs": [],
        "Managers": [],
        "MappingRules": ["Default mapping rules"],
        "MinimumSystemVersion": _MINIMUM_SYSTEM,
        "PackageName": NAME,
        "ReleaseNotes": [
            {
                "Items": [note.text for note in entries if note.version == version],
                "PublishTimeUnixTime": max(_seconds(note) for note in entries if note.version == version) * 1000,
                "Version": version,
            }
            for version in versions
        ],
        "Version": float(VERSION),
        "Widgets": [widget.action for widget in widgets.WIDGETS],
    }
