"""Open facts about decisions, policies, senders and the archive."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.open_facts.fact import OpenFact, Reading

_RELEASE: Final = "docs/reference/mimecast-api.md#release-a-held-message"
_DETAILS: Final = "docs/reference/mimecast-api.md#get-tracking-details"
_POLICIES: Final = "docs/reference/mimecast-api.md#get-and-delete-policies"
_SENDERS: Final = "docs/reference/mimecast-api.md#permit-or-block-a-sender"
_ARCHIVE: Final = "docs/reference/mimecast-api.md#search-the-archive"
_UNTELLING: Final = "The permission check reports the function as unknown."
_LOOKS: Final = "Looks at the hold queue, message tracking and the release log, and reports what they show."

DECISIONS: Final = (
    OpenFact(
        question="How `get-message-info` answers an ID that is not a tracking ID",
        source=_DETAILS,
        readings=tuple(
            Reading(
                name=f"foreign-id-{value.replace('_', '-')}",
                tenant=tenant,
                product="Looks for the ID in the hold queue as well.",
                switches={"foreign_id_info": value},
                limit=limit,
            )
            for value, tenant, limit in (
                ("http404_html", "HTTP 404 with an HTML page.", ""),
                ("http400", "HTTP 400.", ""),
                ("flat200", "HTTP 200 with an object in another form.", ""),
                ("empty", "HTTP 200 without data.", _UNTELLING),
                ("other_message", "The details of another message.", _UNTELLING),
            )
        ),
    ),
    OpenFact(
        question="How a decision on a held message is confirmed",
        source=_RELEASE,
        readings=(
            *(
                Reading(name=f"decision-{name}", tenant=tenant, product=_LOOKS, switches=switches)
                for name, tenant, switches in (
                    ("text", "The confirmation is a text.", {"decision_reply": "text"}),
                    ("named", "The confirmation is another member.", {"decision_reply": "named"}),
                    ("other-id", "The confirmation names another ID.", {"decision_reply": "other_id"}),
                    ("empty", "The reply is an empty list.", {"decision_reply": "empty"}),
                    ("dropped-done", "The connection drops after the decision.", {"decision_reply": "drop_done"}),
                    (
                        "dropped-not-done",
                        "The connection drops before the decision.",
                        {"decision_reply": "drop_undone"},
                    ),
                    ("504-done", "HTTP 504 after the decision.", {"decision_reply": "gateway_timeout_done"}),
                    ("504-not-done", "HTTP 504 before the decision.", {"decision_reply": "gateway_timeout_undone"}),
                )
            ),
            Reading(
                name="decision-without-effect",
                tenant="The reply confirms, but the message stays in the queue.",
                product="Reports the decision as done and not confirmed yet.",
                switches={"decision_reply": "lie"},
                limit="A decision may show late.",
            ),
        ),
    ),
    OpenFact(
        question="Which members `get-policy` returns, and where",
        source=_POLICIES,
        readings=(
            Reading(
                name="policy-as-documented",
                tenant="A policy has no `enabled` and no `enforced`.",
                product="Compares the members that the reply has.",
                switches={"policy_get": "documented"},
            ),
            Reading(
                name="policy-wrapped",
                tenant="The policies are in another member.",
                product="Reads them there.",
                switches={"policy_get": "wrapped"},
            ),
            Reading(
                name="policy-renamed",
                tenant="Members of a policy have other names.",
                product="Creates no second policy, and reports that it cannot compare the listed one.",
                switches={"policy_get": "renamed"},
                limit="Members with unknown names cannot be compared.",
            ),
            Reading(
                name="policy-not-returned",
                tenant="The reply has no policy.",
                product="Reads the REST list on API 2.0. On API 1.0, reports that the policy is not confirmed.",
                switches={"policy_get": "empty"},
                limit="API 1.0 has no other function that lists policies.",
            ),
            Reading(
                name="policy-created-without-id",
                tenant="The reply to a creation has no ID.",
                product="Finds the policy in the list.",
                switches={"policy_create_id": False},
            ),
            Reading(
                name="policy-made-bidirectional",
                tenant="The server sets `bidirectional` itself.",
                product="Reports the changed member as such.",
                switches={"policy_forced_bidirectional": True},
            ),
            Reading(
                name="policy-deletion-empty",
                tenant="The reply to a deletion is an empty list.",
                product="Looks whether the policy is gone.",
                switches={"policy_delete_reply": "empty"},
            ),
            Reading(
                name="policy-legacy-path-missing",
                tenant="API 2.0 does not have the legacy path to create a policy.",
                product="Uses the REST path.",
                switches={"legacy_policy_on_v2": False},
            ),
        ),
    ),
    OpenFact(
        question="How a permitted or blocked sender is confirmed",
        source=_SENDERS,
        readings=(
            Reading(
                name="sender-blocked-spelled",
                tenant="The type is `Blocked`.",
                product="Accepts any spelling.",
                switches={"sender_reply": "spelled"},
            ),
            Reading(
                name="sender-blocked-upper",
                tenant="The type is in upper case.",
                product="Accepts any spelling.",
                switches={"sender_reply": "upper"},
            ),
            Reading(
                name="sender-reply-empty",
                tenant="The reply is an empty list.",
                product="Says that the change is not confirmed.",
                switches={"sender_reply": "empty"},
                limit="No function lists managed senders.",
            ),
            Reading(
                name="recipient-not-managed",
                tenant="A recipient that is not managed is refused like a missing permission.",
                product="Tells the two apart.",
                switches={"unmanaged_recipient": "refuse"},
            ),
        ),
    ),
    OpenFact(
        question="Where the items of an archive search are, and how a next page is told",
        source=_ARCHIVE,
        readings=(
            Reading(
                name="archive-items-flat",
                tenant="The items are directly in `data`.",
                product="Reads them.",
                switches={"archive_wrapper": "flat"},
            ),
            Reading(
                name="archive-items-named",
                tenant="The items are in another member.",
                product="Reads a list of objects that have members of an item, or reports the reply.",
                switches={"archive_wrapper": "messages"},
                limit="An empty list with an unknown name does not show that there are no emails.",
            ),
            Reading(
                name="archive-items-null",
                tenant="The items are null although emails match.",
                product="Reports that it does not understand the reply.",
                switches={"archive_wrapper": "null"},
                limit="A null list does not tell whether there are emails.",
            ),
            Reading(
                name="archive-items-text",
                tenant="The items are a text.",
                product="Reports that it does not understand the reply.",
                switches={"archive_wrapper": "text"},
                limit="A text is not a list of emails.",
            ),
            Reading(
                name="archive-next-nextToken",
                tenant="The next page is told as `nextToken`.",
                product="Reads all pages.",
                switches={"archive_next": "nextToken", "archive_total": True},
            ),
            Reading(
                name="archive-next-pageToken",
                tenant="The next page is told as `pageToken`.",
                product="Reads all pages.",
                switches={"archive_next": "pageToken", "archive_total": True},
            ),
            Reading(
                name="archive-next-missing",
                tenant="No next page is told although `totalCount` is larger than the page.",
                product="Requests the rest by row number. The result of an XML query is named a part.",
                switches={"archive_next": "none", "archive_total": True},
            ),
            Reading(
                name="archive-next-and-total-missing",
                tenant="A full page names neither a next page nor `totalCount`.",
                product="Requests the rest by row number. The result of an XML query is named a part.",
                switches={"archive_next": "none", "archive_total": False},
            ),
        ),
    ),
)
