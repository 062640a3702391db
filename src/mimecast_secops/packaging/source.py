"""The definitions of the source layout, which Google's repository holds as YAML.

Source: docs/reference/secops-platform.md#source-layout.
"""

from __future__ import annotations

import json
from typing import Any, Final

from mimecast_secops.actions import Action, all_actions
from mimecast_secops.connection import ConnectionSettings, ProxySettings
from mimecast_secops.ingest import ConnectorSettings, PlatformSettings
from mimecast_secops.packaging.identity import (
    CATEGORIES,
    CONNECTOR,
    DOCUMENTATION,
    IDENTIFIER,
    NAME,
)
from mimecast_secops.parameters import Kind, Parameter, declared

_SETTING_TYPES: Final = {Kind.FLAG: "boolean", Kind.INTEGER: "integer", Kind.SECRET: "password"}
_ACTION_TYPES: Final = {Kind.FLAG: "boolean", Kind.CHOICE: "ddl", Kind.SECRET: "password"}
# The platform uses these parameters itself; the script receives the others.
_PLATFORM_PARAMETERS: Final = frozenset({"DeviceProductField", "EventClassId"})

Data = dict[str, Any]


def integration() -> Data:
    """The content of `definition.yaml`."""
    return {
        "identifier": IDENTIFIER,
        "name": NAME,
        "parameters": [
            {
                "name": parameter.name,
                "default_value": _setting_default(parameter),
                "type": _SETTING_TYPES.get(parameter.kind, "string"),
                "description": parameter.help,
                "is_mandatory": parameter.mandatory,
                "integration_identifier": IDENTIFIER,
            }
            for parameter in declared(ConnectionSettings)
        ],
        "documentation_link": DOCUMENTATION,
        "categories": list(CATEGORIES),
        "svg_logo_path": "resources/logo.svg",
        "image_path": "resources/image.png",
        "should_install_in_system": False,
    }


def stem(action: Action) -> str:
    """The file name of an action, without extension."""
    return action.slug.replace("-", "_")


def example_path(action: Action) -> str:
    """The path of the example of an action's JSON result."""
    return f"resources/{stem(action)}_JsonResult_example.json"


def action_definition(action: Action) -> Data:
    """The content of `actions/X.yaml`."""
    results = (
        [{"result_name": "JsonResult", "show_result": True, "result_example_path": example_path(action)}]
        if action.example is not None
        else []
    )
    return {
        "name": action.name,
        "description": action.description,
        "integration_identifier": IDENTIFIER,
        "parameters": [_action_parameter(parameter) for parameter in action.declared],
        "dynamic_results_metadata": results,
        "creator": "admin",
        "script_result_name": "is_success",
        "simulation_data_json": '{"Entities": []}',
        "default_result_value": "",
    }


def connector() -> Data:
    """The content of `connectors/X.yaml`."""
    records = (PlatformSettings, ConnectionSettings, ConnectorSettings, ProxySettings)
    return {
        "name": CONNECTOR,
        "description": (
            "Ingest Mimecast message tracking records as alerts. The dynamic list filters by queue detail status and "
            "bounce type."
        ),
        "integration": IDENTIFIER,
        "documentation_link": DOCUMENTATION,
        "is_connector_rules_supported": True,
        "rules": [],
        "creator": "admin",
        "parameters": [_connector_parameter(parameter) for record in records for parameter in declared(record)],
    }


def examples() -> dict[str, str]:
    """The examples of JSON results: path → text."""
    return {
        example_path(action): json.dumps(action.example, indent=4) + "\n"
        for action in all_actions()
        if action.example is not None
    }


def _action_parameter(parameter: Parameter) -> Data:
    data: Data = {
        "name": parameter.name,
        "default_value": _setting_default(parameter),
        "type": _ACTION_TYPES.get(parameter.kind, "string"),
        "description": parameter.help,
        "is_mandatory": parameter.mandatory,
    }
    if parameter.kind is Kind.CHOICE:
        data["optional_values"] = list(parameter.options)
    return data


def _connector_parameter(parameter: Parameter) -> Data:
    return {
        "name": parameter.name,
        "default_value": _setting_default(parameter),
        "type": _SETTING_TYPES.get(parameter.kind, "string"),
        "description": parameter.help,
        "is_mandatory": parameter.mandatory,
        "is_advanced": parameter.advanced,
        "mode": "regular" if parameter.name in _PLATFORM_PARAMETERS else "script",
    }


def _setting_default(parameter: Parameter) -> Any:
    if parameter.kind is Kind.FLAG:
        return parameter.default == "true"
    if parameter.kind is Kind.INTEGER:
        return int(parameter.default)
    return parameter.default
