"""The table of endpoints: path, handler, permissions, API versions, and the types of requests and replies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mimecast_secops.simulator.http import (
    account,
    archive,
    decisions,
    domains,
    files,
    held,
    login,
    policies,
    release_log,
    senders,
    tracking,
)
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse
from mimecast_secops.simulator.http.schemas import account as account_types
from mimecast_secops.simulator.http.schemas import envelope, messages
from mimecast_secops.simulator.http.schemas import policies as policy_types
from mimecast_secops.simulator.http.schemas import tracking as tracking_types
from mimecast_secops.simulator.tenant import rights

BOTH: Final = (1, 2)
TOKEN: Final = "/oauth/token"  # noqa: S105 -- a path, not a secret
REST_POLICIES: Final = "/policy-management/cloud-gateway/v1/blocked-senders/policies"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint.

    Attributes:
        path: the path of the URL.
        handler: answers an authenticated request.
        permission: the role permission that the caller needs, "" for none.
        product: the product that the API 2.0 application needs, "" for none.
        reply: the type of an item of `data`, or without an envelope the type of the reply.
        request: the type of an item of `data` in the request. With the quirk `strict_members`, other members are
            refused; None disables the check.
        versions: the API versions, 1 and 2.
        quirk: the quirk that makes the endpoint available, "" if it always is.
        quirk_versions: the API versions on which the endpoint needs the quirk.
        method: the HTTP method.
        has_envelope: whether the reply has the envelope of `meta`, `data` and `fail`.
        is_file: whether the reply can be the file itself.
    """

    path: str
    handler: Callable[[ApiRequest], ApiResponse]
    permission: str
    product: str
    reply: type
    request: type | None = None
    versions: tuple[int, ...] = BOTH
    quirk: str = ""
    quirk_versions: tuple[int, ...] = (2,)
    method: str = "POST"
    has_envelope: bool = True
    is_file: bool = False

    @property
    def members(self) -> frozenset[str]:
        """The members of a data item of the request, empty where any member is accepted."""
        return frozenset(self.request.__annotations__ if self.request else ())


