"""The choice of credentials, missing values, and values that cannot be credentials."""

from __future__ import annotations

import base64
import traceback
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, ClientCredentials, Secret, SigningKeys
from mimecast_secops.api.credentials import choose_credentials
from mimecast_secops.api.errors import Consequence, IncompleteCredentials, Misconfigured
from tests.api.clients import APPLICATION_KEY, KEYS, SECRET_KEY

V1 = {
    "application_id": "an-application",
    "application_key": Secret(APPLICATION_KEY),
    "access_key": Secret("marked-access-key"),
    "secret_key": Secret(SECRET_KEY),
}
V2 = {"client_id": "a-client", "client_secret": Secret("marked-client-secret")}
NAMES = {
    "application_id": "Application ID",
    "application_key": "Application Key",
    "access_key": "Access Key",
    "secret_key": "Secret Key",
    "client_id": "Client ID",
    "client_secret": "Client Secret",
}
UNSAFE = [
    "two words",
    "line\nbreak",
    "line\r\nX-Injected: yes",
    "tab\there",
    "tail ",
    "köy",
    "nul\x00",
    "del\x7f",
    "\u2028x",
]


def test_four_keys_make_api_1() -> None:
    credentials, notes = choose_credentials(**V1)
    assert isinstance(credentials, SigningKeys)
    assert credentials.api_version is ApiVersion.V1
    assert credentials == SigningKeys(**V1)
    assert notes == ()


def test_a_pair_makes_api_2() -> None:
    credentials, notes = choose_credentials(**V2)
    assert credentials == ClientCredentials(**V2)
    assert credentials.api_version is ApiVersion.V2
    assert notes == ()


def test_api_2_is_preferred_with_a_note_if_both_are_complete() -> None:
    credentials, notes = choose_credentials(**V1, **V2)
    assert isinstance(credentials, ClientCredentials)
    assert notes == ("Credentials for API 1.0 and API 2.0 are set. API 2.0 is used, and the API 1.0 keys are ignored.",)


@pytest.mark.parametrize(("given_name", "missing"), [("client_id", "Client Secret"), ("client_secret", "Client ID")])
def test_incomplete_api_2_credentials_fall_back_to_api_1_with_a_note(given_name: str, missing: str) -> None:
    credentials, notes = choose_credentials(**V1, **{given_name: V2[given_name]})
    assert isinstance(credentials, SigningKeys)
    assert notes == (f'"{missing}" is missing for API 2.0. API 1.0 is used.',)


def test_the_error_without_credentials_names_both_sets() -> None:
    with pytest.raises(IncompleteCredentials) as caught:
        choose_credentials()
    assert str(caught.value) == (
        'No credentials are set. Fill in "Client ID" and "Client Secret" (API 2.0), or '
        '"Application ID", "Application Key", "Access Key" and "Secret Key" (API 1.0).'
    )
    assert caught.value.consequence is Consequence.FIX


COMBINATIONS = [dict(zip(NAMES, flags, strict=True)) for flags in product([False, True], repeat=len(NAMES))]


@pytest.mark.parametrize(
    "is_set",
    COMBINATIONS,
    ids=lambda combination: "".join("x" if value else "-" for value in combination.values()),
)
def test_every_combination_is_complete_or_names_exactly_what_is_missing(is_set: dict[str, bool]) -> None:
    arguments = {name: value for name, value in (V1 | V2).items() if is_set[name]}
    first, second = (all(is_set[name] for name in names) for names in (V1, V2))
    if first or second:
        credentials, _ = choose_credentials(**arguments)
        assert isinstance(credentials, ClientCredentials if second else SigningKeys)
        return
    with pytest.raises(IncompleteCredentials) as caught:
        choose_credentials(**arguments)
    expected = V2 if any(is_set[name] for name in V2) else V1
    if any(is_set.values()):
        for name in expected:
            assert (f'"{NAMES[name]}"' in str(caught.value)) is not is_set[name]
        assert ("API 2.0" in str(caught.value)) is (expected is V2)


@pytest.mark.parametrize("empty", ["client_secret", "application_key"])
def test_an_empty_secret_is_a_missing_one(empty: str) -> None:
    complete = V2 if empty in V2 else V1
    with pytest.raises(IncompleteCredentials, match=NAMES[empty]):
        choose_credentials(**(complete | {empty: Secret()}))


@pytest.mark.parametrize("value", UNSAFE, ids=repr)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "secret_key"])
def test_a_value_that_is_unsafe_in_a_header_is_refused_and_not_shown(name: str, value: str) -> None:
    complete = V2 if name in V2 else V1
    bad = value if name.endswith("_id") else Secret(value)
    with pytest.raises(Misconfigured) as caught:
        choose_credentials(**(complete | {name: bad}))
    assert str(caught.value).startswith(f"{NAMES[name]} has a character that a credential cannot have")
    assert value not in "".join(traceback.format_exception_only(caught.value))


@pytest.mark.parametrize(
    "value", ["not base64!", "abc", "QUJD RA==", "QUJDRA", "QUJDRA==\n", "köy", "QUJD-_=="], ids=repr
)
def test_a_secret_key_that_is_not_base64_is_refused_and_not_shown(value: str) -> None:
    with pytest.raises(Misconfigured, match="Secret Key is not the base64 text that Mimecast issued") as caught:
        SigningKeys("an-application", Secret(APPLICATION_KEY), Secret("marked-access-key"), Secret(value))
    assert value not in "".join(traceback.format_exception(caught.value)[-1:])
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@given(st.binary())
def test_the_secret_key_is_used_as_the_bytes_that_it_encodes(key: bytes) -> None:
    encoded = base64.b64encode(key).decode()
    keys = SigningKeys("an-application", Secret(APPLICATION_KEY), Secret("marked-access-key"), Secret(encoded))
    assert keys.key_bytes() == key


@given(st.text())
def test_an_accepted_value_is_safe_in_a_header(value: str) -> None:
    try:
        ClientCredentials(value, Secret(value))
    except Misconfigured:
        return
    assert value.isascii()
    assert not any(character.isspace() or ord(character) < 0x20 or ord(character) == 0x7F for character in value)


def test_credentials_show_their_names_and_hide_their_secrets() -> None:
    assert "an-application" in repr(choose_credentials(**V1)[0])
    assert "a-client" in repr(choose_credentials(**V2)[0])
    shown = f"{choose_credentials(**V1)} {choose_credentials(**V2)} {KEYS!r}"
    assert [value for value in (APPLICATION_KEY, SECRET_KEY, "marked") if value in shown] == []
