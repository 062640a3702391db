"""Settings of the command line: their names in the environment and in the settings file, and the default paths.

click applies the order of precedence: option, environment variable, settings file, default. The settings themselves are
declared in `connection.py` and `ingest/settings.py`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from mimecast_secops.connection import ConnectionSettings, ProxySettings
from mimecast_secops.ingest.settings import ConnectorSettings, PlatformSettings
from mimecast_secops.parameters import Parameter, declared
from mimecast_secops.sentences import did_you_mean

APPLICATION: Final = "mimecast-secops"
PREFIX: Final = "MIMECAST_"
LOG_FORMAT_VARIABLE: Final = f"{PREFIX}LOG_FORMAT"
"""The variable of `--log-format`, which is not a setting of a file: it applies before a file is read."""
RECORDS: Final[tuple[type, ...]] = (ConnectionSettings, ProxySettings, ConnectorSettings, PlatformSettings)
"""The records whose parameters are settings."""


def variable(parameter: Parameter) -> str:
    """The environment variable of a parameter: `Client ID` → `MIMECAST_CLIENT_ID`."""
    return PREFIX + key(parameter).upper()


def key(parameter: Parameter) -> str:
    """The key of a parameter in the settings file and in click: `Client ID` → `client_id`."""
    return parameter.slug.replace("-", "_")


@cache
def all_settings() -> dict[str, Parameter]:
    """Every setting of every command, by key."""
    return {key(parameter): parameter for record in RECORDS for parameter in declared(record)}


def unknown_variables() -> Iterator[str]:
    """A warning for each variable of the environment that begins like a setting and is none."""
    known = {LOG_FORMAT_VARIABLE, *(variable(parameter) for parameter in all_settings().values())}
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            yield f"The variable {name} is not a setting and has no effect.{did_you_mean(name, known)}"


def default_settings_file() -> Path:
    """The path of the settings file if `--config` is not given."""
    import platformdirs

    return platformdirs.user_config_path(APPLICATION, appauthor=False) / "config.toml"


def default_state_file() -> Path:
    """The path of the state database if `--state` is not given."""
    import platformdirs

    return platformdirs.user_state_path(APPLICATION, appauthor=False) / "state.db"
