"""The values of parameters, read from the text of a form, a playbook or a command line."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from mimecast_secops.addresses import character_problem, is_address
from mimecast_secops.api.secrets import Secret
from mimecast_secops.parameters.declaration import InvalidParameter, Kind, Parameter, declared, split
from mimecast_secops.sentences import Form, Mention, Message, closest, joined, sentence

_TRUE: Final = frozenset({"true", "yes", "on", "1", "y", "t"})
_FALSE: Final = frozenset({"false", "no", "off", "0", "n", "f"})
_LONGEST_QUOTE: Final = 80
_ADDRESS_ACCEPTED: Final = "an email address such as ann@example.com is accepted"
# An entry that stands for every option of a list.
_ALL: Final = "all"

Record = TypeVar("Record")


def parse(record: type[Record], raw: Mapping[str, object]) -> tuple[Record, tuple[Message, ...]]:
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
    notes: list[Message] = []
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
                raise InvalidParameter(parameter.name, joined([Mention(parameter.name, Form.MISSING)]))
            if parameter.clearable and parameter.name in raw:
                values[parameter.field] = ()
            continue
        values[parameter.field] = _READERS[parameter.kind](parameter, value, notes)
    return record(**values), tuple(notes)


def check_value(parameter: Parameter, value: object) -> None:
    """Check one value of a parameter. An empty value is accepted.

    This is stricter than `parse`: each entry of a list of choices must be known, and nothing is forgiven.

    Raises:
        InvalidParameter: the value is not of the parameter's kind.
    """
    text = _as_text(value)
    if parameter.kind is Kind.CHOICES:
        accepted = (*(option.lower() for option in parameter.options), _ALL)
        for entry in split(text):
            if entry.lower() not in accepted:
                hint = f'accepted are {", ".join(parameter.options)}, or "{_ALL}"'
                raise refused(parameter.name, entry, hint, options=parameter.options, verb="contain")
    elif text:
        _READERS[parameter.kind](dataclasses.replace(parameter, forgiving=False), text, [])


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


def refused(name: str, value: str, accepted: str, *, options: Iterable[str] = (), verb: str = "be") -> InvalidParameter:
    """The error for a value that a parameter does not accept.

    Args:
        name: the name of the parameter.
        value: the value.
        accepted: what is accepted, or why the value is not, as the end of the sentence without its full stop.
        options: the accepted values if they are few; one that is similar to the value becomes a suggestion.
        verb: `contain` for one entry of a list.
    """
    message = sentence(
        '{name} cannot {verb} "{value}": {accepted}.',
        name=Mention(name),
        verb=verb,
        value=shortened(value),
        accepted=accepted,
    )
    return InvalidParameter(name, message, suggestion=closest(value, options) or "")


def _refuse(parameter: Parameter, value: str, accepted: str) -> InvalidParameter:
    return refused(parameter.name, value, accepted, options=parameter.options)


def _read_text(parameter: Parameter, value: str, _notes: list[Message]) -> str:
    return parameter.check(value) if parameter.check else value


def _read_address(parameter: Parameter, value: str, _notes: list[Message]) -> str:
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


def _read_secret(_parameter: Parameter, value: str, _notes: list[Message]) -> Secret:
    return Secret(value)


def _read_flag(parameter: Parameter, value: str, _notes: list[Message]) -> bool:
    lowered = value.lower()
    if lowered in _TRUE or lowered in _FALSE:
        return lowered in _TRUE
    raise _refuse(parameter, value, "true or false is accepted")


def _read_integer(parameter: Parameter, value: str, notes: list[Message]) -> int:
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
        sentence(
            '{name} cannot be "{value}" ({accepted} is accepted): {default} is used.',
            name=Mention(parameter.name),
            value=shortened(value),
            accepted=accepted,
            default=parameter.default,
        )
    )
    return int(parameter.default)


def _whole_number(value: str) -> int | None:
    try:
        number = float(value)
        return int(number) if number.is_integer() else None
    except (ValueError, OverflowError):
        return None


def _read_choice(parameter: Parameter, value: str, _notes: list[Message]) -> str:
    for option in parameter.options:
        if option.casefold() == value.casefold():
            return option
    raise _refuse(parameter, value, "accepted are " + ", ".join(parameter.options))


def _read_choices(parameter: Parameter, value: str, notes: list[Message]) -> tuple[str, ...]:
    """The known entries. Without any, the list would let everything through or nothing, so that is an error."""
    options = {option.lower(): option for option in parameter.options}
    entries = tuple(dict.fromkeys(entry.lower() for entry in split(value)))
    if _ALL in entries:
        return ()
    known = tuple(options[entry] for entry in entries if entry in options)
    unknown = shortened(", ".join(entry for entry in entries if entry not in options))
    if unknown and not known:
        raise _refuse(parameter, unknown, f'accepted are {", ".join(parameter.options)}, or "{_ALL}"')
    if unknown:
        notes.append(
            sentence(
                "{name}: {unknown} is not known and is left out; {known} is used.",
                name=Mention(parameter.name),
                unknown=unknown,
                known=", ".join(known),
            )
        )
    return known


def _read_list(parameter: Parameter, value: str, _notes: list[Message]) -> tuple[str, ...]:
    entries = split(value)
    return tuple(dict.fromkeys(map(parameter.check, entries))) if parameter.check else entries


def _read_addresses(parameter: Parameter, value: str, _notes: list[Message]) -> tuple[str, ...]:
    entries = split(value)
    for entry in entries:
        if not is_address(entry):
            raise _refuse(parameter, entry, _address_problem(entry))
    return entries


def _read_time(parameter: Parameter, value: str, _notes: list[Message]) -> datetime:
    try:
        moment = read_time(value)
        moment.astimezone(UTC)  # A time at the edge of the calendar may not exist in UTC.
    except (ValueError, OverflowError):
        raise _refuse(parameter, value, "a time in ISO 8601 is accepted, such as 2026-03-07T16:03:00Z") from None
    return moment


_LISTS: Final = frozenset({Kind.LIST, Kind.CHOICES, Kind.ADDRESSES})
_READERS: Final[dict[Kind, Callable[[Parameter, str, list[Message]], object]]] = {
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
