"""The values of parameters, read from the text of a form, a playbook or a command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from mimecast_secops.addresses import character_problem, is_address
from mimecast_secops.api.secrets import Secret
from mimecast_secops.parameters.declaration import InvalidParameter, Kind, Parameter, declared, split

_TRUE: Final = frozenset({"true", "yes", "on", "1", "y", "t"})
_FALSE: Final = frozenset({"false", "no", "off", "0", "n", "f"})
_LONGEST_QUOTE: Final = 80
_ADDRESS_ACCEPTED: Final = "an email address such as ann@example.com is accepted"
# An entry that stands for every option of a list.
_ALL: Final = "all"

Record = TypeVar("Record")


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


def read_time(value: str) -> datetime:
    """An ISO 8601 time as an aware `datetime`; UTC when it names no zone.

    Raises:
        ValueError: the text is not such a time.
    """
    moment = datetime.fromisoformat(value.strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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
    unknown = shortened(", ".join(entry for entry in entries if entry not in options))
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
