"""File names that an attacker chose."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.ingest.message_tracking.attachments import safe_name


@pytest.mark.parametrize(
    ("given_name", "safe"),
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
def test_a_name_is_only_a_name(given_name: str, safe: str) -> None:
    assert safe_name(given_name) == safe


@given(st.text(max_size=400))
def test_every_name_is_harmless_and_of_bounded_length(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert len(safe) <= 142
    assert not set(safe) & set('<>:"/\\|?*\0')
    assert safe not in (".", "..")
    assert not any(unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs") for character in safe)
