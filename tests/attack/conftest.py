"""Marks the tests of this folder as attacks: only `make attack` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of this folder, and deselect them unless `-m` names the marker.

    A default of `-m "not attack"` is not enough: any other `-m`, such as `-m "not host"`, replaces it.
    """
    attacks = [item for item in items if item.path.parent == HERE]
    for item in attacks:
        item.add_marker(pytest.mark.attack)
    if attacks and "attack" not in config.option.markexpr:
        config.hook.pytest_deselected(items=attacks)
        items[:] = [item for item in items if item not in attacks]
