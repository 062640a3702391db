"""One call from beginning to end: retries, waits, and the final error."""

from __future__ import annotations

import dataclasses
import gc
import json
import logging
import tracemalloc
import uuid
from contextlib import suppress
from datetime import timedelta
from email.utils import formatdate
from types import SimpleNamespace
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, Connection, Deadline, Runtime
from mimecast_secops.api.connections import Proxy
from mimecast_secops.api.envelope import Reply
from mimecast_secops.api.errors import (
    ApiError,
    AuthenticationFailed,
    DeadlineExceeded,
    MimecastError,
    Misconfigured,
    MissingPermission,
    NotConfirmed,
    NotFound,
    NotSupported,
    RateLimited,
    Redirected,
    ReplyTooLarge,
    Unavailable,
    UndecodableReply,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.api.request import Request, no_result
from mimecast_secops.api.resources import held
from mimecast_secops.api.session import Session
from tests.api.clients import APPLICATION, BOTH, KEYS, FakeTime, client_of
from tests.api.local_server import Answer, Server, answer, flat

ACCOUNT = answer([{"accountCode": "C"}])
ACCOUNT_PATH = "/api/account/get-account"
RELEASED = answer([{"id": "h", "release": True}])
LIMITED = answer(status=429, headers={"X-RateLimit-Reset": "42000"})
PERHAPS_EXECUTED = [
    (Answer(ending="reset"), Unreachable),
    (Answer(200, b'{"data"', announced=5000), Unreachable),
    (Answer(raw=b""), Unreachable),
    (Answer(503), Unavailable),
    (Answer(500, b"<html>"), Unavailable),
    (Answer(200, b""), UnreadableReply),
    (Answer(200, b"<html>"), UnreadableReply),
    (Answer(200, b'{"data": ['), UnreadableReply),
]
NAMES = ["reset", "truncated", "closed", "503", "500 page", "empty", "html", "half"]


@BOTH
@pytest.mark.parametrize(("failure", "kind"), PERHAPS_EXECUTED, ids=NAMES)
def test_a_write_that_may_have_been_executed_is_never_repeated(
    server: Server, api_version: ApiVersion, failure: Answer, kind: type[MimecastError], time: FakeTime
) -> None:
    server.say(failure, RELEASED)
    with client_of(server.url, api_version, time=time) as client, pytest.raises(kind) as caught:
        client.held.release("h")
    assert len(server.requests) == 1
    assert time.slept == []
    assert caught.value.endpoint == held.RELEASE.path


@pytest.mark.parametrize(
    ("reply", "answered"),
    [
        (ACCOUNT, "available"),
        (Answer(404), "HTTP 404"),
        (Answer(404, b"<html>"), "HTTP 404"),
        (answer(fail=[{"errors": [{"code": "app_forbidden", "message": "No product"}]}], status=403), "app_forbidden"),
        (answer(fail=[{"errors": [{"code": "err_xdk_not_found", "message": "Unknown"}]}], status=404), None),
        (answer(fail=[{"errors": [{"code": "err_other", "message": "No"}]}], status=403), None),
    ],
    ids=["answer", "404", "404 page", "product", "unknown", "permission"],
)
def test_a_client_notes_whether_the_tenant_has_a_function(server: Server, reply: Answer, answered: str | None) -> None:
    server.say(reply)
    with client_of(server.url) as client:
        with suppress(MimecastError):
            client.account.get()
        assert client.learned() == ({f"function {ACCOUNT_PATH}": answered} if answered else {})


@BOTH
@pytest.mark.parametrize(("failure", "kind"), PERHAPS_EXECUTED, ids=NAMES)
def test_a_read_is_repeated_until_it_succeeds_or_the_attempts_are_exhausted(
    server: Server, api_version: ApiVersion, failure: Answer, kind: type[MimecastError], time: FakeTime
) -> None:
    server.say(failure, failure, ACCOUNT)
    with client_of(server.url, api_version, time=time) as client:
        assert client.account.get().account_code == "C"
        assert time.slept == [0.125, 0.25]
        server.say(failure)
        with pytest.raises(kind, match=r"\(5 attempts\)"):
            client.account.get()
    assert len(server.requests) == 8


@BOTH
@pytest.mark.parametrize("writes", [False, True], ids=["read", "write"])
def test_a_rate_limited_call_waits_and_is_repeated(
    server: Server, api_version: ApiVersion, writes: bool, time: FakeTime
) -> None:
    server.say(LIMITED, RELEASED if writes else ACCOUNT)
    with client_of(server.url, api_version, time=time) as client:
        client.held.release("h") if writes else client.account.get()
    assert len(server.requests) == 2
    assert time.slept == [42.0]


def test_a_rate_limit_beyond_the_deadline_names_the_time_of_the_next_call(server: Server, time: FakeTime) -> None:
    server.say(LIMITED)
    with client_of(server.url, time=time) as client, pytest.raises(RateLimited) as caught:
        client.until(Deadline(time.now + 10)).account.get()
    assert caught.value.until is not None
    assert f"Mimecast allows the next call at {caught.value.until:%Y-%m-%d %H:%M:%S} UTC." in str(caught.value)
    assert time.slept == []


def test_an_endpoint_that_must_wait_longer_than_the_time_left_is_not_called(server: Server, time: FakeTime) -> None:
    server.say(LIMITED)
    with client_of(server.url, time=time) as client:
        for _ in range(3):
            with pytest.raises(RateLimited):
                client.until(Deadline(time.now + 10)).account.get()
    assert len(server.requests) == 1
    assert time.slept == []


def test_a_rate_limit_of_an_hour_is_an_error_with_the_wait(server: Server, time: FakeTime) -> None:
    server.say(answer(status=429, headers={"X-RateLimit-Reset": "3600000"}))
    with client_of(server.url, time=time) as client, pytest.raises(RateLimited) as caught:
        client.account.get()
    assert caught.value.wait == 3600.0
    assert time.slept == []


def test_a_deadline_that_has_passed_sends_nothing(server: Server, time: FakeTime) -> None:
    with client_of(server.url, ApiVersion.V1, time=time) as client, pytest.raises(DeadlineExceeded):
        client.until(Deadline(time.now - 1)).account.get()
    assert server.requests == []


def test_the_deadline_of_a_view_does_not_apply_to_the_client(server: Server, time: FakeTime) -> None:
    server.say(ACCOUNT)
    with client_of(server.url, time=time) as client:
        view = client.until(Deadline(time.now + 1))
        time.now += 2
        with pytest.raises(DeadlineExceeded):
            view.account.get()
        assert client.account.get().account_code == "C"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(fail=[{"errors": [{"code": "xdk_failure"}]}]), NotFound),
        (answer(fail=[{"errors": [{"code": "err_validation_null"}]}]), ApiError),
        (flat(403, "app_forbidden"), MissingPermission),
        (Answer(302, headers={"Location": "https://login.example.org/"}), Redirected),
        (Answer(400), NotFound),
        (answer(status=409), ApiError),
    ],
)
def test_a_permanent_error_is_not_repeated(server: Server, reply: Answer, kind: type[MimecastError]) -> None:
    server.say(reply)
    with client_of(server.url) as client, pytest.raises(kind) as caught:
        client.account.get()
    assert len(server.requests) == 1
    assert "attempts" not in str(caught.value)


