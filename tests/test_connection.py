"""The settings of a connection: credentials, API Root, TLS and proxy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, ClientCredentials, Secret, SigningKeys
from mimecast_secops.api.errors import IncompleteCredentials, MimecastError, Misconfigured
from mimecast_secops.connection import DEFAULT_API_ROOT, ConnectionSettings, ProxySettings, connection_of
from mimecast_secops.packaging.source import integration
from mimecast_secops.parameters import declared, parse

V1 = {
    "Application ID": "app-id",
    "Application Key": "app-key-1234",
    "Access Key": "access-key-1234",
    "Secret Key": "c2VjcmV0LWtleS0xMjM0",
}
V2 = {"Client ID": "client-id", "Client Secret": "client-secret-1234"}
SECRETS = [value for name, value in (V1 | V2).items() if "Key" in name or "Secret" in name]


def settings(**raw: object) -> ConnectionSettings:
    return parse(ConnectionSettings, {name.replace("_", " "): value for name, value in raw.items()})[0]


def of(raw: dict[str, str]) -> ConnectionSettings:
    return parse(ConnectionSettings, raw)[0]


# the contract


CONFIGURATION = [
    ("API Root", "string", "https://api.services.mimecast.com", True),
    ("Application ID", "string", "", False),
    ("Application Key", "password", "", False),
    ("Access Key", "password", "", False),
    ("Secret Key", "password", "", False),
    ("Client ID", "string", "", False),
    ("Client Secret", "password", "", False),
    ("Verify SSL", "boolean", True, True),
]


def test_the_configuration_of_the_integration_is_that_of_the_contract() -> None:
    definition = integration()
    assert (definition["identifier"], definition["name"]) == ("Mimecast", "Mimecast")
    keys = ("name", "type", "default_value", "is_mandatory")
    assert [tuple(parameter[key] for key in keys) for parameter in definition["parameters"]] == CONFIGURATION


def test_the_proxy_is_that_of_the_contract() -> None:
    assert [parameter.name for parameter in declared(ProxySettings)] == [
        "Proxy Server Address",
        "Proxy Username",
        "Proxy Password",
    ]


# credentials


def test_a_complete_set_of_four_is_api_1() -> None:
    connection, notes = connection_of(of(V1))
    assert isinstance(connection.credentials, SigningKeys)
    assert connection.credentials.api_version is ApiVersion.V1
    assert notes == ()


def test_a_complete_pair_is_api_2() -> None:
    connection, notes = connection_of(of(V2))
    assert connection.credentials == ClientCredentials("client-id", Secret("client-secret-1234"))
    assert connection.credentials.api_version is ApiVersion.V2
    assert notes == ()


def test_api_2_is_used_with_a_note_if_both_are_complete() -> None:
    connection, notes = connection_of(of(V1 | V2))
    assert connection.credentials.api_version is ApiVersion.V2
    [note] = notes
    assert "API 2.0 is used" in str(note)


@pytest.mark.parametrize("name", [*V1, *V2])
def test_a_missing_credential_is_named_as_its_parameter(name: str) -> None:
    raw = {other: value for other, value in (V1 if name in V1 else V2).items() if other != name}
    with pytest.raises(IncompleteCredentials, match=f'"{name}" is missing') as caught:
        connection_of(of(raw))
    assert not any(secret in str(caught.value) for secret in SECRETS)


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_credential_is_missing(blank: str) -> None:
    with pytest.raises(IncompleteCredentials, match='"Client Secret" is missing'):
        connection_of(of(V2 | {"Client Secret": blank}))


@pytest.mark.parametrize("name", [*V1, *V2])
@pytest.mark.parametrize("bad", ["with space-1234", "line\nbreak-1234", "ümlaut-1234"])
def test_a_credential_that_is_unsafe_in_a_header_is_refused_and_not_shown(name: str, bad: str) -> None:
    raw = (V1 if name in V1 else V2) | {name: bad}
    with pytest.raises(Misconfigured) as caught:
        connection_of(of(raw))
    assert name in str(caught.value)
    assert bad not in str(caught.value)


@pytest.mark.parametrize("bad", ["no-base64!", "abc", "===="])
def test_a_secret_key_that_is_not_base64_is_refused_and_not_shown(bad: str) -> None:
    with pytest.raises(Misconfigured, match="Secret Key") as caught:
        connection_of(of(V1 | {"Secret Key": bad}))
    assert bad not in str(caught.value)


def test_settings_and_connection_never_show_a_secret() -> None:
    everything = of(V1 | V2)
    text = f"{everything!r} {everything} {connection_of(everything)!r} {connection_of(of(V1))!r}"
    assert not any(secret in text for secret in SECRETS)


# API Root


def test_the_default_is_the_global_gateway() -> None:
    assert connection_of(of(V2)).connection.api_root == DEFAULT_API_ROOT == "https://api.services.mimecast.com"


@pytest.mark.parametrize(
    ("entered", "root"),
    [
        ("https://eu-api.mimecast.com", "https://eu-api.mimecast.com"),
        ("https://eu-api.mimecast.com/", "https://eu-api.mimecast.com"),
        (" https://gateway.example.org/mimecast/v2/ ", "https://gateway.example.org/mimecast/v2"),
        ("eu-api.mimecast.com", "https://eu-api.mimecast.com"),
        ("https://host.example.org:8443/a", "https://host.example.org:8443/a"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/prefix", "http://localhost:8080/prefix"),
    ],
)
def test_a_path_in_the_api_root_is_kept_without_a_trailing_slash(entered: str, root: str) -> None:
    assert connection_of(of(V2 | {"API Root": entered})).connection.api_root == root


@pytest.mark.parametrize(
    "root",
    [
        "http://api.services.mimecast.com",
        "ftp://api.services.mimecast.com",
        "https://",
        "https://user:password@api.services.mimecast.com",
        "https://api.services.mimecast.com?x=1",
        "https://api.services.mimecast.com#x",
        "https://api.services.mimecast.com:port",
        "https://api services.mimecast.com",
        "https://[::1",
        "javascript://x",
    ],
)
def test_an_api_root_that_is_not_a_safe_url_is_refused(root: str) -> None:
    with pytest.raises(Misconfigured, match="API Root"):
        connection_of(of(V2 | {"API Root": root}))


@given(st.text())
def test_no_api_root_sends_credentials_in_clear_text(root: str) -> None:
    try:
        connection = connection_of(of(V2 | {"API Root": root})).connection
    except MimecastError:
        return
    local = connection.api_root.startswith(("http://127.", "http://localhost", "http://[::1]"))
    assert connection.api_root.startswith("https://") or local


@pytest.mark.parametrize(
    ("value", "verified"), [("true", True), ("false", False), (True, True), (False, False), ("", True)]
)
def test_certificates_are_verified_by_default(value: object, verified: bool) -> None:
    raw = {"Client ID": "a", "Client Secret": "b", "Verify SSL": value}
    assert connection_of(parse(ConnectionSettings, raw)[0]).connection.verify_tls is verified


def test_bundle_and_timeout_are_passed_to_the_connection() -> None:
    connection = connection_of(of(V2), ca_bundle="/etc/ca.pem", timeout=7.5).connection
    assert (connection.ca_bundle, connection.timeout) == ("/etc/ca.pem", 7.5)


# the proxy


def proxied(**raw: str) -> ProxySettings:
    return parse(ProxySettings, {f"Proxy {name.replace('_', ' ')}": value for name, value in raw.items()})[0]


@pytest.mark.parametrize("proxy", [None, ProxySettings(), proxied(Username="u", Password="p")])
def test_without_an_address_the_proxy_of_the_environment_applies(proxy: ProxySettings | None) -> None:
    assert connection_of(of(V2), proxy).connection.proxy is None


@pytest.mark.parametrize("address", ["http://proxy.example.com:3128", "https://proxy.example.com:3129"])
def test_a_proxy_is_used_with_its_user_and_password(address: str) -> None:
    resolved = connection_of(of(V2), proxied(Server_Address=address, Username="u", Password="pass-word-1"))
    assert resolved.connection.proxy is not None
    assert (resolved.connection.proxy.url, resolved.connection.proxy.username) == (address, "u")
    assert resolved.connection.proxy.password.reveal() == "pass-word-1"
    assert "pass-word-1" not in repr(resolved)


@pytest.mark.parametrize("address", ["ftp://proxy:21", "http://", "http://proxy:port", "socks5://proxy:1080"])
def test_a_malformed_proxy_is_refused(address: str) -> None:
    with pytest.raises(Misconfigured, match="Proxy Server Address"):
        connection_of(of(V2), proxied(Server_Address=address))
