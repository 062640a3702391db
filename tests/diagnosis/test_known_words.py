"""Words that may be shown."""

from __future__ import annotations

import pytest

from mimecast_secops.diagnosis.known_words import shown_code, words_of


@pytest.mark.parametrize(
    "code",
    [
        "",
        "app_forbidden",
        "err_xdk_operation_forbidden_for_address",
        "err_validation_invalid_email_address",
        "xdk_failure",
        "internal-error",
        "InvalidClientIdentifier",
        "token_expired",
    ],
)
def test_a_code_of_known_words_is_shown(code: str) -> None:
    assert shown_code(code) == code


@pytest.mark.parametrize("code", ["err_smith", "someone@example.com", "eNoVzs0KgkAUQOF3", "x" * 1000])
def test_any_other_code_is_not_shown(code: str) -> None:
    assert shown_code(code) == "another code"


def test_words_are_separated_by_white_space() -> None:
    assert words_of(" a\nb  a ") == {"a", "b"}
