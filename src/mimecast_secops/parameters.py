"""What a person may fill in, said once.

A record of parameters is a frozen dataclass whose fields are declared with `text`, `flag`, `choice`, …. From that one
declaration come the typed values that the code works with (`parse`), the definitions of the platform, the options of
the command line and the reference pages (`declared`).

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
_SHOWN: Final = 80
_ADDRESS_ACCEPTED: Final = "a mail address such as ann@example.com is accepted"


class InvalidParameter(ValueError):
    """A value that was refused before any call. Says which parameter, why, and what is accepted.

    Args:
        parameter: the name as the person sees it.
        message: the whole sentence.
    """

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class Kind(Enum):
    """The kinds of value a person can be asked for."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 -- the name of a kind, not a secret
    FLAG = "true or false"
    INTEGER = "whole number"
    CHOICE = "one of a list"
    ADDRESS = "mail address"
    LIST = "comma-separated list"
    ADDRESSES = "comma-separated list of mail addresses"
    TIME = "ISO 8601 time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing a person may fill in.

    `default` is its text as a form shows it ("" = none). `minimum`/`maximum` bound an integer, both included. With
    `forgiving`, a value that is not such a number is replaced by the default, and a note says so. With `clearable`, a
    value that was emptied on purpose stays empty; otherwise the default takes its place. A `criterion` is a list that
    narrows a search: a value without any entry, such as `,`, is refused instead of counting as not given, because the
    search would then return everything. `field` is the attribute of
    the record that carries it. `advanced` ones may be folded away by a form. `check` reads a text of a kind of its own:
    it returns the text to use, or raises InvalidParameter.
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
        """The name for a command line or a file key: `Max Emails To Return` → `max-emails-to-return`."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name).lower().split())


Record = TypeVar("Record")


def text(name: str, help_: str, *, default: str = "", mandatory: bool = False, advanced: bool = False) -> Any:
    """A line of text → `str`, stripped; "" when not given."""
    return _field(name, help_, Kind.TEXT, default, default, mandatory=mandatory, advanced=advanced)


def checked(name: str, help_: str, check: Callable[[str], str], *, mandatory: bool = False) -> Any:
    """A text of a kind of its own → `str`, as `check` returns it."""
    return _field(name, help_, Kind.TEXT, "", "", mandatory=mandatory, check=check)


def address(name: str, help_: str, *, mandatory: bool = False) -> Any:
    """One mail address → `str`."""
    return _field(name, help_, Kind.ADDRESS, "", "", mandatory=mandatory)


def secret(name: str, help_: str, *, mandatory: bool = False, advanced: bool = False) -> Any:
    """A password or key → `Secret`."""
    return _field(name, help_, Kind.SECRET, "", Secret(), mandatory=mandatory, advanced=advanced)


def flag(name: str, help_: str, *, default: bool, mandatory: bool = False, advanced: bool = False) -> Any:
    """A check box → `bool`, in any of the usual spellings."""
    shown = "true" if default else "false"
    return _field(name, help_, Kind.FLAG, shown, default, mandatory=mandatory, advanced=advanced)


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
) -> Any:
    """A whole number → `int`."""
    bounds: dict[str, Any] = {"minimum": minimum, "maximum": maximum, "forgiving": forgiving}
    return _field(name, help_, Kind.INTEGER, str(default), default, mandatory=mandatory, advanced=advanced, **bounds)


def choice(
    name: str, help_: str, options: tuple[str, ...], *, default: str, mandatory: bool = False, advanced: bool = False
) -> Any:
    """One of `options` → `str`, in the spelling of `options`; upper and lower case are one."""
    return _field(name, help_, Kind.CHOICE, default, default, mandatory=mandatory, options=options, advanced=advanced)


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
) -> Any:
    """A comma-separated list → `tuple[str, ...]`: stripped, empty entries dropped, order kept, repeats once."""
    kind = Kind.ADDRESSES if addresses else Kind.LIST
    more: dict[str, Any] = {"clearable": clearable, "criterion": criterion}
    return _field(name, help_, kind, default, split(default), mandatory=mandatory, advanced=advanced, **more)


def time(name: str, help_: str, *, mandatory: bool = False, advanced: bool = False) -> Any:
    """An ISO 8601 time → aware `datetime` or None; one without a zone is UTC."""
    return _field(name, help_, Kind.TIME, "", None, mandatory=mandatory, advanced=advanced)


def declared(record: type[Any]) -> tuple[Parameter, ...]:
    """The parameters that a record declares, in their order."""
    return tuple(
        dataclasses.replace(field.metadata[_METADATA_KEY], field=field.name)
        for field in dataclasses.fields(record)
        if _METADATA_KEY in field.metadata
    )


def parse(record: type[Record], raw: Mapping[str, object]) -> tuple[Record, tuple[str, ...]]:
    """Turn what a form, a playbook or a command line sent into the typed record.

    Args:
        record: a frozen dataclass of parameters.
        raw: name → value as it came: text, JSON booleans and numbers, None. Names that are not declared are ignored.

    Returns:
        The record, and notes for the log.

    Raises:
        InvalidParameter: a mandatory value is missing, or a value is not of its kind. Names the first such parameter.
    """
    values: dict[str, object] = {}
    notes: list[str] = []
    for parameter in declared(record):
        given = _as_text(raw.get(parameter.name))
        if parameter.kind in (Kind.LIST, Kind.ADDRESSES) and not split(given):
            if given and parameter.criterion:
                raise _refuse(parameter, given, "it has no entry; leave it empty to search without it")
            given = ""
        if not given and not (parameter.clearable and raw.get(parameter.name) is not None):
            given = parameter.default
        if not given:
            if parameter.mandatory:
                raise InvalidParameter(parameter.name, f'"{parameter.name}" is mandatory and was not given.')
            if parameter.clearable and parameter.name in raw:
                values[parameter.field] = ()
            continue
        values[parameter.field] = _READERS[parameter.kind](parameter, given, notes)
    return record(**values), tuple(notes)


def split(given: str) -> tuple[str, ...]:
    """The entries of a comma-separated list; line breaks separate too."""
    entries = (entry.strip() for entry in given.replace("\n", ",").replace("\r", ",").split(","))
    return tuple(dict.fromkeys(entry for entry in entries if entry))


def read_time(given: str) -> datetime:
    """An ISO 8601 time as an aware `datetime`; UTC where it names no zone. Raises ValueError."""
    moment = datetime.fromisoformat(given.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _field(
    name: str, help_: str, kind: Kind, default: str, value: object, *, options: tuple[str, ...] = (), **more: Any
) -> Any:
    parameter = Parameter(name=name, help=help_, kind=kind, default=default, options=options, **more)
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


def shortened(given: str) -> str:
    """A value as an error shows it: bounded, and without characters that a terminal acts on."""
    clean = "".join(c if c.isprintable() else "�" for c in given)
    return clean if len(clean) <= _SHOWN else clean[:_SHOWN] + "…"


def _refuse(parameter: Parameter, given: str, accepted: str) -> InvalidParameter:
    return InvalidParameter(parameter.name, f'"{parameter.name}" cannot be "{shortened(given)}": {accepted}.')


def _read_text(parameter: Parameter, given: str, _notes: list[str]) -> str:
    return parameter.check(given) if parameter.check else given


def _read_address(parameter: Parameter, given: str, _notes: list[str]) -> str:
    if is_address(given):
        return given
    raise _refuse(parameter, given, _why_no_address(given))


def _why_no_address(given: str) -> str:
    problem = "" if unexpanded(given) else character_problem(given)
    return f"{problem}; {_ADDRESS_ACCEPTED}" if problem else f"{_ADDRESS_ACCEPTED}{unexpanded(given)}"


def unexpanded(given: str) -> str:
    """A hint for a placeholder of a playbook that nothing replaced, such as `[Event.sender]`; "" where it is none."""
    looks_so = given.startswith("[") and given.endswith("]") and "." in given
    return "; this is a placeholder of the playbook that no value replaced" if looks_so else ""


def _read_secret(_parameter: Parameter, given: str, _notes: list[str]) -> Secret:
    return Secret(given)


def _read_flag(parameter: Parameter, given: str, _notes: list[str]) -> bool:
    lowered = given.lower()
    if lowered in _TRUE or lowered in _FALSE:
        return lowered in _TRUE
    raise _refuse(parameter, given, "true or false is accepted")


def _read_integer(parameter: Parameter, given: str, notes: list[str]) -> int:
    number = _whole_number(given)
    low, high = parameter.minimum, parameter.maximum
    if number is not None and (low is None or number >= low) and (high is None or number <= high):
        return number
    accepted = (
        "a whole number"
        + ("" if low is None else f" of at least {low}")
        + ("" if high is None else f" and at most {high}")
    )
    if not parameter.forgiving:
        raise _refuse(parameter, given, f"{accepted} is accepted")
    notes.append(
        f'"{parameter.name}" cannot be "{shortened(given)}" ({accepted} is accepted): {parameter.default} is used.'
    )
    return int(parameter.default)


def _whole_number(given: str) -> int | None:
    try:
        number = float(given)
        return int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None


def _read_choice(parameter: Parameter, given: str, _notes: list[str]) -> str:
    for option in parameter.options:
        if option.casefold() == given.casefold():
            return option
    raise _refuse(parameter, given, "accepted are " + ", ".join(parameter.options))


def _read_list(_parameter: Parameter, given: str, _notes: list[str]) -> tuple[str, ...]:
    return split(given)


def _read_addresses(parameter: Parameter, given: str, _notes: list[str]) -> tuple[str, ...]:
    entries = split(given)
    for entry in entries:
        if not is_address(entry):
            raise _refuse(parameter, entry, _why_no_address(entry))
    return entries


def _read_time(parameter: Parameter, given: str, _notes: list[str]) -> datetime:
    try:
        moment = read_time(given)
        moment.astimezone(UTC)  # a time at the very edge of the calendar may not exist there
    except (ValueError, OverflowError):
        raise _refuse(parameter, given, "a time in ISO 8601 is accepted, such as 2026-03-07T16:03:00Z") from None
    return moment


_READERS: Final[dict[Kind, Callable[[Parameter, str, list[str]], object]]] = {
    Kind.TEXT: _read_text,
    Kind.SECRET: _read_secret,
    Kind.FLAG: _read_flag,
    Kind.INTEGER: _read_integer,
    Kind.CHOICE: _read_choice,
    Kind.ADDRESS: _read_address,
    Kind.LIST: _read_list,
    Kind.ADDRESSES: _read_addresses,
    Kind.TIME: _read_time,
}