@pytest.mark.parametrize("code", ["token_verification_failed", "err_developer_key"])
def test_a_gateway_that_could_not_identify_the_caller_gets_the_call_again(server: Server, code: str) -> None:
    server.say(flat(401, code), RELEASED)
    with client_of(server.url) as client:
        client.held.release("h")
    assert len(server.requests) == 2


def test_a_call_has_the_documented_envelope_and_a_new_request_id(server: Server) -> None:
    server.say(Answer(503), answer([{"policyInfo": "p", "numberOfItems": 2}]))
    with client_of(server.url) as client:
        client.held.summary()
    first, second = server.requests
    assert first.body == b'{"data":[]}'
    assert (first.method, first.path) == ("POST", held.SUMMARY.path)
    assert first.headers["content-type"] == first.headers["accept"] == "application/json"
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_an_error_has_the_id_of_its_request(server: Server) -> None:
    server.say(answer(fail=[{"errors": [{"code": "err_validation_null"}]}]))
    with client_of(server.url) as client, pytest.raises(ApiError) as caught:
        client.account.get()
    assert caught.value.request_id == server.requests[0].headers["x-request-id"]


def test_a_reply_beyond_the_limit_is_not_read(server: Server) -> None:
    server.say(answer([{"x": "y" * 5000}]))
    with (
        client_of(server.url, max_reply_bytes=1000, max_attempts=1) as client,
        pytest.raises(UnreadableReply, match="longer than 1000 bytes"),
    ):
        client.account.get()


