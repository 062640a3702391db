"""Where settings come from: options, the environment, a file, in that order.

Each place is a provider: it gives the text of a parameter, or None where it says nothing of it. What the parameters
are is declared elsewhere (`connection.py`, `ingest/settings.py`); no list of them is here.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from mimecast_secops.api.errors import Misconfigured
from mimecast_secops.parameters import Kind, Parameter, declared

Provider = Callable[[Parameter], object]
_PREFIX: Final = "MIMECAST_"
_OTHERS_CAN_READ: Final = stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH


def variable(parameter: Parameter) -> str:
    """The environment variable of a parameter: `Client ID` → `MIMECAST_CLIENT_ID`."""
    return _PREFIX + key(parameter).upper()


def key(parameter: Parameter) -> str:
    """The key of a parameter in a file: `Client ID` → `client_id`."""
    return parameter.slug.replace("-", "_")


def default_file(environ: Mapping[str, str]) -> Path:
    """Where the settings file lies unless one is named."""
    base = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".config")
    return Path(base) / "mimecast-secops" / "config.toml"


def default_state(environ: Mapping[str, str]) -> Path:
    """Where the state lies unless a file is named."""
    base = environ.get("XDG_STATE_HOME") or str(Path(environ.get("HOME", "~")).expanduser() / ".local" / "state")
    return Path(base) / "mimecast-secops" / "state.db"


def gather(records: Iterable[type[Any]], providers: Iterable[Provider]) -> dict[str, object]:
    """The raw values of all parameters of some records: name → what the first provider that has one says."""
    providers = tuple(providers)
    values: dict[str, object] = {}
    for record in records:
        for parameter in declared(record):
            given = next((value for value in (ask(parameter) for ask in providers) if value is not None), None)
            if given is not None:
                values[parameter.name] = given
    return values


def from_options(options: Mapping[str, object]) -> Provider:
    """What was typed. `options` is by the parameter's key."""
    return lambda parameter: options.get(key(parameter))


def from_environment(environ: Mapping[str, str]) -> Provider:
    """What the environment says."""
    return lambda parameter: environ.get(variable(parameter))


def from_file(path: Path | None, profile: str, environ: Mapping[str, str]) -> Provider:
    """What a TOML file says: at its top level, overruled by `[profiles.NAME]` when a profile is named.

    Args:
        path: the file; None for the usual place, which need not exist.
        profile: the profile's name, "" for none.
        environ: tells the usual place.

    Raises:
        Misconfigured: the file or the profile is not there or not readable, or holds secrets that others can read.
    """
    chosen = path or default_file(environ)
    if path is None and not chosen.is_file():
        if profile:
            raise Misconfigured(f"There is no settings file ({chosen}), so there is no profile {profile!r}.")
        return lambda _parameter: None
    try:
        with chosen.open("rb") as file:
            content = tomllib.load(file)
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise Misconfigured(f"The settings file {chosen} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"The settings file {chosen} is not TOML: {error}.") from None
    profiles = content.pop("profiles", {})
    if profile and profile not in profiles:
        known = ", ".join(profiles) or "none"
        raise Misconfigured(f"The settings file {chosen} has no profile {profile!r}. It has: {known}.")
    values = {**content, **(profiles[profile] if profile else {})}

    def ask(parameter: Parameter) -> object:
        value = values.get(key(parameter))
        if value and parameter.kind is Kind.SECRET and mode & _OTHERS_CAN_READ:
            raise Misconfigured(f"{chosen} holds secrets that others can read: run chmod 600 on it.")
        return value

    return ask
