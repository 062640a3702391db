"""Secrets that do not reveal themselves."""

from __future__ import annotations

import copy
import pickle
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Secret, scrub


@given(st.text(min_size=1, alphabet=st.characters(codec="ascii")))
def test_only_reveal_returns_a_secret(tail: str) -> None:
    value = f"marked-{tail}"
    secret = Secret(value)
    assert secret.reveal() == value
    assert "marked" not in "".join(
        [repr(secret), str(secret), f"{secret}", f"{secret!r}", f"{[secret]} { ({1: secret}) }"]
    )
    assert value not in scrub(f"the server echoed {value} and {quote(value, safe='')} to us")
    assert repr(secret) == repr(Secret(value + "x"))


def test_a_secret_cannot_be_pickled_or_copied() -> None:
    secret = Secret("marked-client-secret")
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)


def test_a_secret_is_compared_and_hashed_by_its_value() -> None:
    assert Secret("abc") == Secret("abc")
    assert Secret("abc") != Secret("abd")
    assert Secret("abc") != "abc"
    assert len({Secret("abc"), Secret("abc")}) == 1
    assert not Secret()
    assert str(Secret()) == ""