def test_a_reply_with_too_many_values_is_not_decoded(server: Server) -> None:
    server.say(Answer(200, b'{"data":[' + b"{}," * 500_001 + b"{}]}"))
    with client_of(server.url) as client, pytest.raises(ReplyTooLarge, match="more than 500000 values"):
        client.account.get()
    assert len(server.requests) == 1


def test_a_reply_with_as_many_values_as_allowed_is_decoded(server: Server) -> None:
    server.say(Answer(200, b'{"data":[' + b"1," * 500_000 + b"1]}"))
    with client_of(server.url) as client, pytest.raises(MimecastError) as caught:
        client.account.get()
    assert not isinstance(caught.value, ReplyTooLarge)


def test_commas_within_strings_do_not_count_as_values(server: Server) -> None:
    server.say(answer([{"accountCode": 'C","' + "," * 600_000}]))
    with client_of(server.url) as client:
        assert client.account.get().account_code.startswith("C")


def test_a_failed_call_does_not_keep_the_replies(server: Server) -> None:
    body = b'{"data":[' + b"{" * 1_000_000
    server.say(*[Answer(200, body)] * 3)
    gc.disable()
    tracemalloc.start()
    try:
        with client_of(server.url, max_attempts=3) as client:
            before, _ = tracemalloc.get_traced_memory()
            with suppress(UnreadableReply):
                client.account.get()
            after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        gc.enable()
    assert len(server.requests) == 3
    assert after - before < len(body)


def test_an_attempt_that_returns_none_ends_the_call(server: Server) -> None:
    request = Request(held.SUMMARY, (), no_result)
    attempts: list[str] = []
    with client_of(server.url) as client:
        assert (
            client._session.with_retries(request, lambda attempt: attempts.append(attempt.request_info.request_id))
            is None
        )
    assert len(attempts) == 1


def test_a_write_uses_a_new_connection_and_a_read_an_open_one(server: Server) -> None:
    server.say(ACCOUNT, ACCOUNT, RELEASED)
    with client_of(server.url, ApiVersion.V1) as client:
        client.account.get()
        client.account.get()
        client.held.release("h")
    first, second, third = (request.port for request in server.requests)
    assert first == second != third


@pytest.mark.parametrize(("divisible", "waits"), [(True, [0.05, 0.05]), (False, [0.125, 0.25, 0.5, 1.0])])
def test_a_divisible_endpoint_is_retried_less_after_an_undecodable_reply(
    server: Server, time: FakeTime, divisible: bool, waits: list[float]
) -> None:
    endpoint = dataclasses.replace(held.SUMMARY, divisible=divisible)
    server.say(Answer(200, b'{"data": ['))
    with client_of(server.url, time=time) as client, pytest.raises(UndecodableReply):
        client._session.send(Request(endpoint, (), no_result))
    assert time.slept == waits


def test_an_empty_reply_is_a_success_only_if_the_request_allows_it(server: Server) -> None:
    request: Request[Reply] = Request(held.SUMMARY, (), lambda reply: reply, allow_empty=True)
    with client_of(server.url, max_attempts=1) as client:
        server.say(Answer(204))
        assert client._session.send(request) == Reply(204, (), (), "", {})
        with pytest.raises(UnreadableReply):
            client._session.send(dataclasses.replace(request, allow_empty=False))
        server.say(Answer(200))
        with pytest.raises(UnreadableReply):
            client._session.send(request)


@pytest.mark.parametrize("undecoded", [False, True])
def test_a_request_decides_whether_rows_are_decoded(server: Server, undecoded: bool) -> None:
    request: Request[Reply] = Request(held.SUMMARY, (), lambda reply: reply, undecoded=undecoded)
    server.say(answer([{"a": 1}]))
    with client_of(server.url) as client:
        [row] = client._session.send(request).data
    assert isinstance(row, msgspec.Raw) is undecoded


