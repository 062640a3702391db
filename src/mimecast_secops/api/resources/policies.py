"""Blocked sender policies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from mimecast_secops.api.decode import JsonReader, first_object
from mimecast_secops.api.endpoint import V2_ONLY, Endpoint
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import MimecastError, NotConfirmed, NotUnderstood
from mimecast_secops.api.reply_form import form_of
from mimecast_secops.api.request import Request, Result, no_result, whole_reply
from mimecast_secops.api.resources.policy_listing import PolicyListing, read_listing
from mimecast_secops.api.resources.policy_records import BlockedSenderPolicy, PolicyRecord
from mimecast_secops.api.session import Session
from mimecast_secops.api.vocabulary import ApiVersion

CREATE: Final = Endpoint(
    path="/api/policy/blockedsenders/create-policy",
    summary="create a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    source="docs/reference/mimecast-api.md#blocked-sender-policies [documented]",
)
GET: Final = Endpoint(
    path="/api/policy/blockedsenders/get-policy",
    summary="read blocked-sender policies",
    permission="Gateway | Policies | Read",
    source="docs/reference/mimecast-api.md#blocked-sender-policies [documented]",
)
DELETE: Final = Endpoint(
    path="/api/policy/blockedsenders/delete-policy",
    summary="delete a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    source=(
        "docs/reference/mimecast-api.md#blocked-sender-policies [documented] for API 1.0; "
        "not in the catalogue of API 2.0"
    ),
)
REST_DELETE: Final = Endpoint(
    path="/policy-management/cloud-gateway/v1/blocked-senders/policies",
    summary="delete a blocked-sender policy",
    permission="Gateway | Policies | Edit",
    writes=True,
    api_versions=V2_ONLY,
    source="docs/reference/mimecast-api.md#rest-endpoints-for-policies [documented]",
)
ENDPOINTS: Final = (CREATE, GET, DELETE, REST_DELETE)
# The other methods of the same path.
_REST_CREATE: Final = replace(REST_DELETE, summary=CREATE.summary)
_REST_LIST: Final = replace(REST_DELETE, summary=GET.summary, permission=GET.permission, writes=False)


class PoliciesResource:
    """The endpoints of the blocked sender policies."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, policy: BlockedSenderPolicy) -> PolicyRecord:
        """Create a policy.

        A tenant on API 2.0 that no longer has the endpoint of API 1.0 gets the request to its REST replacement.

        Returns:
            The policy as the reply shows it, which can be its ID only.

        Raises:
            NotConfirmed: the reply has no ID.
            MimecastError: the call failed.
        """
        return self._session.send(self.create_request(policy))

    def create_request(self, policy: BlockedSenderPolicy) -> Request[PolicyRecord]:
        """The request that `create` sends."""
        rest = Request(_REST_CREATE, (policy.to_rest_wire(),), _created, flat=True, allow_empty=True)
        return Request(CREATE, (policy.to_wire(),), _created, fallback=self._on_v2(rest))

    def list(self, policy_id: str = "") -> tuple[PolicyRecord, ...]:
        """List all policies.

        Args:
            policy_id: the ID of the only policy to list; "" for all.

        Raises:
            NotUnderstood: the reply has no list, or a policy in it has an unknown form.
            MimecastError: the call failed.
        """
        listing = self.listing(policy_id)
        if listing.unread:
            form = form_of(listing.unread[0])
            raise NotUnderstood(
                f"Mimecast answered {GET.path} with a policy in an unknown form ({form}).", form=form, endpoint=GET.path
            )
        return listing.records

    def listing(self, policy_id: str = "") -> PolicyListing:
        """List all policies, with what was not understood.

        On API 2.0, a list without a policy is compared with the list of the REST path, because it is not known whether
        both show the same policies.

        Args:
            policy_id: the ID of the only policy to list; "" for all.

        Raises:
            NotUnderstood: the reply has no list that can be recognised.
            MimecastError: the call failed.
        """
        item = ({"id": policy_id},) if policy_id else ()
        listing = read_listing(lambda token: self._session.send(self._list_request(item, policy_id, token)), GET.path)
        if not listing.is_empty or policy_id or self._session.api_version is not ApiVersion.V2:
            return listing
        try:
            return read_listing(lambda token: self._session.send(_rest_list_request("", token)), _REST_LIST.path)
        except MimecastError:
            return listing

    def delete(self, policy_id: str) -> None:
        """Delete a policy.

        A tenant on API 2.0 that no longer has the endpoint of API 1.0 gets the request to its REST replacement.

        Raises:
            NotFound: Mimecast has no policy with this ID.
            NotConfirmed: the reply does not name the policy.
            MimecastError: the call failed.
        """
        self._session.send(self.delete_request(policy_id))

    def delete_request(self, policy_id: str) -> Request[None]:
        """The request that `delete` sends."""

        def check(reply: Reply) -> None:
            if policy_id not in map(_id_of, reply.data):
                raise NotConfirmed(
                    "Mimecast did not confirm that the policy was deleted: its reply does not name the policy.",
                    endpoint=DELETE.path,
                    status=reply.status,
                )

        suffix = f"/{quote(policy_id, safe='')}"
        rest = Request(REST_DELETE, (), no_result, method="DELETE", path_suffix=suffix, allow_empty=True)
        return Request(DELETE, ({"id": policy_id},), check, fallback=self._on_v2(rest))

    def _list_request(self, item: tuple[Mapping[str, Any], ...], policy_id: str, token: str) -> Request[Reply]:
        pagination = {"pageToken": token} if token else None
        fallback = self._on_v2(_rest_list_request(policy_id, token))
        return Request(GET, item, whole_reply, pagination=pagination, fallback=fallback)

    def _on_v2(self, request: Request[Result]) -> Request[Result] | None:
        """The request as a fallback, which only API 2.0 has."""
        return request if self._session.api_version is ApiVersion.V2 else None


def _rest_list_request(policy_id: str, token: str) -> Request[Reply]:
    suffix = f"/{quote(policy_id, safe='')}" if policy_id else f"?pageToken={quote(token, safe='')}" if token else ""
    return Request(_REST_LIST, (), whole_reply, method="GET", path_suffix=suffix)


def _created(reply: Reply) -> PolicyRecord:
    """The created policy. Its ID is `id` or `policyId`, in `data` or outside it.

    Source: docs/reference/mimecast-api.md#rest-endpoints-for-policies [seen in a client].
    """
    for entry in (first_object(reply.data), dict(reply.body)):
        record = PolicyRecord.read(entry)
        if record.id:
            return record
    raise NotConfirmed(
        "Mimecast did not confirm that the policy was created: its reply has no ID.",
        endpoint=CREATE.path,
        status=reply.status,
    )


def _id_of(entry: Any) -> str:
    """The ID in an entry of the reply to a deletion: an object or the text itself."""
    return entry if isinstance(entry, str) else JsonReader(entry).text("id", "policyId")
