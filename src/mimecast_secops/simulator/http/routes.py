"""Every endpoint of the tenant: who may call it, on which generation, and what answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mimecast_secops.simulator.http import account, archive, domains, files, held, login, policies, senders, tracking
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse
from mimecast_secops.simulator.tenant import rights

BOTH: Final = (1, 2)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint. `members` are those that strict mode knows in a data item; none = not checked."""

    path: str
    answer: Callable[[ApiRequest], ApiResponse]
    permission: str
    product: str
    versions: tuple[int, ...] = BOTH
    members: tuple[str, ...] = ()
    quirk: str = ""
    method: str = "POST"


ENDPOINTS: Final = (
    Endpoint("/api/account/get-account", account.get_account, rights.DASHBOARD, rights.ACCOUNT_MANAGEMENT),
    Endpoint(
        "/api/domain/get-internal-domain",
        domains.get_internal_domain,
        rights.INTERNAL_DOMAINS_READ,
        rights.DOMAIN_MANAGEMENT,
    ),
    Endpoint("/identity/whoami", account.whoami, "", "", (2,), method="GET"),
    Endpoint(
        "/api/message-finder/search",
        tracking.search,
        rights.TRACKING_READ,
        rights.CLOUD_GATEWAY,
        members=(
            "start",
            "end",
            "messageId",
            "advancedTrackAndTraceOptions",
            "route",
            "status",
            "attachments",
            "searchReason",
        ),
    ),
    Endpoint(
        "/api/message-finder/get-message-info",
        tracking.get_message_info,
        rights.TRACKING_READ,
        rights.CLOUD_GATEWAY,
        members=("id", "loadContent"),
    ),
    Endpoint(
        "/api/message-finder/reject-held-email",
        tracking.reject_held,
        rights.HELD_EDIT,
        rights.CLOUD_GATEWAY,
        (1,),
        ("id", "notify", "notes", "reason"),
    ),
    Endpoint(
        "/api/message-finder/release-held-email-to-sandbox",
        tracking.release_to_sandbox,
        rights.HELD_EDIT,
        rights.CLOUD_GATEWAY,
        (1,),
        ("id",),
    ),
    Endpoint(
        "/api/message-finder/report-message",
        tracking.report_message,
        rights.TRACKING_EDIT,
        rights.CLOUD_GATEWAY,
        (1,),
        ("id", "type", "comment"),
    ),
    Endpoint(
        "/api/gateway/get-hold-message-list",
        held.get_hold_message_list,
        rights.DASHBOARD,
        rights.CLOUD_GATEWAY,
        members=("admin", "start", "end", "searchBy", "filterBy"),
    ),
    Endpoint("/api/gateway/hold-release", held.hold_release, rights.HELD_EDIT, rights.CLOUD_GATEWAY, members=("id",)),
    Endpoint(
        "/api/gateway/hold-reject",
        held.hold_reject,
        rights.HELD_EDIT,
        rights.CLOUD_GATEWAY,
        members=("ids", "message", "reasonType", "notify"),
    ),
    Endpoint(
        "/api/gateway/get-hold-summary-list", held.get_hold_summary_list, rights.HELD_SUMMARY, rights.CLOUD_GATEWAY
    ),
    Endpoint(
        "/api/gateway/message/get-message-detail",
        held.get_message_detail,
        rights.TRACKING_READ,
        rights.CLOUD_GATEWAY,
        members=("id", "mailbox", "context", "viewType"),
        quirk="gateway_detail_on_v2",
    ),
    Endpoint(
        "/api/gateway/message/get-file", files.get_file, rights.TRACKING_READ, rights.CLOUD_GATEWAY, members=("id",)
    ),
    Endpoint(
        "/api/archive/search",
        archive.search,
        rights.ARCHIVE_SEARCH,
        rights.DATA_RETENTION,
        members=("admin", "query"),
    ),
    Endpoint(
        "/api/archive/get-message-detail", archive.get_message_detail, rights.ARCHIVE_CONTENT, rights.DATA_RETENTION
    ),
    Endpoint("/api/archive/get-message-part", archive.message_part, rights.ARCHIVE_CONTENT, rights.DATA_RETENTION),
    Endpoint("/api/archive/get-file", files.get_file, rights.ARCHIVE_CONTENT, rights.DATA_RETENTION, members=("id",)),
    Endpoint("/api/archive/get-message-list", archive.message_list, rights.ARCHIVE_SEARCH, rights.DATA_RETENTION),
    Endpoint(
        "/api/managedsender/permit-or-block-sender",
        senders.permit_or_block,
        rights.SENDERS_EDIT,
        rights.CLOUD_GATEWAY,
        members=("sender", "to", "action"),
    ),
    Endpoint(
        "/api/policy/blockedsenders/create-policy",
        policies.create,
        rights.POLICIES_EDIT,
        rights.CLOUD_GATEWAY,
        members=("id", "option", "policy"),
    ),
    Endpoint(
        "/api/policy/blockedsenders/get-policy",
        policies.get,
        rights.POLICIES_READ,
        rights.CLOUD_GATEWAY,
        members=("id",),
    ),
    Endpoint(
        "/api/policy/blockedsenders/delete-policy",
        policies.delete,
        rights.POLICIES_EDIT,
        rights.CLOUD_GATEWAY,
        members=("id",),
        quirk="delete_policy_on_v2",
    ),
    Endpoint("/api/login/discover-authentication", login.discover_authentication, "", "", (1,)),
)
BY_PATH: Final = {endpoint.path: endpoint for endpoint in ENDPOINTS}
REST_POLICIES: Final = "/policy-management/cloud-gateway/v1/blocked-senders/policies"