ENDPOINTS: Final = (
    Endpoint(
        "/api/account/get-account",
        account.get_account,
        rights.DASHBOARD,
        rights.ACCOUNT_MANAGEMENT,
        account_types.Account,
    ),
    Endpoint(
        "/api/domain/get-internal-domain",
        domains.get_internal_domain,
        rights.INTERNAL_DOMAINS_READ,
        rights.DOMAIN_MANAGEMENT,
        account_types.InternalDomain,
    ),
    Endpoint(
        "/identity/whoami",
        account.whoami,
        "",
        "",
        account_types.Identity,
        versions=(2,),
        method="GET",
        has_envelope=False,
    ),
    Endpoint(
        "/api/message-finder/search",
        tracking.search,
        rights.TRACKING_READ,
        rights.CLOUD_GATEWAY,
        tracking_types.TrackedEmails,
        tracking_types.TrackingSearchRequest,
    ),
    Endpoint(
        "/api/message-finder/get-message-info",
        tracking.get_message_info,
        rights.TRACKING_READ,
        rights.CLOUD_GATEWAY,
        tracking_types.MessageInfo,
        tracking_types.MessageInfoRequest,
    ),
    Endpoint(
        "/api/message-finder/reject-held-email",
        tracking.reject_held_email,
        rights.HELD_EDIT,
        rights.CLOUD_GATEWAY,
        envelope.ObjectId,
        tracking_types.RejectHeldEmailRequest,
        (1,),
    ),
    Endpoint(
        "/api/message-finder/release-held-email-to-sandbox",
        tracking.release_held_email_to_sandbox,
        rights.HELD_EDIT,
        rights.CLOUD_GATEWAY,
        envelope.ObjectId,
        envelope.IdRequest,
        (1,),
    ),
    Endpoint(
        "/api/message-finder/report-message",
        tracking.report_message,
        rights.TRACKING_EDIT,
        rights.CLOUD_GATEWAY,
        envelope.ObjectId,
        tracking_types.ReportMessageRequest,
        (1,),
    ),
    Endpoint(
        "/api/gateway/get-hold-message-list",
        held.get_hold_message_list,
        rights.DASHBOARD,
        rights.CLOUD_GATEWAY,
        messages.HeldMessage,
        messages.HoldListRequest,
    ),
    Endpoint(
        "/api/gateway/hold-release",
        decisions.hold_release,
        rights.HELD_EDIT,
        rights.CLOUD_GATEWAY,
        messages.HoldRelease,
        envelope.IdRequest,
    ),
    Endpoint(
        "/api/gateway/hold-reject",
        decisions.hold_reject,
        rights.HELD_EDIT,
        rights.CLOUD_GATEWAY,
        messages.HoldReject,
        messages.HoldRejectRequest,
    ),
    Endpoint(
        "/api/gateway/get-held-release-logs",
        release_log.get_held_release_logs,
        rights.HELD_READ,
        rights.CLOUD_GATEWAY,
        messages.HeldReleaseLogs,
        messages.HeldReleaseLogsRequest,
        quirk="release_log",
        quirk_versions=BOTH,
    ),
    Endpoint(
        "/api/gateway/get-hold-summary-list",
        held.get_hold_summary_list,
        rights.HELD_SUMMARY,
        rights.CLOUD_GATEWAY,
        messages.HoldSummary,
    ),
    Endpoint(
        "/api/gateway/message/get-message-detail",
        held.get_message_detail,
        rights.TRACKING_READ,
        rights.CLOUD_GATEWAY,
        messages.MessageDetail,
        messages.MessageDetailRequest,
        quirk="gateway_detail_on_v2",
    ),
    Endpoint(
        "/api/gateway/message/get-file",
        files.get_file,
        rights.TRACKING_READ,
        rights.CLOUD_GATEWAY,
        messages.FileLink,
        envelope.IdRequest,
        is_file=True,
    ),
    Endpoint(
        "/api/archive/search",
        archive.search,
        rights.ARCHIVE_SEARCH,
        rights.DATA_RETENTION,
        messages.ArchiveItems,
        messages.ArchiveSearchRequest,
    ),
    Endpoint(
        "/api/archive/get-message-detail",
        archive.get_message_detail,
        rights.ARCHIVE_CONTENT,
        rights.DATA_RETENTION,
        messages.ArchiveMessageDetail,
    ),
    Endpoint(
        "/api/archive/get-message-part",
        archive.get_message_part,
        rights.ARCHIVE_CONTENT,
        rights.DATA_RETENTION,
        messages.FileLink,
        is_file=True,
    ),
    Endpoint(
        "/api/archive/get-file",
        files.get_file,
        rights.ARCHIVE_CONTENT,
        rights.DATA_RETENTION,
        messages.FileLink,
        envelope.IdRequest,
        is_file=True,
    ),
    Endpoint(
        "/api/archive/get-message-list",
        archive.get_message_list,
        rights.ARCHIVE_SEARCH,
        rights.DATA_RETENTION,
        messages.ArchiveItem,
    ),
    Endpoint(
        "/api/managedsender/permit-or-block-sender",
        senders.permit_or_block_sender,
        rights.SENDERS_EDIT,
        rights.CLOUD_GATEWAY,
        policy_types.ManagedSenderEntry,
        policy_types.ManagedSenderRequest,
    ),
    Endpoint(
        "/api/policy/blockedsenders/create-policy",
        policies.create_policy,
        rights.POLICIES_EDIT,
        rights.CLOUD_GATEWAY,
        policy_types.PolicyEntry,
        policy_types.PolicyRequest,
        quirk="legacy_policy_on_v2",
    ),
    Endpoint(
        "/api/policy/blockedsenders/get-policy",
        policies.get_policy,
        rights.POLICIES_READ,
        rights.CLOUD_GATEWAY,
        policy_types.PolicyEntry,
        policy_types.PolicyIdRequest,
        quirk="legacy_policy_on_v2",
    ),
    Endpoint(
        "/api/policy/blockedsenders/delete-policy",
        policies.delete_policy,
        rights.POLICIES_EDIT,
        rights.CLOUD_GATEWAY,
        envelope.ObjectId,
        envelope.IdRequest,
        quirk="delete_policy_on_v2",
    ),
    Endpoint(
        "/api/login/discover-authentication",
        login.discover_authentication,
        "",
        "",
        account_types.AuthenticationMethods,
        versions=(1,),
    ),
)
BY_PATH: Final = {endpoint.path: endpoint for endpoint in ENDPOINTS}
