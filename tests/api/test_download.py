"""Downloads: as a stream or through a link, on either API version, with checks of the file."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, MimecastClient
from mimecast_secops.api.download import _link
from mimecast_secops.api.envelope import RawReply, open_envelope
from mimecast_secops.api.errors import (
    ApiError,
    FileRejected,
    MimecastError,
    NotFound,
    Unavailable,
    Unreachable,
    UnreadableReply,
)
from mimecast_secops.api.resources.files import GET
from tests.api.clients import BOTH, FakeTime, client_of
from tests.api.local_server import Answer, Received, Server, answer, flat
from tests.api.samples import bytes_of
from tests.samples import Sample

CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 8
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILE = Answer(200, CONTENT, {"Content-Type": "application/pdf"})
ATTACHED = Answer(200, CONTENT, {"Content-Type": "application/json", "Content-Disposition": 'attachment; filename="a"'})


def links(*urls: object, **options: object) -> Answer:
    return answer([{"urls": list(urls)} | options])


def fetched(client: MimecastClient, *, max_bytes: int = 1_000_000, sha256: str = "") -> bytes:
    with client.files.download("a-file", max_bytes=max_bytes, sha256=sha256) as file:
        content = file.read()
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
        assert file.read() == content
    assert file.content.closed
    return content


def api_calls(server: Server) -> list[Received]:
    return [request for request in server.requests if request.path == GET.path]


# streams


@BOTH
@pytest.mark.parametrize("reply", [FILE, ATTACHED], ids=["by its type", "by its disposition"])
def test_a_stream_is_the_file_on_either_api_version(server: Server, api_version: ApiVersion, reply: Answer) -> None:
    server.say(reply)
    with client_of(server.url, api_version) as client:
        assert fetched(client, sha256=SHA256) == CONTENT
    [call] = server.requests
    assert call.json == {"data": [{"id": "a-file"}]}
    assert call.headers["accept"] == "*/*"
    assert "authorization" in call.headers


def test_a_stream_of_the_samples(sample: Sample, server: Server) -> None:
    exchange = sample("gateway_get_file.v1_stream")
    server.say(Answer(200, bytes_of(exchange["body"]), exchange["headers"]))
    with client_of(server.url, ApiVersion.V1) as client:
        assert fetched(client) == bytes_of(exchange["body"])


@pytest.mark.parametrize("body", [b'{"a": 1}', b"{}", b'{"name": "an attachment", "list": [1, 2]}'])
def test_an_attachment_that_is_json_itself_is_a_file(server: Server, body: bytes) -> None:
    server.say(Answer(200, body, {"Content-Type": "application/json"}))
    with client_of(server.url) as client:
        assert fetched(client) == body


def test_an_attachment_that_looks_like_an_api_reply_is_a_file_by_its_disposition(server: Server) -> None:
    body = b'{"data": [], "fail": [{"code": "x"}]}'
    server.say(Answer(200, body, ATTACHED.headers))
    with client_of(server.url) as client:
        assert fetched(client) == body


def test_an_empty_file_is_a_file(server: Server) -> None:
    server.say(Answer(200, b"", {"Content-Type": "application/octet-stream"}))
    with client_of(server.url) as client:
        assert fetched(client) == b""


# links


@BOTH
@pytest.mark.parametrize(
    "shape",
    [
        lambda url: {"urls": [url]},
        lambda url: {"url": url},
        lambda url: {"urls": url},
        lambda url: {"urls": [], "url": url},
        lambda url: {"urls": [None, "", 5, url]},
    ],
    ids=["urls", "url", "urls as text", "url with empty urls", "urls with other values"],
)
def test_a_link_is_followed_on_either_api_version(server: Server, api_version: ApiVersion, shape: Any) -> None:
    server.say(answer([shape(f"{server.url}/file?token=key")]), FILE)
    with client_of(server.url, api_version) as client:
        assert fetched(client, sha256=SHA256) == CONTENT
    assert [(request.method, request.path) for request in server.requests] == [
        ("POST", GET.path),
        ("GET", "/file?token=key"),
    ]


@BOTH
def test_a_link_is_requested_without_credentials(server: Server, api_version: ApiVersion) -> None:
    server.say(links(f"{server.url}/file"), FILE)
    with client_of(server.url, api_version) as client:
        fetched(client)
    sent = server.requests[1].headers
    assert set(sent) <= {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert "marked" not in str(sent)
    assert server.requests[1].body == b""


@pytest.mark.parametrize("escaped", ["\\u0026", "\\/", "&"])
def test_json_escapes_in_a_link_are_decoded(server: Server, escaped: str) -> None:
    url = f"{server.url}/f?a=1\\u0026b=2" if escaped == "\\u0026" else f"{server.url}/f?a=1&b=2"
    server.say(links(url.replace("/f?", "\\/f?") if escaped == "\\/" else url), FILE)
    with client_of(server.url) as client:
        assert fetched(client) == CONTENT
    assert server.requests[1].path == "/f?a=1&b=2"


def test_a_link_of_the_samples_is_https_and_has_its_escapes(sample: Sample, server: Server) -> None:
    assert "\\u0026" in sample("gateway_get_file.v2_url")["body"]["data"][0]["urls"][0]
    assert sample("archive_message_part.v2_url")["body"]["data"][0]["url"].startswith("https://")


def test_a_link_without_a_host_belongs_to_the_api(server: Server) -> None:
    server.say(links("/elsewhere/file?token=x"), FILE)
    with client_of(server.url) as client:
        assert fetched(client) == CONTENT
    assert server.requests[1].path == "/elsewhere/file?token=x"


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/secret-path?token=marked",
        "HTTP://files.example.com/secret-path?token=marked",
        "http://127.0.0.1.example.com/secret-path?token=marked",
        "http://localhost.example.com/secret-path?token=marked",
        "http://10.0.0.1/secret-path?token=marked",
        "//files.example.com/secret-path?token=marked",
        "ftp://files.example.com/secret-path?token=marked",
        "file:///etc/secret-path",
        "data:text/plain,secret-path",
        "javascript:secret-path",
    ],
)
def test_a_link_that_is_not_https_is_not_followed(server: Server, url: str) -> None:
    server.say(links(url))
    with client_of(server.url) as client, pytest.raises(FileRejected, match="not an https URL") as caught:
        fetched(client)
    assert len(server.requests) == 1
    assert "secret-path" not in str(caught.value)
    assert "marked" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://[bad/x", "https://[::1/", "https://127.0.0.1:99999/x", "http://127.0.0.1:1x/"]
)
def test_a_malformed_link_is_not_followed(server: Server, url: str) -> None:
    server.say(links(url))
    with client_of(server.url) as client, pytest.raises(FileRejected, match="not a URL"):
        fetched(client)


API = "https://api.services.mimecast.com/api/gateway/message/get-file"
INTERNAL = [
    "127.0.0.1",
    "localhost",
    "localhost.",
    "x.localhost",
    "169.254.169.254",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "[::1]",
    "[::]",
    "[fd00::1]",
    "[fe80::1]",
    "[::ffff:10.0.0.1]",
    "[2002:a00:1::]",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
]


def link_in(url: str, base: str) -> str:
    """The link that is followed if a reply of `base` has `url`."""
    body = json.dumps({"meta": {"status": 200}, "data": [{"urls": [url]}], "fail": []}).encode()
    return _link(open_envelope(RawReply(200, {"content-type": "application/json"}, body)), base)


@pytest.mark.parametrize("host", INTERNAL)
def test_a_link_to_an_internal_address_is_followed_only_where_the_api_is_internal_too(host: str) -> None:
    url = f"https://{host}/latest?x=1"
    with pytest.raises(FileRejected, match="internal address"):
        link_in(url, API)
    assert link_in(url, "https://10.0.0.5/api/gateway/message/get-file") == url
    assert link_in(url, "http://127.0.0.1:8765/api/gateway/message/get-file") == url


@pytest.mark.parametrize("url", ["http://127.0.0.1/f", "http://localhost/f", "http://[::1]/f"])
def test_a_link_over_plain_http_to_this_machine_is_followed_only_where_the_api_is_on_it(url: str) -> None:
    for base in (API, "https://10.0.0.5/api"):
        with pytest.raises(FileRejected, match="not an https URL"):
            link_in(url, base)
    assert link_in(url, "http://localhost:8765/api") == url


@pytest.mark.parametrize("host", ["files.example.com", "8.8.8.8", "[2606:4700::1111]", "10.example.com", "1.2.3.4.5"])
def test_a_link_to_a_public_host_is_followed(host: str) -> None:
    assert link_in(f"https://{host}/f", API) == f"https://{host}/f"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_a_link_is_not_followed(server: Server, status: int) -> None:
    server.say(links(f"{server.url}/file"), Answer(status, b"", {"Location": f"{server.url}/other"}))
    with client_of(server.url) as client, pytest.raises(FileRejected, match="redirects to another URL"):
        fetched(client)
    assert [request.path for request in server.requests] == [GET.path, "/file"]


@pytest.mark.parametrize(("status", "kind"), [(403, NotFound), (404, NotFound), (410, NotFound), (400, NotFound)])
def test_an_expired_link_is_an_error_at_once(server: Server, status: int, kind: type[Exception]) -> None:
    server.say(links(f"{server.url}/file"), Answer(status))
    with client_of(server.url) as client, pytest.raises(kind, match=f"HTTP {status}") as caught:
        fetched(client)
    assert isinstance(caught.value, ApiError)
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_file_server_error_is_retried_with_a_new_link(server: Server, status: int) -> None:
    server.say(links(f"{server.url}/one"), Answer(status), links(f"{server.url}/two"), FILE)
    with client_of(server.url) as client:
        assert fetched(client) == CONTENT
    assert [request.path for request in server.requests] == [GET.path, "/one", GET.path, "/two"]


def test_a_permanent_file_server_error_ends_the_download(server: Server, time: FakeTime) -> None:
    server.say(Answer(503))
    with client_of(server.url, time=time, max_attempts=3) as client, pytest.raises(Unavailable, match="3 attempts"):
        fetched(client)
    assert len(server.requests) == 3
    assert len(time.slept) == 2


@pytest.mark.parametrize(
    "data", [[], [{}], [{"urls": []}], [{"urls": None}], [{"url": 5}], ["text"], [None], [{"urls": [{}]}]], ids=repr
)
def test_a_reply_without_a_file_and_without_a_link_is_not_found(server: Server, data: list[Any]) -> None:
    server.say(answer(data))
    with client_of(server.url) as client, pytest.raises(NotFound, match="neither a file nor a link"):
        fetched(client)


# checks of the file


def test_a_file_of_exactly_the_limit_is_accepted(server: Server) -> None:
    server.say(FILE)
    with client_of(server.url) as client:
        assert fetched(client, max_bytes=len(CONTENT)) == CONTENT


@pytest.mark.parametrize("through_link", [False, True], ids=["stream", "link"])
def test_a_file_beyond_the_limit_is_refused_by_its_announced_length(server: Server, through_link: bool) -> None:
    huge = Answer(200, b"x", {"Content-Type": "application/pdf"}, announced=10**12)
    server.say(*([links(f"{server.url}/file")] if through_link else []), huge)
    with client_of(server.url) as client, pytest.raises(FileRejected, match="longer than the limit of 1000 bytes"):
        fetched(client, max_bytes=1000)


def test_a_file_beyond_the_limit_is_refused_although_its_length_was_not_announced(server: Server) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nConnection: close\r\n\r\n"
    server.say(Answer(raw=head + b"x" * 1001))
    with client_of(server.url) as client, pytest.raises(FileRejected, match="longer than the limit of 1000 bytes"):
        fetched(client, max_bytes=1000)


def test_a_file_beyond_the_limit_is_refused_although_it_is_json(server: Server) -> None:
    server.say(Answer(200, json.dumps({"name": "x" * 2000}).encode(), {"Content-Type": "application/json"}))
    with client_of(server.url) as client, pytest.raises(FileRejected, match="longer than the limit of 1000 bytes"):
        fetched(client, max_bytes=1000)


def test_the_limit_applies_to_the_decompressed_size(server: Server) -> None:
    import gzip

    packed = gzip.compress(b"\0" * 5_000_000)
    server.say(Answer(200, packed, {"Content-Type": "application/pdf", "Content-Encoding": "gzip"}))
    assert len(packed) < 10_000
    with client_of(server.url) as client, pytest.raises(FileRejected, match="longer than the limit of 100000 bytes"):
        fetched(client, max_bytes=100_000)


@pytest.mark.parametrize("through_link", [False, True], ids=["stream", "link"])
def test_a_file_with_another_hash_than_announced_is_refused(server: Server, through_link: bool) -> None:
    server.say(*([links(f"{server.url}/file")] if through_link else []), FILE)
    with client_of(server.url) as client, pytest.raises(FileRejected, match="The SHA-256 of the file differs"):
        fetched(client, sha256="0" * 64)


def test_the_announced_hash_may_be_in_upper_case(server: Server) -> None:
    server.say(FILE)
    with client_of(server.url) as client:
        assert fetched(client, sha256=SHA256.upper()) == CONTENT


@pytest.mark.parametrize("through_link", [False, True], ids=["stream", "link"])
def test_a_truncated_file_is_downloaded_again_and_never_returned(server: Server, through_link: bool) -> None:
    half = Answer(200, CONTENT[:100], FILE.headers, announced=len(CONTENT))
    before = [links(f"{server.url}/file")] if through_link else []
    server.say(*before, half, *before, FILE)
    with client_of(server.url) as client:
        assert fetched(client) == CONTENT


def test_a_file_that_is_always_truncated_is_an_error(server: Server) -> None:
    server.say(Answer(200, CONTENT[:100], FILE.headers, announced=len(CONTENT)))
    with client_of(server.url, max_attempts=2) as client, pytest.raises(Unreachable, match="broke"):
        fetched(client)


def test_a_long_json_reply_that_is_neither_is_not_read_to_its_end(server: Server) -> None:
    server.say(Answer(200, b'{"data": "' + b"x" * 1_100_000 + b'"}', {"Content-Type": "application/json"}))
    with client_of(server.url, max_attempts=1) as client, pytest.raises(UnreadableReply, match="neither a file nor"):
        fetched(client)


# error replies


@BOTH
def test_an_error_reply_is_not_a_file(server: Server, api_version: ApiVersion) -> None:
    server.say(answer(fail=[{"errors": [{"code": "xdk_failure", "message": "0007 Invalid token"}]}]))
    with client_of(server.url, api_version) as client, pytest.raises(NotFound, match="0007 Invalid token"):
        fetched(client)


@pytest.mark.parametrize("name", ["gateway_get_file.bad_id", "archive_message_part.not_found", "auth2.app_forbidden"])
def test_an_error_reply_of_the_samples_is_not_a_file(sample: Sample, server: Server, name: str) -> None:
    exchange = sample(name)
    server.say(Answer(exchange["status"], bytes_of(exchange["body"]), {"Content-Type": "application/json"}))
    with client_of(server.url) as client, pytest.raises(ApiError):
        fetched(client)


def test_a_page_of_a_proxy_is_not_a_file(server: Server) -> None:
    server.say(Answer(200, b"<html>Sign in</html>", {"Content-Type": "text/html; charset=utf-8"}))
    with client_of(server.url, max_attempts=1) as client, pytest.raises(UnreadableReply, match="web page"):
        fetched(client)


def test_an_error_reply_that_is_not_json_is_not_a_file(server: Server) -> None:
    server.say(Answer(403, b"no", {"Content-Type": "text/plain"}))
    with client_of(server.url) as client, pytest.raises(MimecastError):
        fetched(client)


def test_an_expired_token_is_renewed_for_a_download(server: Server) -> None:
    server.say(flat(401, "token_expired"), FILE)
    with client_of(server.url) as client:
        assert fetched(client) == CONTENT
    assert len(server.token_requests) == 2


def test_a_file_is_closed_if_the_caller_raises(server: Server) -> None:
    server.say(FILE)
    with client_of(server.url) as client:
        with pytest.raises(KeyError), client.files.download("a-file", max_bytes=10_000) as file:
            raise KeyError
        assert file.content.closed


def test_a_large_file_is_downloaded_completely(server: Server) -> None:
    content = bytes(2 * 1024 * 1024)
    server.say(Answer(200, content, {"Content-Type": "application/octet-stream"}))
    with client_of(server.url) as client:
        assert fetched(client, max_bytes=len(content)) == content


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(
    st.binary(max_size=300)
    | st.dictionaries(
        st.sampled_from(["data", "fail", "meta", "name"]),
        st.none()
        | st.text()
        | st.lists(st.dictionaries(st.sampled_from(["url", "urls", "errors"]), st.none() | st.integers())),
    ).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["", "application/json", "text/html", "application/pdf"]),
    st.sampled_from([200, 400, 403, 404]),
)
def test_no_reply_to_a_download_is_anything_but_a_file_or_an_error(
    server: Server, body: bytes, kind: str, status: int
) -> None:
    server.say(Answer(status, body, {"Content-Type": kind} if kind else {}))
    with client_of(server.url, max_attempts=1) as client:
        try:
            assert fetched(client) == body
        except MimecastError as error:
            assert str(error)
        else:
            assert status == 200
