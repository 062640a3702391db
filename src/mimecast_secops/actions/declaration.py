"""The declaration of an action.

An action is one module with a record of parameters, a function, and an `ACTION` that declares both. The platform's
definitions, the command line, the reference pages and the generic tests are derived from this declaration.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import ApiVersion, Endpoint, MimecastClient
from mimecast_secops.parameters import Parameter, declared
from mimecast_secops.sentences import Message, Sentence, joined

Json = Any
"""A JSON value: what the platform stores as the result of a step."""

GENERAL_FAILURE: Final = 'Error executing action "{action}". Reason: {error}'
EXAMPLE_ID: Final = "eNoVzrEOgjAUQNF_6Wxi"
"""An ID in Mimecast's format for samples and examples. It belongs to nothing."""


class ActionFailed(Exception):
    """The action failed for a reason other than the connection. The message says why and what to do.

    Args:
        message: the sentence for `{error}` in the output message. A `Sentence` if it mentions parameters.
        json_result: facts that a playbook can use in spite of the failure.
        partial: whether some of several changes were made before the failure.
    """

    def __init__(self, message: Message, *, json_result: Json = None, partial: bool = False) -> None:
        super().__init__(str(message))
        self.sentence: Sentence = joined([message])
        self.json_result = json_result
        self.partial = partial


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table for the case wall or the terminal. Cells contain untrusted text, so renderers must escape them."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, title: str, records: Sequence[Mapping[str, object]]) -> Table:
        """A table with one column per key of the records, in the order of first appearance."""
        columns = tuple(dict.fromkeys(key for record in records for key in record))
        rows = tuple(tuple(_cell(record.get(column)) for column in columns) for record in records)
        return cls(title=title, columns=columns, rows=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of an action.

    `message` is the output message. `json_result` is None if the action has none. `error` is the cause of a failure,
    for exit codes and logs; `message` contains its text. `partial` is true if a failed action completed some of several
    changes. `sentence` is the message of a failure with its mentions of parameters; its `str` is `message`.
    """

    message: str
    is_success: bool = True
    json_result: Json = None
    tables: tuple[Table, ...] = ()
    error: Exception | None = None
    partial: bool = False
    sentence: Sentence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The environment of an action: a client of the tenant, a clock, a logger and a progress callback.

    `progress(done, total, text)` reports that `done` of `total` steps are complete; `total` is None if it is unknown.
    """

    client: MimecastClient
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("mimecast_secops.actions"))
    progress: Callable[[int, int | None, str], None] = lambda _done, _total, _text: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """The declaration of an action: the single source for definitions, CLI, documentation and generic tests.

    Attributes:
        name: the name on the platform. The module has the same name in snake case.
        description: one sentence for users.
        parameters: the record of parameters that `run` receives.
        endpoints: the API endpoints that the action needs. The permissions to grant are derived from them. Endpoints
            with the same summary are alternatives.
        run: executes the action.
        outcome: the platform's category for the action, None if no category fits.
        sample: valid values, as text, for the mandatory parameters and for those that have to go with them. The
            reference shows them as an example, and the generic tests run the action with them.
        optional_endpoints: endpoints that add a safety check or an option. The action also works without them.
        writes: whether the action changes anything in the tenant.
        check: validates all parameters together, before any request. Raises `InvalidParameter`.
        bulk: the name of the parameter that is different for each item of a bulk run. "" is the first mandatory
            parameter of an action that writes; other actions have no bulk run.
        example: a JSON result, None if the action has none.
        failure: the output message of a failure, with `{action}` and `{error}`.
        api_versions: the API versions on which the action exists.
    """

    name: str
    description: str
    parameters: type[Any]
    endpoints: tuple[Endpoint, ...]
    run: Callable[[Context, Any], Result]
    outcome: OutcomeCategory | None
    sample: Mapping[str, str]
    optional_endpoints: tuple[Endpoint, ...] = ()
    writes: bool = False
    check: Callable[[Any], object] = lambda _parameters: None
    bulk: str = ""
    example: Json = None
    failure: str = GENERAL_FAILURE
    api_versions: frozenset[ApiVersion] = frozenset(ApiVersion)

    @property
    def slug(self) -> str:
        """The name on the command line: `reject-message`. With `_` for `-`, it is the name of the module."""
        return "-".join(self.name.lower().split())

    @property
    def declared(self) -> tuple[Parameter, ...]:
        """The declared parameters, in the order in which a form shows them."""
        return declared(self.parameters)

    @property
    def bulk_parameter(self) -> Parameter | None:
        """The parameter that is different for each item of a bulk run: the message, the sender, the policy."""
        if self.bulk:
            return next(parameter for parameter in self.declared if parameter.name == self.bulk)
        return next((parameter for parameter in self.declared if parameter.mandatory), None) if self.writes else None

    @property
    def sample_arguments(self) -> tuple[str, ...]:
        """The arguments of `mimecast-secops action` that run the action with its sample."""
        slugs = {parameter.name: parameter.slug for parameter in self.declared}
        options = ((f"--{slugs[name]}", value) for name, value in self.sample.items())
        return (self.slug, *(argument for option in options for argument in option))


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
