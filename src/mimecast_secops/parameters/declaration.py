"""Declarations of parameters: records whose fields are declared with `text`, `flag`, `choice`, …."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeVar

from mimecast_secops.api.secrets import Secret

_METADATA_KEY: Final = "mimecast_secops.parameter"


class InvalidParameter(ValueError):
    """A parameter value is invalid. The message names the parameter, the problem and the accepted values.

    Args:
        parameter: the name that the user sees.
        message: the complete sentence.
    """

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class Kind(Enum):
    """The kinds of parameter values."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 -- the name of a kind, not a secret
    FLAG = "true or false"
    INTEGER = "whole number"
    CHOICE = "one of a list"
    ADDRESS = "email address"
    LIST = "comma-separated list"
    CHOICES = "comma-separated choices"
    ADDRESSES = "comma-separated list of email addresses"
    TIME = "ISO 8601 time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter.

    Attributes:
        name: the name that the user sees.
        help: the description.
        kind: the kind of its values.
        field: the attribute of the record that holds the value.
        default: the default as a form shows it; "" for none.
        mandatory: whether a value is required.
        options: the accepted values of a choice or of a list of choices.
        minimum: the lowest accepted integer.
        maximum: the highest accepted integer.
        forgiving: replace an invalid integer with the default, and add a note, instead of raising an error.
        clearable: keep a value that the user cleared empty; otherwise the default replaces it.
        criterion: the list narrows a search. A value without any entry, such as `,`, is an error: ignoring it would
            return everything.
        advanced: a form may hide the parameter behind a further click.
        check: validates a text, or each entry of a list. Returns the text to use, or raises InvalidParameter.
    """

    name: str
    help: str
    kind: Kind
    field: str = ""
    default: str = ""
    mandatory: bool = False
    options: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    forgiving: bool = False
    clearable: bool = False
    criterion: bool = False
    advanced: bool = False
    check: Callable[[str], str] | None = None

    @property
    def slug(self) -> str:
        """The name as a command-line option or file key: `Max Emails To Return` → `max-emails-to-return`."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name).lower().split())


Value = TypeVar("Value")


def text(name: str, help_: str, *, default: str = "", mandatory: bool = False, advanced: bool = False) -> str:
    """Declare a line of text: a stripped `str`, "" when not set."""
    return _field(name, help_, Kind.TEXT, default, default, mandatory=mandatory, advanced=advanced)


def checked(name: str, help_: str, check: Callable[[str], str], *, mandatory: bool = False) -> str:
    """Declare a text with its own syntax: a `str` as `check` returns it, "" when not set."""
    return _field(name, help_, Kind.TEXT, "", "", mandatory=mandatory, check=check)


def address(name: str, help_: str, *, mandatory: bool = False) -> str:
    """Declare one email address: `str`, "" when not set."""
    return _field(name, help_, Kind.ADDRESS, "", "", mandatory=mandatory)


def secret(name: str, help_: str, *, mandatory: bool = False, advanced: bool = False) -> Secret:
    """Declare a password or key: `Secret`."""
    return _field(name, help_, Kind.SECRET, "", Secret(), mandatory=mandatory, advanced=advanced)


def flag(name: str, help_: str, *, default: bool, mandatory: bool = False, advanced: bool = False) -> bool:
    """Declare a check box: `bool`. The usual spellings are accepted."""
    default_text = "true" if default else "false"
    return _field(name, help_, Kind.FLAG, default_text, default, mandatory=mandatory, advanced=advanced)


def integer(
    name: str,
    help_: str,
    *,
    default: int,
    minimum: int | None = None,
    maximum: int | None = None,
    mandatory: bool = False,
    forgiving: bool = False,
    advanced: bool = False,
) -> int:
    """Declare a whole number: `int`. `minimum` and `maximum` are included."""
    bounds: dict[str, Any] = {"minimum": minimum, "maximum": maximum, "forgiving": forgiving}
    return _field(name, help_, Kind.INTEGER, str(default), default, mandatory=mandatory, advanced=advanced, **bounds)


def choice(
    name: str, help_: str, options: tuple[str, ...], *, default: str, mandatory: bool = False, advanced: bool = False
) -> str:
    """Declare one of `options`: `str`, in the spelling of `options`. Case is ignored."""
    return _field(name, help_, Kind.CHOICE, default, default, mandatory=mandatory, options=options, advanced=advanced)


def choices(
    name: str,
    help_: str,
    options: tuple[str, ...],
    *,
    default: str = "",
    mandatory: bool = False,
    advanced: bool = False,
    clearable: bool = False,
) -> tuple[str, ...]:
    """Declare a comma-separated list of `options`: `tuple[str, ...]`, in the spelling of `options`. Case is ignored.

    The entry `all` gives an empty tuple. If some entries are known, unknown ones are left out with a note.
    """
    more: dict[str, Any] = {"options": tuple(map(str, options)), "clearable": clearable}
    return _field(
        name, help_, Kind.CHOICES, str(default), split(default), mandatory=mandatory, advanced=advanced, **more
    )


def items(
    name: str,
    help_: str,
    *,
    default: str = "",
    mandatory: bool = False,
    advanced: bool = False,
    addresses: bool = False,
    clearable: bool = False,
    criterion: bool = False,
    check: Callable[[str], str] | None = None,
) -> tuple[str, ...]:
    """Declare a comma-separated list: `tuple[str, ...]`, stripped, without empty and repeated entries, in order.

    `check` validates each entry.
    """
    kind = Kind.ADDRESSES if addresses else Kind.LIST
    more: dict[str, Any] = {"clearable": clearable, "criterion": criterion, "check": check}
    return _field(name, help_, kind, default, split(default), mandatory=mandatory, advanced=advanced, **more)


def time(name: str, help_: str, *, mandatory: bool = False, advanced: bool = False) -> datetime | None:
    """Declare an ISO 8601 time: an aware `datetime`, None when not set. A time without a zone is UTC."""
    return _field(name, help_, Kind.TIME, "", None, mandatory=mandatory, advanced=advanced)


def declared(record: type[Any]) -> tuple[Parameter, ...]:
    """The parameters that a record declares, in order."""
    return tuple(
        dataclasses.replace(field.metadata[_METADATA_KEY], field=field.name)
        for field in dataclasses.fields(record)
        if _METADATA_KEY in field.metadata
    )


def split(value: str) -> tuple[str, ...]:
    """The entries of a comma-separated list; line breaks separate too. Empty and repeated entries are dropped."""
    entries = (entry.strip() for entry in value.replace("\n", ",").replace("\r", ",").split(","))
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def _field(
    name: str,
    help_: str,
    kind: Kind,
    default: str,
    value: Value,
    *,
    options: tuple[str, ...] = (),
    mandatory: bool = False,
    **more: Any,
) -> Value:
    parameter = Parameter(
        name=name, help=help_, kind=kind, default=default, options=options, mandatory=mandatory, **more
    )
    return dataclasses.field(default=value, metadata={_METADATA_KEY: parameter})
