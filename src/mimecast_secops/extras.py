"""The optional parts of the package, and the message if one of them is not installed."""

from __future__ import annotations

from typing import Final

EXTRAS: Final = {
    "simulator": frozenset({"httptools", "starlette", "uvicorn"}),
    "packaging": frozenset({"jinja2", "yaml"}),
}
"""Each extra of pyproject.toml with the modules that it installs."""


def missing_extra(error: ModuleNotFoundError) -> str | None:
    """What to tell the user about a failed import.

    Returns:
        A message that says how to install the extra; None if the module belongs to no extra.
    """
    module = (error.name or "").partition(".")[0]
    for extra, modules in EXTRAS.items():
        if module in modules:
            return (
                f'This command needs the extra "{extra}", which is not installed. Run this in the checkout: '
                "pipx install --force '.[all]'"
            )
    return None
