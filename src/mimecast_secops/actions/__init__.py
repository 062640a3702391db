"""Actions, discovered by module."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import cast

from mimecast_secops.actions.declaration import Action, ActionFailed, Context, Result, Table
from mimecast_secops.actions.execution import execute
from mimecast_secops.actions.outcomes import OutcomeCategory

__all__ = [
    "Action",
    "ActionFailed",
    "Context",
    "OutcomeCategory",
    "Result",
    "Table",
    "all_actions",
    "execute",
    "find",
]


@cache
def all_actions() -> tuple[Action, ...]:
    """Every action, sorted by name: the `ACTION` of each module in this package that has one."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    actions = (module.ACTION for module in modules if hasattr(module, "ACTION"))
    return tuple(sorted(actions, key=lambda action: action.name))


def find(slug: str) -> Action:
    """The action with the given slug. Imports only this action's module.

    Raises:
        LookupError: there is no such action.
    """
    name = slug.replace("-", "_")
    if name not in {module.name for module in pkgutil.iter_modules(__path__)}:
        raise LookupError(f"There is no action {slug!r}.")
    action = getattr(import_module(f"{__name__}.{name}"), "ACTION", None)
    if action is None:
        raise LookupError(f"{slug!r} is not an action.")
    return cast(Action, action)
