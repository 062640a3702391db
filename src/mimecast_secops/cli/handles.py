"""Handles: numbers and unique prefixes of IDs that stand for the messages of the last list.

A list command saves what it has listed in `last-list.json`. A command that takes a `Message ID` finds the message by
its number or by a prefix of its ID. The file decides which message a command changes, so it is checked like input from
an attacker, and a list of another tenant or of another day is refused.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final

import msgspec

from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.parameters.values import shortened
from mimecast_secops.stores.errors import StateMissing

FILE_NAME: Final = "last-list.json"
MAX_AGE: Final = timedelta(hours=24)
LARGEST_NUMBER: Final = 99_999
_PARAMETER: Final = "Message ID"
_LONGEST_NUMBER: Final = 5
_SHORTEST_PREFIX: Final = 4
_MAX_BYTES: Final = 32 * 1024 * 1024
_MAX_CLOCK_STEP: Final = timedelta(minutes=5)
_WRITABLE_BY_OTHERS: Final = stat.S_IWGRP | stat.S_IWOTH
_LIST_AGAIN: Final = "List the messages again, for example with `mimecast-secops held list`."


class ListedMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of a list. All texts are untrusted.

    Attributes:
        number: the number of the row, from 1.
        id: what an action takes as `Message ID`: the tracking ID if it is known, else the hold ID; "" for a row that is
            not a message.
        recipient: the address of the recipient; "" if it is unknown.
        sender: the address of the sender; "" if it is unknown.
        subject: the subject.
        risk: the risk; "" if it is unknown.
        reason: the queue reason.
        received: when the message was received, aware; None if it is unknown.
    """

    number: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]
    id: str
    recipient: str = ""
    sender: str = ""
    subject: str = ""
    risk: str = ""
    reason: str = ""
    received: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class _List(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenant: str
    saved_at: Annotated[datetime, msgspec.Meta(tz=True)]
    messages: tuple[ListedMessage, ...]


def save(folder: Path, tenant: str, messages: Sequence[ListedMessage]) -> None:
    """Save a list, so that `find` knows its messages. It replaces the list that was saved before.

    Args:
        folder: the folder of the last list. It is created if it does not exist.
        tenant: the tenant, as `MimecastClient.tenant_key` names it.
        messages: the rows of the list.

    Raises:
        OSError: the file cannot be written. The list that was saved before is then removed if possible, because its
            numbers are not those that the user sees.
    """
    saved = _List(tenant=tenant, saved_at=datetime.now(UTC), messages=tuple(messages))
    path = folder / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Created with mode 0600.
        descriptor, temporary = tempfile.mkstemp(prefix=f".{FILE_NAME}.", dir=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(saved))
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise


def find(folder: Path, tenant: str, text: str, state: Path | None = None) -> ListedMessage | None:
    """The message that a number or a prefix of an ID stands for.

    Args:
        folder: the folder of the last list.
        tenant: the tenant that the command changes, as `MimecastClient.tenant_key` names it.
        text: what the user typed: 1 to 5 digits are a number of the last list; at least 4 characters can be the
            beginning of an ID in the last list or of an alert that was delivered.
        state: the path of the state database with the delivered alerts; None for `state.db` in the folder. A database
            that does not exist is not created.

    Returns:
        The message. None for a complete ID and for a text that no ID begins with: use the text as it is.

    Raises:
        InvalidParameter: there is no list or no row with this number; several IDs have this prefix; the list is older
            than 24 hours or is a list of another tenant; the file is damaged or was not written by this user.
        StateError: the state database cannot be used.
        UnreadableState: the state database is damaged.
    """
    if is_number(text):
        return numbered(folder, int(text), tenant)
    if len(text) < _SHORTEST_PREFIX:
        return None
    return _find_prefix(folder / FILE_NAME, tenant, text, state or folder / "state.db")


def is_number(text: str) -> bool:
    """Whether a text is the number of a row: 1 to 5 digits."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER


def numbered(folder: Path, number: int, tenant: str | None = None) -> ListedMessage:
    """The row of the last list with a number.

    Args:
        folder: the folder of the last list.
        number: the number.
        tenant: the tenant that the list must be of; None for any tenant.

    Raises:
        InvalidParameter: as for `find`.
    """
    last = _read(folder / FILE_NAME)
    if last is None:
        raise InvalidParameter(
            _PARAMETER, f'"{number}" is a number of a list, but no list of this user exists. {_LIST_AGAIN}'
        )
    _check_current(last, last.tenant if tenant is None else tenant, str(number))
    message = next((message for message in last.messages if message.number == number), None)
    if message is None:
        raise InvalidParameter(_PARAMETER, f"The last list has no row {number}. {_LIST_AGAIN}")
    if not message.id:
        raise InvalidParameter(_PARAMETER, f"Row {number} of the last list is not a message that has an ID.")
    return message


def _find_prefix(path: Path, tenant: str, prefix: str, state: Path) -> ListedMessage | None:
    last = _read(path)
    listed = {message.id: message for message in last.messages if message.id.startswith(prefix)} if last else {}
    # A message of the list comes first: it has the number that the user sees.
    candidates = _delivered(state, tenant, prefix) | listed
    if not candidates or prefix in candidates:
        return None
    if len(candidates) > 1:
        raise InvalidParameter(
            _PARAMETER,
            f'{len(candidates)} IDs begin with "{shortened(prefix)}". Use the number of the message, or a longer part '
            "of its ID.",
        )
    if last and listed:
        _check_current(last, tenant, shortened(prefix))
    [message] = candidates.values()
    return message


def _delivered(state: Path, tenant: str, prefix: str) -> dict[str, ListedMessage]:
    """The delivered alerts of a tenant whose ID begins with a prefix, by ID."""
    # Imported here, because only a prefix needs the database.
    from mimecast_secops.cli.delivered_alerts import DeliveredAlerts
    from mimecast_secops.stores.database import StateDatabase

    try:
        database = StateDatabase.open(state, create=False)
    except StateMissing:
        return {}
    with database:
        alerts = DeliveredAlerts(database).beginning_with(prefix)
    rows = [alert.listed(number=1) for alert in alerts if alert.tenant == tenant]
    return {row.id: row for row in rows if row.id.startswith(prefix)}


def _check_current(last: _List, tenant: str, text: str) -> None:
    if last.tenant != tenant:
        raise InvalidParameter(
            _PARAMETER,
            f'"{text}" refers to a list of {shortened(last.tenant)}, but the settings lead to {tenant}. {_LIST_AGAIN}',
        )
    age = datetime.now(UTC) - last.saved_at
    if not -_MAX_CLOCK_STEP <= age <= MAX_AGE:
        raise InvalidParameter(
            _PARAMETER,
            f'"{text}" refers to the list of {last.saved_at:%Y-%m-%d %H:%M} UTC, which is not from the last 24 hours. '
            f"{_LIST_AGAIN}",
        )


def _read(path: Path) -> _List | None:
    """The saved list; None if there is none.

    Raises:
        InvalidParameter: the file is damaged, or another user may have written it.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            _check_owner(path, os.fstat(file.fileno()))
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, f"cannot be read ({error.strerror})") from None
    if len(content) > _MAX_BYTES:
        raise _unusable(path, "is too large")
    try:
        return msgspec.json.decode(content, type=_List)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _unusable(path, "is damaged") from None


def _check_owner(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise _unusable(path, "is not a file")
    if status.st_uid != os.geteuid() or status.st_mode & _WRITABLE_BY_OTHERS:
        raise _unusable(path, "can be written by another user")


def _unusable(path: Path, problem: str) -> InvalidParameter:
    return InvalidParameter(_PARAMETER, f"The last list {path} {problem}. {_LIST_AGAIN}")
