"""Open facts about message tracking."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.open_facts.fact import Mail, OpenFact, Reading

_SEARCH: Final = "docs/reference/mimecast-api.md#search-message-tracking"
_TIMES: Final = "docs/reference/mimecast-api.md#dates-and-times"
_IDS: Final = "docs/reference/mimecast-api.md#identifiers"

TRACKING: Final = (
    OpenFact(
        question="How many rows a tracking search returns at most, and in which order",
        source=_SEARCH,
        readings=(
            Reading(
                name="search-cut-at-25",
                tenant="A reply has at most 25 rows, the newest ones.",
                product="Compares halves of a window with the whole, learns the limit, and splits every full reply.",
                switches={"tracked_limit": 25},
                mail=Mail.HOUR,
            ),
            Reading(
                name="search-cut-at-25-rejected",
                tenant="A reply has at most 25 rows, and no second list shows the messages.",
                product="Compares halves of a window with the whole, learns the limit, and splits every full reply.",
                switches={"tracked_limit": 25},
                mail=Mail.REJECTED,
            ),
            Reading(
                name="search-cut-at-40-oldest",
                tenant="A reply has at most 40 rows, the oldest ones.",
                product="As above.",
                switches={"tracked_limit": 40, "tracked_order": "oldest"},
                mail=Mail.HOUR,
            ),
            Reading(
                name="search-cut-at-100-unordered",
                tenant="A reply has at most 100 rows, in no order.",
                product="As above: the comparison does not depend on the order.",
                switches={"tracked_limit": 100, "tracked_order": "none"},
                mail=Mail.REJECTED,
            ),
            Reading(
                name="search-cut-in-one-second",
                tenant="A reply has at most 100 rows, and one second has 240 messages.",
                product="Delivers what the hold queue shows besides, and reports the second as incomplete.",
                switches={"tracked_limit": 100},
                mail=Mail.BURST,
            ),
        ),
    ),
    OpenFact(
        question="Whether a tracking search has pages",
        source=_SEARCH,
        readings=(
            Reading(
                name="search-pages",
                tenant="`meta.pagination.next` names the next 100 rows.",
                product="Reads all pages.",
                switches={"tracked_limit": 100, "tracked_paging": "next"},
                mail=Mail.BURST,
            ),
            Reading(
                name="search-pages-with-total",
                tenant="`meta.pagination` has `next` and `totalCount`, with 25 rows per page.",
                product="Reads all pages, and counts the rows.",
                switches={"tracked_limit": 25, "tracked_paging": "next_and_total"},
                mail=Mail.HOUR,
            ),
            Reading(
                name="search-total-only",
                tenant="A reply of 25 rows has `totalCount` but no next page.",
                product="Splits a window whose reply has fewer rows than the total.",
                switches={"tracked_limit": 25, "tracked_paging": "total"},
                mail=Mail.HOUR,
            ),
        ),
    ),
    OpenFact(
        question="How an empty search result looks, and where its rows are",
        source=_SEARCH,
        readings=(
            Reading(
                name="search-rows-null",
                tenant="`trackedEmails` is null although messages match.",
                product="Reports that it does not understand the reply.",
                switches={"tracked_wrapper": "null"},
                limit="A null list does not tell whether there are messages.",
            ),
            Reading(
                name="search-data-null",
                tenant="`data` is null although messages match.",
                product="Reports that it does not understand the reply.",
                switches={"tracked_wrapper": "null_data"},
                limit="A null list does not tell whether there are messages.",
            ),
            Reading(
                name="search-empty-object",
                tenant="The reply has an empty object instead of the rows.",
                product="Reports that it does not understand the reply.",
                switches={"tracked_wrapper": "empty_object"},
                limit="An empty object does not tell whether there are messages.",
            ),
            Reading(
                name="search-rows-named",
                tenant="The rows are in another member.",
                product="Reads a list of objects that have members of a row, or reports the reply.",
                switches={"tracked_wrapper": "named"},
                limit="An empty list under an unknown name does not tell whether there are messages.",
            ),
            Reading(
                name="search-rows-flat",
                tenant="The rows are directly in `data`.",
                product="Reads them.",
                switches={"tracked_wrapper": "flat"},
            ),
        ),
    ),
    OpenFact(
        question="How times are written, and how precise they are",
        source=_TIMES,
        readings=(
            Reading(
                name="time-naive-utc",
                tenant="Times have no zone and are in UTC.",
                product="Reads them as UTC, and reports that the zone is missing.",
                switches={"time_form": "naive_utc"},
                limit="A time without a zone may be a local time.",
            ),
            Reading(
                name="time-naive-local",
                tenant="Times have no zone and are local.",
                product="Reads them as UTC, and reports that the zone is missing.",
                switches={"time_form": "naive_local"},
                limit="A time without a zone may be a local time.",
            ),
            Reading(
                name="time-epoch-ms",
                tenant="Times are unix milliseconds.",
                product="Reads them.",
                switches={"time_form": "epoch_ms"},
            ),
            Reading(
                name="time-epoch-s",
                tenant="Times are unix seconds.",
                product="Reads them.",
                switches={"time_form": "epoch_s"},
            ),
            Reading(
                name="time-rfc2822",
                tenant="Times have the form of an email's `Date` header.",
                product="Reads them.",
                switches={"time_form": "rfc2822"},
            ),
            Reading(
                name="archived-time-to-minute",
                tenant="The time of an archived record is cut to the minute.",
                product="Accepts a record that steps back by up to a minute, and recognizes the message.",
                switches={"archived_to_minute": True},
                mail=Mail.DECIDED,
            ),
        ),
    ),
    OpenFact(
        question="Whether an ID changes with the status of a message or with the caller",
        source=_IDS,
        readings=(
            Reading(
                name="id-names-status",
                tenant="The tracking ID changes with the status.",
                product="Recognizes the message by content if its former record is gone.",
                switches={"tracking_ids": "status"},
                mail=Mail.DECIDED,
            ),
            Reading(
                name="id-as-captured",
                tenant="IDs are compressed JSON that names status and queue number, as in public captures.",
                product="Ties holds and records by the numbers. What is decoded is never sent or logged.",
                switches={"tracking_ids": "real", "queue_id_is_hold_id": False},
                mail=Mail.DECIDED,
            ),
            Reading(
                name="held-also-accepted",
                tenant="A held message also has a record with the status accepted.",
                product="Delivers one alert for both.",
                switches={"held_also_accepted": True},
                mail=Mail.DECIDED,
            ),
        ),
    ),
    OpenFact(
        question="How late a tracking record may appear",
        source=_SEARCH,
        readings=(
            Reading(
                name="records-3-hours-late",
                tenant="Every tenth record appears three hours late.",
                product="Reads the last 24 hours again each hour, and the last 7 days each day.",
                switches={"late_every": 10, "late_seconds": 10_800.0},
                mail=Mail.LATE,
            ),
        ),
    ),
    OpenFact(
        question="Whether a search may begin exactly 30 days back",
        source=_SEARCH,
        readings=(
            Reading(
                name="start-at-limit-refused",
                tenant="A start exactly 30 days back is refused.",
                product="Keeps a margin.",
            ),
        ),
    ),
    OpenFact(
        question="Whether the filters by status and route are honoured",
        source=_SEARCH,
        readings=(
            Reading(
                name="filters-ignored",
                tenant="The search ignores `status` and `route`.",
                product="Applies the filters again to the rows.",
                switches={"honour_status_filter": False, "honour_route_filter": False},
            ),
        ),
    ),
    OpenFact(
        question="Which members every record has",
        source=_SEARCH,
        readings=(
            Reading(
                name="records-without-attachments",
                tenant="Rows have no `attachments`.",
                product="Reads the details of each message.",
                switches={"tracking_lacks": "attachments"},
            ),
            Reading(
                name="records-without-status",
                tenant="Rows have no `status`.",
                product="Delivers them, and reports the missing member with numbers.",
                switches={"tracking_lacks": "status"},
                limit="Without a status, a record cannot be filtered by it.",
            ),
        ),
    ),
)
