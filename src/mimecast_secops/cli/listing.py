"""What the lists of messages have in common: their columns, their handles, and the options that select rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import click

from mimecast_secops.cli import handles
from mimecast_secops.cli.handles import ListedMessage
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.tables import Column, ColumnKind
from mimecast_secops.parameters.values import read_time, shortened

NUMBER: Final = Column("No", ColumnKind.NUMBER)
RISK: Final = Column("Risk", ColumnKind.RISK)
TO: Final = Column("To", ColumnKind.ADDRESS)
FROM: Final = Column("From", ColumnKind.ADDRESS, is_optional=True)
SUBJECT: Final = Column("Subject")
REASON: Final = Column("Reason")
_AGE: Final = re.compile(r"(\d{1,5})([smhd])", re.IGNORECASE)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def cells_of(message: ListedMessage) -> dict[Column, str]:
    """The cells of a message by column."""
    return {
        NUMBER: str(message.number),
        RISK: message.risk or "-",
        TO: message.recipient,
        FROM: message.sender,
        SUBJECT: message.subject,
        REASON: message.reason,
    }


def save_list(screen: Screen, folder: Path, tenant: str, messages: Sequence[ListedMessage]) -> bool:
    """Save a list, so that its numbers are handles. Returns whether it was saved; if not, the user is told why."""
    try:
        handles.save(folder, tenant, messages)
    except OSError as error:
        screen.note(
            f"The list cannot be saved in {folder} ({error.strerror}), so it has no numbers. Use IDs: add --json.",
            "yellow",
        )
        return False
    return True


def print_messages(
    screen: Screen, columns: Sequence[Column], rows: Sequence[dict[Column, str]], *, has_handles: bool
) -> None:
    """Print a table of messages with one line per message.

    Args:
        screen: the screen.
        columns: the columns; the first is `NUMBER`.
        rows: the cells of each message by column.
        has_handles: whether the numbers are handles. If not, the table has no numbers.
    """
    shown = columns if has_handles else columns[1:]
    screen.rows("", shown, [[row[column] for column in shown] for row in rows], short=True)


def print_hint(screen: Screen, messages: Sequence[ListedMessage]) -> None:
    """Tell how to act on a message of the list."""
    number = next((message.number for message in messages if message.id), None)
    if number is not None:
        screen.note(f"To act on a message, use its number: mimecast-secops release-message {number}")


def time_text(moment: datetime | None) -> str:
    """A time of the last days in UTC, such as `03-07 16:03Z`; "-" for None."""
    return f"{moment.astimezone(UTC):%m-%d %H:%M}Z" if moment else "-"


class SinceType(click.ParamType[datetime]):
    """A time: ISO 8601, or an age such as 90m, 24h or 7d."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time, aware."""
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        age = _AGE.fullmatch(text)
        if age:
            return datetime.now(UTC) - timedelta(seconds=int(age[1]) * _SECONDS[age[2].lower()])
        try:
            return read_time(text).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f'"{shortened(text)}" is not a time. Use 24h, 7d, or 2026-03-07T16:03:00Z.', param, ctx)


def since_option(description: str) -> click.Option:
    """The option `--since`."""
    return click.Option(["--since"], metavar="TIME|AGE", type=SinceType(), help=description)


def limit_option(default: int) -> click.Option:
    """The option `--limit`."""
    return click.Option(
        ["--limit"],
        metavar="NUMBER",
        type=click.IntRange(1, handles.LARGEST_NUMBER),
        default=default,
        show_default=True,
        help="Maximum number of messages to list.",
    )
