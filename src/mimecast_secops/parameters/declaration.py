"""Declarations of parameters: records whose fields are declared with `text`, `flag`, `choice`, …."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, TypedDict, TypeVar, Unpack

from mimecast_secops.api.secrets import Secret
from mimecast_secops.sentences import Message, Sentence, joined

_METADATA_KEY: Final = "mimecast_secops.parameter"


class InvalidParameter(ValueError):
    """A parameter value is invalid. The message names the parameter, the problem and the accepted values.

    Args:
        parameter: the name that the user sees.
        message: the complete sentence.
        suggestion: the accepted value that the user most likely meant; "" if there is none. The command line shows it.

    Attributes:
        sentence: the message with its mentions of parameters.
    """

    def __init__(self, parameter: str, message: Message, *, suggestion: str = "") -> None:
        super().__init__(str(message))
        self.parameter = parameter
        self.sentence: Sentence = joined([message])
        self.suggestion = suggestion


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
        options: the accepted values of a choice or of a list of choices, or of a text that accepts only a few.
        minimum: the lowest accepted integer.
        maximum: the highest accepted integer.
        forgiving: replace an invalid integer with the default, and add a note, instead of raising an error.
        clearable: keep a value that the user cleared empty; otherwise the default replaces it.
        criterion: the list narrows a search. A value without any entry, such as `,`, is an error: ignoring it would
            return everything.
        advanced: a form may hide the parameter behind a further click.
        group: the heading of the parameter in the help of the command line; "" for the first heading.
        platform_only: the parameter has a meaning on the platform only. The command line accepts it and hides it.
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
    group: str = ""
    platform_only: bool = False
    check: Callable[[str], str] | None = None

    @property
    def slug(self) -> str:
        """The name as a command-line option or file key: `Max Emails To Return` → `max-emails-to-return`."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name).lower().split())


Value = TypeVar("Value")


class Presentation(TypedDict, total=False):
    """What each declaration may say about a parameter besides its kind; see `Parameter`."""

    mandatory: bool
    advanced: bool
    group: str
    platform_only: bool


def text(name: str, help_: str, *, default: str = "", **more: Unpack[Presentation]) -> str:
    """Declare a line of text: a stripped `str`, "" when not set."""
    return _field(name, help_, Kind.TEXT, default, default, **more)


def checked(
    name: str,
    help_: str,
    check: Callable[[str], str],
    *,
    options: tuple[str, ...] = (),
    **more: Unpack[Presentation],
) -> str:
    """Declare a text with its own syntax: a `str` as `check` returns it, "" when not set.

    `options` are the accepted values if they are few.
    """
    return _field(name, help_, Kind.TEXT, "", "", check=check, options=options, **more)


def address(name: str, help_: str, **more: Unpack[Presentation]) -> str:
    """Declare one email address: `str`, "" when not set."""
    return _field(name, help_, Kind.ADDRESS, "", "", **more)


def secret(name: str, help_: str, **more: Unpack[Presentation]) -> Secret:
    """Declare a password or key: `Secret`."""
    return _field(name, help_, Kind.SECRET, "", Secret(), **more)


def flag(name: str, help_: str, *, default: bool, **more: Unpack[Presentation]) -> bool:
    """Declare a check box: `bool`. The usual spellings are accepted."""
    return _field(name, help_, Kind.FLAG, "true" if default else "false", default, **more)


def integer(
    name: str,
    help_: str,
    *,
    default: int,
    minimum: int | None = None,
    maximum: int | None = None,
    forgiving: bool = False,
    **more: Unpack[Presentation],
) -> int:
    """Declare a whole number: `int`. `minimum` and `maximum` are included."""
    bounds: dict[str, Any] = {"minimum": minimum, "maximum": maximum, "forgiving": forgiving}
    return _field(name, help_, Kind.INTEGER, str(default), default, **bounds, **more)


def choice(name: str, help_: str, options: tuple[str, ...], *, default: str, **more: Unpack[Presentation]) -> str:
    """Declare one of `options`: `str`, in the spelling of `options`. Case is ignored."""
    return _field(name, help_, Kind.CHOICE, default, default, options=options, **more)


def choices(
    name: str,
    help_: str,
    options: tuple[str, ...],
    *,
    default: str = "",
    clearable: bool = False,
    **more: Unpack[Presentation],
) -> tuple[str, ...]:
    """Declare a comma-separated list of `options`: `tuple[str, ...]`, in the spelling of `options`. Case is ignored.

    The entry `all` gives an empty tuple. If some entries are known, unknown ones are left out with a note.
    """
    accepted: dict[str, Any] = {"options": tuple(map(str, options)), "clearable": clearable}
    return _field(name, help_, Kind.CHOICES, str(default), split(default), **accepted, **more)


def items(
    name: str,
    help_: str,
    *,
    default: str = "",
    addresses: bool = False,
    clearable: bool = False,
    criterion: bool = False,
    check: Callable[[str], str] | None = None,
    **more: Unpack[Presentation],
) -> tuple[str, ...]:
    """Declare a comma-separated list: `tuple[str, ...]`, stripped, without empty and repeated entries, in order.

    `check` validates each entry.
    """
    kind = Kind.ADDRESSES if addresses else Kind.LIST
    rules: dict[str, Any] = {"clearable": clearable, "criterion": criterion, "check": check}
    return _field(name, help_, kind, default, split(default), **rules, **more)


def time(name: str, help_: str, **more: Unpack[Presentation]) -> datetime | None:
    """Declare an ISO 8601 time: an aware `datetime`, None when not set. A time without a zone is UTC."""
    return _field(name, help_, Kind.TIME, "", None, **more)


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


def _field(name: str, help_: str, kind: Kind, default: str, value: Value, **more: Any) -> Value:
    parameter = Parameter(name=name, help=help_, kind=kind, default=default, **more)
    return dataclasses.field(default=value, metadata={_METADATA_KEY: parameter})
