"""The requests of a first contact: they only read, each is sent once, and their number is limited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.api import Endpoint, MimecastClient, Request
from mimecast_secops.api.envelope import RawReply, Reply
from mimecast_secops.api.errors import ApiError, MimecastError
from mimecast_secops.api.observers import ObservedExchange
from mimecast_secops.api.reply_form import find_rows, form_of, safe_name
from mimecast_secops.api.request import whole_reply
from mimecast_secops.diagnosis.known_words import shown_code

BUDGET: Final = 60
ACCEPTED: Final = "accepted"
# The attempts of one call, at most; a call is not made if its attempts could exceed the budget.
_ATTEMPTS: Final = 5


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows in a reply.

    Attributes:
        rows: the rows that are objects.
        member: the member that the rows are in; "" for `data` itself.
        form: the form of the reply if no rows were found in it; "" otherwise.
    """

    rows: Sequence[Mapping[str, Any]]
    member: str = ""
    form: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The outcome of one request.

    Attributes:
        reply: the reply; None if the call failed.
        error: the error; None if the call succeeded.
        size: the number of bytes of the last reply.
    """

    reply: Reply | None = None
    error: MimecastError | None = None
    size: int = 0

    def rows(self, members: frozenset[str]) -> Rows:
        """The rows of the reply, under whatever member they are.

        Args:
            members: the known members of a row; a row has at least two of them.
        """
        if self.reply is None:
            return Rows((), form=self.outcome)
        data = self.reply.body.get("data")
        found = find_rows(dict(self.reply.body), members)
        if found:
            return Rows(tuple(row for row in found[1] if isinstance(row, Mapping)), safe_name(found[0]))
        return Rows((), form="" if _is_empty_list(data) else form_of(data))

    @property
    def outcome(self) -> str:
        """What happened, in words without a value: `accepted`, or the status and the code of the error."""
        if self.error is None:
            return ACCEPTED
        code = self.error.code if isinstance(self.error, ApiError) else ""
        shown = f"HTTP {self.error.status}" if self.error.status else type(self.error).__name__
        return f"{shown} {shown_code(code)}".strip()


class Inquiry:
    """Sends requests that only read, and keeps what the connection shows.

    Args:
        client: a client of the tenant.
        budget: the maximum number of HTTP requests.

    Attributes:
        headers: the names of the headers of replies that are about the rate limit, in lower case → the last value.
        token_lifetime: the lifetime of a token in seconds; None if no token was requested.
        refused: the number of replies with HTTP 429.
        outcomes: path → what the endpoint answered first.
    """

    def __init__(self, client: MimecastClient, budget: int = BUDGET) -> None:
        self.client = client
        self.budget = budget
        self.sent = 0
        self.headers: dict[str, str] = {}
        self.token_lifetime: int | None = None
        self.refused = 0
        self.outcomes: dict[str, str] = {}
        self._last_size = 0

    def observe(self, exchange: ObservedExchange) -> None:
        """Keep what an exchange shows apart from its content."""
        self.sent += 1
        self._last_size = len(exchange.reply.body)
        self.refused += exchange.reply.status == 429
        self.headers |= {name: value for name, value in exchange.reply.headers.items() if _is_rate_header(name)}
        if exchange.path == "/oauth/token":
            self.token_lifetime = _lifetime(exchange.reply) or self.token_lifetime

    def ask(
        self,
        endpoint: Endpoint,
        item: Mapping[str, Any] | None = None,
        *,
        pagination: Mapping[str, Any] | None = None,
    ) -> Answered:
        """Send a request and return the outcome, whatever it is.

        Args:
            endpoint: an endpoint that only reads.
            item: the item of the request; None for a request without items.
            pagination: the members of `meta.pagination`.

        Raises:
            ValueError: the endpoint writes.
        """
        if endpoint.writes:
            raise ValueError(f"{endpoint.path} writes.")
        if self.sent + _ATTEMPTS > self.budget:
            return Answered(error=BudgetSpent(f"The budget of {self.budget} requests is spent."))
        items = () if item is None else (item,)
        try:
            reply = self.client.send(Request(endpoint, items, whole_reply, pagination=pagination))
        except MimecastError as error:
            answered = Answered(error=error.with_traceback(None))
        else:
            answered = Answered(reply, size=self._last_size)
        self.outcomes.setdefault(endpoint.path, answered.outcome)
        return answered


class BudgetSpent(MimecastError):
    """The request was not sent because the budget is spent."""


def _is_rate_header(name: str) -> bool:
    return name == "retry-after" or ("rate" in name and "limit" in name and len(name) <= 40)


def _lifetime(raw: RawReply) -> int | None:
    value = json.loads(raw.body).get("expires_in") if raw.body else None
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value < 10**9 else None


def _is_empty_list(data: Any) -> bool:
    """Whether `data` is a list without rows, wrapped or not."""
    if isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict):
        return any(value == [] for value in data[0].values())
    return isinstance(data, list) and not data
