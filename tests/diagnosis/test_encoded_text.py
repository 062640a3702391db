"""Texts that contain JSON: IDs and page tokens."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.diagnosis.encoded_text import decode_text
from tests.api.json_values import json_values

MEMBERS = {"secureid": "AAAA", "messageStatusType": "held", "messageQueueId": 4242658798, "version": 1}
COMPRESSED = base64.urlsafe_b64encode(zlib.compress(json.dumps(MEMBERS).encode())).decode()
PLAIN = base64.b64encode(json.dumps(MEMBERS).encode()).decode()


@pytest.mark.parametrize("text", [COMPRESSED, COMPRESSED.rstrip("="), f"MTOKEN:{COMPRESSED}", PLAIN, PLAIN.rstrip("=")])
def test_the_members_are_found_and_encoded_again(text: str) -> None:
    decoded = decode_text(text)
    assert decoded
    assert decoded.value == MEMBERS
    other = decoded.encode(MEMBERS | {"messageQueueId": 1111111111})
    again = decode_text(other)
    assert again
    assert again.value["messageQueueId"] == 1111111111
    assert (again.prefix, again.padding > 0) == (decoded.prefix, other.endswith("="))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eNoDAAAAAAE",
        "held",
        "someone@example.com",
        COMPRESSED[:-10],
        base64.b64encode(b'"only a text"').decode(),
        base64.urlsafe_b64encode(zlib.compress(b"0123456789abcdef")).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"[" * 300_000)).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"[" * 1000 + b"]" * 1000)).decode(),
    ],
)
def test_any_other_text_is_not_decoded(text: str) -> None:
    assert decode_text(text) is None


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=4), st.booleans())
def test_every_object_survives(members: dict[str, object], compressed: bool) -> None:
    content = json.dumps(members).encode()
    text = base64.urlsafe_b64encode(zlib.compress(content) if compressed else content).decode()
    decoded = decode_text(text)
    if decoded is not None:
        again = decode_text(decoded.encode(decoded.value))
        assert again is not None or len(members) == 0
        assert again is None or again.value == decoded.value
