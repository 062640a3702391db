"""Replies that are not a success, and their errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, Endpoint
from mimecast_secops.api.client import endpoints
from mimecast_secops.api.envelope import Fail, RawReply, open_envelope
from mimecast_secops.api.error_mapping import RequestInfo, error_of_item, error_of_reply
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    Consequence,
    MimecastError,
    MissingPermission,
    NotFound,
    RateLimited,
    Redirected,
    Unavailable,
    UndecodableReply,
    UnreadableReply,
)
from mimecast_secops.api.resources import account, held, tracking
from mimecast_secops.api.session import TOKEN
from tests.api.clients import BOTH
from tests.api.samples import bytes_of, raw_of
from tests.samples import Sample

REQUEST_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
BY_PATH = {endpoint.path: endpoint for endpoint in (*endpoints(), TOKEN)}
OTHER = Endpoint(path="/api/elsewhere", summary="do something", permission="", source="these tests")
HTML = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def mapped(
    raw: RawReply, endpoint: Endpoint = held.LIST, api_version: ApiVersion = ApiVersion.V2
) -> MimecastError | None:
    return error_of_reply(RequestInfo(endpoint, api_version, REQUEST_ID), raw, open_envelope(raw))


def error_of(status: int, body: Any = None, endpoint: Endpoint = held.LIST, **options: Any) -> MimecastError:
    api_version = options.pop("api_version", ApiVersion.V2)
    raw = RawReply(status, options.pop("headers", {}), body if isinstance(body, bytes) else bytes_of(body))
    error = mapped(raw, endpoint, api_version)
    assert error is not None
    return error


def path_of(endpoint: Endpoint) -> str:
    return endpoint.path


def nested(code: str, message: str = "the detail", **options: Any) -> dict[str, Any]:
    return {"meta": {"status": 200}, "data": [], "fail": [{"errors": [{"code": code, "message": message, **options}]}]}


def flat(code: str, message: str = "the detail") -> dict[str, Any]:
    return {"fail": [{"code": code, "message": message}]}


# the samples

REFUSED: list[tuple[str, type[MimecastError], int, str, str]] = [
    ("archive_message_detail.bad_context", ApiError, 200, "err_validation_value_not_allowed", '(field "context")'),
    ("archive_message_detail.smash_as_id", NotFound, 200, "xdk_failure", "does not know the ID"),
    ("archive_message_part.not_found", ApiError, 200, "", "Message not found"),
    ("archive_search.not_xml", ApiError, 200, "err_invalid_search_xml", "Search query is not valid XML"),
    ("auth1.binding_expired_418", AuthenticationFailed, 418, "err_xdk_binding_expired", "Access Key has expired"),
    ("auth1.developer_key", AuthenticationFailed, 200, "err_developer_key", "Check Application ID"),
    (
        "auth1.forbidden_for_address",
        MissingPermission,
        403,
        "err_xdk_operation_forbidden_for_address",
        "0003 Forbidden To Perform Operation For Address",
    ),
    ("auth1.invalid_signature", AuthenticationFailed, 401, "err_xdk_invalid_signature", "this machine's clock"),
    ("auth1.not_found_404", NotFound, 404, "", "does not have"),
    ("auth1.rate_limited_429", RateLimited, 429, "", "Rate limit exceeded"),
    (
        "auth2.app_forbidden",
        MissingPermission,
        403,
        "app_forbidden",
        "Products are fixed when an application is created",
    ),
    ("auth2.corrupt_id_empty_400", NotFound, 400, "", "An ID in the request is damaged"),
    ("auth2.missing_bearer", AuthenticationFailed, 401, "unauthorized", "Unauthorized Request"),
    ("auth2.rate_limited_429", RateLimited, 429, "", "Rate limit exceeded"),
    ("auth2.token_expired", AuthenticationFailed, 401, "token_expired", "Access Token expired"),
    ("auth2.token_verification_failed", AuthenticationFailed, 401, "token_verification_failed", "verification failed"),
    ("blocked_sender_create.invalid_from_value", ApiError, 200, "err_policy_invalid_from_value", "Invalid fromValue"),
    ("blocked_sender_delete.unknown_id", NotFound, 404, "", "no reason given"),
    ("gateway_get_file.bad_id", NotFound, 200, "xdk_failure", "0007 Invalid token"),
    ("hold_list.bad_field", ApiError, 200, "err_validation_value_not_allowed", "searchBy.fieldName"),
    ("hold_reject.bad_reason", ApiError, 200, "err_validation_value_not_allowed", "reasonType"),
    ("hold_release.bad_id_fail", NotFound, 200, "xdk_failure", "/api/gateway/hold-release"),
    ("managed_sender.invalid_address", ApiError, 200, "err_validation_invalid_email_address", '(field "sender")'),
    ("managed_sender.partial_failure", ApiError, 200, "err_validation_invalid_email_address", "not valid"),
    ("message_finder_search.blank_message_id", ApiError, 200, "err_validation_blank", '(field "messageId")'),
    ("message_finder_search.no_criteria", ApiError, 200, "err_validation_at_least_one_not_null", "At least one of"),
    ("message_finder_search.start_too_old", ApiError, 200, "err_track_and_trace_invalid_start_date", '(field "start")'),
    ("message_info.id_missing", ApiError, 200, "err_validation_null", "cannot be NULL"),
    ("message_info.unknown_id", NotFound, 200, "xdk_failure", "does not know the ID"),
    ("oauth_token.invalid_client", AuthenticationFailed, 401, "InvalidClientIdentifier", "Client ID and Client Secret"),
    ("reject_held_email.not_held", ApiError, 200, "err_simulated_not_held", "refused"),
    ("release_held_email_to_sandbox.not_held", ApiError, 200, "err_simulated_not_held", "refused"),
    ("report_message.v2_app_forbidden", MissingPermission, 403, "app_forbidden", "not allowed to"),
]
SUCCESSFUL = [
    "archive_get_file.v2_url",
    "archive_message_detail.success",
    "archive_message_part.v2_url",
    "archive_message_part.v2_urls_variant",
    "archive_search.admin_omitted",
    "archive_search.empty",
    "archive_search.page1",
    "archive_search.page2_last",
    "blocked_sender_create.success_v1",
    "blocked_sender_create.success_v2",
    "blocked_sender_create.update_by_id",
    "blocked_sender_delete.success",
    "blocked_sender_get.all",
    "blocked_sender_get.one",
    "blocked_sender_rest.create",
    "blocked_sender_rest.list",
    "gateway_get_file.v2_url",
    "gateway_message_detail.no_attachments",
    "gateway_message_detail.success",
    "get_account.success_v1",
    "get_account.success_v2",
    "hold_list.by_recipient",
    "hold_list.empty",
    "hold_list.last_page",
    "hold_list.page1",
    "hold_reject.google_field_names",
    "hold_reject.not_held_false",
    "hold_reject.success",
    "hold_release.not_held_false",
    "hold_release.success_v1",
    "hold_release.success_v2",
    "hold_summary.empty",
    "hold_summary.success",
    "managed_sender.block",
    "managed_sender.permit",
    "message_finder_search.by_message_id",
    "message_finder_search.empty",
    "message_finder_search.success",
    "message_info.archived",
    "message_info.held",
    "oauth_token.success",
    "reject_held_email.success",
    "release_held_email_to_sandbox.success",
    "report_message.success",
]


def endpoint_of(exchange: dict[str, Any]) -> Endpoint:
    path = "/" + exchange["request"]["url"].split("/", 3)[3]
    return BY_PATH.get(path, OTHER)


def api_version_of(exchange: dict[str, Any]) -> ApiVersion:
    return ApiVersion.V2 if ".services." in exchange["request"]["url"] else ApiVersion.V1


@pytest.mark.parametrize(("name", "kind", "status", "code", "words"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_an_error_reply_of_the_samples_has_the_right_error_and_mimecasts_own_words(
    sample: Sample, name: str, kind: type[MimecastError], status: int, code: str, words: str
) -> None:
    exchange = sample(name)
    error = mapped(raw_of(exchange), endpoint_of(exchange), api_version_of(exchange))
    assert type(error) is kind
    assert (error.status, error.code) == (status, code)
    assert words in str(error)
    assert error.endpoint == endpoint_of(exchange).path
    assert error.request_id == REQUEST_ID


@pytest.mark.parametrize("name", SUCCESSFUL)
def test_a_successful_reply_of_the_samples_is_no_error(sample: Sample, name: str) -> None:
    exchange = sample(name)
    assert mapped(raw_of(exchange), endpoint_of(exchange), api_version_of(exchange)) is None


# codes and statuses

CODES: list[tuple[str, type[MimecastError], str]] = [
    ("err_xdk_invalid_signature", AuthenticationFailed, "does not accept the credentials"),
    ("err_developer_key", AuthenticationFailed, "does not accept the credentials"),
    ("InvalidClientIdentifier", AuthenticationFailed, "does not accept the credentials"),
    ("token_expired", AuthenticationFailed, "does not accept the credentials"),
    ("token_verification_failed", AuthenticationFailed, "does not accept the credentials"),
    ("unauthorized", AuthenticationFailed, "does not accept the credentials"),
    ("err_xdk_binding_expired", AuthenticationFailed, "Create a new one"),
    ("err_audit_log_incorrect_region", AuthenticationFailed, "another region"),
    ("err_xdk_operation_forbidden_for_address", MissingPermission, 'the permission "Account | Dashboard | Read"'),
    ("app_forbidden", MissingPermission, "create one that has it"),
    ("xdk_failure", NotFound, "does not know the ID"),
    ("err_validation_null", ApiError, "refused"),
    ("an_unknown_code", ApiError, "refused"),
]
STATUSES: list[tuple[int, type[MimecastError], Consequence]] = [
    (400, ApiError, Consequence.SKIP),
    (401, AuthenticationFailed, Consequence.FIX),
    (403, MissingPermission, Consequence.FIX),
    (404, NotFound, Consequence.SKIP),
    (405, ApiError, Consequence.SKIP),
    (406, ApiError, Consequence.SKIP),
    (409, ApiError, Consequence.SKIP),
    (418, AuthenticationFailed, Consequence.FIX),
    (429, RateLimited, Consequence.RETRY),
    (500, Unavailable, Consequence.RETRY),
    (502, Unavailable, Consequence.RETRY),
    (503, Unavailable, Consequence.RETRY),
    (599, Unavailable, Consequence.RETRY),
]


@pytest.mark.parametrize(("code", "kind", "words"), CODES, ids=[code for code, *_ in CODES])
@pytest.mark.parametrize(("status", "shape"), [(200, nested), (400, flat), (401, nested), (403, flat)])
def test_a_code_decides_whatever_the_status_and_the_form(
    code: str, kind: type[MimecastError], words: str, status: int, shape: Any
) -> None:
    error = error_of(status, shape(code))
    if code.startswith(("err_validation", "an_unknown")) and status in (401, 403):
        assert isinstance(error, AuthenticationFailed if status == 401 else MissingPermission)
        return
    assert type(error) is kind
    assert words in str(error)
    assert f"{code}: the detail" in str(error)
    assert (error.code, error.detail, error.status) == (code, "the detail", status)


@pytest.mark.parametrize(("status", "kind", "consequence"), STATUSES)
@pytest.mark.parametrize("in_meta_only", [False, True], ids=["HTTP status", "status in meta"])
def test_a_status_without_a_code_decides(
    status: int, kind: type[MimecastError], consequence: Consequence, in_meta_only: bool
) -> None:
    error = error_of(200 if in_meta_only else status, {"meta": {"status": status}, "data": [], "fail": []})
    assert type(error) is kind
    assert error.status == status
    assert error.consequence is consequence


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("body", [{"data": [{"id": "x"}]}, HTML, b""], ids=["JSON", "page", "empty"])
def test_a_redirect_is_named_with_the_host_of_its_target_and_what_to_check(status: int, body: Any) -> None:
    error = error_of(status, body, headers={"location": "https://login.example.org:8443/sso?secret=marked"})
    assert type(error) is Redirected
    assert "a redirect to the host login.example.org" in str(error)
    assert "API Root" in str(error)
    assert "marked" not in str(error)
    assert error.maybe_done is (status == 303)


@pytest.mark.parametrize("location", ["", "/login", "https://[broken", "https://a\x1b[31mb/", f"https://{'a' * 300}/"])
def test_a_redirect_whose_target_cannot_be_named_is_still_a_redirect(location: str) -> None:
    error = error_of(302, b"", headers={"location": location})
    assert type(error) is Redirected
    assert "a redirect to another address" in str(error)


def test_a_status_that_redirects_nowhere_is_an_error() -> None:
    assert isinstance(error_of(300, {"data": [{"id": "x"}]}), ApiError)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "the detail", "code": "the_code"}},
        {"error": [{"message": "the detail", "code": "the_code"}]},
        {"error": "the detail"},
        {"data": [], "error": {"message": "the detail"}},
    ],
    ids=["object", "list", "text", "next to data"],
)
@pytest.mark.parametrize("status", [400, 403, 409])
def test_an_error_member_instead_of_fail_is_the_reason(status: int, body: Any) -> None:
    error = error_of(status, body)
    assert "the detail" in str(error)
    assert error.detail == "the detail"


def test_an_error_member_next_to_data_of_a_success_is_no_error() -> None:
    raw = RawReply(200, {}, b'{"meta":{"status":200},"data":[],"error":"none"}')
    assert mapped(raw) is None


@pytest.mark.parametrize("code", ["internal-error", "internal_error"])
def test_a_server_error_is_one_whatever_the_status(code: str) -> None:
    error = error_of(200, nested(code))
    assert type(error) is Unavailable
    assert error.maybe_done is True


@pytest.mark.parametrize(
    "text",
    [
        "Forbidden to perform the requested operation",
        "Resource or method requested does not exist in any product assigned to the application.",
    ],
)
def test_a_forbidden_application_is_recognised_by_its_code(text: str) -> None:
    error = error_of(403, flat("app_forbidden", text), account.GET)
    assert isinstance(error, MissingPermission)
    assert error.product == account.GET.product


def test_a_failure_next_to_data_names_its_cause() -> None:
    error = error_of(200, {**nested("err_backend", "Index not available"), "data": [{"id": "x"}]})
    assert "err_backend: Index not available" in str(error)


# permissions


@BOTH
def test_a_missing_permission_is_named_with_the_role_that_needs_it(api_version: ApiVersion) -> None:
    endpoint = held.RELEASE
    error = error_of(403, nested("err_xdk_operation_forbidden_for_address"), endpoint, api_version=api_version)
    assert isinstance(error, MissingPermission)
    assert error.permission == endpoint.permission
    assert f'"{endpoint.permission}"' in str(error)
    assert f"Not permitted to {endpoint.summary}" in str(error)
    who = "the service account's role" if api_version is ApiVersion.V1 else "the API application's role"
    assert who in str(error)


@pytest.mark.parametrize("endpoint", [account.GET, held.DETAIL], ids=path_of)
def test_a_missing_product_is_named_or_described_by_its_endpoint(endpoint: Endpoint) -> None:
    error = error_of(403, flat("app_forbidden"), endpoint)
    assert isinstance(error, MissingPermission)
    assert error.product == endpoint.product
    assert error.permission == ""
    assert (endpoint.product or endpoint.path) in str(error)


def test_a_permission_whose_name_is_unknown_is_described_by_its_endpoint() -> None:
    error = error_of(403, nested("err_xdk_operation_forbidden_for_address"), account.WHOAMI)
    assert "grant the API application's role what /identity/whoami needs" in str(error)


@BOTH
def test_the_error_for_wrong_credentials_names_what_to_check_on_this_api_version(api_version: ApiVersion) -> None:
    message = str(error_of(401, nested("err_xdk_invalid_signature"), api_version=api_version))
    assert ("Secret Key" in message) is (api_version is ApiVersion.V1)
    assert ("Client Secret" in message) is (api_version is ApiVersion.V2)
    assert "API Root" in message


# unreadable replies

UNREADABLE: list[tuple[str, int, bytes, dict[str, str], type[MimecastError], str]] = [
    ("a login page", 200, HTML, {"content-type": "text/html"}, UnreadableReply, "not the Mimecast API"),
    ("a page that says it is JSON", 200, HTML, {"content-type": "application/json"}, UnreadableReply, "web page"),
    ("a forbidding page", 403, HTML, {"content-type": "text/html"}, UnreadableReply, "web page (HTTP 403)"),
    ("a page after a mark", 200, b"\xef\xbb\xbf" + HTML, {}, UnreadableReply, "web page"),
    ("an empty reply", 200, b"", {}, UnreadableReply, "an empty reply"),
    ("a mark alone", 200, b"\xef\xbb\xbf", {}, UnreadableReply, "an empty reply"),
    ("half a reply after a mark", 200, b'\xef\xbb\xbf{"data": [', {}, UndecodableReply, "not complete JSON"),
    ("blanks", 200, b" \r\n ", {}, UnreadableReply, "an empty reply"),
    ("half a reply", 200, b'{"data": [', {}, UndecodableReply, "not complete JSON"),
    ("a list", 200, b"[]", {}, UnreadableReply, "not complete JSON"),
    ("a quote too many", 200, b'{"data": "a"b"}', {}, UndecodableReply, "not complete JSON"),
    ("an empty 400", 400, b"", {}, NotFound, "An ID in the request is damaged"),
    ("an empty 401", 401, b"", {}, AuthenticationFailed, "gave no reason"),
    ("an empty 403", 403, b"", {}, AuthenticationFailed, "gave no reason"),
    ("an empty 407", 407, b"", {}, AuthenticationFailed, "gave no reason"),
    ("an empty 404", 404, b"", {}, ApiError, "Check that API Root is the root"),
    ("a 404 page", 404, HTML, {"content-type": "text/html"}, ApiError, "Check that API Root is the root"),
    ("an empty 429", 429, b"", {"x-ratelimit-reset": "1500"}, RateLimited, "Rate limit exceeded"),
    ("an empty 500", 500, b"", {}, Unavailable, "server error (HTTP 500)"),
    ("a 502 page", 502, HTML, {"content-type": "text/html"}, Unavailable, "HTTP 502"),
]


@pytest.mark.parametrize(
    ("case", "status", "body", "headers", "kind", "words"), UNREADABLE, ids=[name for name, *_ in UNREADABLE]
)
def test_a_reply_that_is_not_json_is_explained(
    case: str, status: int, body: bytes, headers: dict[str, str], kind: type[MimecastError], words: str
) -> None:
    error = error_of(status, body, headers=headers)
    assert type(error) is kind
    assert all(word in str(error) for word in words.replace("(", "").split())
    assert error.endpoint == held.LIST.path
    assert "<html" not in str(error).lower()


# length and items


@given(st.text(max_size=5000), st.text(max_size=5000))
def test_an_error_stays_short_however_much_a_server_says(code: str, message: str) -> None:
    error = error_of(400, {"fail": [{"code": code, "message": message}]})
    assert len(error.detail) <= 300
    assert len(str(error)) < 1500 + len(code)


def test_the_error_of_one_item_is_that_of_a_whole_request() -> None:
    request_info = RequestInfo(held.REJECT, ApiVersion.V2)
    assert isinstance(error_of_item(request_info, Fail("xdk_failure", "0007 Invalid token")), NotFound)
    other = error_of_item(request_info, Fail("err_validation_null", "missing", "ids"))
    assert type(other) is ApiError
    assert str(other) == 'Mimecast refused /api/gateway/hold-reject (field "ids"): err_validation_null: missing'


def test_the_first_of_several_errors_is_used() -> None:
    body = {"fail": [{"code": "first", "message": "one"}, {"code": "second", "message": "two"}]}
    assert error_of(400, body).code == "first"


@given(
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(["content-type", "retry-after", "x-ratelimit-reset"]), st.text()),
    st.binary()
    | st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["meta", "status", "fail", "errors", "code", "message", "key", "data"]), inner
            )
        ),
    ).map(lambda value: json.dumps(value).encode()),
)
def test_every_reply_is_a_success_or_an_error_with_a_message(status: int, headers: dict[str, str], body: bytes) -> None:
    error = mapped(RawReply(status, headers, body))
    if error is None:
        assert 200 <= status < 300
        return
    assert str(error)
    assert isinstance(error, (ApiError, UnreadableReply))


# rate limits


def test_a_rate_limit_carries_the_wait_of_the_sample(sample: Sample) -> None:
    error = mapped(raw_of(sample("auth1.rate_limited_429")), tracking.SEARCH, ApiVersion.V1)
    assert isinstance(error, RateLimited)
    assert error.wait == 42.0
