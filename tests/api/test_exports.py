"""The public names of `mimecast_secops.api`."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from functools import cached_property
from types import ModuleType

import pytest

from mimecast_secops import api


def type_checking_names() -> dict[str, str]:
    """Each name in the block for type checkers, and the module that it is imported from."""
    tree = ast.parse(inspect.getsource(api))
    [block] = [node for node in tree.body if isinstance(node, ast.If)]
    names = {}
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom)
        for alias in statement.names:
            module = f"{statement.module}.{alias.name}" if alias.name == "errors" else str(statement.module)
            names[alias.name] = module.removeprefix("mimecast_secops.api.")
    return names


def test_the_loader_the_type_checking_block_and_all_agree() -> None:
    assert type_checking_names() == api._MODULES
    assert api.__all__ == sorted(api._MODULES)


def test_every_public_name_is_documented_and_comes_from_its_module() -> None:
    for name in api.__all__:
        value = getattr(api, name)
        assert not name.startswith("_")
        module = value.__name__ if isinstance(value, ModuleType) else value.__module__
        assert module == f"mimecast_secops.api.{api._MODULES[name]}", name
        assert value.__doc__, name
        # The signature that `dataclass` writes as the docstring of a class without one.
        assert not value.__doc__.startswith(f"{name}("), name


def test_every_public_method_is_documented() -> None:
    classes = [getattr(api, name) for name in api.__all__ if inspect.isclass(getattr(api, name))]
    undocumented = [
        f"{public_class.__name__}.{name}"
        for public_class in classes
        for name, member in vars(public_class).items()
        if not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, (property, cached_property, classmethod, staticmethod)))
        and not inspect.getdoc(member)
    ]
    assert undocumented == []


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = api.nonsense


def test_a_star_import_defines_exactly_the_public_names() -> None:
    namespace: dict[str, object] = {}
    exec("from mimecast_secops.api import *", namespace)
    assert sorted(name for name in namespace if name != "__builtins__") == api.__all__


def test_importing_the_package_imports_none_of_its_modules() -> None:
    listing = "[name for name in sys.modules if name.startswith('mimecast_secops.api.')]"
    code = f"import sys, mimecast_secops.api; print({listing})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
