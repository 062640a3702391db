"""File names chosen by an attacker, and attachments fetched under them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mimecast_secops.ingest.message_tracking.attachments import safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\win.ini", "win.ini"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("...", "attachment"),
        ("", "attachment"),
        (" . ", "attachment"),
        ('a"<b>|c?.txt', "a__b__c_.txt"),
        ("noextension", "noextension"),
        (".htaccess", "htaccess"),
    ],
)
def test_a_name_contains_no_path_and_no_unsafe_characters(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@settings(max_examples=60)
@given(st.text(max_size=30) | st.text(max_size=15).map(lambda text: text * 20))
def test_every_name_is_safe_and_of_limited_length(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert len(safe) <= 142
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe not in (".", "..")
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") for character in safe)
