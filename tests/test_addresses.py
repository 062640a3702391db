"""Email addresses and domains that users enter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.addresses import character_problem, domain_of, is_address, is_domain

LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
DOMAIN = st.lists(LABEL, min_size=1, max_size=4).map(".".join).map("{}.org".format)
LOCAL = st.from_regex(r"[A-Za-z0-9!#$&'+/=^_`{|}~-]{1,20}(\.[a-z]{1,5})?", fullmatch=True)


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
def test_a_text_that_is_not_a_domain(text: str) -> None:
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
def test_a_text_that_is_not_an_address(text: str) -> None:
    assert not is_address(text)


@given(LOCAL, DOMAIN)
def test_a_local_part_and_a_domain_make_an_address(local: str, domain: str) -> None:
    assert is_domain(domain)
    assert is_address(f"{local}@{domain}")
    assert domain_of(f"{local}@{domain.upper()}") == domain


@given(st.text())
def test_no_text_makes_the_check_raise(text: str) -> None:
    if is_address(text):
        assert is_domain(text.rpartition("@")[2])
    if is_domain(text):
        assert not is_address(text)
    assert domain_of(text) == domain_of(text).strip().lower()


@given(LOCAL, DOMAIN, st.sampled_from([" ", "\n", "\t", ",", ";", "<", ">", "\x00", "\x7f", '"', "\u00a0", "\u2028"]))
def test_an_address_has_no_separator(local: str, domain: str, separator: str) -> None:
    whole = f"{local}@{domain}"
    for at in (0, len(local) // 2, len(local), len(whole)):
        assert not is_address(whole[:at] + separator + whole[at:])


@pytest.mark.parametrize(
    ("text", "domain"), [("a@B.org", "b.org"), ("x", ""), ("", ""), ("a@b@C.org ", "c.org"), ("@", "")]
)
def test_the_domain_of_an_address(text: str, domain: str) -> None:
    assert domain_of(text) == domain


# characters that match more than they show, or look like others

REFUSED = {
    "*@gmail.com": 'the wildcard "*"',
    "%@gmail.com": 'the wildcard "%"',
    "a?@gmail.com": 'the wildcard "?"',
    "a\u202e@bad.example": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "a\u2066b@bad.example": "U+2066 LEFT-TO-RIGHT ISOLATE",
    "a\u200bb@bad.example": "U+200B ZERO WIDTH SPACE",
    "a\u00adb@bad.example": "U+00AD SOFT HYPHEN",
    "a\ufeff@bad.example": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "a\x85b@bad.example": "U+0085 (no name)",
    "a\x1b@bad.example": "U+001B (no name)",
    "a\ue000@bad.example": "U+E000 (no name)",
    "a\uffff@bad.example": "U+FFFF (no name)",
    "a\ud800@bad.example": "U+D800 (no name)",
    "a\U000e0041@bad.example": "U+E0041 TAG LATIN CAPITAL LETTER A",
    "\u0430@bad.example": "the scripts Cyrillic (U+0430) and Latin (U+0062)",
    "\u0430nn@example.com": "the scripts Cyrillic (U+0430) and Latin (U+006E)",
    "ann@ex\u0430mple.com": "the scripts Cyrillic (U+0430) and Latin (U+0065)",
    "\u03bfnn@example.com": "the scripts Greek (U+03BF) and Latin (U+006E)",
    "ann@\uff47mail.com": 'U+FF47 FULLWIDTH LATIN SMALL LETTER G, a variant form of "g"',
    "\uff41nn@example.com": 'U+FF41 FULLWIDTH LATIN SMALL LETTER A, a variant form of "a"',
    "\U0001d41ann@example.com": "MATHEMATICAL BOLD SMALL A",
}


@pytest.mark.parametrize("text", REFUSED, ids=ascii)
def test_a_deceptive_address_is_refused_and_the_reason_is_named(text: str) -> None:
    assert not is_address(text)
    assert REFUSED[text] in character_problem(text)


@pytest.mark.parametrize(
    "text",
    [
        "m\u00fcller@m\u00fcnchen.de",
        "ann@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
        "\u0438\u0432\u0430\u043d@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444",
        "\u0438\u0432\u0430\u043d@\u043f\u0440\u0438\u043c\u0435\u0440.com",
        "\u5c71\u7530\u3055\u3093@\u4f8b\u3048.jp",
        "tanaka\u7530\u4e2d@example.jp",
        "\u30c6\u30b9\u30c8\u30fc@example.jp",
        "\uae40abc@example.kr",
        "\u3105\u3106\u4e2d@example.tw",
        "\u03b1\u03bd\u03bd\u03b1.1@\u03c0\u03b1\u03c1\u03ac\u03b4\u03b5\u03b9\u03b3\u03bc\u03b1.gr",
        "jos\u0065\u0301@example.es",
    ],
    ids=ascii,
)
def test_an_address_in_the_script_of_its_language_is_accepted(text: str) -> None:
    assert character_problem(text) == ""
    assert is_address(text)


@pytest.mark.parametrize("text", ["ex\u0430mple.com", "www.\u03bfne.example", "\u0430b.example"], ids=ascii)
def test_a_domain_with_a_label_of_several_scripts_is_refused(text: str) -> None:
    assert not is_domain(text)
    assert "mixes letters of the scripts" in character_problem(text)


@pytest.mark.parametrize("text", ["\u043f\u0440\u0438\u043c\u0435\u0440.com", "mail.\u4f8b\u3048.jp"], ids=ascii)
def test_labels_of_one_domain_may_differ_in_script(text: str) -> None:
    assert is_domain(text)


@given(LOCAL, DOMAIN, st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"]))
def test_no_invisible_character_is_part_of_an_address_or_a_domain(local: str, domain: str, character: str) -> None:
    assert not is_address(f"{local}{character}@{domain}")
    assert not is_domain(f"a{character}b.{domain}")


@given(st.text())
def test_an_accepted_address_has_no_problem_with_its_characters(text: str) -> None:
    if is_address(text) or is_domain(text):
        assert character_problem(text) == ""


def test_the_domain_of_an_address_is_read_without_a_check_of_its_characters() -> None:
    """The connector calls this for every held message."""
    assert domain_of("\u0430\u202e*@Bad.Example") == "bad.example"
