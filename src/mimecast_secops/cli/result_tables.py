"""Tables of actions on the terminal: the columns that fit or that the user selects, or CSV."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import click

from mimecast_secops.actions import Action, Table
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.tables import Column, ColumnKind
from mimecast_secops.parameters import InvalidParameter, split

# The members of an archive search that are shown if not all of them fit. The API names them
# (docs/reference/mimecast-api.md#search-the-archive).
_ARCHIVE_COLUMNS: Final = {
    "receiveddate": Column("Received", ColumnKind.TIME),
    "displayfromaddress": Column("From", ColumnKind.ADDRESS),
    "displayto": Column("To", ColumnKind.ADDRESS),
    "subject": Column("Subject"),
}
_NARROW: Final = {
    "attachmentcount": ColumnKind.NUMBER,
    "size": ColumnKind.NUMBER,
    "status": ColumnKind.WORD,
    "receiveddate": ColumnKind.TIME,
}


def options_for(action: Action) -> list[click.Parameter]:
    """The options of an action whose result is a table."""
    if action.writes or not isinstance(action.example, list):
        return []
    return [
        click.Option(["--columns"], metavar="A,B,…", help="Columns of the table."),
        click.Option(["--csv", "as_csv"], is_flag=True, help="Print the table as CSV."),
    ]


def show_table(context: CommandContext, table: Table) -> None:
    """Print a table of an action: the columns that the user selects, or all, or those that fit.

    Raises:
        InvalidParameter: the table does not have a selected column.
    """
    selected = split(str(context.options.get("columns") or ""))
    names = [_existing(table, name) for name in selected] or list(table.columns)
    if context.options.get("as_csv"):
        indexes = [table.columns.index(name) for name in names]
        context.screen.csv(names, ([row[index] for index in indexes] for row in table.rows))
        return
    preferred = [name for name in _ARCHIVE_COLUMNS if name in table.columns]
    if not selected and "subject" in preferred and len(preferred) > 1:
        omitted = [name for name in table.columns if name not in preferred]
        _print(context, table, preferred, short=True)
        if omitted:
            context.screen.note(f"To see other columns, add --columns: {', '.join(omitted)}.")
    else:
        _print(context, table, names, short=bool(selected))


def _existing(table: Table, name: str) -> str:
    found = next((column for column in table.columns if column.casefold() == name.casefold()), None)
    if found is None:
        raise InvalidParameter(
            "columns", f'"--columns" cannot be "{name}". The table has these columns: {", ".join(table.columns)}.'
        )
    return found


def _print(context: CommandContext, table: Table, names: list[str], *, short: bool) -> None:
    indexes = [table.columns.index(name) for name in names]
    is_archive = "receiveddate" in names or "subject" in names
    columns = [
        _ARCHIVE_COLUMNS[name]
        if is_archive and name in _ARCHIVE_COLUMNS
        else Column(name, _NARROW.get(name, ColumnKind.TEXT))
        for name in names
    ]
    rows = [
        [
            _time(row[index]) if columns[place].kind is ColumnKind.TIME else row[index]
            for place, index in enumerate(indexes)
        ]
        for row in table.rows
    ]
    context.screen.rows("" if short else table.title, columns, rows, short=short)


def _time(text: str) -> str:
    """A time of the archive, such as `2026-03-07 16:03Z`; other text as it is."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment.tzinfo and not moment.utcoffset() else text