def test_the_number_of_attempts_is_an_attribute_of_the_error(server: Server) -> None:
    server.say(Answer(503))
    with client_of(server.url, max_attempts=3) as client, pytest.raises(Unavailable) as caught:
        client.account.get()
    error = caught.value
    assert error.attempts == 3
    assert error.args == (error.message,)
    assert str(error) == "Mimecast returned a server error (HTTP 503). Try again later. (3 attempts)"


def test_the_clock_skew_is_that_of_the_last_reply(server: Server) -> None:
    with client_of(server.url) as client:
        assert client.clock_skew is None
        server.say(answer([{"accountCode": "C"}], headers={"Date": formatdate(0, usegmt=True)}))
        client.account.get()
        assert client.clock_skew is not None
        assert client.clock_skew > 1e9


def test_a_failed_attempt_is_logged_with_its_number_and_wait(
    server: Server, time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "mimecast_secops.api")
    server.say(Answer(503), ACCOUNT)
    with client_of(server.url, ApiVersion.V1, time=time) as client:
        client.account.get()
    assert [entry.getMessage() for entry in caplog.records if entry.name == "mimecast_secops.api"] == [
        "/api/account/get-account: attempt 1 failed (Unavailable); the next attempt is in 0.12 s"
    ]


def test_an_endpoint_of_the_other_api_version_is_an_error_that_names_it(server: Server) -> None:
    endpoint = dataclasses.replace(held.SUMMARY, api_versions=frozenset({ApiVersion.V2}))
    request = Request(endpoint, (), no_result)
    with client_of(server.url, ApiVersion.V1) as client, pytest.raises(NotSupported) as caught:
        client._session.send(request)
    assert caught.value.message == f"API 1.0 does not have an endpoint to {endpoint.summary} ({endpoint.path})."
    assert caught.value.endpoint == endpoint.path
    assert server.requests == []


@pytest.mark.parametrize("seconds", [9.9, 10.0])
def test_a_rate_limit_within_the_deadline_is_waited_for(server: Server, time: FakeTime, seconds: float) -> None:
    server.say(answer(status=429, headers={"X-RateLimit-Reset": str(int(seconds * 1000))}), ACCOUNT)
    with client_of(server.url, time=time) as client:
        client.until(Deadline(time.now + 10.5)).account.get()
    assert time.slept == [seconds]


def test_the_error_of_a_rate_limit_beyond_the_deadline_names_the_endpoint(server: Server, time: FakeTime) -> None:
    server.say(LIMITED)
    with client_of(server.url, ApiVersion.V1, time=time) as client, pytest.raises(RateLimited) as caught:
        client.until(Deadline(time.now + 10)).account.get()
    assert caught.value.endpoint == "/api/account/get-account"


def test_a_rate_limit_beyond_a_deadline_within_a_second_is_the_same_error(server: Server, time: FakeTime) -> None:
    server.say(LIMITED)
    with client_of(server.url, ApiVersion.V1, time=time) as client, pytest.raises(RateLimited):
        client.until(Deadline(time.now + 0.5)).account.get()


def test_a_short_rate_limit_beyond_the_deadline_is_a_matter_of_time(server: Server, time: FakeTime) -> None:
    server.say(answer(status=429, headers={"X-RateLimit-Reset": "2000"}))
    with client_of(server.url, time=time) as client, pytest.raises(DeadlineExceeded, match=r"allowed in 2\.0 s"):
        client.until(Deadline(time.now + 1)).account.get()


def test_an_exhausted_rate_limit_tells_when_the_next_call_is_allowed(server: Server, time: FakeTime) -> None:
    server.say(answer(status=429, headers={"X-RateLimit-Reset": "2000"}))
    with client_of(server.url, time=time) as client, pytest.raises(RateLimited) as caught:
        client.account.get()
    assert caught.value.wait == 2.0
    assert caught.value.until is not None
    assert caught.value.attempts == 5


def test_the_deadline_ends_a_pause_if_no_sleep_is_set(time: FakeTime) -> None:
    waited: list[float] = []
    deadline: Any = SimpleNamespace(wait=waited.append)
    Runtime().pause(60.0, deadline)
    assert waited == [60.0]
    Runtime(sleep=time.sleep).pause(30.0, deadline)
    assert (waited, time.slept) == ([60.0], [30.0])


