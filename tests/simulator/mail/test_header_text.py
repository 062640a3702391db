"""Decoding of raw 8-bit headers, encoded words and file names."""

from __future__ import annotations

import email.policy
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mimecast_secops.simulator.mail.header_text import codec_name, decode_encoded_words, decode_raw_text
from mimecast_secops.simulator.mail.parser import parse_email
from tests.samples import on_each_email

# A word in an unknown character set stays unchanged, headers end at the first line that is not a header, and the
# independent parser does not read the character set that a message declares.
DIFFERENCES = {
    "bad_encoded_subject.eml": "=?NONE?B?VEVTVA=?=",
    "raw_email_incorrect_header.eml": "",
    "space-in-header-name.eml": "",
    "subject-in-unknown-charset.eml": "=?NONE?B?U0FNUExF=?=",
    "subject-raw-koi8-r.eml": "Счёт",
    "transfer-encoding-empty.eml": "(大補帖) 軟體 2025",
}


# Characters that no part of the path from bytes to text treats specially.
LETTERS = st.text(st.characters(categories=["L", "So", "Nd"]), min_size=1, max_size=30)


def escaped(raw: bytes) -> str:
    """The bytes as the standard parser returns them."""
    return raw.decode("ascii", "surrogateescape")


def independent_subject(raw: bytes) -> str:
    """The subject, read without the code of the product: with the encoded words of the modern policy."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    unfolded = re.sub(rb"\r?\n(?=[ \t])", b"", head)
    value = next(
        (line.partition(b":")[2] for line in re.split(rb"\r?\n", unfolded) if line.lower().startswith(b"subject:")), b""
    )
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        text = value.decode("windows-1252", "replace")
    parsed = email.policy.default.header_factory("Subject", " ".join(text.split()))
    return " ".join(str(parsed).split())


@on_each_email
def test_the_subject_of_a_sample_is_that_of_an_independent_parser(path: Path) -> None:
    raw = path.read_bytes()
    mail = parse_email(raw)
    assert mail.subject == DIFFERENCES.get(path.name, independent_subject(raw)[:2000])
    if b"\xef\xbf\xbd" not in raw:
        assert "\ufffd" not in repr((mail.subject, mail.header_from_name, mail.headers, mail.parts))


@given(LETTERS)
def test_a_raw_utf_8_subject_is_decoded(subject: str) -> None:
    mail = parse_email(f"Subject: {subject}\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n".encode())
    assert mail.subject == subject


@pytest.mark.parametrize(
    ("codec", "declared", "subject"),
    [
        ("koi8-r", "koi8-r", "Счёт на оплату"),
        ("gb18030", "GB18030", "您的账户已被暂停"),
        ("shift_jis", "Shift_JIS", "重要なお知らせ"),
        ("windows-1252", "", "Überweisung über 900 €"),
        ("latin-1", "us-ascii", "Facture impayée"),
        ("latin-1", "utf-16", "Facture impayée"),
        ("latin-1", "no-such", "Facture impayée"),
    ],
)
def test_a_subject_that_is_not_utf_8_has_the_declared_character_set_or_windows_1252(
    codec: str, declared: str, subject: str
) -> None:
    content_type = f"Content-Type: text/plain; charset={declared}\r\n" if declared else ""
    mail = parse_email(f"Subject: {subject}\r\n{content_type}\r\n".encode(codec))
    assert mail.subject == subject


def test_other_bytes_are_read_as_latin_1() -> None:
    assert parse_email(b"Subject: a\x81\xff\r\n\r\n").subject == "a\x81\xff"


def test_raw_text_and_encoded_words_can_be_mixed() -> None:
    raw = "Subject: 重要 =?utf-8?Q?f=C3=BCr?= José\r\n =?iso-8859-1?q?caf=E9?=\r\n\r\n".encode()
    assert parse_email(raw).subject == "重要 für José café"


def test_a_character_split_between_two_encoded_words_is_joined() -> None:
    raw = b"Subject: =?utf-8?Q?10_=E2=82?=\r\n =?utf-8?Q?=AC_now?= please\r\n\r\n"
    assert parse_email(raw).subject == "10 € now please"


@pytest.mark.parametrize(
    ("written", "decoded"),
    [
        ("=?no-such?Q?a=FFb?=", "=?no-such?Q?a=FFb?="),
        ("=?utf-8?Q?caf=E9?=", "=?utf-8?Q?caf=E9?="),
        ("=?utf-8?B?a?=", "=?utf-8?B?a?="),
        ("=?hex?Q?6161?=", "=?hex?Q?6161?="),
        ("=?no-such?Q?a?= =?utf-8?Q?=C3=BC?=", "=?no-such?Q?a?= ü"),
        ("=?utf-8?Q?日?=", "=?utf-8?Q?日?="),
        ("=?utf-8?Q?Really??=", "Really?"),
        ("=?utf-8*en?Q?=C3=BC?=", "ü"),
    ],
)
def test_an_encoded_word_that_cannot_be_decoded_stays_unchanged(written: str, decoded: str) -> None:
    assert decode_encoded_words(written) == decoded


def test_a_folded_raw_subject_is_one_line() -> None:
    assert parse_email("Subject: größer\r\n\tals ß\r\n\r\n".encode()).subject == "größer als ß"


@given(LETTERS, st.sampled_from(["utf-8", "gb18030", "latin-1"]))
@example("=?utf-8?Q?=C3=BC?= ö", "utf-8")
def test_the_subject_the_headers_and_the_header_block_agree(subject: str, codec: str) -> None:
    mail = parse_email(b"Subject: " + subject.encode(codec, "replace") + b"\r\n\r\n")
    assert decode_encoded_words(mail.header("Subject")) == mail.subject
    assert f"Subject: {mail.header('Subject')}\r\n" in mail.header_block


def test_display_names_are_decoded_like_subjects() -> None:
    raw = "From: Jörg Müller <joerg@example.org>\r\nTo: =?utf-8?Q?a=2C_=C3=BC?= <a@example.com>, 李 <b@example.com>\r\n"
    mail = parse_email(raw.encode() + b"\r\n")
    assert (mail.header_from_name, mail.header_from) == ("Jörg Müller", "joerg@example.org")
    assert mail.recipients == ("a@example.com", "b@example.com")


def test_all_of_1500_recipients_are_read() -> None:
    addresses = [f"user{number:04d}@mail.example.com" for number in range(1500)]
    raw = "To: " + ",\r\n ".join(f"Jörg {number} <{address}>" for number, address in enumerate(addresses))
    assert parse_email(raw.encode() + b"\r\n\r\n").recipients == tuple(addresses)


def test_deeply_nested_comments_do_not_affect_other_headers() -> None:
    mail = parse_email(b"To: " + b"(" * 50_000 + b"\r\nCc: ann@example.com\r\nSubject: x\r\n\r\n")
    assert (mail.recipients, mail.subject) == (("ann@example.com",), "x")


def attachment(parameter: bytes, disposition: bytes = b"Content-Disposition: attachment; ") -> str:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nx\r\n--b\r\n"
        + disposition
        + parameter
        + b"\r\n\r\nx\r\n--b--\r\n"
    )
    (part,) = parse_email(raw).parts
    return part.name


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ('filename="Rechnung für Jörg.pdf"'.encode(), "Rechnung für Jörg.pdf"),
        ("filename=請求書.pdf".encode(), "請求書.pdf"),
        ('filename="счёт.pdf"'.encode("koi8-r"), "счёт.pdf"),
        (b'filename="=?utf-8?Q?=E2=82=AC.pdf?="', "€.pdf"),
        (b"filename*=utf-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
        (b"filename*=iso-8859-1'de'%fcber.pdf", "über.pdf"),
        (b"filename*0*=utf-8''%e2%82;\r\n filename*1*=%ac; filename*2=\".pdf\"", "€.pdf"),
        ("filename*=utf-8''%e2%82%ac-é-日.pdf".encode(), "€-é-日.pdf"),
        (b"filename*=no-such''caf%e9.pdf", "cafИ.pdf"),
        (b"filename*=''plain.pdf", "plain.pdf"),
    ],
)
def test_file_names_are_decoded(parameter: bytes, name: str) -> None:
    assert attachment(parameter) == name


def test_without_a_disposition_the_name_of_the_content_type_is_read() -> None:
    assert attachment("name=größe.txt".encode(), b"Content-Type: application/pdf; ") == "größe.txt"


@pytest.mark.parametrize(
    "parameter",
    [b"filename*" + b"9" * 5000 + b"=a", b"filename=a; filename*0=b; filename*=utf-8''c", b"filename*=a\x00''b"],
)
def test_a_parameter_that_makes_the_standard_library_raise_is_ignored(parameter: bytes) -> None:
    raw = b"Subject: whole\r\nContent-Disposition: attachment; " + parameter + b"\r\n\r\n"
    assert parse_email(raw).subject == "whole"


@pytest.mark.parametrize("parameter", [b"boundary*" + b"9" * 5000 + b"=a", b"boundary*=a\x00''b"])
def test_a_boundary_that_makes_the_standard_library_raise_is_ignored(parameter: bytes) -> None:
    assert (
        parse_email(b"Subject: whole\r\nContent-Type: multipart/mixed; " + parameter + b"\r\n\r\n").subject == "whole"
    )


def test_a_boundary_of_raw_bytes_separates_the_parts() -> None:
    raw = b'Content-Type: multipart/mixed; boundary="b\xff"\r\n\r\n--b\xff\r\n\r\nfirst\r\n--b\xff--\r\n'
    assert parse_email(raw).text.strip() == "first"


@given(st.binary(max_size=200), st.sampled_from(["", "koi8-r", "utf-16", "utf-7", "punycode", "hex", "a\0", "\udc80"]))
def test_headers_contain_no_surrogates(raw: bytes, charset: str) -> None:
    text = decode_raw_text(escaped(raw), charset)
    assert text.encode("utf-8").decode("utf-8") == text
    assert decode_encoded_words(text).encode("utf-8").decode("utf-8") == decode_encoded_words(text)


@pytest.mark.parametrize(("charset", "codec"), [("UTF8", "utf-8"), ("latin1", "iso8859-1"), ("hex", ""), ("idna", "")])
def test_only_character_sets_of_email_have_a_codec(charset: str, codec: str) -> None:
    assert codec_name(charset) == codec
