"""The choice of credentials, missing values, and values that cannot be credentials."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion, ClientCredentials, Secret, SigningKeys
from mimecast_secops.api.credentials import choose_credentials
from mimecast_secops.api.errors import Consequence, IncompleteCredentials
from tests.api.clients import APPLICATION_KEY, SECRET_KEY

V1: dict[str, Any] = {
    "application_id": "an-application",
    "application_key": Secret(APPLICATION_KEY),
    "access_key": Secret("marked-access-key"),
    "secret_key": Secret(SECRET_KEY),
}
V2: dict[str, Any] = {"client_id": "a-client", "client_secret": Secret("marked-client-secret")}
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
    assert tuple(map(str, notes)) == (f'"{missing}" is missing for API 2.0. API 1.0 is used.',)


def test_the_error_without_credentials_names_both_sets() -> None:
    with pytest.raises(IncompleteCredentials) as caught:
        choose_credentials()
    assert str(caught.value) == (
        'No credentials are set. Fill in "Client ID" and "Client Secret" (API 2.0), or '
        '"Application ID", "Application Key", "Access Key" and "Secret Key" (API 1.0).'
    )
    assert caught.value.consequence is Consequence.FIX


def test_every_combination_is_complete_or_names_exactly_what_is_missing() -> None:
    for flags in product([False, True], repeat=len(NAMES)):
        check_combination(dict(zip(NAMES, flags, strict=True)))


def check_combination(is_set: dict[str, bool]) -> None:
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


@pytest.mark.parametrize(
    ("kind", "values", "changed"),
    [
        (SigningKeys, V1, {"access_key": Secret("other")}),
        (SigningKeys, V1, {"application_id": "other"}),
        (ClientCredentials, V2, {"client_id": "other"}),
    ],
)
def test_a_fingerprint_tells_credentials_apart_and_reveals_none(
    kind: type[SigningKeys | ClientCredentials], values: dict[str, Any], changed: dict[str, Any]
) -> None:
    fingerprint = kind(**values).fingerprint
    assert fingerprint == kind(**values).fingerprint != kind(**values | changed).fingerprint
    assert len(fingerprint) == 8