def test_a_rate_limit_delays_the_next_call_after_the_one_that_failed(server: Server, time: FakeTime) -> None:
    server.say(LIMITED, ACCOUNT)
    with client_of(server.url, ApiVersion.V1, time=time) as client:
        with pytest.raises(RateLimited):
            client.until(Deadline(time.now + 10)).account.get()
        client.account.get()
    assert time.slept == [42.0]


def test_a_token_that_expires_during_the_wait_for_the_rate_limit_is_not_sent(server: Server, time: FakeTime) -> None:
    server.tokens.clear()
    for value in ("first", "second"):
        body = json.dumps({"access_token": value, "expires_in": 60}).encode()
        server.tokens.append(Answer(200, body))
    exhausted = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "100000"}
    server.say(Answer(200, ACCOUNT.body, exhausted), ACCOUNT)
    with client_of(server.url, time=time) as client:
        client.account.get()
        client.account.get()
    assert time.slept == [100.0]
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer first", "Bearer second"]


def test_a_token_endpoint_that_reports_an_expired_token_is_an_error(server: Server, time: FakeTime) -> None:
    server.say(ACCOUNT)
    with client_of(server.url, time=time) as client:
        client.account.get()
        server.tokens.clear()
        server.tokens.append(flat(401, "token_expired"))
        time.now += 86_400
        with pytest.raises(AuthenticationFailed) as caught:
            client.account.get()
    assert caught.value.code == "token_expired"
    assert len(server.requests) == 1


class RecordingRuntime(Runtime):
    """Records the waits instead of waiting."""

    waits: ClassVar[list[tuple[float, Deadline]]] = []

    def pause(self, seconds: float, deadline: Deadline) -> None:
        self.waits.append((seconds, deadline))


def test_the_deadline_of_a_call_ends_its_waits(server: Server) -> None:
    server.say(Answer(503), ACCOUNT)
    RecordingRuntime.waits.clear()
    session = Session(Connection(server.url, KEYS), RecordingRuntime(random=lambda: 0.0))
    deadline = Deadline.after(3600)
    session.until(deadline).send(Request(held.SUMMARY, (), no_result))
    session.transport.close()
    assert RecordingRuntime.waits == [(0.125, deadline)]


def test_the_default_runtime_has_an_aware_clock_and_random_request_ids() -> None:
    runtime = Runtime()
    assert runtime.clock().utcoffset() == timedelta(0)
    assert uuid.UUID(runtime.request_id()).version == 4
    assert 0 <= runtime.random() < 1


@pytest.mark.parametrize("url", ["http://proxy.example:3128", "https://proxy.example:3128"])
def test_the_proxy_may_be_reached_over_http_or_https(url: str) -> None:
    connection = Connection("https://mimecast.example/", KEYS, proxy=Proxy(url))
    assert connection.proxy == Proxy(url)
    assert connection.api_root == "https://mimecast.example"


def test_an_invalid_address_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(Misconfigured, match=r"^Proxy Server Address must be a URL such as"):
        Connection("https://mimecast.example", KEYS, proxy=Proxy("ftp://proxy.example"))
    with pytest.raises(Misconfigured, match=r"^Proxy Server Address must not have a user name"):
        Connection("https://mimecast.example", KEYS, proxy=Proxy("http://proxy.example/?http://other.example"))
    with pytest.raises(Misconfigured, match=r"^API Root must begin with https://"):
        Connection("http://mimecast.example", KEYS)


def test_a_view_shares_everything_but_the_deadline(time: FakeTime) -> None:
    session = Session(Connection("https://mimecast.example", KEYS), Runtime(monotonic=time, sleep=time.sleep))
    deadline = Deadline(time.now + 1)
    view = session.until(deadline)
    assert view.deadline is deadline
    assert session.deadline is not deadline
    assert {name for name, value in vars(session).items() if vars(view)[name] is not value} == {"deadline"}


