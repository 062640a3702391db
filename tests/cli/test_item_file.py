"""Input files of bulk runs: every encoding and line ending that editors write, and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.actions import find
from mimecast_secops.cli.item_file import Row, UnusableFile, read_file, rows_of
from mimecast_secops.parameters import Parameter

BLOCK = find("block-sender")
ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8 with a byte order mark": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16 big-endian": "utf-16-be",
    "utf-32": "utf-32",
}
# Text without line breaks, without what `str.strip` removes, and without what a file cannot hold.
VALUES = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters='\ufeff\ufffd#",;'), min_size=1
)


def encoded(text: str, encoding: str) -> bytes:
    return ("\ufeff" if encoding == "utf-16-be" else "").encode(encoding) + text.encode(encoding)


def bulk_parameter() -> Parameter:
    assert BLOCK.bulk_parameter is not None
    return BLOCK.bulk_parameter


def read(content: bytes) -> list[Row]:
    return rows_of(content, BLOCK.declared, bulk_parameter())


def values(rows: Sequence[Row]) -> list[str]:
    return [row.values["Sender"] for row in rows]


def problems(content: bytes) -> tuple[str, ...]:
    with pytest.raises(UnusableFile) as failure:
        read(content)
    return failure.value.problems


# a value per line


@pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_lines_of_every_editor(encoding: str, line_break: str) -> None:
    text = line_break.join(["# comment", "a", "", "  é  ", "   # comment", "漢", ""])
    assert read(encoded(text, encoding)) == [
        Row(2, {"Sender": "a"}),
        Row(4, {"Sender": "é"}),
        Row(6, {"Sender": "漢"}),
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# comment", b"\xef\xbb\xbf"])
def test_a_file_without_entries(content: bytes) -> None:
    assert read(content) == []


def test_repeated_values_are_kept_with_their_lines() -> None:
    assert [row.line for row in read(b"a\nb\na\n")] == [1, 2, 3]


def test_joined_files_have_byte_order_marks_in_the_middle() -> None:
    assert values(read(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n")) == ["a", "b"]


@given(st.lists(VALUES), st.sampled_from(list(ENCODINGS.values())), st.sampled_from(["\n", "\r\n"]))
def test_every_value_is_read_as_it_was_written(texts: list[str], encoding: str, line_break: str) -> None:
    # A first line that names a parameter is a header row.
    content = encoded(line_break.join(["# values", "first", *texts]), encoding)
    rows = read(content)
    assert values(rows) == ["first", *texts]
    assert [row.line for row in rows] == list(range(2, 3 + len(texts)))


@given(st.binary())
def test_any_content_is_read_or_refused(content: bytes) -> None:
    try:
        rows = read(content)
    except UnusableFile as error:
        assert error.problems
    else:
        assert all(row.line > 0 and row.values for row in rows)


def test_every_line_that_is_not_text_is_named() -> None:
    expected = "it is not UTF-8 text; save the file as UTF-8"
    assert problems(b"a\n\xff\nb\nc\xe9\n") == (f"line 2: {expected}", f"line 4: {expected}")


def test_utf_16_without_a_byte_order_mark_is_named() -> None:
    assert problems("a\n".encode("utf-16-le"))[0] == "line 1: it contains NUL characters; save the file as UTF-8"


def test_an_incomplete_character_is_named() -> None:
    assert problems(encoded("a\nb", "utf-16")[:-1]) == ("line 2: it is not UTF-8 text; save the file as UTF-8",)


def test_a_line_that_is_too_long_is_named() -> None:
    assert values(read(b"x" * 8192)) == ["x" * 8192]
    assert problems(b"a\n" + b"x" * 8193) == ("line 2: it has more than 8192 characters",)


# CSV


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["Sender,Recipient", "sender,recipient", "SENDER , recipient"])
def test_a_header_row_names_parameters(header: str, delimiter: str) -> None:
    text = f"# comment\n{header}\n\na@x.org, ann@example.com\n# b@x.org\nc@x.org,\n".replace(",", delimiter)
    assert read(text.encode()) == [
        Row(4, {"Sender": "a@x.org", "Recipient": "ann@example.com"}),
        Row(6, {"Sender": "c@x.org"}),
    ]


@pytest.mark.parametrize("header", ["dry-run", "Dry Run", "dry_run"])
def test_a_column_is_named_as_in_a_form_or_as_an_option_or_as_a_key(header: str) -> None:
    assert read(f"sender,{header}\na@x.org,true\n".encode())[0].values == {"Sender": "a@x.org", "Dry Run": "true"}


def test_a_header_row_of_one_column() -> None:
    assert values(read(b'"Sender"\n"a@x.org"\n')) == ["a@x.org"]


def test_a_first_line_that_names_another_parameter_alone_is_a_value() -> None:
    assert values(read(b"recipient\n")) == ["recipient"]


def test_a_quoted_field_may_contain_delimiters_and_line_breaks() -> None:
    rows = read(b'sender,recipient\n"a,b","x\ny"\n"c",d\n')
    assert rows[0].values == {"Sender": "a,b", "Recipient": "x\ny"}
    assert [row.line for row in rows] == [2, 4]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("sender,nonsense\n", 'line 1: the header row has the unknown column "nonsense"'),
        ("recipient,dry run\n", 'line 1: the header row has no column "Sender"'),
        ("sender,recipient,sender\n", "line 1: the header row names a parameter twice"),
        ("sender,recipient\n\na\n", "line 3: it has 1 fields, and the header row has 2"),
        ("sender,recipient\na,b\nc,d,e\n", "line 3: it has 3 fields, and the header row has 2"),
        ('sender,recipient\n"a"b,c\n', "line 2: it is not CSV"),
        ('sender,recipient\n"a,c\n', "line 2: it is not CSV"),
    ],
)
def test_csv_that_cannot_be_used(text: str, problem: str) -> None:
    [found] = problems(text.encode())
    assert found.startswith(problem)


@given(st.lists(st.tuples(VALUES, VALUES)), st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_every_record_is_read_as_it_was_written(
    records: list[tuple[str, str]], delimiter: str, line_break: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=line_break)
    writer.writerows([("sender", "recipient"), *records])
    rows = read(file.getvalue().encode())
    assert [(row.values["Sender"], row.values["Recipient"]) for row in rows] == records


# files


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="the file cannot be read: No such file or directory"):
        read_file(str(tmp_path / "missing.txt"))


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="the file cannot be read: Is a directory"):
        read_file(str(tmp_path))


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(UnusableFile, match="the file is larger than 64 MiB"):
        read_file(str(path))
