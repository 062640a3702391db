"""From a reply that is not a success to an error that tells a person what to do."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, Endpoint
from mimecast_secops.api.client import endpoints
from mimecast_secops.api.envelope import Fail, RawReply, open_envelope
from mimecast_secops.api.error_mapping import RequestInfo, refusal, refused_item, retry_after
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    Consequence,
    MimecastError,
    MissingPermission,
    NotFound,
    RateLimited,
    Unavailable,
    UndecodableReply,
    UnreadableReply,
)
from mimecast_secops.api.resources import account, archive, domains, files, held, policies, senders, tracking
from mimecast_secops.api.session import TOKEN
from tests.api.bench import BOTH, bytes_of, raw_of, sample

REQUEST_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
BY_PATH = {endpoint.path: endpoint for endpoint in (*endpoints(), TOKEN)}
OTHER = Endpoint(path="/api/elsewhere", summary="do something", permission="", source="these tests")
HTML = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def judged(
    raw: RawReply, endpoint: Endpoint = held.LIST, api_version: ApiVersion = ApiVersion.V2
) -> MimecastError | None:
    return refusal(RequestInfo(endpoint, api_version, REQUEST_ID), raw, open_envelope(raw))


def error_of(status: int, body: Any = None, endpoint: Endpoint = held.LIST, **more: Any) -> MimecastError:
    api_version = more.pop("api_version", ApiVersion.V2)
    raw = RawReply(status, more.pop("headers", {}), body if isinstance(body, bytes) else bytes_of(body))
    found = judged(raw, endpoint, api_version)
    assert found is not None
    return found


def nested(code: str, message: str = "said so", **more: Any) -> dict[str, Any]:
    return {"meta": {"status": 200}, "data": [], "fail": [{"errors": [{"code": code, "message": message, **more}]}]}


def flat(code: str, message: str = "said so") -> dict[str, Any]:
    return {"fail": [{"code": code, "message": message}]}


# the samples

REFUSED: list[tuple[str, type[MimecastError], int, str, str]] = [
    ("archive_message_detail.bad_context", ApiError, 200, "err_validation_value_not_allowed", '(field "context")'),
    ("archive_message_detail.smash_as_id", NotFound, 200, "xdk_failure", "does not know the id"),
    ("archive_message_part.not_found", ApiError, 200, "", "Message not found"),
    ("archive_search.not_xml", ApiError, 200, "err_invalid_search_xml", "Search query is not valid XML"),
    ("auth1.binding_expired_418", AuthenticationFailed, 418, "err_xdk_binding_expired", "Access Key has expired"),
    ("auth1.developer_key", AuthenticationFailed, 200, "err_developer_key", "check Application ID"),
    (
        "auth1.forbidden_for_address",
        MissingPermission,
        403,
        "err_xdk_operation_forbidden_for_address",
        "0003 Forbidden To Perform Operation For Address",
    ),
    ("auth1.invalid_signature", AuthenticationFailed, 401, "err_xdk_invalid_signature", "this machine's clock"),
    ("auth1.not_found_404", NotFound, 404, "", "does not know"),
    ("auth1.rate_limited_429", RateLimited, 429, "", "rate limit"),
    (
        "auth2.app_forbidden",
        MissingPermission,
        403,
        "app_forbidden",
        "Products are fixed when an application is created",
    ),
    ("auth2.corrupt_id_empty_400", NotFound, 400, "", "an id in the request is damaged"),
    ("auth2.missing_bearer", AuthenticationFailed, 401, "unauthorized", "Unauthorized Request"),
    ("auth2.rate_limited_429", RateLimited, 429, "", "rate limit"),
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
    ("message_info.unknown_id", NotFound, 200, "xdk_failure", "does not know the id"),
    ("oauth_token.invalid_client", AuthenticationFailed, 401, "InvalidClientIdentifier", "Client ID and Client Secret"),
    ("reject_held_email.not_held", ApiError, 200, "err_simulated_not_held", "refused"),
    ("release_held_email_to_sandbox.not_held", ApiError, 200, "err_simulated_not_held", "refused"),
    ("report_message.v2_app_forbidden", MissingPermission, 403, "app_forbidden", "may not"),
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


def function_of(exchange: dict[str, Any]) -> Endpoint:
    path = "/" + exchange["request"]["url"].split("/", 3)[3]
    return BY_PATH.get(path, OTHER)


def generation_of(exchange: dict[str, Any]) -> ApiVersion:
    return ApiVersion.V2 if ".services." in exchange["request"]["url"] else ApiVersion.V1


@pytest.mark.parametrize(("name", "kind", "status", "code", "words"), REFUSED, ids=[one[0] for one in REFUSED])
def test_a_sample_of_a_refusal_is_the_right_error_with_mimecasts_own_words(
    name: str, kind: type[MimecastError], status: int, code: str, words: str
) -> None:
    exchange = sample(name)
    found = judged(raw_of(exchange), function_of(exchange), generation_of(exchange))
    assert type(found) is kind
    assert (found.status, found.code) == (status, code)
    assert words in str(found)
    assert found.endpoint == function_of(exchange).path
    assert found.request_id == REQUEST_ID


@pytest.mark.parametrize("name", SUCCESSFUL)
def test_a_sample_of_a_success_is_no_error(name: str) -> None:
    exchange = sample(name)
    assert judged(raw_of(exchange), function_of(exchange), generation_of(exchange)) is None


# codes and statuses

CODES: list[tuple[str, type[MimecastError], str]] = [
    ("err_xdk_invalid_signature", AuthenticationFailed, "does not accept the credentials"),
    ("err_developer_key", AuthenticationFailed, "does not accept the credentials"),
    ("InvalidClientIdentifier", AuthenticationFailed, "does not accept the credentials"),
    ("token_expired", AuthenticationFailed, "does not accept the credentials"),
    ("token_verification_failed", AuthenticationFailed, "does not accept the credentials"),
    ("unauthorized", AuthenticationFailed, "does not accept the credentials"),
    ("err_xdk_binding_expired", AuthenticationFailed, "create a new one"),
    ("err_audit_log_incorrect_region", AuthenticationFailed, "another region"),
    ("err_xdk_operation_forbidden_for_address", MissingPermission, 'the permission "Account | Dashboard | Read"'),
    ("app_forbidden", MissingPermission, "create one that has it"),
    ("xdk_failure", NotFound, "does not know the id"),
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


@pytest.mark.parametrize(("code", "kind", "words"), CODES, ids=[one[0] for one in CODES])
@pytest.mark.parametrize("status", [200, 400, 401, 403])
@pytest.mark.parametrize("shape", [nested, flat])
def test_a_code_decides_whatever_the_status_and_the_shape(
    code: str, kind: type[MimecastError], words: str, status: int, shape: Any
) -> None:
    found = error_of(status, shape(code))
    if code.startswith(("err_validation", "an_unknown")) and status in (401, 403):
        assert isinstance(found, AuthenticationFailed if status == 401 else MissingPermission)
        return
    assert type(found) is kind
    assert words in str(found)
    assert f"{code}: said so" in str(found)
    assert (found.code, found.detail, found.status) == (code, "said so", status)


@pytest.mark.parametrize(("status", "kind", "consequence"), STATUSES)
@pytest.mark.parametrize("in_meta_only", [False, True], ids=["HTTP status", "status in meta"])
def test_a_status_without_a_code_decides(
    status: int, kind: type[MimecastError], consequence: Consequence, in_meta_only: bool
) -> None:
    found = error_of(200 if in_meta_only else status, {"meta": {"status": status}, "data": [], "fail": []})
    assert type(found) is kind
    assert found.status == status
    assert found.consequence is consequence


@pytest.mark.parametrize("status", [300, 301, 302, 307, 308])
def test_a_redirect_is_a_refusal_and_never_a_success(status: int) -> None:
    assert isinstance(error_of(status, {"data": [{"id": "x"}]}), ApiError)


# rights


@pytest.mark.parametrize("endpoint", [one for one in endpoints() if one.permission], ids=lambda one: one.path)
@BOTH
def test_a_missing_right_names_the_permission_and_who_needs_it(endpoint: Endpoint, api_version: ApiVersion) -> None:
    found = error_of(403, nested("err_xdk_operation_forbidden_for_address"), endpoint, api_version=api_version)
    assert isinstance(found, MissingPermission)
    assert found.permission == endpoint.permission
    assert f'"{endpoint.permission}"' in str(found)
    assert f"Not permitted to {endpoint.summary}" in str(found)
    who = "the service account's role" if api_version is ApiVersion.V1 else "the API application's role"
    assert who in str(found)


@pytest.mark.parametrize("endpoint", endpoints(), ids=lambda one: one.path)
def test_a_missing_product_names_the_product_or_the_function(endpoint: Endpoint) -> None:
    found = error_of(403, flat("app_forbidden"), endpoint)
    assert isinstance(found, MissingPermission)
    assert found.product == endpoint.product
    assert found.permission == ""
    assert (endpoint.product or endpoint.path) in str(found)


def test_a_right_whose_name_is_not_known_is_described_by_its_function() -> None:
    found = error_of(403, nested("err_xdk_operation_forbidden_for_address"), account.WHOAMI)
    assert "grant the API application's role what /identity/whoami needs" in str(found)


@BOTH
def test_wrong_credentials_say_what_to_check_on_this_generation(api_version: ApiVersion) -> None:
    said = str(error_of(401, nested("err_xdk_invalid_signature"), api_version=api_version))
    assert ("Secret Key" in said) is (api_version is ApiVersion.V1)
    assert ("Client Secret" in said) is (api_version is ApiVersion.V2)
    assert "API Root" in said


# unreadable replies

UNREADABLE: list[tuple[str, int, bytes, dict[str, str], type[MimecastError], str]] = [
    ("a login page", 200, HTML, {"content-type": "text/html"}, UnreadableReply, "not the Mimecast API"),
    ("a page that says it is JSON", 200, HTML, {"content-type": "application/json"}, UnreadableReply, "web page"),
    ("a forbidding page", 403, HTML, {"content-type": "text/html"}, UnreadableReply, "web page (HTTP 403)"),
    ("an empty reply", 200, b"", {}, UnreadableReply, "an empty reply"),
    ("blanks", 200, b" \r\n ", {}, UnreadableReply, "an empty reply"),
    ("half a reply", 200, b'{"data": [', {}, UndecodableReply, "not complete JSON"),
    ("a list", 200, b"[]", {}, UnreadableReply, "not complete JSON"),
    ("a quote too many", 200, b'{"data": "a"b"}', {}, UndecodableReply, "not complete JSON"),
    ("an empty 400", 400, b"", {}, NotFound, "an id in the request is damaged"),
    ("an empty 401", 401, b"", {}, AuthenticationFailed, "gave no reason"),
    ("an empty 403", 403, b"", {}, AuthenticationFailed, "gave no reason"),
    ("an empty 407", 407, b"", {}, AuthenticationFailed, "gave no reason"),
    ("an empty 404", 404, b"", {}, ApiError, "check that API Root is the root"),
    ("a 404 page", 404, HTML, {"content-type": "text/html"}, ApiError, "check that API Root is the root"),
    ("an empty 429", 429, b"", {"x-ratelimit-reset": "1500"}, RateLimited, "rate limit"),
    ("an empty 500", 500, b"", {}, Unavailable, "try again later (HTTP 500"),
    ("a 502 page", 502, HTML, {"content-type": "text/html"}, Unavailable, "HTTP 502"),
]


@pytest.mark.parametrize(
    ("what", "status", "body", "headers", "kind", "words"), UNREADABLE, ids=[u[0] for u in UNREADABLE]
)
def test_a_reply_that_is_not_json_is_explained(
    what: str, status: int, body: bytes, headers: dict[str, str], kind: type[MimecastError], words: str
) -> None:
    found = error_of(status, body, headers=headers)
    assert type(found) is kind
    assert all(word in str(found) for word in words.replace("(", "").split())
    assert found.endpoint == held.LIST.path
    assert "<html" not in str(found).lower()


# length and items


@given(st.text(max_size=5000), st.text(max_size=5000))
def test_an_error_stays_short_however_much_a_server_says(code: str, message: str) -> None:
    found = error_of(400, {"fail": [{"code": code, "message": message}]})
    assert len(found.detail) <= 300
    assert len(str(found)) < 1500 + len(code)


def test_a_refused_item_of_several_is_judged_like_a_refused_request() -> None:
    request_info = RequestInfo(held.REJECT, ApiVersion.V2)
    assert isinstance(refused_item(request_info, Fail("xdk_failure", "0007 Invalid token")), NotFound)
    other = refused_item(request_info, Fail("err_validation_null", "missing", "ids"))
    assert type(other) is ApiError
    assert str(other) == 'Mimecast refused /api/gateway/hold-reject (field "ids"): err_validation_null: missing'


def test_the_first_of_several_reasons_is_told() -> None:
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
def test_every_reply_is_a_success_or_an_error_with_a_sentence(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    found = judged(RawReply(status, headers, body))
    if found is None:
        assert 200 <= status < 300
        return
    assert str(found)
    assert isinstance(found, (ApiError, UnreadableReply))


# waiting


@pytest.mark.parametrize("name", ["x-ratelimit-reset", "x-rate-limit-reset", "x-mimecast-ratelimit-reset"])
@pytest.mark.parametrize(("value", "seconds"), [("42000", 42.0), ("0", 0.0), ("1500.5", 1.5005), ("1", 0.001)])
def test_a_reset_header_counts_milliseconds(name: str, value: str, seconds: float) -> None:
    assert retry_after({name: value}) == pytest.approx(seconds)


@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("0", 0.0), ("1.5", 1.5)])
def test_retry_after_counts_seconds(value: str, seconds: float) -> None:
    assert retry_after({"retry-after": value}) == seconds


def test_retry_after_may_be_a_date() -> None:
    at = "Wed, 21 Oct 2015 07:28:00 GMT"
    assert retry_after({"retry-after": at}, now=1445412470.0) == 10.0
    assert retry_after({"retry-after": at}, now=1445412490.0) == 0.0
    assert retry_after({"retry-after": at}) is None


def test_the_reset_header_goes_before_retry_after() -> None:
    assert retry_after({"retry-after": "60", "x-ratelimit-reset": "2000"}) == 2.0
    assert retry_after({"retry-after": "60", "x-ratelimit-reset": "soon"}) == 60.0


@pytest.mark.parametrize(
    ("name", "value"),
    list(itertools.product(["retry-after", "x-ratelimit-reset"], ["", "soon", "-5", "nan", "inf", "1e999", "5 s"])),
)
def test_a_wait_that_is_no_time_is_none(name: str, value: str) -> None:
    assert retry_after({name: value}, now=0.0) is None


@given(st.text(), st.text(), st.none() | st.floats(0, 1e10))
def test_no_header_makes_the_wait_negative_or_endless(reset: str, after: str, now: float | None) -> None:
    wait = retry_after({"x-ratelimit-reset": reset, "retry-after": after}, now=now)
    assert wait is None or 0 <= wait < float("inf")


def test_a_rate_limit_carries_the_wait_of_the_sample() -> None:
    found = judged(raw_of(sample("auth1.rate_limited_429")), tracking.SEARCH, ApiVersion.V1)
    assert isinstance(found, RateLimited)
    assert found.wait == 42.0


# the tree of errors


def test_every_error_says_what_can_be_done_about_it() -> None:
    def below(kind: type[MimecastError]) -> list[type[MimecastError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in below(child))]

    found = {kind.__name__: kind.consequence for kind in below(MimecastError)}
    assert {name for name, value in found.items() if value is Consequence.RETRY} == {
        "Unreachable",
        "DeadlineExceeded",
        "RateLimited",
        "Unavailable",
        "UnreadableReply",
        "UndecodableReply",
        "ReplyTooLarge",
        "UnexpectedReply",
    }
    assert {name for name, value in found.items() if value is Consequence.FIX} >= {
        "Misconfigured",
        "IncompleteCredentials",
        "AuthenticationFailed",
        "MissingPermission",
    }
    assert found["NotFound"] is found["NotConfirmed"] is found["FileRejected"] is Consequence.SKIP


def test_the_functions_of_all_areas_are_declared_once() -> None:
    areas = (account, archive, domains, files, held, policies, senders, tracking)
    declared = [endpoint for area in areas for endpoint in area.ENDPOINTS]
    assert sorted(one.path for one in declared) == [one.path for one in endpoints()]
    assert len({one.path for one in declared}) == len(declared)
    assert all(one.path.startswith("/") and one.summary and one.source for one in declared)