@pytest.mark.parametrize(
    ("lifetime", "kept"),
    [(1800, 1740.0), (7 * 86_400, 86_340.0), (0.5, 0.25), ("1800", 0.0), (True, 0.0), (-5, 0.0), (None, 0.0)],
)
def test_a_token_is_kept_for_its_lifetime_but_at_most_a_day(
    server: Server, time: FakeTime, lifetime: object, kept: float
) -> None:
    server.tokens.clear()
    server.tokens.append(Answer(200, json.dumps({"access_token": "marked-token", "expires_in": lifetime}).encode()))
    session = Session(Connection(server.url, APPLICATION), Runtime(monotonic=time, sleep=time.sleep))
    session.auth.headers("/", Deadline.never())
    assert vars(session.auth)["_renew_at"] - time.now == kept
    session.transport.close()


def test_the_error_without_a_token_names_the_endpoint(server: Server) -> None:
    server.tokens.clear()
    server.tokens.append(Answer(200, b'{"expires_in": 1800}'))
    with client_of(server.url, max_attempts=1) as client, pytest.raises(UnreadableReply) as caught:
        client.account.get()
    assert caught.value.message == "The reply of /oauth/token has no token. Check API Root."
    assert caught.value.endpoint == "/oauth/token"


RELEASE_REPLIES = [
    [],
    [{}],
    [{"id": "h"}],
    [{"id": "h", "release": False}],
    [{"id": "h", "release": "true"}],
    [{"id": "h", "release": 1}],
    [{"id": "other", "release": True}],
    ["h"],
    [None],
]


@pytest.mark.parametrize("data", RELEASE_REPLIES, ids=str)
def test_a_release_that_the_reply_does_not_confirm_is_an_error(server: Server, data: list[Any]) -> None:
    server.say(answer(data))
    with client_of(server.url) as client:
        with pytest.raises(NotConfirmed):
            client.held.release("h")
        outcome = client.held.reject(["h"])
        assert isinstance(outcome["h"], NotConfirmed)


def test_a_managed_sender_that_the_reply_does_not_confirm_is_an_error(server: Server) -> None:
    good = {"id": "M", "sender": "A@example.org", "to": "b", "type": "Block"}
    with client_of(server.url) as client:
        server.say(answer([good]))
        assert client.senders.set("a@example.org", "b", "block").type == "block"
        for wrong in ({"type": "Permit"}, {"sender": "other@example.org"}, {"type": None}, {"sender": None}):
            server.say(answer([good | wrong]))
            with pytest.raises(NotConfirmed):
                client.senders.set("a@example.org", "b", "block")


def test_of_several_rejections_some_may_fail(server: Server) -> None:
    fail = {"key": {"id": "b"}, "errors": [{"code": "xdk_failure", "message": "0007 Invalid token"}]}
    server.say(answer([{"id": "a", "reject": True}], fail=[fail]))
    with client_of(server.url) as client:
        outcome = client.held.reject(["a", "b", "c"])
    assert outcome["a"] is None
    assert isinstance(outcome["b"], NotFound)
    assert isinstance(outcome["c"], NotConfirmed)


def test_a_reply_without_an_account_is_an_error(server: Server) -> None:
    server.say(answer([]))
    with client_of(server.url) as client, pytest.raises(NotConfirmed, match="named no account"):
        client.account.get()


def test_a_reply_without_details_is_an_error(server: Server) -> None:
    server.say(answer([]))
    with client_of(server.url, max_attempts=1) as client:
        for read in (client.tracking.info, client.held.detail, client.archive.message_detail):
            with pytest.raises(UnreadableReply, match="without any details"):
                read("x")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "items", "trackedEmails", "policy", "attachments", "release"]), inner)
    ),
    max_leaves=10,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.lists(json_values, max_size=3))
def test_no_data_makes_a_resource_raise_anything_but_mimecast_errors(server: Server, data: list[Any]) -> None:
    server.say(answer(data))
    with client_of(server.url, max_attempts=1) as client:
        for read in (
            client.account.get,
            lambda: client.tracking.search(to="x"),
            lambda: client.tracking.info("x"),
            lambda: list(client.held.list()),
            client.held.summary,
            lambda: client.held.detail("x"),
            lambda: list(client.archive.search("<xmlquery/>")),
            client.policies.list,
            lambda: client.held.release("x"),
            lambda: client.held.reject(["x"]),
            lambda: client.policies.delete("x"),
        ):
            try:
                read()
            except MimecastError as error:
                assert str(error)
