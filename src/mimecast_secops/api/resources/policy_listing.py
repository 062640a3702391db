"""The reply to a request for policies, in every form that can be recognised.

Source: docs/reference/mimecast-api.md#get-and-delete-policies,
docs/reference/mimecast-api.md#rest-endpoints-for-policies.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from mimecast_secops.api.completeness import CompletenessKind
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import NotUnderstood
from mimecast_secops.api.paging import Page, PageReader
from mimecast_secops.api.reply_form import find_rows, form_of, looks_like_row
from mimecast_secops.api.resources.policy_records import PolicyRecord

_MEMBERS: Final = frozenset(
    {
        "id",
        "policyId",
        "option",
        "policy",
        "description",
        "fromPart",
        "from",
        "to",
        "fromType",
        "toType",
        "bidirectional",
    }
)
_WRAPPERS: Final = ("policies", "definitions", "data", "items")


@dataclass(frozen=True, slots=True)
class PolicyListing:
    """The policies that Mimecast lists.

    Attributes:
        records: the policies that were understood.
        unread: the entries that were not, as received. Each may be a policy.
        missing: why the list is incomplete, as a clause without a period; "" if nothing shows that it is.
    """

    records: tuple[PolicyRecord, ...] = ()
    unread: tuple[Any, ...] = field(default=(), repr=False)
    missing: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was listed."""
        return not (self.records or self.unread or self.missing)

    def by_id(self, policy_id: str) -> PolicyRecord | None:
        """The policy with this ID; None if there is none among those that were understood."""
        return next((record for record in self.records if record.id == policy_id), None)


def read_listing(fetch: Callable[[str], Reply], path: str) -> PolicyListing:
    """Read all pages of a list of policies.

    Args:
        fetch: returns the reply for a page token; "" is the first page.
        path: the path of the endpoint, for the error message.

    Raises:
        NotUnderstood: the first page has no list that can be recognised.
        MimecastError: the request for a page failed.
    """
    numbers = count()

    def key_of(row: Any) -> Hashable:
        record_id = PolicyRecord.read(row).id
        return record_id or next(numbers)

    def page_of(token: str) -> Page[Any]:
        reply = fetch(token)
        return Page(_rows_of(reply, path), reply.next_token, reply.total)

    reader = PageReader(page_of, key_of)
    rows = [row for page in reader for row in page]
    records = [PolicyRecord.read(row) for row in rows]
    completeness = reader.completeness
    return PolicyListing(
        records=tuple({record.id: record for record in records if record.is_understood}.values()),
        unread=tuple(row for row, record in zip(rows, records, strict=True) if not record.is_understood),
        missing=completeness.reason if completeness.kind is CompletenessKind.PARTIAL else "",
    )


def _rows_of(reply: Reply, path: str) -> Sequence[Any]:
    """The entries for policies: in `data`, in a member of its only entry, outside `data`, or the whole reply."""
    entries = reply.data if reply.has_list else ()
    if reply.has_list and (not entries or any(looks_like_row(entry, _MEMBERS) for entry in entries)):
        return entries
    body = dict(reply.body)
    if named := find_rows(body, _MEMBERS):
        return named[1]
    if looks_like_row(body, _MEMBERS):
        return [body]
    if any(_is_empty_wrapper(value) for value in (body, body.get("data"), *entries[:1])):
        return ()
    if entries and all(isinstance(entry, dict) and entry for entry in entries):
        return entries
    form = form_of(body.get("data", body))
    raise NotUnderstood(
        f"Mimecast answered {path} with JSON that is not a list of policies (its form: {form}).",
        form=form,
        endpoint=path,
        status=reply.status,
    )


def _is_empty_wrapper(value: Any) -> bool:
    return isinstance(value, dict) and any(value.get(name) == [] for name in _WRAPPERS)
