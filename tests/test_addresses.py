"""Mail addresses and domains as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.addresses import domain_of, is_address, is_domain

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
DOMAIN = st.lists(LABEL, min_size=1, max_size=4).map(".".join).map("{}.org".format)
LOCAL = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[a-z]{1,5})?", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    [
        "example.com",
        "EXAMPLE.Com",
        "a.b.c.d.example",
        "xn--mnchen-3ya.de",
        "münchen.de",
        "公司.cn",
        "1.example",
        "a-b.org",
    ],
)
def test_a_domain_is_two_labels_or_more_in_any_script(text: str) -> None:
    assert is_domain(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "com",
        "example.",
        ".com",
        "a..b",
        "-a.org",
        "a-.org",
        "a_b.org",
        "a b.org",
        "10.0.0.1",
        "*.org",
        "ann@example.com",
        "https://example.com",
        "example.com/",
        "example.com:25",
        "a.org\n",
        "\x00a.org",
        "a" * 64 + ".org",
        ".".join(["a" * 60] * 5),
    ],
)
def test_what_is_no_domain(text: str) -> None:
    assert not is_domain(text)


@pytest.mark.parametrize(
    "text", ["ann@example.com", "a@b.co", "first.last+tag@sub.example.com", "o'brien@example.ie", "x_y@example.org"]
)
def test_an_address_is_a_local_part_and_a_domain(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ann",
        "@example.com",
        "ann@",
        "ann@com",
        "a@b@example.com",
        "a b@example.com",
        "a..b@example.com",
        '"a b"@example.com',
        "ann@[10.0.0.1]",
        "<ann@example.com>",
        "Ann <ann@example.com>",
        "a,b@example.com",
        "a;b@example.com",
        "a:b@example.com",
        "a(b)@example.com",
        "a\\b@example.com",
        "ann@example.com\n",
        "\nann@example.com",
        "a\x00@example.com",
        "x" * 65 + "@example.com",
        "[Event.sender]",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert not is_address(text)


@given(LOCAL, DOMAIN)
def test_a_local_part_and_a_domain_make_an_address(local: str, domain: str) -> None:
    assert is_domain(domain)
    assert is_address(f"{local}@{domain}")
    assert domain_of(f"{local}@{domain.upper()}") == domain


@given(st.text())
def test_no_text_whatever_breaks_the_check(text: str) -> None:
    if is_address(text):
        assert is_domain(text.rpartition("@")[2])
    if is_domain(text):
        assert not is_address(text)
    assert domain_of(text) == domain_of(text).strip().lower()


@given(LOCAL, DOMAIN, st.sampled_from([" ", "\n", "\t", ",", ";", "<", ">", "\x00", "\x7f", '"', "\u00a0", "\u2028"]))
def test_an_address_has_no_separator_anywhere(local: str, domain: str, separator: str) -> None:
    whole = f"{local}@{domain}"
    for at in (0, len(local) // 2, len(local), len(whole)):
        assert not is_address(whole[:at] + separator + whole[at:])


@pytest.mark.parametrize(
    ("text", "domain"), [("a@B.org", "b.org"), ("x", ""), ("", ""), ("a@b@C.org ", "c.org"), ("@", "")]
)
def test_the_domain_of_an_address(text: str, domain: str) -> None:
    assert domain_of(text) == domain
