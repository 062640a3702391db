"""Every source module has a test module of the same name, in the same folder of `tests`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "mimecast_secops"

# Modules whose tests are in a module of another name.
TESTED_ELSEWHERE = {
    "actions/__init__.py": "actions/test_declaration.py",
    # Both actions differ in one word, and every test runs with each of them.
    "actions/block_sender.py": "actions/test_managed_senders.py",
    "actions/permit_sender.py": "actions/test_managed_senders.py",
    "api/__init__.py": "api/test_exports.py",
    "api/endpoint.py": "api/resources/test_endpoints.py",
    # What it holds is learned and used by the hold list.
    "api/open_facts/__init__.py": "readings/test_matrix.py",
    "api/open_facts/actions.py": "readings/test_matrix.py",
    "api/open_facts/connection.py": "readings/test_matrix.py",
    "api/open_facts/fact.py": "readings/test_matrix.py",
    "api/open_facts/holds.py": "readings/test_matrix.py",
    "api/open_facts/tracking.py": "readings/test_matrix.py",
    "permissions.py": "diagnosis/test_permission_check.py",
    "simulator/http/schemas/account.py": "simulator/http/test_openapi.py",
    "simulator/http/schemas/control.py": "simulator/http/test_openapi.py",
    "simulator/http/schemas/envelope.py": "simulator/http/test_openapi.py",
    "simulator/http/schemas/messages.py": "simulator/http/test_openapi.py",
    "simulator/http/schemas/overview.py": "simulator/http/test_openapi.py",
    "simulator/http/schemas/policies.py": "simulator/http/test_openapi.py",
    "simulator/http/schemas/tracking.py": "simulator/http/test_openapi.py",
    "simulator/quirk_groups/archive.py": "simulator/test_quirks.py",
    "simulator/quirk_groups/connection.py": "simulator/test_quirks.py",
    "simulator/quirk_groups/decisions.py": "simulator/test_quirks.py",
    "simulator/quirk_groups/holds.py": "simulator/test_quirks.py",
    "simulator/quirk_groups/policies.py": "simulator/test_quirks.py",
    "simulator/quirk_groups/tracking.py": "simulator/test_quirks.py",
}
# Modules without code: types, constants, and methods without a body.
ONLY_DECLARATIONS = {
    "_version.py": "the version number",
    "deliveries/errors.py": "exception classes without code",
    "ingest/interfaces.py": "protocols, and records without methods",
    "ingest/progress.py": "records without methods",
    "stores/errors.py": "exception classes without code",
}
MODULES = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py"))


def counterpart(module: str) -> str:
    """The test module of a source module: `packaging/__main__.py` → `packaging/test_main.py`."""
    path = Path(module)
    return (path.parent / f"test_{path.stem.strip('_')}.py").as_posix()


def has_code(module: str) -> bool:
    """Whether a module has a function or method with a body other than a docstring and `...`."""
    tree = ast.parse((SOURCE / module).read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return any(
        not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for function in functions
        for statement in function.body
    )


def is_only_exports(module: str) -> bool:
    """Whether a module is an `__init__.py` that only documents the package and imports its names."""
    return module.endswith("__init__.py") and not has_code(module)


@pytest.mark.parametrize("module", [module for module in MODULES if not is_only_exports(module)])
def test_a_source_module_has_a_test_module(module: str) -> None:
    if module in ONLY_DECLARATIONS:
        assert not has_code(module)
        return
    assert (TESTS / TESTED_ELSEWHERE.get(module, counterpart(module))).is_file()


@pytest.mark.parametrize("module", [*TESTED_ELSEWHERE, *ONLY_DECLARATIONS])
def test_an_exception_is_still_needed(module: str) -> None:
    assert module in MODULES
    assert not (TESTS / counterpart(module)).exists()


def test_every_test_module_has_a_test() -> None:
    empty = [
        path.relative_to(TESTS).as_posix()
        for path in TESTS.rglob("test_*.py")
        if not re.search(r"^def test_|^Test\w+ = ", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert empty == []
