"""The settings file: its values for click, and everything that is wrong with it."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from mimecast_secops.cli.errors import CommandFailed
from mimecast_secops.cli.settings import all_settings, default_settings_file, key
from mimecast_secops.parameters import InvalidParameter, Kind, Parameter, check_value
from mimecast_secops.sentences import did_you_mean

_PROFILES: Final = "profiles"
_ACCESSIBLE_TO_OTHERS: Final = stat.S_IRGRP | stat.S_IROTH | stat.S_IWGRP | stat.S_IWOTH
_LISTS: Final = frozenset({Kind.LIST, Kind.CHOICES, Kind.ADDRESSES})
# What a setting may be in TOML, besides text.
_TYPES: Final[Mapping[Kind, tuple[type, str]]] = {
    Kind.FLAG: (bool, "true or false"),
    Kind.INTEGER: (int, "a whole number"),
}


@dataclass(frozen=True)
class SettingsFile:
    """The content of a settings file.

    Attributes:
        path: the file.
        profile: the name of the selected profile; "" for none.
        content: the top level of the file, without the profiles.
        profiles: name → content of each profile.
        mode: the mode of the file when it was read.
    """

    path: Path
    profile: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    profiles: Mapping[str, Any] = field(default_factory=dict)
    mode: int = 0o600

    @classmethod
    def load(cls, path: Path | None, profile: str) -> SettingsFile | None:
        """Read a settings file.

        Args:
            path: the file; None for the default path, where the file is optional.
            profile: the name of the profile, "" for none.

        Returns:
            The file; None if there is none at the default path.

        Raises:
            CommandFailed: the file or the profile does not exist, or the file cannot be read.
        """
        file = path or default_settings_file()
        if path is None and not file.is_file():
            if profile:
                raise CommandFailed(f"There is no settings file ({file}), so there is no profile {profile!r}.")
            return None
        content, mode = _read(file)
        profiles = content.pop(_PROFILES, {})
        loaded = cls(file, profile, content, profiles if isinstance(profiles, dict) else {_PROFILES: profiles}, mode)
        if profile and not isinstance(loaded.profiles.get(profile), dict):
            names = ", ".join(loaded.profiles) or "none"
            suggestion = did_you_mean(profile, loaded.profiles)
            raise CommandFailed(f"The settings file {file} has no profile {profile!r}. It has: {names}.{suggestion}")
        return loaded

    @property
    def selected(self) -> Mapping[str, Any]:
        """The content of the selected profile."""
        return self.profiles[self.profile] if self.profile else {}

    def place_of(self, name: str, profile: str | None = None) -> str:
        """Where the value of a key is, such as `domains in [profiles.lab] of config.toml`.

        Args:
            name: the key.
            profile: the name of the profile that has it, "" for the top level; None for the effective value.
        """
        if profile is None:
            profile = self.profile if name in self.selected else ""
        return f"{name} in {self._section(profile)}"

    def section_of(self, name: str) -> str:
        """The part of the file that sets the effective value of a key, such as `[profiles.lab] of config.toml`."""
        return self._section(self.profile if name in self.selected else "")

    def _section(self, profile: str) -> str:
        return f"[{_PROFILES}.{profile}] of {self.path}" if profile else str(self.path)

    def default_map(self, parameters: Iterable[Parameter]) -> dict[str, object]:
        """The values as defaults for click: key → value."""
        values = {**self.content, **self.selected}
        return {key(parameter): values[key(parameter)] for parameter in parameters if key(parameter) in values}

    def problems(self) -> Iterator[str]:
        """A line for each unknown key, wrong type and invalid value, in all profiles."""
        yield from self._problems_of(self.content, "")
        for name, content in self.profiles.items():
            if isinstance(content, dict):
                yield from self._problems_of(content, name)
            else:
                yield f"{self.path}: {_PROFILES} must be tables such as [{_PROFILES}.lab]."

    def _problems_of(self, content: Mapping[str, Any], profile: str) -> Iterator[str]:
        settings = all_settings()
        for name, value in content.items():
            if name not in settings:
                known = settings if profile else (*settings, _PROFILES)
                kind = "table" if isinstance(value, dict) else "setting"
                where = f" in [{_PROFILES}.{profile}]" if profile else ""
                yield f'{self.path}: unknown {kind} "{name}"{where}.{did_you_mean(name, known)}'
                continue
            place = self.place_of(name, profile)
            wanted = _wrong_type(settings[name], value)
            if wanted:
                yield f"{place} must be {wanted}, not {_name_of_type(value)}."
            else:
                yield from value_problems(settings[name], value, place)

    @property
    def is_accessible_to_others(self) -> bool:
        """Whether other users can read or change the file."""
        return bool(self.mode & _ACCESSIBLE_TO_OTHERS)


def selected_file(context: click.Context) -> SettingsFile | None:
    """The settings file of a command; None if it has none."""
    file: SettingsFile | None = context.meta.get(__name__)
    return file


def select_file(context: click.Context, file: SettingsFile | None) -> None:
    """Make a file the settings file of a command."""
    context.meta[__name__] = file


def value_problems(parameter: Parameter, value: object, place: str) -> Iterator[str]:
    """What is wrong with the value of a setting.

    Args:
        parameter: the setting.
        value: its value.
        place: where the value comes from, as the subject of the sentence.
    """
    try:
        check_value(parameter, value)
    except InvalidParameter as error:
        suggestion = f' Did you mean "{error.suggestion}"?' if error.suggestion else ""
        yield error.sentence.render(lambda _: place) + suggestion


def _read(file: Path) -> tuple[dict[str, Any], int]:
    """The content of a TOML file, and its mode when it was read."""
    try:
        with file.open("rb") as stream:
            return tomllib.load(stream), os.fstat(stream.fileno()).st_mode
    except OSError as error:
        raise CommandFailed(f"The settings file {file} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CommandFailed(f"The settings file {file} is not TOML: {error}.") from None


def _wrong_type(parameter: Parameter, value: object) -> str:
    """What a value must be; "" if its type is right. Every setting can be text, as in a variable."""
    native, wanted = _TYPES.get(parameter.kind, (str, "text"))
    if parameter.kind in _LISTS:
        wanted = "text or a list of texts"
        is_right = isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    else:
        is_right = type(value) is native
    return "" if is_right or isinstance(value, str) else wanted


def _name_of_type(value: object) -> str:
    names: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number with decimals",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a time")
