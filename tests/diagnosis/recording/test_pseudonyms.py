"""Pseudonyms: equal texts stay equal, different ones different, and lengths and kinds stay."""

from __future__ import annotations

import ipaddress
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mimecast_secops.diagnosis.recording.pseudonyms import Pseudonyms
from tests.diagnosis.recording.marks import entities, percent

texts = st.text(max_size=60)
KEY = b"key"


def shape(text: str) -> str:
    """The kind of each character."""
    shaped = re.sub(r"[^\x00-\x7f]", "*", text)
    return re.sub(r"[0-9]", "9", re.sub(r"[a-z]", "a", re.sub(r"[A-Z]", "A", shaped)))


@given(texts)
def test_the_length_and_the_kind_of_each_character_stay(text: str) -> None:
    assume(not re.search(r"[%&\\=]", text))
    replaced = Pseudonyms().text(text)
    assert shape(replaced) == shape(text)


@given(texts, texts)
def test_equal_texts_stay_equal(text: str, other: str) -> None:
    pseudonyms = Pseudonyms()
    first = pseudonyms.text(text)
    pseudonyms.text(other)
    assert pseudonyms.text(text) == first
    assert Pseudonyms(KEY).text(text) == Pseudonyms(KEY).text(text)


@given(st.lists(st.from_regex(r"[A-Za-z]{4,12}", fullmatch=True), unique_by=str.lower, max_size=40))
def test_different_words_stay_different(words: list[str]) -> None:
    pseudonyms = Pseudonyms()
    replaced = {pseudonyms.text(word).lower() for word in words}
    assert len(replaced) == len(words)
    assert not any(pseudonyms.text(word).lower() == word.lower() for word in words)


@given(st.integers(-(10**30), 10**30))
def test_a_number_keeps_its_sign_and_its_digits(number: int) -> None:
    replaced = Pseudonyms().number(number)
    assert isinstance(replaced, int)
    assert len(str(replaced)) == len(str(number))
    assert (replaced < 0) is (number < 0) or replaced == 0


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_a_fraction_stays_a_fraction(number: float) -> None:
    assert isinstance(Pseudonyms().number(number), float)


def test_a_number_and_its_text_get_the_same_pseudonym() -> None:
    pseudonyms = Pseudonyms()
    assert pseudonyms.text("CUSA_4242658798_x").split("_")[1] == str(pseudonyms.number(4242658798))


def test_an_address_a_host_and_their_escapes_agree() -> None:
    pseudonyms = Pseudonyms()
    address = pseudonyms.text("Ann@Mail.Example.com")
    local, host = address.split("@")
    assert (
        pseudonyms.text("https://mail.example.com/ann", frozenset({"https"}))
        == f"https://{host.lower()}/{local.lower()}"
    )
    assert pseudonyms.text("&lt;Ann@Mail.Example.com&gt;") == f"&lt;{address}&gt;"
    assert pseudonyms.text(percent("Ann")) == percent(local)
    assert pseudonyms.text(entities("Ann")) == entities(local)
    assert pseudonyms.text("%3CAnn%40Mail.Example.com%3E") == f"%3C{address.replace('@', '%40')}%3E"


@given(st.ip_addresses(v=4))
def test_an_ip_address_stays_one(address: ipaddress.IPv4Address) -> None:
    ipaddress.IPv4Address(Pseudonyms().text(str(address)))


def test_a_hash_stays_hexadecimal() -> None:
    replaced = Pseudonyms().text("0123456789abcdef" * 4)
    assert re.fullmatch("[0-9a-f]{64}", replaced)


def test_the_start_of_an_id_stays() -> None:
    assert Pseudonyms().text("eNoVzs0KgkAUQOF3mXULZ0YN2").startswith("eN")


def test_runs_that_may_stay_do() -> None:
    replaced = Pseudonyms().text("Invalid Token of Kevin", frozenset({"Invalid", "Token", "of"}))
    assert replaced.startswith("Invalid Token of ")
    assert "Kevin" not in replaced


@pytest.mark.parametrize(
    "text", ["&#0;", "&#1114112;", "&#x110000;", "&nbsp;", "%", "%zz", "\\u12", "&lt", "\ud800", "=?=41"]
)
def test_a_broken_escape_does_no_harm(text: str) -> None:
    assert isinstance(Pseudonyms().text(text), str)


def test_two_recordings_have_other_pseudonyms() -> None:
    assert Pseudonyms().text("Kevin Zq0001x") != Pseudonyms().text("Kevin Zq0001x")
