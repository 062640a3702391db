"""The content of a new settings file, from the declarations."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Final

from mimecast_secops.cli.settings import RECORDS, key
from mimecast_secops.parameters import Kind, Parameter, declared, split

_WIDTH: Final = 100
_HEAD: Final = """\
# Settings of mimecast-secops. Remove the # in front of a setting to set it. Options and variables override this file.
# Only you may read a file with secrets: chmod 600. `mimecast-secops config check` finds mistakes.
"""
_TAIL: Final = """
# Profiles: `--profile lab` overrides the settings above by those of the table.
[profiles.lab]
api_root = "http://127.0.0.1:8765"
"""


def settings_template() -> str:
    """The text of a settings file with every setting of the command line as a comment."""
    sections: dict[str, list[Parameter]] = {}
    for record in RECORDS:
        for parameter in declared(record):
            if not parameter.platform_only:
                sections.setdefault(parameter.group or "Connection", []).append(parameter)
    lines = [line for heading, parameters in sections.items() for line in _section(heading, parameters)]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _section(heading: str, parameters: list[Parameter]) -> Iterator[str]:
    yield f"\n# {heading}"
    for parameter in parameters:
        yield ""
        yield from textwrap.wrap(
            parameter.help, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
        )
        yield f"# {key(parameter)} = {_toml(parameter)}"


def _toml(parameter: Parameter) -> str:
    """The default as TOML."""
    if parameter.kind in (Kind.FLAG, Kind.INTEGER):
        return parameter.default
    if parameter.kind in (Kind.LIST, Kind.CHOICES, Kind.ADDRESSES):
        return json.dumps(split(parameter.default))
    return json.dumps(parameter.default)
