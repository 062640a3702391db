"""Repair of characters that a strict decoder rejects."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api.json_repair import NotJson, RepairedObject, decode_json

BROKEN = {
    "a lone surrogate escape": (rb"cut \ud83d", "cut \ufffd"),
    "a cut UTF-8 sequence": (b"cut \xf0\x9f\x98", "cut \ufffd\ufffd\ufffd"),
    "a raw control character": (b"a\x01b", "a\ufffdb"),
    "CESU-8": (b"smile \xed\xa0\xbd\xed\xb8\x80", "smile \U0001f600"),
    "latin-1": (b"caf\xe9", "caf\ufffd"),
    "half of a CESU-8 pair": (b"\xed\xa0\xbd!", "\ufffd!"),
}
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)  # a repair replaces control characters
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda values: st.lists(values, max_size=4) | st.dictionaries(texts, values, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(("raw", "text"), BROKEN.values(), ids=BROKEN)
def test_only_the_unreadable_character_is_replaced(raw: bytes, text: str) -> None:
    body = b'{"data": [{"id": "1", "subject": "' + raw + b'"}, {"id": "2", "subject": "whole"}]}'
    first, second = decode_json(body)["data"]
    assert first == {"id": "1", "subject": text}
    assert isinstance(first, RepairedObject)
    assert first.repaired == ("subject",)
    assert second == {"id": "2", "subject": "whole"}
    assert not isinstance(second, RepairedObject)


def test_a_repair_is_marked_on_every_enclosing_object() -> None:
    value = decode_json(b'{"fromHdr": {"displayableName": "\xff"}, "subject": "whole"}')
    assert value.repaired == ("fromHdr",)
    assert value["fromHdr"].repaired == ("displayableName",)


def test_line_breaks_and_tabs_inside_a_text_are_kept() -> None:
    assert decode_json(b'{"a": "one\ntwo\tthree", "b": "\\ud83d"}')["a"] == "one\ntwo\tthree"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_not_part_of_the_text(encoding: str) -> None:
    assert decode_json('{"a": "é"}'.encode(encoding)) == {"a": "é"}


@pytest.mark.parametrize(
    "body", [b"", b"  ", b'{"a": "b', b'{"a": "x"y"}', b"[" * 100_000, b"<html>"], ids=lambda body: repr(body[:12])
)
def test_a_text_that_is_not_json_is_an_error(body: bytes) -> None:
    with pytest.raises(NotJson):
        decode_json(body)


@given(json_values)
def test_a_valid_text_is_never_changed(value: Any) -> None:
    assert decode_json(json.dumps(value).encode()) == value


@given(json_values, st.data())
def test_the_result_can_be_encoded_for_any_bytes_in_a_text(value: Any, data: st.DataObject) -> None:
    body = json.dumps({"before": value, "text": "HERE", "after": value}, ensure_ascii=False).encode()
    noise = data.draw(st.binary(max_size=8).filter(lambda noise: not set(noise) & set(b'"\\')))
    decoded = decode_json(body.replace(b"HERE", noise))
    assert decoded["before"] == decoded["after"] == value
    msgspec.json.encode(decoded, order="sorted")
    decoded["text"].encode("utf-8")


def test_numbers_of_any_length_are_read() -> None:
    value = decode_json(b'{"n": ' + b"9" * 5000 + b', "nan": NaN, "text": "\xff"}')
    assert value["n"] == float("inf")
    assert value["nan"] is None
