"""The actions: one file each, found by being here."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import cast

from mimecast_secops.actions.declaration import Action, ActionFailed, Context, Result, Table
from mimecast_secops.actions.execution import execute

__all__ = ["Action", "ActionFailed", "Context", "Result", "Table", "all_actions", "execute", "find"]


@cache
def all_actions() -> tuple[Action, ...]:
    """Every action, by name; one is a module of this package that has an `ACTION`."""
    modules = (import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    actions = (module.ACTION for module in modules if hasattr(module, "ACTION"))
    return tuple(sorted(actions, key=lambda action: action.name))


def find(slug: str) -> Action:
    """The action whose file is named `slug`, imported alone.

    Raises:
        LookupError: there is none.
    """
    name = slug.replace("-", "_")
    if name not in {found.name for found in pkgutil.iter_modules(__path__)}:
        raise LookupError(f"There is no action {slug!r}.")
    action = getattr(import_module(f"{__name__}.{name}"), "ACTION", None)
    if action is None:
        raise LookupError(f"{slug!r} is not an action.")
    return cast(Action, action)
