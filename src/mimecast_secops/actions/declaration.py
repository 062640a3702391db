"""What an action is.

An action is one file with a record of parameters, a function, and an `ACTION` that ties them together. The platform's
definitions, the command line and the reference are derived from it; nothing about it is written a second time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from mimecast_secops.api import ApiVersion, Endpoint, MimecastClient
from mimecast_secops.parameters import Parameter, declared

Json = Any
"""A JSON value: what the platform stores as the result of a step."""

GENERAL_FAILURE: Final = 'Error executing action "{action}". Reason: {error}'


class ActionFailed(Exception):
    """The action cannot be done, and its message says why and what to do. Nothing is wrong with the connection.

    Args:
        message: the sentence for `{error}`.
        json_result: what is known all the same, for a playbook to read.
    """

    def __init__(self, message: str, *, json_result: Json = None) -> None:
        super().__init__(message)
        self.json_result = json_result


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table for the case wall or the terminal. Cells are data that strangers wrote: renderers must escape them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, title: str, records: Sequence[Mapping[str, object]]) -> Table:
        """One column per key of the records, in the order of first appearance."""
        columns = tuple(dict.fromkeys(key for record in records for key in record))
        rows = tuple(tuple(_cell(record.get(column)) for column in columns) for record in records)
        return cls(title=title, columns=columns, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How an action ended.

    `message` is the output message. `json_result` is None when the action has none. `error` is what made it fail, for
    exit codes and logs; its text is already in `message`. `partial` says that some of several things were done.
    """

    message: str
    is_success: bool = True
    json_result: Json = None
    tables: tuple[Table, ...] = ()
    error: Exception | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What an action gets from whoever runs it: the tenant, the time, a log and a place for progress.

    `progress(done, total, what)` may be called as often as wanted; `total` is None where it is not known.
    """

    client: MimecastClient
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("mimecast_secops.actions"))
    progress: Callable[[int, int | None, str], None] = lambda _done, _total, _what: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The declaration of an action: the single source for definitions, CLI and documentation.

    `parameters` is the record that `run` gets. `endpoints` are those that it needs; the permissions to grant are
    derived from them, and several with the same summary are alternatives. Without those in `optional_endpoints` it
    works with less: a guard or an option is missing. `writes` says whether it changes anything in the tenant.
    `example` is a JSON result as users see it (None when there is none). `failure` is the text of a failed run with
    `{action}` and `{error}`. `api_versions` are the API versions it exists on.
    """

    name: str
    description: str
    parameters: type[Any]
    endpoints: tuple[Endpoint, ...]
    run: Callable[[Context, Any], Result]
    optional_endpoints: tuple[Endpoint, ...] = ()
    writes: bool = False
    example: Json = None
    failure: str = GENERAL_FAILURE
    api_versions: frozenset[ApiVersion] = frozenset(ApiVersion)

    @property
    def slug(self) -> str:
        """The name on a command line, and with `_` the file it lives in: `reject-message`."""
        return "-".join(self.name.lower().split())

    @property
    def declared(self) -> tuple[Parameter, ...]:
        """Its parameters, in the order in which a form shows them."""
        return declared(self.parameters)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return " ".join(cell for cell in map(_cell, value.values()) if cell)
    if isinstance(value, (list, tuple)):
        return "; ".join(_cell(entry) for entry in value)
    return str(value)
