"""The replies that several questions use. Each is requested when a question first needs it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from mimecast_secops.api.decode import format_timestamp, parse_timestamp
from mimecast_secops.api.errors import AuthenticationFailed, Unreachable
from mimecast_secops.api.resources import account, domains, held, tracking
from mimecast_secops.diagnosis.encoded_text import decode_text
from mimecast_secops.diagnosis.first_contact.inquiry import Answered, Inquiry, Rows
from mimecast_secops.diagnosis.known_words import words_of

TRACKED: Final = words_of(
    """
    id status info fromEnv fromHdr to received sent subject senderIP attachments route spamScore
    detectionLevel
    """
)
HELD: Final = words_of(
    """
    id reason reasonId reasonCode from fromHeader to subject route hasAttachments size dateReceived
    policyInfo
    """
)
_MAX_DOMAINS: Final = 3
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
# The hold queue can show a message later than message tracking, and with a later time.
_SETTLED: Final = timedelta(minutes=5)
_TWO_WEEKS: Final = timedelta(days=14)


class Evidence:
    """The replies of one first contact.

    Args:
        inquiry: sends the requests.
        now: the current time, aware.
    """

    def __init__(self, inquiry: Inquiry, now: datetime) -> None:
        self.inquiry = inquiry
        self.now = now.replace(microsecond=0)

    def check_connection(self) -> None:
        """Read the account.

        Raises:
            MimecastError: there is no connection, or Mimecast does not accept the credentials.
        """
        error = self._account_reply.error
        if isinstance(error, (AuthenticationFailed, Unreachable)):
            raise error

    @cached_property
    def _account_reply(self) -> Answered:
        return self.inquiry.ask(account.GET)

    @cached_property
    def account(self) -> Mapping[str, Any]:
        """The record of the account; empty if it cannot be read."""
        answered = self._account_reply
        data = answered.reply.data if answered.reply else ()
        return next((entry for entry in data if isinstance(entry, Mapping)), {})

    @cached_property
    def domains(self) -> Sequence[str]:
        """A few internal domains, which the searches are about; empty if none is known."""
        answered = self.inquiry.ask(domains.INTERNAL)
        data = answered.reply.data if answered.reply else ()
        named = [text_of(entry, "domain") for entry in data if isinstance(entry, Mapping)]
        return [name for name in (*named, text_of(self.account, "domain")) if name][:_MAX_DOMAINS]

    @cached_property
    def day(self) -> tuple[str, Answered]:
        """The domain with the most messages in the last day, and the reply about it."""
        best: tuple[str, Answered] = ("", Answered())
        for domain in self.domains:
            answered = self.search(domain, self.now - _DAY, self.now)
            if not best[0] or len(answered.rows(TRACKED).rows) > len(best[1].rows(TRACKED).rows):
                best = (domain, answered)
        return best

    @property
    def domain(self) -> str:
        """The domain with the most messages; "" if no domain is known."""
        return self.day[0]

    @property
    def tracked(self) -> Rows:
        """The tracking records of the last day."""
        return self.day[1].rows(TRACKED)

    @cached_property
    def hour(self) -> tuple[datetime, datetime]:
        """The start and the end of the hour with the most records, not later than the present."""
        times = [moment for row in self.tracked.rows if (moment := parse_timestamp(row.get("received")))]
        counts = Counter(moment.replace(minute=0, second=0, microsecond=0) for moment in times if moment <= self.now)
        start = counts.most_common(1)[0][0] if counts else self.now - _HOUR
        return start, min(start + _HOUR, self.now)

    @cached_property
    def hour_whole(self) -> Answered:
        """The records of that hour, in one search."""
        return self.search(self.domain, *self.hour)

    @cached_property
    def hour_again(self) -> Answered:
        """The same search a second time."""
        return self.search(self.domain, *self.hour)

    @cached_property
    def hold_list(self) -> Answered:
        """The first page of the hold list of two weeks."""
        return self.list_held({"start": format_timestamp(self.now - _TWO_WEEKS), "end": format_timestamp(self.now)})

    @property
    def holds(self) -> Rows:
        """The entries of that page."""
        return self.hold_list.rows(HELD)

    @cached_property
    def held_info(self) -> Answered:
        """The details of a tracking record that is held, and that both views show by now."""
        rows = [row for row in self.held_records if text_of(row, "id")]
        settled = (row for row in rows if (time := parse_timestamp(row.get("received"))) and time < self.now - _SETTLED)
        row = next(settled, rows[0] if rows else None)
        return self.info(text_of(row, "id")) if row else Answered()

    @cached_property
    def other_info(self) -> Answered:
        """The details of a tracking record that is not held."""
        rows = (row for row in self.tracked.rows if text_of(row, "status").lower() != "held")
        row = next((row for row in rows if text_of(row, "id")), None)
        return self.info(text_of(row, "id")) if row else Answered()

    @property
    def held_records(self) -> Sequence[Mapping[str, Any]]:
        """The tracking records of the last day that are held."""
        return [row for row in self.tracked.rows if text_of(row, "status").lower() == "held"]

    def search(self, domain: str, start: datetime, end: datetime, **criteria: Any) -> Answered:
        """Search tracking records of recipients in a domain."""
        if not domain:
            return Answered()
        item = {"start": format_timestamp(start), "end": format_timestamp(end)}
        return self.inquiry.ask(tracking.SEARCH, item | {"advancedTrackAndTraceOptions": {"to": domain}} | criteria)

    def info(self, message_id: str) -> Answered:
        """The answer of get-message-info to an ID."""
        return self.inquiry.ask(tracking.INFO, {"id": message_id})

    def list_held(self, criteria: Mapping[str, Any], *, page_size: int = 100) -> Answered:
        """The first page of a hold list."""
        return self.inquiry.ask(held.LIST, {"admin": True, **criteria}, pagination={"pageSize": page_size})


def text_of(row: Mapping[str, Any] | None, name: str) -> str:
    """The text in a member; "" if it is missing or not a text."""
    value = row.get(name) if row else None
    return value if isinstance(value, str) else ""


def ids_of(rows: Rows) -> list[str]:
    """The IDs of rows."""
    return [identifier for row in rows.rows if (identifier := text_of(row, "id"))]


def decoded_members(text: str) -> Mapping[str, Any]:
    """The members in an ID; empty if it contains none. They are for comparing only."""
    decoded = decode_text(text)
    return decoded.value if decoded and isinstance(decoded.value, dict) else {}
