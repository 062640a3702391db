"""Parsing of messages: it never raises, and each recipient has a record."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mimecast_secops.simulator import SAMPLES, Simulator
from mimecast_secops.simulator.mail.parser import Email, Part, parse_email
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.samples import DATA, on_each_email, on_each_mail_folder
from tests.simulator.caller import SEARCH, Caller, control, eml


@on_each_email
def test_a_sample_has_a_record_for_each_recipient(path: Path) -> None:
    raw = path.read_bytes()
    records = Tenant().receive(raw)
    assert records
    assert len({record.recipient for record in records}) == len(records)
    assert {record.recipient for record in records} <= {*parse_email(raw).recipients, "postmaster@example.com"}
    assert all(record.mail.raw == raw for record in records)


@on_each_mail_folder
def test_all_samples_are_found_by_a_tracking_search(folder: Path) -> None:
    with Simulator(mail=[folder]) as simulator:
        state = control(simulator, "state").json
        assert {row["id"] for row in state["tracked"]} == set(simulator.tenant.tracked)
        assert len(state["tracked"]) >= len(list(folder.glob("*.eml")))
        for domain in state["domains"]:
            reply = Caller(simulator).call(SEARCH, {"advancedTrackAndTraceOptions": {"to": domain}})
            assert {row["id"] for row in reply.data[0]["trackedEmails"]} == {
                record.id
                for record in simulator.tenant.tracked.values()
                if record.recipient.lower().endswith("@" + domain)
            }


def sample_email(name: str) -> Email:
    return parse_email((DATA / "mail" / f"{name}.eml").read_bytes())


@pytest.mark.parametrize(
    ("name", "recipients"),
    [
        ("address-group", ["ann@example.com", "bob@example.com", "eve@example.net"]),
        ("at-in-display-name-without-an-address", []),
        (
            "blank-line-in-recipients",
            ["leads@example.com", "sales@example.com", "desk@example.com", "copy@example.com"],
        ),
        ("comments-everywhere", ["ann@example.com", "bob@example.com", "eve@example.net"]),
        ("empty-group-as-only-recipient", []),
        ("internationalized-addresses", ["zoë@exämple.com"]),
        ("leading-comma-in-recipients", ["ann@example.com", "intake@example.com"]),
        ("resent", ["ann@example.com", "bob@example.com"]),
        ("source-route-and-empty-address", ["ann@example.com", "bob@example.com"]),
    ],
)
def test_the_recipients_of_a_sample(name: str, recipients: list[str]) -> None:
    assert list(sample_email(name).recipients) == recipients


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("attachment-name-encoded-word", ["予定.txt"]),
        ("attachment-name-encoded-word-unquoted", ["The plan.pdf"]),
        ("attachment-name-only-in-content-type", ["plan.pdf"]),
        ("attachment-name-raw-utf-8", ["façade.txt"]),
        ("attachment-name-rfc-2231", ["Prüfplan März.jpg"]),
        ("attachment-name-rfc-2231-continued", ["かきくけこ" * 6 + ".txt"]),
        ("attachment-name-rfc-2231-without-charset", ["plan.bin"]),
        ("attachment-name-unquoted-blanks", ["A list of things.txt"]),
        ("attachment-only", ["notes.gz"]),
        ("attachment-with-two-names", ["api.py"]),
        ("attachment-without-a-name", ["attachment-1"]),
        ("boundaries-with-a-common-beginning", ["LOGO.png"]),
        ("forwarded-message-and-inline-image", ["Mail.eml", "plan.pdf"]),
        ("inline-image-by-content-id", []),
        ("nested-multiparts", ["sum.py", "sum.pdf", "smime.p7s"]),
        ("no-closing-boundary", ["a.txt"]),
        ("transfer-encoding-x-uuencode", ["Comments_1.doc"]),
    ],
)
def test_the_attachments_of_a_sample(name: str, files: list[str]) -> None:
    assert [part.name for part in sample_email(name).attachments] == files


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("body-8-bit-without-content-type", "Waving.\r\n\r\nEnvoyé depuis un téléphone."),
        ("body-base64-with-junk", "Half a file is better than none"),
        ("body-base64-utf-8", "こんにちは\n-- \nhttps://example.org/"),
        ("body-euc-kr", "회의는 세 시입니다."),
        ("body-in-unknown-charset", "Envoyé depuis un téléphone."),
        ("body-iso-2022-jp", "明日の会議です。"),
        ("body-ks-c-5601-1987", "회의"),
        ("body-shift-jis", "明日の会議は三時です。\r\n表示"),
        ("content-type-mixed-case", "café"),
        ("nested-24-levels", ""),
        ("part-without-headers", "bare text"),
        ("subject-raw-koi8-r", "Счёт во вложении."),
    ],
)
def test_the_text_of_a_sample(name: str, text: str) -> None:
    assert sample_email(name).text.strip() == text


def test_the_samples_of_the_simulator_are_held_and_archived() -> None:
    with Simulator(mail=[SAMPLES]) as simulator:
        assert simulator.tenant.tracked
        assert {record.status for record in simulator.tenant.tracked.values()} == {"held", "archived"}


@given(st.binary(max_size=600))
def test_arbitrary_bytes_have_a_recipient(raw: bytes) -> None:
    assert Tenant().receive(raw)


PIECES = st.sampled_from(
    [
        b"From: a@b.example\r\n",
        b"To: x@example.com, y@example.com\r\n",
        b"Cc: \xff\xfe@example.com\r\n",
        b"Subject: =?utf-8?B?4pi6?=\r\n",
        b"Subject: =?nonsense?Q?=ff?=\r\n",
        b"Date: Thu, 99 Foo 99999 99:99:99 +9999\r\n",
        b"MIME-Version: 1.0\r\n",
        b'Content-Type: multipart/mixed; boundary="b"\r\n',
        b"Content-Type: text/plain; charset=no-such\r\n",
        b"Content-Type: text/html; charset=hex\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Disposition: attachment; filename*=bad''%ff%fe\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n",
        b"\r\n",
        b"--b\r\n",
        b"--b--\r\n",
        b"====\r\n",
        b"begin 644 x\r\n",
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=25))
@example([b"From: \r\n", b"\r\n"])
def test_a_message_of_malformed_pieces_is_parsed(pieces: list[bytes]) -> None:
    mail = parse_email(b"".join(pieces))
    assert mail.header_block.startswith("<pre>\n")
    assert mail.header_block.endswith("\n</pre>")
    assert len(mail.recipients) == len(set(mail.recipients))
    assert "\n" not in mail.subject
    assert all(len(part.sha256) == 64 for part in mail.parts)
    (mail.subject + mail.text + mail.html + "".join(part.name for part in mail.parts)).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "charset",
    [
        b"charset*=utf-8''a%00b",
        b"charset*=a%00b''utf-8",
        b"charset*=unicode_escape''%5Cq",
        b"charset=unicode_escape",
        b"charset=Unicode-Escape",
        b"charset=raw_unicode_escape",
        b"charset=idna",
        b"charset=punycode",
        b"charset=undefined",
        b"charset=hex",
        b"charset=zip",
        b"charset=no-such",
    ],
)
def test_text_in_an_unknown_character_set_is_read_as_latin_1(charset: bytes) -> None:
    mail = parse_email(b"Content-Type: text/plain; " + charset + b"\r\n\r\ncaf\xe9 \\q")
    assert mail.text == "caf\xe9 \\q"


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "cp1252", "iso-8859-15", "utf-16", "gb18030", "koi8-r"])
def test_text_is_read_in_its_character_set(charset: str) -> None:
    content = "Ж € é".encode(charset, "replace")
    mail = parse_email(f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + content)
    assert mail.text == content.decode(charset)


@pytest.mark.parametrize("depth", [400, 3000])
def test_deeply_nested_messages_are_parsed(depth: int) -> None:
    raw = b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: core\r\n\r\ntext"
    assert parse_email(b"Subject: shell\r\n" + raw).subject == "shell"


@pytest.mark.parametrize("depth", [400, 3000])
def test_deeply_nested_multiparts_are_parsed(depth: int) -> None:
    raw = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(depth)
    )
    mail = parse_email(b"Subject: shell\r\nTo: ann@example.com\r\n" + raw + b"Subject: core\r\n\r\ntext")
    assert (mail.subject, mail.recipients) == ("shell", ("ann@example.com",))


def test_parts_below_the_maximum_depth_are_opaque() -> None:
    head = b"Content-Type: message/rfc822\r\n\r\n"
    assert parse_email(head * 10 + b"Content-Type: text/plain\r\n\r\ncore").text == "core"
    assert parse_email(head * 100 + b"Content-Type: text/plain\r\n\r\ncore").text == ""


def test_each_recipient_of_to_and_cc_has_a_record() -> None:
    records = Tenant().receive(eml(to="Ann <ann@example.com>, bob@example.com, ann@example.com", Cc="c@example.com"))
    assert [record.recipient for record in records] == ["ann@example.com", "bob@example.com", "c@example.com"]
    assert len({record.id for record in records}) == len({record.hold_id for record in records}) == 3


def test_a_message_without_a_recipient_goes_to_the_postmaster() -> None:
    (record,) = Tenant().receive(b"Subject: alone\r\n\r\n")
    assert record.recipient == "postmaster@example.com"


def test_the_envelope_sender_is_the_return_path() -> None:
    mail = parse_email(eml(sender="Carol <carol@example.org>", Return_Path="<bounce@lists.example.net>"))
    assert (mail.sender, mail.header_from, mail.header_from_name) == (
        "bounce@lists.example.net",
        "carol@example.org",
        "Carol",
    )


def test_encoded_words_are_decoded_and_times_are_read_in_their_zone() -> None:
    raw = b"Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Wed, 16 Apr 2025 18:07:14 +0200\r\n\r\n"
    mail = parse_email(raw)
    assert mail.subject == "Grüße"
    assert mail.sent == datetime(2025, 4, 16, 16, 7, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 99 Foo 99999 99:99:99 +9999", "Fri, 31 Dec 9999 23:59:59 -1200"]
)
def test_an_unreadable_date_is_absent(date: str) -> None:
    assert parse_email(f"Date: {date}\r\n\r\n".encode()).sent is None


def test_headers_are_escaped_in_the_header_block() -> None:
    assert (
        "Message-ID: &lt;a&amp;b@example.org&gt;\r\n"
        in parse_email(b"Message-ID: <a&b@example.org>\r\n\r\n").header_block
    )


def test_parts_keep_their_bytes_and_an_inline_image_is_not_an_attachment() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
        b"--b\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo>\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=Bill.PDF\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n/////w==\r\n--b--\r\n"
    )
    mail = parse_email(raw)
    assert mail.text.strip() == "hello"
    assert [(part.name, part.content, part.inline) for part in mail.parts] == [
        ("logo.png", b"\x00\x01\x02", True),
        ("Bill.PDF", b"\xff\xff\xff\xff", False),
    ]
    assert [part.name for part in mail.attachments] == ["Bill.PDF"]


@pytest.mark.parametrize(
    ("name", "extension"),
    [("a.EXE", "exe"), ("a.tar.gz", "gz"), ("none", ""), (r"C:\x\y.Pdf", "pdf"), (".hidden", ""), ("a.", "")],
)
def test_an_extension_is_the_text_after_the_last_dot(name: str, extension: str) -> None:
    assert Part(name, "x/y", b"").extension == extension
