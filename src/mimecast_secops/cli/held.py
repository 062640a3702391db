"""`mimecast-secops held list`: the hold queue as it is now. It neither uses nor changes the state of a connector."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import click

from mimecast_secops.api import MimecastClient
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.held_messages import Filters, QueuedMessage, queued_messages, with_risk
from mimecast_secops.cli.help import HelpfulGroup, helpful_command
from mimecast_secops.cli.intervals import read_interval
from mimecast_secops.cli.listing import (
    FROM,
    NUMBER,
    REASON,
    RISK,
    SUBJECT,
    TO,
    cells_of,
    limit_option,
    print_hint,
    print_messages,
    save_list,
    since_option,
    time_text,
)
from mimecast_secops.cli.options import add, connection_options
from mimecast_secops.cli.tables import Column, ColumnKind

_NEW: Final = Column("New", ColumnKind.WORD)
_RECEIVED: Final = Column("Received", ColumnKind.TIME, is_optional=True)
_EXPIRES: Final = Column("Expires", ColumnKind.TIME)
_CSV_COLUMNS: Final = (
    "risk",
    "recipient",
    "sender",
    "subject",
    "reason",
    "policy",
    "received",
    "expires",
    "id",
    "hold_id",
)
_DEFAULT_LIMIT: Final = 50
_LOOKUPS_AT_ONCE: Final = 8


def run(context: CommandContext) -> int:
    """List the hold queue once, or with `--watch` again and again until Ctrl-C."""
    pause = read_interval(context.options["watch"], "watch") if context.options["watch"] else None
    with context.client(max_concurrency=_LOOKUPS_AT_ONCE) as client:
        listing = _Listing(context, client)
        if pause is None:
            listing.refresh()
        else:
            _watch(listing, pause)
    return exit_codes.OK


def _watch(listing: _Listing, pause: float) -> None:
    from threading import Event

    with suppress(KeyboardInterrupt):
        while True:
            listing.refresh(pause)
            Event().wait(pause)


class _Listing:
    """The list on the terminal. A message keeps its number while the list is watched."""

    def __init__(self, context: CommandContext, client: MimecastClient) -> None:
        self._context = context
        self._client = client
        self._screen = context.screen
        self._numbers: dict[str, int] = {}
        self._looked_up: dict[str, QueuedMessage] = {}
        self._is_first = True

    def refresh(self, pause: float | None = None) -> None:
        """List the hold queue, and show it.

        Args:
            pause: the time in seconds until the next refresh; None if there is none.
        """
        options = self._context.options
        filters = Filters(
            recipient=options["recipient"],
            sender=options["sender"],
            subject=options["subject"],
            reason=options["reason"],
            since=options["since"],
        )
        messages, total = queued_messages(self._client, filters, options["limit"])
        if options["risk"]:
            messages = self._with_risks(messages)
        new = [message for message in messages if message.hold.id not in self._numbers]
        for message in reversed(new) if self._numbers else new:
            self._numbers[message.hold.id] = len(self._numbers) + 1
        if self._screen.as_json:
            for message in new:
                self._screen.data(message.as_json(self._expiry(message)))
        elif options["as_csv"]:
            self._screen.csv(_CSV_COLUMNS, map(self._csv_cells, messages))
        else:
            self._show(messages, {message.hold.id for message in new}, pause)
        if total > len(messages):
            self._screen.note(f"{len(messages)} of {total} held messages are listed. Use --limit or a filter.")
        self._is_first = False

    def _with_risks(self, messages: Sequence[QueuedMessage]) -> list[QueuedMessage]:
        """The messages with their risks. A watched list looks up each message once."""
        unknown = [message for message in messages if message.hold.id not in self._looked_up]
        with ThreadPoolExecutor(_LOOKUPS_AT_ONCE) as executor:
            for message in executor.map(lambda message: with_risk(self._client, message), unknown):
                self._looked_up[message.hold.id] = message
        problem = next((message.risk_problem for message in self._looked_up.values() if message.risk_problem), "")
        if problem and self._is_first:
            self._screen.note(f"Some risks are unknown: {problem}.", "yellow")
        return [self._looked_up[message.hold.id] for message in messages]

    def _show(self, messages: Sequence[QueuedMessage], new_ids: set[str], pause: float | None) -> None:
        if pause is not None:
            self._screen.clear()
            self._screen.say(f"Held messages at {datetime.now(UTC):%H:%M:%S} UTC, every {pause:g} s. Ctrl-C ends.")
        if not messages:
            self._screen.say("No held messages.")
            return
        rows = [message.listed(self._numbers[message.hold.id]) for message in messages]
        has_handles = save_list(self._screen, self._context.lists_folder, self._client.tenant_key, rows)
        columns = [NUMBER, *([RISK] if self._context.options["risk"] else []), TO, FROM, SUBJECT, REASON]
        columns += [_RECEIVED, _EXPIRES, *([] if self._is_first else [_NEW])]
        cells = [
            cells_of(row)
            | {
                _RECEIVED: time_text(row.received),
                _EXPIRES: _remaining(self._expiry(message)),
                _NEW: "new" if message.hold.id in new_ids else "",
            }
            for message, row in zip(messages, rows, strict=True)
        ]
        print_messages(self._screen, columns, cells, has_handles=has_handles)
        if has_handles:
            print_hint(self._screen, rows)

    def _expiry(self, message: QueuedMessage) -> datetime | None:
        received = message.hold.received
        return received + timedelta(days=self._context.options["expires_after"]) if received else None

    def _csv_cells(self, message: QueuedMessage) -> tuple[object, ...]:
        record = message.as_json(self._expiry(message))
        return tuple("" if record[column] is None else record[column] for column in _CSV_COLUMNS)


def _remaining(expiry: datetime | None) -> str:
    """The time until a message expires, in hours."""
    if expiry is None:
        return "-"
    hours = (expiry - datetime.now(UTC)) / timedelta(hours=1)
    return f"{hours:.0f} h" if hours >= 1 else "< 1 h" if hours > 0 else "expired"


@add(connection_options())
@helpful_command(
    "list",
    examples=("held list", "held list --recipient ann@example.com --since 24h", "held list --watch 30s"),
)
@click.option("--recipient", metavar="TEXT", default="", help="List only messages to an address with this text.")
@click.option("--sender", metavar="TEXT", default="", help="List only messages from an address with this text.")
@click.option("--subject", metavar="TEXT", default="", help="List only messages with this text in the subject.")
@click.option(
    "--reason",
    "--policy",
    metavar="TEXT",
    default="",
    help="List only messages held by a reason or policy with this text.",
)
@click.option(
    "--risk/--no-risk",
    default=True,
    show_default=True,
    help="Look up the risk in message tracking, with at least two requests per listed message.",
)
@click.option(
    "--expires-after",
    metavar="DAYS",
    type=click.FloatRange(0, 365),
    default=14.0,
    show_default=True,
    help="Time after which a held message expires. Mimecast documents 14 days; its API does not tell the time.",
)
@click.option(
    "--watch",
    metavar="[INTERVAL]",
    is_flag=False,
    flag_value="30s",
    help="List again at this interval, 30s if none is given, and mark new messages. With --json: print new messages.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Print the list as CSV.")
def _list(**options: Any) -> None:
    """List the messages that are held now, newest first. The tenant and the connector are not affected."""
    command(run)(**options)


_list.params[0:0] = [
    since_option("List only messages that were held since this time, such as 24h or 7d."),
    limit_option(_DEFAULT_LIMIT),
]


@click.group(name="held", cls=HelpfulGroup)
def _group() -> None:
    """List the messages that are held now."""


_group.add_command(_list)
COMMAND = _group
