"""Positions: the content of a file identifies the end of its committed part."""

from __future__ import annotations

import io
import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.deliveries.file_positions import Position


def end_of(path: Path, content: bytes) -> Position:
    path.write_bytes(content)
    file = os.open(path, os.O_RDONLY)
    try:
        return Position.end_of(file)
    finally:
        os.close(file)


def test_a_position_is_in_its_file_and_in_a_longer_one_but_in_no_other(tmp_path: Path) -> None:
    content = b"first line\n" * 100
    position = end_of(tmp_path / "file", content)
    for stream in (io.BytesIO(content), io.BytesIO(content + b"more\n")):
        assert position.is_in(stream)
        assert stream.tell() == len(content)
    for other in (b"", content[:-1], b"F" + content[1:], content[:-2] + b"E\n", b"x" + content):
        assert not position.is_in(io.BytesIO(other))


def test_files_with_the_same_end_differ_by_their_first_line(tmp_path: Path) -> None:
    tail = b"x" * 400 + b"\n"
    position = end_of(tmp_path / "file", b"id 1 " + tail)
    assert not position.is_in(io.BytesIO(b"id 2 " + tail))


def test_the_beginning_of_a_file_is_in_no_file(tmp_path: Path) -> None:
    assert not end_of(tmp_path / "file", b"").is_in(io.BytesIO(b""))


@given(st.binary(max_size=20))
def test_a_length_alone_is_the_end_of_a_file_of_that_length_only(content: bytes) -> None:
    for length in range(22):
        is_end = length == len(content) and content.endswith(b"\n")
        assert Position(length).is_in(io.BytesIO(content)) is is_end


def test_a_position_survives_as_a_token(tmp_path: Path) -> None:
    position = end_of(tmp_path / "file", b"line\n")
    assert Position.parse(str(position)) == position
    assert Position.parse("42") == Position(42)


@given(st.text(st.sampled_from("0123456789:-x"), max_size=30))
def test_any_token_is_read_or_ignored(token: str) -> None:
    position = Position.parse(token)
    assert position is None or position.offset >= 0
