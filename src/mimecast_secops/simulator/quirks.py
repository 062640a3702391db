"""Quirks: the behaviour of the tenant where Mimecast's documents disagree or are silent.

Each quirk names which fact it comes from. The defaults are those of docs/reference/mimecast-api.md#simulator-defaults.
"""

from __future__ import annotations

import ast
import dataclasses
import inspect
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_type_hints


class UnknownQuirk(ValueError):
    """The quirk does not exist or does not accept the value; the message lists what is accepted."""


@dataclass(slots=True, kw_only=True)
class Quirks:
    """All quirks. Times are in seconds, except in a name that ends with `_ms`.

    with Simulator(quirks=Quirks(rate_limit=10)) as simulator:
        ...
    """

    date_tolerance: float = 900.0
    """How far `x-mc-date` may be from the tenant's clock.

    Source: docs/reference/mimecast-api.md#clock-skew-and-request-ids [inferred].
    """
    token_lifetime: float = 1799.0
    """`expires_in` of a token (docs/reference/mimecast-api.md#bearer-tokens)."""
    token_ends_after: float = 0.0
    """If positive, a token is refused after this many seconds, whatever its `expires_in` says.

    Source: docs/reference/mimecast-api.md#gateway-failures [open].
    """
    token_end_code: Literal[
        "token_expired", "invalid_token", "unauthorized", "no_message", "InvalidClientIdentifier"
    ] = "token_expired"  # noqa: S105 -- a code
    """Code of the failure for a token that has ended. With no_message it is unauthorized, without a message.

    Source: docs/reference/mimecast-api.md#gateway-failures [open].
    """
    bom: bool = False
    """Whether each reply begins with a byte order mark (docs/reference/mimecast-api.md#response-envelope [open])."""
    redirect_to: str = ""
    """If set, the API redirects every call to this root, as a proxy with a login page does.

    Source: docs/reference/mimecast-api.md#http-status [open].
    """
    refuse_repeated_request_ids: bool = False
    """Whether a repeated `x-mc-req-id` is refused (docs/reference/mimecast-api.md#clock-skew-and-request-ids)."""
    latency_ms: float = 0.0
    """Delay of every reply in milliseconds."""
    rate_limit: int = 0
    """Calls per window, or the size of the bucket; 0 = no limit (docs/reference/mimecast-api.md#rate-limits)."""
    rate_window: float = 60.0
    """Length of the window of the rate limit."""
    rate_style: Literal["window", "bucket"] = "window"
    """Whether all calls come back at the end of a window, or `rate_refill` calls every `rate_refill_ms`.

    Source: docs/reference/mimecast-api.md#rate-limits [open].
    """
    rate_refill: int = 1
    """Calls that come back to the bucket at each reset (docs/reference/mimecast-api.md#rate-limits [open])."""
    rate_refill_ms: float = 1000.0
    """Time between two resets of the bucket (docs/reference/mimecast-api.md#rate-limits [open])."""
    rate_scope: Literal["endpoint", "user"] = "endpoint"
    """What a quota is for: each endpoint, or all calls together (docs/reference/mimecast-api.md#rate-limits [open])."""
    rate_unit: Literal["ms", "seconds", "epoch"] = "ms"
    """Unit of the reset header: milliseconds, seconds, or the unix time in seconds.

    Source: docs/reference/mimecast-api.md#rate-limits [open].
    """
    rate_header: Literal["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit", "Retry-After"] = "X-RateLimit"
    """Prefix of the rate limit headers. With Retry-After, the tenant sends only that header.

    Source: docs/reference/mimecast-api.md#rate-limits.
    """
    rate_headers_on_v2: bool = False
    """Whether API 2.0 sends rate headers with every reply, not only with 429.

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
    tracked_limit: int = 0
    """Maximum number of rows of a tracking search; 0 = no limit.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    tracked_order: Literal["newest", "oldest", "none"] = "newest"
    """Order of the rows of a tracking search (docs/reference/mimecast-api.md#search-message-tracking [open])."""
    tracked_paging: Literal["none", "next", "total", "next_and_total"] = "none"
    """What `meta.pagination` of a tracking search tells of a reply with at most `tracked_limit` rows: nothing, the next
    page, the number of all rows, or both (docs/reference/mimecast-api.md#search-message-tracking [open])."""
    tracked_wrapper: Literal["documented", "null", "empty_object", "named", "flat", "null_data"] = "documented"
    """Where the rows of a tracking search are: in `trackedEmails`, in another member, directly in `data`, or nowhere.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    tracking_lacks: str = ""
    """Members that the rows of a tracking search do not have, separated by commas.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    time_form: Literal["offset", "naive_utc", "naive_local", "epoch_ms", "epoch_s", "rfc2822"] = "offset"
    """How the times of a tracking search are written (docs/reference/mimecast-api.md#dates-and-times [open])."""
    archived_to_minute: bool = False
    """Whether the times of archived records are cut to the minute.

    Source: docs/reference/mimecast-api.md#dates-and-times [open].
    """
    tracking_ids: Literal["opaque", "status", "real"] = "opaque"
    """Form of ids: opaque, another one for each status, or as in public captures: compressed JSON with numbers.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    ids_per_client: bool = False
    """Whether other credentials see other ids (docs/reference/mimecast-api.md#identifiers [open])."""
    held_also_accepted: bool = False
    """Whether a held message also has a record with the status accepted.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    late_every: int = 0
    """If positive, every n-th record appears in a tracking search only after `late_seconds`.

    Source: docs/reference/mimecast-api.md#search-message-tracking [open].
    """
    late_seconds: float = 0.0
    """How late the records of `late_every` appear (docs/reference/mimecast-api.md#search-message-tracking [open])."""
    queue_addresses: Literal["text", "object", "list"] = "text"
    """Form of the addresses in the details of a tracking record.

    Source: docs/reference/mimecast-api.md#get-tracking-details [open].
    """
    risk_form: Literal["word", "unknown_word", "number", "missing", "category_only"] = "word"
    """How the details tell the risk; with `missing` there is no verdict.

    Source: docs/reference/mimecast-api.md#get-tracking-details [open].
    """
    honour_status_filter: bool = True
    """Whether the tracking search filters by status.

    Source: docs/reference/mimecast-api.md#search-message-tracking (not documented for API 1.0).
    """
    honour_route_filter: bool = True
    """Whether the tracking search filters by route."""
    not_held: Literal["flag", "fail", "empty"] = "flag"
    """Reply for a message that is not held: flag (`release: false`), fail (`fail` has an entry) or empty
    (docs/reference/mimecast-api.md#messages-that-are-not-held [inferred])."""
    hold_accepts_tracking_id: bool = False
    """Whether hold-release and hold-reject also accept a tracking id.

    Source: docs/reference/mimecast-api.md#messages-that-are-not-held (sources disagree).
    """
    hold_list_hours: float = 0.0
    """If positive, a hold list without `start` covers this many hours only. Mimecast documents no default
    (docs/reference/mimecast-api.md#list-held-messages [unknown])."""
    hold_time_offset: float = 0.0
    """How many seconds the time of the hold queue is after that of message tracking.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    hold_subject: Literal["same", "tagged", "cut", "escaped"] = "same"
    """The subject in the hold queue: the same, with a tag, its beginning, or HTML-escaped.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    hold_from: Literal["envelope", "header"] = "envelope"
    """Which sender the hold queue shows (docs/reference/mimecast-api.md#identifiers [open])."""
    hold_to: Literal["same", "alias"] = "same"
    """Whether the hold queue shows another address of the recipient.

    Source: docs/reference/mimecast-api.md#identifiers [open].
    """
    hold_addresses: Literal["object", "text", "list"] = "object"
    """Form of the addresses in the hold list (docs/reference/mimecast-api.md#list-held-messages [open])."""
    hold_wrapper: Literal["documented", "null", "empty_object", "named"] = "documented"
    """Where the rows of the hold list are: in `data`, in another member, or nowhere.

    Source: docs/reference/mimecast-api.md#list-held-messages [open].
    """
    hold_next: Literal["next", "nextToken", "pageToken", "none", "always"] = "next"
    """How the hold list names its next page; `always` names one without end.

    Source: docs/reference/mimecast-api.md#pagination [open].
    """
    hold_total: bool = True
    """Whether the hold list tells the number of all rows (docs/reference/mimecast-api.md#pagination [open])."""
    hold_order: Literal["newest", "oldest"] = "newest"
    """Order of the hold list (docs/reference/mimecast-api.md#list-held-messages [open])."""
    hold_end_future: Literal["accept", "refuse"] = "accept"
    """What the hold list does with an `end` in the future.

    Source: docs/reference/mimecast-api.md#list-held-messages [open].
    """
    queue_page_refused: int = 0
    """If positive, a larger page of the hold list is refused (docs/reference/mimecast-api.md#pagination [open])."""
    hold_delay: float = 0.0
    """Seconds until a release or rejection changes the queue and tracking."""
    queue_id_is_hold_id: bool = True
    """Whether `queueInfo.id` is the hold id (docs/reference/mimecast-api.md#identifiers [inferred])."""
    queue_page_limit: int = 500
    """Maximum number of held messages on a page (docs/reference/mimecast-api.md#pagination [inferred])."""
    unknown_id: Literal["fail", "status"] = "fail"
    """Reply for a well-formed unknown id: fail (xdk_failure) or status (`meta.status` 404).

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
    damaged_id_empty_400: bool = True
    """Whether API 2.0 replies to a damaged id with HTTP 400 and no body.

    Source: docs/reference/mimecast-api.md#gateway-failures [seen in a client].
    """
    forbidden_status: int = 403
    """HTTP status of a missing role permission: 403 or 200 (docs/reference/mimecast-api.md#error-codes [open])."""
    status_in_meta_only: bool = False
    """Whether authentication errors have HTTP 200 and the status only in `meta.status`.

    Source: docs/reference/mimecast-api.md#error-codes [seen in a client].
    """
    accept_outside_recipients: bool = False
    """Whether a sender can be permitted or blocked for a recipient that is not in a domain of the tenant.

    Source: docs/reference/mimecast-api.md#permit-or-block-a-sender [inferred].
    """
    validates_nothing: bool = False
    """Whether endpoints that write accept every item as it is. A probe must change nothing even then.

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
    strict_members: bool = False
    """Whether unknown members of a request are refused instead of ignored.

    Source: docs/reference/mimecast-api.md#simulator-defaults.
    """
    archive_items_flat: bool = False
    """Whether archive items are directly in `data`.

    Source: docs/reference/mimecast-api.md#search-the-archive (documentation and clients disagree).
    """
    archive_delay: float = 0.0
    """Seconds until a delivered message is in the archive."""
    file_v1: Literal["stream", "url", "urls"] = "stream"
    """How API 1.0 returns files: stream, url or urls (docs/reference/mimecast-api.md#download-a-file)."""
    file_v2: Literal["stream", "url", "urls"] = "urls"
    """How API 2.0 returns files: stream, url or urls.

    Source: docs/reference/mimecast-api.md#download-a-file, docs/reference/mimecast-api.md#download-an-archived-message.
    """
    file_escaped: bool = True
    """Whether a decoded link contains a literal \\u0026.

    Source: docs/reference/mimecast-api.md#download-a-file [seen in a client].
    """
    gateway_detail_on_v2: bool = False
    """Whether API 2.0 has gateway/message/get-message-detail.

    Source: docs/reference/mimecast-api.md#get-held-message-details.
    """
    delete_policy_on_v2: bool = False
    """Whether API 2.0 has policy/blockedsenders/delete-policy.

    Source: docs/reference/mimecast-api.md#blocked-sender-policies.
    """

    foreign_id_info: Literal["fail", "http404_html", "http400", "flat200", "empty", "other_message"] = "fail"
    """Reply of get-message-info to an id that is not a tracking id, such as a hold id: fail (as `unknown_id` defines),
    http404_html (HTTP 404 with a web page), http400 (HTTP 400 without a body), flat200 (HTTP 200 with a failure without
    an envelope), empty (no details) or other_message (the details of another message).

    Source: docs/reference/mimecast-api.md#get-tracking-details [open].
    """
    decision_reply: Literal[
        "documented", "text", "named", "other_id", "empty", "lie",
        "drop_done", "drop_undone", "gateway_timeout_done", "gateway_timeout_undone",
    ] = "documented"  # fmt: skip
    """Reply to a release or a rejection of a held message: documented, text (`"true"` as text), named (another member
    name), other_id (the echo of another id), empty (no result), lie (true, without an effect), drop_done or drop_undone
    (the connection is closed after or without the decision), gateway_timeout_done or gateway_timeout_undone (HTTP 504
    after or without the decision).

    Source: docs/reference/mimecast-api.md#messages-that-are-not-held [open].
    """
    release_log: bool = False
    """Whether the tenant has get-held-release-logs (docs/reference/mimecast-api.md#endpoints-not-used-yet)."""
    decision_visible_after: float = 0.0
    """Seconds until the hold queue, message tracking and the release log show a release or rejection."""

    def change(self, name: str, value: object) -> None:
        """Set a quirk from text or a JSON value.

        Raises:
            UnknownQuirk: the quirk does not exist or does not accept the value.
        """
        names = [field.name for field in dataclasses.fields(self)]
        if name not in names:
            raise UnknownQuirk(f"There is no quirk {name!r}. There are: {', '.join(names)}.")
        words = get_args(get_type_hints(type(self))[name])
        setattr(self, name, _word(name, words, value) if words else _convert(name, getattr(self, name), value))


@cache
def descriptions() -> Mapping[str, str]:
    """The description of each quirk: the string below it in the source of `Quirks`."""
    definition = ast.parse(inspect.getsource(Quirks)).body[0]
    members = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        member.target.id: " ".join(text.value.value.split())
        for member, text in itertools.pairwise(members)
        if isinstance(member, ast.AnnAssign)
        and isinstance(member.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _word(name: str, words: tuple[str, ...], value: object) -> str:
    if value not in words:
        raise UnknownQuirk(f"{name} cannot be {value!r}. It can be: {', '.join(words)}.")
    return str(value)


def _convert(name: str, present: object, value: object) -> Any:
    """The value in the type of the present value."""
    try:
        if isinstance(present, bool):
            return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]
        if isinstance(present, (int, float)):
            return type(present)(str(value))
    except (KeyError, ValueError):
        raise UnknownQuirk(f"{name} cannot be {value!r}.") from None
    return str(value)
