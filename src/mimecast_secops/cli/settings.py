"""Settings of the command line: their environment variables, their TOML file, and the default paths.

click applies the order of precedence: option, environment variable, settings file, default. The settings themselves are
declared in `connection.py` and `ingest/settings.py`.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any, Final, NoReturn

import click

from mimecast_secops.cli import exit_codes
from mimecast_secops.parameters import Kind, Parameter

APPLICATION: Final = "mimecast-secops"
_PREFIX: Final = "MIMECAST_"
_ACCESSIBLE_TO_OTHERS: Final = stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH


class SettingsFileError(click.ClickException):
    """The settings file cannot be used. click shows the message on one line and exits with the code."""

    exit_code = exit_codes.CONFIGURATION

    def show(self, file: IO[Any] | None = None) -> None:  # noqa: ARG002 -- the signature is that of click
        """Print the message on standard error, in the same form as every other error of a command."""
        from mimecast_secops.cli.output import Screen

        Screen().fail(self.message)


def variable(parameter: Parameter) -> str:
    """The environment variable of a parameter: `Client ID` → `MIMECAST_CLIENT_ID`."""
    return _PREFIX + key(parameter).upper()


def key(parameter: Parameter) -> str:
    """The key of a parameter in the settings file and in click: `Client ID` → `client_id`."""
    return parameter.slug.replace("-", "_")


def default_settings_file() -> Path:
    """The path of the settings file if `--config` is not given."""
    import platformdirs

    return platformdirs.user_config_path(APPLICATION, appauthor=False) / "config.toml"


def default_state_file() -> Path:
    """The path of the state database if `--state` is not given."""
    import platformdirs

    return platformdirs.user_state_path(APPLICATION, appauthor=False) / "state.db"


def read_settings_file(path: Path | None, profile: str, parameters: Iterable[Parameter]) -> dict[str, object]:
    """The values of a TOML file: those of its top level, overridden by `[profiles.NAME]` if a profile is given.

    Args:
        path: the file; None for the default path, where the file is optional.
        profile: the name of the profile, "" for none.
        parameters: the parameters that may be set in the file. Other keys are ignored.

    Returns:
        A default map for click: key → value. A secret in a file that other users can access is a function that raises
        `SettingsFileError`. click calls it only if neither an option nor a variable sets the secret.

    Raises:
        SettingsFileError: the file or the profile does not exist, or the file cannot be read.
    """
    file = path or default_settings_file()
    if path is None and not file.is_file():
        if profile:
            raise SettingsFileError(f"There is no settings file ({file}), so there is no profile {profile!r}.")
        return {}
    content, mode = _load(file)
    profiles = content.pop("profiles", {})
    if profile and profile not in profiles:
        names = ", ".join(profiles) or "none"
        raise SettingsFileError(f"The settings file {file} has no profile {profile!r}. It has: {names}.")
    values = {**content, **(profiles[profile] if profile else {})}
    defaults: dict[str, object] = {}
    for parameter in parameters:
        name = key(parameter)
        if name in values:
            is_exposed = bool(values[name]) and parameter.kind is Kind.SECRET and mode & _ACCESSIBLE_TO_OTHERS
            defaults[name] = _refuse_secret_of(file) if is_exposed else values[name]
    return defaults


def _load(file: Path) -> tuple[dict[str, Any], int]:
    """The content of a TOML file, and its mode when it was read."""
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream), os.fstat(stream.fileno()).st_mode
    except OSError as error:
        raise SettingsFileError(f"The settings file {file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsFileError(f"The settings file {file} is not TOML: {error}.") from None


def _refuse_secret_of(file: Path) -> Callable[[], NoReturn]:
    def refuse() -> NoReturn:
        raise SettingsFileError(f"{file} contains secrets that other users can read. Run chmod 600 on it.")

    return refuse
