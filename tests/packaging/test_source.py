"""The definitions of the source layout."""

from __future__ import annotations

import json

import pytest

from mimecast_secops.actions import Action, all_actions
from mimecast_secops.packaging import source

EACH_ACTION = pytest.mark.parametrize("action", all_actions(), ids=lambda action: action.slug)


@EACH_ACTION
def test_only_a_drop_down_list_has_options_and_its_default_is_one_of_them(action: Action) -> None:
    for parameter in source.action_definition(action)["parameters"]:
        assert ("optional_values" in parameter) is (parameter["type"] == "ddl")
        if parameter["type"] == "ddl":
            assert parameter["default_value"] in parameter["optional_values"]


@EACH_ACTION
def test_an_action_with_a_json_result_has_an_example_of_it(action: Action) -> None:
    results = source.action_definition(action)["dynamic_results_metadata"]
    examples = source.examples()
    assert [result["result_example_path"] in examples for result in results] == [True] * (action.example is not None)
    assert all(json.loads(examples[result["result_example_path"]]) == action.example for result in results)


@pytest.mark.parametrize("definition", [source.integration(), source.connector()], ids=["integration", "connector"])
def test_default_values_have_the_type_of_their_parameter(definition: dict[str, object]) -> None:
    types = {"boolean": bool, "integer": int, "string": str, "password": str}
    for parameter in definition["parameters"]:  # type: ignore[attr-defined]
        assert type(parameter["default_value"]) is types[parameter["type"]], parameter["name"]


def test_no_password_has_a_default() -> None:
    parameters = [*source.integration()["parameters"], *source.connector()["parameters"]]
    passwords = [parameter for parameter in parameters if parameter["type"] == "password"]
    assert passwords
    assert {parameter["default_value"] for parameter in passwords} == {""}


def test_the_connector_has_each_parameter_once() -> None:
    names = [parameter["name"] for parameter in source.connector()["parameters"]]
    assert len(names) == len(set(names))
