"""The targets of a blocked-sender policy."""

from __future__ import annotations

import pytest

from mimecast_secops.actions.policy_targets import OPTIONS, TYPES, targets
from mimecast_secops.api import PolicyTarget
from mimecast_secops.parameters import InvalidParameter

WITHOUT_VALUE = ("Everyone", "Internal Addresses", "External Addresses")
WITH_VALUE = ("Email Address", "Email Domain", "Header Display Name")


def error_of(value: str, kind: str, *, name: str = "Sender") -> str:
    with pytest.raises(InvalidParameter) as caught:
        targets(name, value, kind)
    assert caught.value.parameter == name
    return str(caught.value)


def test_every_option_either_needs_a_value_or_has_none() -> None:
    assert set(OPTIONS) == {*WITHOUT_VALUE, *WITH_VALUE}


@pytest.mark.parametrize("kind", WITHOUT_VALUE)
@pytest.mark.parametrize("value", ["", "ignored.example"])
def test_a_type_without_a_value_is_one_target(kind: str, value: str) -> None:
    assert targets("Sender", value, kind) == (PolicyTarget(TYPES[kind]),)


@pytest.mark.parametrize("kind", WITH_VALUE)
@pytest.mark.parametrize("value", ["", " , "], ids=repr)
def test_a_type_with_a_value_needs_one(kind: str, value: str) -> None:
    sentence = error_of(value, kind, name="Recipient")
    assert sentence == f'"Recipient" is mandatory when "Recipient Type" is "{kind}".'


def test_several_values_are_one_target_each() -> None:
    senders = targets("Sender", "bad.example, worse.example\nBAD.example", "Email Domain")
    assert senders == (PolicyTarget("email_domain", "bad.example"), PolicyTarget("email_domain", "worse.example"))


def test_a_display_name_may_contain_a_comma() -> None:
    assert targets("Sender", "Doe, John", "Header Display Name") == (PolicyTarget("header_display_name", "Doe, John"),)


@pytest.mark.parametrize(
    ("kind", "value", "wire_value"),
    [
        ("Email Domain", "münchen.example", "xn--mnchen-3ya.example"),
        ("Email Address", "eve@münchen.example", "eve@xn--mnchen-3ya.example"),
        ("Email Address", "Eve@Example.org", "Eve@Example.org"),
    ],
)
def test_a_domain_is_in_ascii_form_and_ascii_is_unchanged(kind: str, value: str, wire_value: str) -> None:
    assert targets("Sender", value, kind) == (PolicyTarget(TYPES[kind], wire_value),)


def test_two_spellings_of_a_domain_are_one_target() -> None:
    assert len(targets("Sender", "münchen.example,xn--mnchen-3ya.example", "Email Domain")) == 1


@pytest.mark.parametrize(
    ("kind", "value", "accepted"),
    [
        ("Email Address", "example.org", "an email address such as ann@example.com is accepted."),
        ("Email Domain", "eve@example.org", "a domain such as example.com is accepted."),
    ],
)
def test_a_value_of_another_type_is_refused(kind: str, value: str, accepted: str) -> None:
    sentence = error_of(f"good.example,{value}" if kind == "Email Domain" else value, kind)
    assert sentence == f'"Sender" cannot be "{value}": with "Sender Type" "{kind}", {accepted}'


def test_an_error_names_the_character_or_the_placeholder() -> None:
    assert 'it has the wildcard "*"' in error_of("*.example.org", "Email Domain")
    assert "placeholder" in error_of("[Event.sender]", "Email Domain")


def test_a_domain_that_idna_does_not_allow_is_refused() -> None:
    assert "it is not a valid domain name" in error_of("\u0661a.example", "Email Domain")
