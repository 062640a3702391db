"""Open facts about the hold queue and its relation to message tracking."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.open_facts.fact import Mail, OpenFact, Reading

_LIST: Final = "docs/reference/mimecast-api.md#list-held-messages"
_IDS: Final = "docs/reference/mimecast-api.md#identifiers"
_DETAILS: Final = "docs/reference/mimecast-api.md#get-tracking-details"
_TIED: Final = "Ties record and hold by decoded IDs, or by the rest of the content."

HOLDS: Final = (
    OpenFact(
        question="How far the two views of a held message agree",
        source=_IDS,
        readings=(
            Reading(
                name="hold-30-seconds-later",
                tenant="The hold queue's time is 30 seconds after the time in message tracking.",
                product=_TIED,
                switches={"hold_time_offset": 30.0},
            ),
            Reading(
                name="hold-30-seconds-later-other-id",
                tenant="The same, and `queueInfo.id` is another text than the hold ID.",
                product=_TIED,
                switches={"hold_time_offset": 30.0, "queue_id_is_hold_id": False},
                limit="An action on a tracking ID refuses and names the hold IDs to choose from.",
            ),
            Reading(
                name="hold-subject-tagged",
                tenant="The hold queue shows the subject with a tag.",
                product=_TIED,
                switches={"hold_subject": "tagged"},
            ),
            Reading(
                name="hold-subject-cut",
                tenant="The hold queue shows the beginning of the subject.",
                product=_TIED,
                switches={"hold_subject": "cut"},
            ),
            Reading(
                name="hold-subject-escaped",
                tenant="The hold queue shows the subject HTML-escaped.",
                product=_TIED,
                switches={"hold_subject": "escaped"},
            ),
            Reading(
                name="hold-header-sender",
                tenant="The hold queue shows the sender of the header.",
                product=_TIED,
                switches={"hold_from": "header"},
            ),
            Reading(
                name="hold-alias-recipient",
                tenant="The hold queue shows another address of the recipient.",
                product=_TIED,
                switches={"hold_to": "alias"},
                limit="A release by hold ID refuses, because a search for the alias finds no tracking record.",
            ),
        ),
    ),
    OpenFact(
        question="Whether `queueInfo.id` is the hold ID",
        source=_IDS,
        readings=(
            Reading(
                name="queue-id-is-another",
                tenant="`queueInfo.id` is another text than the hold ID.",
                product=_TIED,
                switches={"queue_id_is_hold_id": False},
            ),
        ),
    ),
    OpenFact(
        question="How addresses are written",
        source=_DETAILS,
        readings=(
            Reading(
                name="hold-addresses-text",
                tenant="Addresses of the hold list are texts.",
                product="Reads texts, objects and lists.",
                switches={"hold_addresses": "text"},
            ),
            Reading(
                name="hold-addresses-list",
                tenant="Addresses of the hold list are lists.",
                product="Reads texts, objects and lists.",
                switches={"hold_addresses": "list"},
            ),
            Reading(
                name="details-addresses-object",
                tenant="Addresses of the tracking details are objects.",
                product="Reads texts, objects and lists.",
                switches={"queue_addresses": "object"},
            ),
            Reading(
                name="details-addresses-list",
                tenant="Addresses of the tracking details are lists.",
                product="Reads texts, objects and lists.",
                switches={"queue_addresses": "list"},
            ),
        ),
    ),
    OpenFact(
        question="How an empty hold list looks, and where its rows are",
        source=_LIST,
        readings=(
            Reading(
                name="hold-list-null",
                tenant="`data` is null although messages are held.",
                product="Reports that it does not understand the reply. Actions refuse.",
                switches={"hold_wrapper": "null"},
                limit="A null list does not tell whether messages are held.",
            ),
            Reading(
                name="hold-list-empty-object",
                tenant="`data` is an empty object although messages are held.",
                product="Reports that it does not understand the reply. Actions refuse.",
                switches={"hold_wrapper": "empty_object"},
                limit="An empty object does not tell whether messages are held.",
            ),
            Reading(
                name="hold-list-named",
                tenant="The rows are in another member.",
                product="Reads a list of objects that have members of a row, or reports the reply.",
                switches={"hold_wrapper": "named"},
                limit="An empty list under an unknown name does not tell whether messages are held.",
            ),
        ),
    ),
    OpenFact(
        question="The default window of the hold list, and the windows that it accepts",
        source=_LIST,
        readings=(
            Reading(
                name="hold-list-one-day",
                tenant="Without `start`, the list covers one day.",
                product="Always sends `start` and `end`.",
                switches={"hold_list_hours": 24.0},
            ),
            Reading(
                name="hold-end-in-future-refused",
                tenant="An `end` in the future is refused.",
                product="Never sends one.",
                switches={"hold_end_future": "refuse"},
            ),
        ),
    ),
    OpenFact(
        question="Page size and next page of the hold list",
        source=_LIST,
        readings=(
            Reading(
                name="hold-page-size-refused",
                tenant="A page size over 100 is refused.",
                product="Asks for smaller pages, and remembers the accepted size.",
                switches={"queue_page_refused": 100},
            ),
            Reading(
                name="hold-pages-of-25",
                tenant="A page has at most 25 rows, whatever is asked.",
                product="Reads all pages.",
                switches={"queue_page_limit": 25},
                mail=Mail.QUEUE,
            ),
            Reading(
                name="hold-next-nextToken",
                tenant="The next page is told as `nextToken`.",
                product="Reads all pages.",
                switches={"queue_page_limit": 25, "hold_next": "nextToken", "hold_total": True},
                mail=Mail.QUEUE,
            ),
            Reading(
                name="hold-next-pageToken",
                tenant="The next page is told as `pageToken`.",
                product="Reads all pages.",
                switches={"queue_page_limit": 25, "hold_next": "pageToken", "hold_total": True},
                mail=Mail.QUEUE,
            ),
            Reading(
                name="hold-next-missing",
                tenant="No next page is told although `totalCount` is larger than the page.",
                product="Lists the rest with shorter periods.",
                switches={"queue_page_limit": 25, "hold_next": "none", "hold_total": True},
                mail=Mail.QUEUE,
            ),
            Reading(
                name="hold-list-cut",
                tenant="A page has at most 25 rows, and neither a next page nor `totalCount` is told.",
                product="Compares a list with the lists of both halves of its period, until none is cut.",
                switches={"queue_page_limit": 25, "hold_next": "none", "hold_total": False},
                mail=Mail.QUEUE,
            ),
            Reading(
                name="hold-next-always",
                tenant="A next page is named without end.",
                product="Ends the listing when pages bring nothing new, and reports it.",
                switches={"hold_next": "always"},
                mail=Mail.QUEUE,
            ),
            Reading(
                name="hold-list-oldest-first",
                tenant="The list begins with the oldest message.",
                product="Does not depend on the order.",
                switches={"hold_order": "oldest"},
                mail=Mail.QUEUE,
            ),
        ),
    ),
    OpenFact(
        question="Where and how the risk of a message is told",
        source=_DETAILS,
        readings=(
            Reading(
                name="risk-unknown-word",
                tenant="The risk is a word that no source names.",
                product="Treats it as high: delivers the message, and refuses a release without *Allow High Risk*.",
                switches={"risk_form": "unknown_word"},
                mail=Mail.RISKS,
                limit="Messages of low risk are treated as high too.",
            ),
            Reading(
                name="risk-number",
                tenant="The risk is a number.",
                product="Treats it as high.",
                switches={"risk_form": "number"},
                mail=Mail.RISKS,
                limit="Messages of low risk are treated as high too.",
            ),
            Reading(
                name="risk-missing",
                tenant="There is no verdict.",
                product="Says that no risk is named.",
                switches={"risk_form": "missing"},
                limit="Where Mimecast names no risk, a release does not depend on it.",
            ),
            Reading(
                name="risk-in-category",
                tenant="The verdict has no risk, but one of its categories has.",
                product="Uses the risk of the category, or says that no risk is named.",
                switches={"risk_form": "category_only"},
            ),
        ),
    ),
)
