"""Commands that set environment variables, in the syntax of several shells."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Final


def _posix(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{escaped}';"


def _powershell(name: str, value: str) -> str:
    escaped = value.replace("'", "''")
    return f"$env:{name} = '{escaped}'"


_SYNTAX: Final[Mapping[str, Callable[[str, str], str]]] = {
    "posix": _posix,
    "fish": _fish,
    "powershell": _powershell,
}
SHELLS: Final = tuple(_SYNTAX)
"""The names of the shells. `posix` stands for sh, bash, zsh and others."""


def assignments(variables: Mapping[str, str], shell: str = "posix") -> list[str]:
    """The commands that set the variables, one for each, quoted so that the shell expands nothing.

    Args:
        variables: name → value.
        shell: one of `SHELLS`.
    """
    return [_SYNTAX[shell](name, value) for name, value in variables.items()]
