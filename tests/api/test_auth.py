"""Authentication: signatures of API 1.0, tokens of API 2.0, and that neither appears in any text."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import threading
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, Deadline, MimecastClient, Secret
from mimecast_secops.api.auth import RequestSigning, Token, TokenAuth, http_date, token_request
from mimecast_secops.api.errors import AuthenticationFailed, MimecastError, Unavailable, UnreadableReply
from tests.api.clients import APPLICATION, APPLICATION_KEY, BOTH, KEYS, SECRET_KEY, FakeTime, client_of
from tests.api.local_server import TOKEN, Answer, Server, answer, flat

PATH = "/api/account/get-account"
TIME = datetime(2015, 11, 24, 12, 50, 11, tzinfo=UTC)
REQUEST_ID = "8578fcfc-a305-4d9a-99cb-f4d5ecefe297"
ACCOUNT = answer([{"accountCode": "CUSA00A000"}])
MARKS = ["marked-access-key", APPLICATION_KEY, SECRET_KEY, "marked-client-secret", "marked-token"]
NEVER = Deadline.never()


def signing() -> RequestSigning:
    return RequestSigning(KEYS, clock=lambda: TIME, request_id=lambda: REQUEST_ID)


def token_answer(value: str, lifetime: object = 1799) -> Answer:
    body = json.dumps({"access_token": value, "expires_in": lifetime}).encode()
    return Answer(200, body, {"Content-Type": "application/json"})


class Tokens:
    """Issues numbered tokens."""

    def __init__(self, lifetime: float) -> None:
        self.lifetime = lifetime
        self.issued = 0

    def __call__(self, deadline: Deadline) -> Token:
        self.issued += 1
        return Token(Secret(f"marked-token-{self.issued}"), self.lifetime)


# signatures


def test_the_signature_of_the_test_vector() -> None:
    signed = signing().sign("Tue, 24 Nov 2015 12:50:11 UTC", REQUEST_ID, PATH)
    assert signed == "8rrM+qqNIHd/s2+cDIvtYDpmGB0="


def test_a_signed_request_has_the_four_headers_of_the_documentation() -> None:
    assert signing().headers(PATH, NEVER) == {
        "Authorization": "MC marked-access-key:8rrM+qqNIHd/s2+cDIvtYDpmGB0=",
        "x-mc-app-id": KEYS.application_id,
        "x-mc-date": "Tue, 24 Nov 2015 12:50:11 UTC",
        "x-mc-req-id": REQUEST_ID,
    }


@given(st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))
def test_the_date_is_in_english_in_every_locale(timestamp: datetime) -> None:
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    day, month = days[timestamp.weekday()], months[timestamp.month - 1]
    assert http_date(timestamp) == f"{day}, {timestamp.day:02d} {month} {timestamp:%Y %H:%M:%S} UTC"


@given(st.text(), st.text(), st.text())
def test_every_part_of_the_request_is_signed_and_the_signature_is_one_line(date: str, request: str, path: str) -> None:
    try:
        text = f"{date}:{request}:{path}:{APPLICATION_KEY}".encode()
    except UnicodeEncodeError:
        return
    expected = hmac.new(bytes(range(64)), text, hashlib.sha1).digest()
    signed = signing().sign(date, request, path)
    assert base64.b64decode(signed) == expected
    assert len(signed) == 28


def test_each_attempt_has_a_new_signature(server: Server) -> None:
    server.say(Answer(503), ACCOUNT)
    with client_of(server.url, ApiVersion.V1) as client:
        client.account.get()
    first, second = (request.headers for request in server.requests)
    assert first["x-mc-req-id"] != second["x-mc-req-id"]
    assert first["authorization"] != second["authorization"]
    assert uuid.UUID(second["x-mc-req-id"]).version == 4


def test_the_path_of_the_endpoint_is_signed_without_the_prefix_of_the_api_root(server: Server) -> None:
    server.say(ACCOUNT)
    with client_of(f"{server.url}/gate/way", ApiVersion.V1) as client:
        client.account.get()
    [sent] = server.requests
    signed = signing().sign(sent.headers["x-mc-date"], sent.headers["x-mc-req-id"], PATH)
    assert sent.path == f"/gate/way{PATH}"
    assert sent.headers["authorization"] == f"MC marked-access-key:{signed}"


def test_a_signature_cannot_be_renewed() -> None:
    assert signing().forget({"Authorization": "MC x:y"}) is False


def test_an_expired_access_key_is_not_retried(server: Server) -> None:
    server.say(answer(status=418, fail=[{"errors": [{"code": "err_xdk_binding_expired"}]}]))
    with client_of(server.url, ApiVersion.V1) as client, pytest.raises(AuthenticationFailed, match="expired"):
        client.account.get()
    assert len(server.requests) == 1


# tokens


def test_a_token_is_requested_when_it_is_first_needed_and_then_kept(time: FakeTime) -> None:
    tokens = Tokens(1799)
    auth = TokenAuth(tokens, monotonic=time)
    assert tokens.issued == 0
    assert [auth.headers(path, NEVER) for path in ("/a", "/b")] == [{"Authorization": "Bearer marked-token-1"}] * 2
    assert tokens.issued == 1


@pytest.mark.parametrize(("lifetime", "kept"), [(1799, 1739), (3600, 3540), (120, 60), (100, 50), (10, 5)])
def test_a_token_is_kept_until_shortly_before_it_expires(time: FakeTime, lifetime: float, kept: float) -> None:
    auth = TokenAuth(Tokens(lifetime), monotonic=time)
    auth.headers(PATH, NEVER)
    time.now += kept - 0.5
    assert auth.headers(PATH, NEVER) == {"Authorization": "Bearer marked-token-1"}
    time.now += 0.5
    assert auth.headers(PATH, NEVER) == {"Authorization": "Bearer marked-token-2"}


@given(st.floats(min_value=0.001, max_value=1e6), st.floats(min_value=0, max_value=2e6))
def test_an_expired_token_is_never_sent(lifetime: float, later: float) -> None:
    time = FakeTime()
    auth = TokenAuth(Tokens(lifetime), monotonic=time)
    auth.headers(PATH, NEVER)
    time.now += later
    again = auth.headers(PATH, NEVER)
    if later >= lifetime:
        assert again == {"Authorization": "Bearer marked-token-2"}


def test_only_the_token_that_was_refused_is_forgotten(time: FakeTime) -> None:
    tokens = Tokens(1799)
    auth = TokenAuth(tokens, monotonic=time)
    first = auth.headers(PATH, NEVER)
    assert auth.forget(first) is True
    second = auth.headers(PATH, NEVER)
    assert auth.forget(first) is True  # a slower thread that used the previous token
    assert auth.headers(PATH, NEVER) == second
    assert tokens.issued == 2


def test_threads_share_one_request_for_a_token(time: FakeTime) -> None:
    all_threads, issued = threading.Barrier(8), []

    def fetch(deadline: Deadline) -> Token:
        issued.append(1)
        return Token(Secret("marked-token-1"), 1799)

    auth = TokenAuth(fetch, monotonic=time)

    def call(_number: int) -> dict[str, str]:
        all_threads.wait(10)
        return auth.headers(PATH, NEVER)

    with ThreadPoolExecutor(8) as threads:
        assert {headers["Authorization"] for headers in threads.map(call, range(8))} == {"Bearer marked-token-1"}
    assert len(issued) == 1


def test_a_failed_request_for_a_token_is_repeated_by_the_next_call(time: FakeTime) -> None:
    outcomes: list[Token | MimecastError] = [Unavailable("later"), Token(Secret("marked-token-9"), 1799)]

    def fetch(deadline: Deadline) -> Token:
        outcome = outcomes.pop(0)
        if isinstance(outcome, MimecastError):
            raise outcome
        return outcome

    auth = TokenAuth(fetch, monotonic=time)
    with pytest.raises(Unavailable):
        auth.headers(PATH, NEVER)
    assert auth.headers(PATH, NEVER) == {"Authorization": "Bearer marked-token-9"}


def test_a_token_is_requested_with_a_form(server: Server) -> None:
    server.say(ACCOUNT)
    with client_of(server.url) as client:
        client.account.get()
    [request] = server.token_requests
    assert (request.method, request.path) == ("POST", "/oauth/token")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["accept"] == "application/json"
    assert "authorization" not in request.headers
    assert request.body == (
        b"client_id=client-of-the-tests&client_secret=marked-client-secret&grant_type=client_credentials"
    )
    assert server.requests[0].headers["authorization"] == "Bearer marked-token-00000000000001"


def test_all_calls_and_views_of_a_client_share_a_token(server: Server) -> None:
    server.say(ACCOUNT)
    with client_of(server.url) as client:
        client.account.get()
        client.until(Deadline(client._session.runtime.monotonic() + 5)).account.get()
        client.account.whoami()
    assert len(server.token_requests) == 1


ENDED = {
    "token_expired": flat(401, "token_expired"),
    "invalid_token": flat(401, "invalid_token", "expired"),
    "unauthorized": flat(401, "unauthorized", "Unauthorized Request"),
    "no message": Answer(401, b'{"fail":[{"code":"unauthorized"}]}', {"Content-Type": "application/json"}),
    "transient": flat(401, "InvalidClientIdentifier", "Client credentials are invalid"),
    "another form": Answer(401, b'{"error":{"message":"expired"}}', {"Content-Type": "application/json"}),
    "empty": Answer(401),
    "page": Answer(401, b"<html>", {"Content-Type": "text/html"}),
    "in meta": answer(fail=[{"errors": [{"code": "token_expired"}]}]),
}


@pytest.mark.parametrize("ended", ENDED.values(), ids=list(ENDED))
@pytest.mark.parametrize("writes", [False, True], ids=["read", "write"])
def test_a_refused_token_is_renewed_once_and_the_call_repeated(server: Server, writes: bool, ended: Answer) -> None:
    server.tokens.append(token_answer("marked-token-00000000000002"))
    done = answer([{"id": "h", "release": True, "accountCode": "C"}])
    server.say(ended, done)
    with client_of(server.url) as client:
        client.held.release("h") if writes else client.account.get()
    used = [request.headers["authorization"] for request in server.requests]
    assert used == ["Bearer marked-token-00000000000001", "Bearer marked-token-00000000000002"]


@pytest.mark.parametrize("code", ["token_expired", "invalid_token", "unauthorized", "InvalidClientIdentifier"])
def test_a_renewed_token_that_is_refused_is_an_error(server: Server, code: str) -> None:
    server.say(flat(401, code, "Access Token expired"))
    with client_of(server.url) as client, pytest.raises(AuthenticationFailed) as caught:
        client.account.get()
    assert caught.value.code == code
    assert (len(server.requests), len(server.token_requests)) == (2, 2)


def test_a_token_is_renewed_before_it_expires(server: Server, time: FakeTime) -> None:
    server.say(ACCOUNT)
    with client_of(server.url, time=time) as client:
        client.account.get()
        time.now += 1738
        client.account.get()
        assert len(server.token_requests) == 1
        time.now += 1
        client.account.get()
    assert len(server.token_requests) == 2


def test_wrong_client_credentials_are_not_retried(server: Server) -> None:
    server.tokens.clear()
    server.tokens.append(flat(401, "InvalidClientIdentifier", "Client credentials are invalid"))
    with client_of(server.url) as client, pytest.raises(AuthenticationFailed, match="Client ID and Client Secret"):
        client.account.get()
    assert (len(server.token_requests), len(server.requests)) == (1, 0)


@pytest.mark.parametrize(
    "value",
    [None, "", 7, ["x"], "two\r\nHost: elsewhere.example", "token\n", "tökén", "\x00"],
    ids=["null", "empty", "number", "list", "line break", "newline at the end", "not ascii", "NUL"],
)
def test_a_value_that_cannot_be_a_token_is_not_sent(server: Server, value: object) -> None:
    server.tokens.clear()
    server.tokens.append(Answer(200, json.dumps({"access_token": value, "expires_in": 1799}).encode()))
    with client_of(server.url, max_attempts=1) as client, pytest.raises(UnreadableReply, match="has no token"):
        client.account.get()
    assert server.requests == []


@pytest.mark.parametrize("lifetime", [None, "1799", 0, -5, True, [], 1e300], ids=lambda lifetime: repr(lifetime)[:8])
def test_a_call_succeeds_with_any_lifetime_of_the_token(server: Server, lifetime: object) -> None:
    server.tokens.clear()
    server.tokens.append(token_answer("marked-token-00000000000003", lifetime))
    server.say(ACCOUNT)
    with client_of(server.url, max_attempts=1) as client:
        assert client.account.get().account_code == "CUSA00A000"


def test_a_request_for_a_token_is_retried(server: Server) -> None:
    server.tokens.clear()
    server.tokens.extend([Answer(503), TOKEN])
    server.say(ACCOUNT)
    with client_of(server.url) as client:
        client.account.get()
    assert (len(server.token_requests), len(server.requests)) == (2, 1)


def test_a_write_is_repeated_if_only_its_token_was_rate_limited(server: Server) -> None:
    server.tokens.clear()
    server.tokens.extend([Answer(429, headers={"X-RateLimit-Reset": "100"}), TOKEN])
    server.say(answer([{"id": "h", "release": True}]))
    with client_of(server.url) as client:
        client.held.release("h")
    assert len(server.requests) == 1


def test_the_form_of_the_token_request_reveals_the_secret_only_there() -> None:
    assert token_request(APPLICATION)["client_secret"] == "marked-client-secret"
    assert "marked" not in repr(APPLICATION) + str(APPLICATION)


# secrets


def texts_of(client: MimecastClient) -> str:
    session = client._session
    objects = [client, session, session.connection, session.auth, vars(session.auth), vars(session), session.transport]
    return "\n".join(
        f"{value!r} {value!s}" for value in [*objects, KEYS, APPLICATION, Token(Secret("marked-token"), 1)]
    )


def text_of(error: BaseException) -> str:
    return "\n".join([*traceback.format_exception(error), repr(error), str(error), repr(vars(error))])


@BOTH
@pytest.mark.parametrize(
    "failure",
    [
        ACCOUNT,
        Answer(200, b"<html>sign in</html>"),
        Answer(200, b""),
        Answer(503),
        Answer(200, b'{"data": [', announced=500),
        Answer(ending="reset"),
        Answer(429, headers={"X-RateLimit-Reset": "10"}),
        flat(401, "token_expired"),
        flat(403, "app_forbidden"),
    ],
    ids=["success", "html", "empty", "503", "truncated", "reset", "429", "expired", "forbidden"],
)
def test_no_secret_is_in_any_repr_log_or_traceback(
    server: Server, api_version: ApiVersion, failure: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.say(failure)
    text = ""
    with client_of(server.url, api_version) as client:
        try:
            client.account.get()
        except MimecastError as error:
            text = text_of(error)
        everything = texts_of(client) + text + caplog.text
    assert [mark for mark in MARKS if mark in everything] == []


def test_an_error_reply_that_echoes_the_credentials_does_not_reveal_them(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = "client_id=client-of-the-tests&client_secret=marked-client-secret"
    server.tokens.clear()
    server.tokens.append(Answer(400, echo.encode(), {"Content-Type": "text/plain"}))
    with client_of(server.url) as client, pytest.raises(MimecastError) as caught:
        client.account.get()
    assert [mark for mark in MARKS if mark in text_of(caught.value) + caplog.text] == []
