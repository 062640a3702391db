"""The scripts of the platform."""

from __future__ import annotations

import ast

import pytest

from mimecast_secops.actions import all_actions, find
from mimecast_secops.packaging.scripts import action_script, connector_script, empty_module

SCRIPTS = [
    (action.slug, built, action_script(action, built=built)) for action in all_actions() for built in (True, False)
]
SCRIPTS += [("connector", built, connector_script(built=built)) for built in (True, False)]


@pytest.mark.parametrize(("built", "script"), [script[1:] for script in SCRIPTS], ids=[script[0] for script in SCRIPTS])
def test_a_script_imports_the_sdk_in_the_form_of_its_layout(built: bool, script: str) -> None:
    modules = {node.module or "" for node in ast.walk(ast.parse(script)) if isinstance(node, ast.ImportFrom)}
    sdk = {module for module in modules if "Siemplify" in module}
    assert sdk
    assert all(module.startswith("soar_sdk.") is not built for module in sdk)


def test_a_script_runs_only_as_a_program() -> None:
    *_, last = ast.parse(action_script(find("ping"), built=True)).body
    assert isinstance(last, ast.If)
    assert ast.unparse(last) == "if __name__ == '__main__':\n    main('ping', SiemplifyAction)"


def test_every_file_starts_with_a_copyright_line() -> None:
    assert all(script.startswith("# Copyright 20") for _, _, script in SCRIPTS)
    assert empty_module().startswith("# Copyright 20")


def test_the_script_of_ping_has_the_texts_that_the_validation_requires() -> None:
    script = action_script(find("ping"), built=False)
    assert "Successfully connected to the" in script
    assert "Failed to connect to the" in script


def test_no_line_is_longer_than_googles_linter_accepts() -> None:
    assert max(len(line) for _, _, script in SCRIPTS for line in script.splitlines()) <= 120
