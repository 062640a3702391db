"""Which credentials are used, what is missing, and which values cannot be credentials at all."""

from __future__ import annotations

import base64
import traceback
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import ApiVersion, ClientCredentials, Secret, SigningKeys
from mimecast_secops.api.credentials import choose
from mimecast_secops.api.errors import Consequence, IncompleteCredentials, Misconfigured
from tests.api.bench import APPLICATION_KEY, KEYS, SECRET_KEY

FIRST = {
    "application_id": "an-application",
    "application_key": Secret(APPLICATION_KEY),
    "access_key": Secret("marked-access-key"),
    "secret_key": Secret(SECRET_KEY),
}
SECOND = {"client_id": "a-client", "client_secret": Secret("marked-client-secret")}
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
    credentials, notes = choose(**FIRST)
    assert isinstance(credentials, SigningKeys)
    assert credentials.api_version is ApiVersion.V1
    assert credentials == SigningKeys(**FIRST)
    assert notes == ()


def test_a_pair_makes_api_2() -> None:
    credentials, notes = choose(**SECOND)
    assert credentials == ClientCredentials(**SECOND)
    assert credentials.api_version is ApiVersion.V2
    assert notes == ()


def test_api_2_is_preferred_when_both_are_complete_and_the_log_is_told() -> None:
    credentials, notes = choose(**FIRST, **SECOND)
    assert isinstance(credentials, ClientCredentials)
    assert notes == ("Credentials of both API generations are given: API 2.0 is used, the API 1.0 keys are ignored.",)


@pytest.mark.parametrize(("given_name", "missing"), [("client_id", "Client Secret"), ("client_secret", "Client ID")])
def test_half_a_pair_beside_complete_keys_falls_back_to_api_1_and_says_so(given_name: str, missing: str) -> None:
    credentials, notes = choose(**FIRST, **{given_name: SECOND[given_name]})
    assert isinstance(credentials, SigningKeys)
    assert notes == (f'"{missing}" is missing for API 2.0: API 1.0 is used.',)


def test_nothing_at_all_names_both_ways() -> None:
    with pytest.raises(IncompleteCredentials) as caught:
        choose()
    assert str(caught.value) == (
        'No credentials are given: fill in "Client ID" and "Client Secret" (API 2.0), or '
        '"Application ID", "Application Key", "Access Key" and "Secret Key" (API 1.0).'
    )
    assert caught.value.consequence is Consequence.FIX


CHOICES = [dict(zip(NAMES, one, strict=True)) for one in product([False, True], repeat=len(NAMES))]


@pytest.mark.parametrize(
    "given_names", CHOICES, ids=lambda one: "".join("x" if value else "-" for value in one.values())
)
def test_every_combination_is_complete_or_names_exactly_what_is_missing(given_names: dict[str, bool]) -> None:
    arguments = {name: value for name, value in (FIRST | SECOND).items() if given_names[name]}
    first, second = (all(given_names[name] for name in names) for names in (FIRST, SECOND))
    if first or second:
        credentials, _ = choose(**arguments)
        assert isinstance(credentials, ClientCredentials if second else SigningKeys)
        return
    with pytest.raises(IncompleteCredentials) as caught:
        choose(**arguments)
    begun = SECOND if any(given_names[name] for name in SECOND) else FIRST
    if any(given_names.values()):
        for name in begun:
            assert (f'"{NAMES[name]}"' in str(caught.value)) is not given_names[name]
        assert ("API 2.0" in str(caught.value)) is (begun is SECOND)


@pytest.mark.parametrize("empty", ["client_secret", "application_key"])
def test_an_empty_secret_is_a_missing_one(empty: str) -> None:
    complete = SECOND if empty in SECOND else FIRST
    with pytest.raises(IncompleteCredentials, match=NAMES[empty]):
        choose(**(complete | {empty: Secret()}))


@pytest.mark.parametrize("value", UNSAFE, ids=repr)
@pytest.mark.parametrize("name", [name for name in NAMES if name != "secret_key"])
def test_a_value_that_would_break_out_of_its_header_is_refused_without_being_shown(name: str, value: str) -> None:
    complete = SECOND if name in SECOND else FIRST
    bad = value if name.endswith("_id") else Secret(value)
    with pytest.raises(Misconfigured) as caught:
        choose(**(complete | {name: bad}))
    assert str(caught.value).startswith(f"{NAMES[name]} has a character that a credential cannot have")
    assert value not in "".join(traceback.format_exception_only(caught.value))


@pytest.mark.parametrize(
    "value", ["not base64!", "abc", "QUJD RA==", "QUJDRA", "QUJDRA==\n", "köy", "QUJD-_=="], ids=repr
)
def test_a_secret_key_that_is_not_base64_is_refused_without_being_shown(value: str) -> None:
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
def test_whatever_is_accepted_can_travel_in_a_header(value: str) -> None:
    try:
        ClientCredentials(value, Secret(value))
    except Misconfigured:
        return
    assert value.isascii()
    assert not any(character.isspace() or ord(character) < 0x20 or ord(character) == 0x7F for character in value)


def test_credentials_show_their_names_and_hide_their_secrets() -> None:
    assert "an-application" in repr(choose(**FIRST)[0])
    assert "a-client" in repr(choose(**SECOND)[0])
    shown = f"{choose(**FIRST)} {choose(**SECOND)} {KEYS!r}"
    assert [value for value in (APPLICATION_KEY, SECRET_KEY, "marked") if value in shown] == []
