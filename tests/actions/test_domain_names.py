"""Domains are compared as mail servers compare them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions.domain_names import NotADomainName, ascii_form, comparable, comparable_address, related

LABEL = st.from_regex(r"[a-zà-öø-ÿ]{1,8}", fullmatch=True)
DOMAIN = st.lists(LABEL, min_size=1, max_size=3).map(".".join).map("{}.example".format)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Example.COM.", "example.com"),
        (" example.com ", "example.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("mu\u0308nchen.de", "xn--mnchen-3ya.de"),
        ("XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de"),
        ("\uff47\uff4d\uff41\uff49\uff4c\uff0ecom", "gmail.com"),
        ("gmail\u3002com\u3002", "gmail.com"),
        ("公司.cn", "xn--55qx5d.cn"),
        ("a_b.example", "a_b.example"),
        ("", ""),
    ],
    ids=ascii,
)
def test_the_ascii_form_of_a_domain(text: str, form: str) -> None:
    assert ascii_form(text) == comparable(text) == form


@pytest.mark.parametrize("text", ["i\u2764.ws", "\u0661.example", "\ud800.example"], ids=ascii)
def test_a_name_that_idna_does_not_allow_is_compared_as_text(text: str) -> None:
    with pytest.raises(NotADomainName):
        ascii_form(text)
    assert comparable(text.upper() + ".") == text


@given(DOMAIN)
def test_all_spellings_of_a_domain_are_equal(domain: str) -> None:
    form = comparable(domain)
    assert form.isascii()
    assert {comparable(spelling) for spelling in (form, form.upper(), f"{domain}.", domain.upper())} == {form}


@given(st.text())
def test_any_text_can_be_compared(text: str) -> None:
    comparable(text)


@given(DOMAIN, DOMAIN)
def test_a_domain_is_related_to_its_subdomains_and_parents(domain: str, other: str) -> None:
    assert related(domain, f"sub.{domain}")
    assert related(f"sub.{domain}", domain)
    assert related(domain, domain)
    assert related(domain, other) == related(other, domain)


@pytest.mark.parametrize(("first", "second"), [("notexample.com", "example.com"), ("", "example.com"), ("a.b", "")])
def test_other_domains_are_not_related(first: str, second: str) -> None:
    assert not related(first, second)
    assert not related(second, first)


def test_addresses_are_compared_without_case_and_by_the_ascii_form_of_the_domain() -> None:
    assert comparable_address("Eve@MÜNCHEN.de") == comparable_address("eve@xn--mnchen-3ya.de")
    assert comparable_address("eve@a.example") != comparable_address("eva@a.example")
