"""Parameter declarations: the single source for forms, CLI options and docs.

A record of parameters is a frozen dataclass whose fields are declared with `text`, `flag`, `choice`, …. Each function
returns a dataclass field, but is typed as the value of that field, as `dataclasses.field` is: a type checker rejects
`count: int = text(…)`. From one declaration come the typed values that the code uses (`parse`), the definitions of the
platform, the options of the command line and the reference pages (`declared`).

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Parameters:
        message_id: str = text("Message ID", "The message to release.", mandatory=True)
        to_sandbox: bool = flag("Release To Sandbox", "…", default=False)

    values, notes = parse(Parameters, {"Message ID": " abc ", "Release To Sandbox": "TRUE"})
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeVar

from mimecast_secops.addresses import character_problem, is_address
from mimecast_secops.api.secrets import Secret

_METADATA_KEY: Final = "mimecast_secops.parameter"
_TRUE: Final = frozenset({"true", "yes", "on", "1", "y", "t"})
_FALSE: Final = frozenset({"false", "no", "off", "0", "n", "f"})
_LONGEST_QUOTE: Final = 80
_ADDRESS_ACCEPTED: Final = "a mail address such as ann@example.com is accepted"
# An entry that stands for every option of a list.
_ALL: Final = "all"


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
    ADDRESS = "mail address"
    LIST = "comma-separated list"
    CHOICES = "comma-separated choices"
    ADDRESSES = "comma-separated list of mail addresses"
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


Record = TypeVar("Record")
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
    more: dict[str, Any] = {"options": options, "clearable": clearable}
    return _field(name, help_, Kind.CHOICES, default, split(default), mandatory=mandatory, advanced=advanced, **more)


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


def parse(record: type[Record], raw: Mapping[str, object]) -> tuple[Record, tuple[str, ...]]:
    """Convert the input of a form, a playbook or a command line to the typed record.

    Args:
        record: a frozen dataclass of parameters.
        raw: name → value as received: text, JSON booleans and numbers, None. Names that are not declared are ignored.

    Returns:
        The record, and notes for the log.

    Raises:
        InvalidParameter: a mandatory value is missing, or a value is not of its kind. Names the first such parameter.
    """
    values: dict[str, object] = {}
    notes: list[str] = []
    for parameter in declared(record):
        value = _as_text(raw.get(parameter.name))
        if parameter.kind in _LISTS and not split(value):
            if value and parameter.criterion:
                raise _refuse(parameter, value, "it has no entry; leave it empty to search without it")
            value = ""
        if not value and not (parameter.clearable and raw.get(parameter.name) is not None):
            value = parameter.default
        if not value:
            if parameter.mandatory:
                raise InvalidParameter(parameter.name, f'"{parameter.name}" is mandatory and was not given.')
            if parameter.clearable and parameter.name in raw:
                values[parameter.field] = ()
            continue
        values[parameter.field] = _READERS[parameter.kind](parameter, value, notes)
    return record(**values), tuple(notes)


def split(value: str) -> tuple[str, ...]:
    """The entries of a comma-separated list; line breaks separate too. Empty and repeated entries are dropped."""
    entries = (entry.strip() for entry in value.replace("\n", ",").replace("\r", ",").split(","))
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def read_time(value: str) -> datetime:
    """An ISO 8601 time as an aware `datetime`; UTC when it names no zone.

    Raises:
        ValueError: the text is not such a time.
    """
    moment = datetime.fromisoformat(value.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, (list, tuple)):
        return ",".join(_as_text(entry) for entry in value)
    return str(value).strip()


def shortened(value: str) -> str:
    """A value as an error quotes it: of limited length, without control characters."""
    clean = "".join(character if character.isprintable() else "�" for character in value)
    return clean if len(clean) <= _LONGEST_QUOTE else clean[:_LONGEST_QUOTE] + "…"


def _refuse(parameter: Parameter, value: str, accepted: str) -> InvalidParameter:
    return InvalidParameter(parameter.name, f'"{parameter.name}" cannot be "{shortened(value)}": {accepted}.')


def _read_text(parameter: Parameter, value: str, _notes: list[str]) -> str:
    return parameter.check(value) if parameter.check else value


def _read_address(parameter: Parameter, value: str, _notes: list[str]) -> str:
    if is_address(value):
        return value
    raise _refuse(parameter, value, _address_problem(value))


def _address_problem(value: str) -> str:
    problem = "" if unexpanded(value) else character_problem(value)
    return f"{problem}; {_ADDRESS_ACCEPTED}" if problem else f"{_ADDRESS_ACCEPTED}{unexpanded(value)}"


def unexpanded(value: str) -> str:
    """A hint for a playbook placeholder that was not replaced, such as `[Event.sender]`; "" for any other text."""
    is_placeholder = value.startswith("[") and value.endswith("]") and "." in value
    return "; this is a placeholder of the playbook that no value replaced" if is_placeholder else ""


def _read_secret(_parameter: Parameter, value: str, _notes: list[str]) -> Secret:
    return Secret(value)


def _read_flag(parameter: Parameter, value: str, _notes: list[str]) -> bool:
    lowered = value.lower()
    if lowered in _TRUE or lowered in _FALSE:
        return lowered in _TRUE
    raise _refuse(parameter, value, "true or false is accepted")


def _read_integer(parameter: Parameter, value: str, notes: list[str]) -> int:
    number = _whole_number(value)
    low, high = parameter.minimum, parameter.maximum
    if number is not None and (low is None or number >= low) and (high is None or number <= high):
        return number
    accepted = (
        "a whole number"
        + ("" if low is None else f" of at least {low}")
        + ("" if high is None else f" and at most {high}")
    )
    if not parameter.forgiving:
        raise _refuse(parameter, value, f"{accepted} is accepted")
    notes.append(
        f'"{parameter.name}" cannot be "{shortened(value)}" ({accepted} is accepted): {parameter.default} is used.'
    )
    return int(parameter.default)


def _whole_number(value: str) -> int | None:
    try:
        number = float(value)
        return int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None


def _read_choice(parameter: Parameter, value: str, _notes: list[str]) -> str:
    for option in parameter.options:
        if option.casefold() == value.casefold():
            return option
    raise _refuse(parameter, value, "accepted are " + ", ".join(parameter.options))


def _read_choices(parameter: Parameter, value: str, notes: list[str]) -> tuple[str, ...]:
    """The known entries. Without any, the list would let everything through or nothing, so that is an error."""
    options = {option.lower(): option for option in parameter.options}
    entries = tuple(dict.fromkeys(entry.lower() for entry in split(value)))
    if _ALL in entries:
        return ()
    known = tuple(options[entry] for entry in entries if entry in options)
    unknown = ", ".join(entry for entry in entries if entry not in options)
    if unknown and not known:
        raise InvalidParameter(
            parameter.name,
            f'"{parameter.name}" cannot be "{unknown}": accepted are {", ".join(parameter.options)}, or "{_ALL}".',
        )
    if unknown:
        notes.append(f'"{parameter.name}": {unknown} is not known and is left out; {", ".join(known)} is used.')
    return known


def _read_list(parameter: Parameter, value: str, _notes: list[str]) -> tuple[str, ...]:
    entries = split(value)
    return tuple(dict.fromkeys(map(parameter.check, entries))) if parameter.check else entries


def _read_addresses(parameter: Parameter, value: str, _notes: list[str]) -> tuple[str, ...]:
    entries = split(value)
    for entry in entries:
        if not is_address(entry):
            raise _refuse(parameter, entry, _address_problem(entry))
    return entries


def _read_time(parameter: Parameter, value: str, _notes: list[str]) -> datetime:
    try:
        moment = read_time(value)
        moment.astimezone(UTC)  # A time at the edge of the calendar may not exist in UTC.
    except (ValueError, OverflowError):
        raise _refuse(parameter, value, "a time in ISO 8601 is accepted, such as 2026-03-07T16:03:00Z") from None
    return moment


_LISTS: Final = frozenset({Kind.LIST, Kind.CHOICES, Kind.ADDRESSES})
_READERS: Final[dict[Kind, Callable[[Parameter, str, list[str]], object]]] = {
    Kind.TEXT: _read_text,
    Kind.SECRET: _read_secret,
    Kind.FLAG: _read_flag,
    Kind.INTEGER: _read_integer,
    Kind.CHOICE: _read_choice,
    Kind.ADDRESS: _read_address,
    Kind.LIST: _read_list,
    Kind.CHOICES: _read_choices,
    Kind.ADDRESSES: _read_addresses,
    Kind.TIME: _read_time,
}
