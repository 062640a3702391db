"""Input files of bulk runs: a value per line, or CSV with a header row that names parameters."""

from __future__ import annotations

import codecs
import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mimecast_secops.parameters import Parameter

STANDARD_INPUT: Final = "-"
_LARGEST_FILE: Final = 64 * 1024 * 1024
_LONGEST_LINE: Final = 8192
_DELIMITERS: Final = (",", ";", "\t")
# The longer marks come first: that of UTF-32 LE begins with that of UTF-16 LE.
_ENCODINGS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_REPLACEMENT: Final = "\ufffd"
_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a file.

    Attributes:
        line: the number of its line, from 1.
        values: parameter name → value.
    """

    line: int
    values: Mapping[str, str]


class UnusableFile(ValueError):
    """A file cannot be read as a list of items.

    Args:
        problems: sentences, each with the number of its line if it concerns one line.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read_file(path: str) -> bytes:
    """The content of a file. `-` is standard input.

    Raises:
        UnusableFile: the file cannot be read, or is larger than 64 MiB.
    """
    try:
        if path == STANDARD_INPUT:
            content = sys.stdin.buffer.read(_LARGEST_FILE + 1)
        else:
            with Path(path).open("rb") as file:
                content = file.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise UnusableFile(f"the file cannot be read: {error.strerror or error}") from error
    if len(content) > _LARGEST_FILE:
        raise UnusableFile(f"the file is larger than {_LARGEST_FILE // 1024**2} MiB")
    return content


def rows_of(content: bytes, parameters: Sequence[Parameter], bulk_parameter: Parameter) -> list[Row]:
    """The entries of a file. Blank lines and comments (`#`) are skipped.

    The text is UTF-8, UTF-16 or UTF-32; the latter two need a byte order mark. If the first line consists of names of
    parameters, as in a form or as options, the file is CSV with `,`, `;` or a tab as delimiter. Otherwise each line is
    a value of the bulk parameter.

    Args:
        content: the content of the file.
        parameters: the parameters that a header row may name.
        bulk_parameter: the parameter of a file without a header row. A header row must name it, too.

    Raises:
        UnusableFile: lines cannot be decoded, are too long or are not CSV, or the header row names an unknown
            parameter, or a parameter twice.
    """
    lines = ["" if line.lstrip().startswith("#") else line for line in _lines(content)]
    names = {name: parameter.name for parameter in parameters for name in _spellings(parameter)}
    header = next((line for line in lines if line.strip()), "")
    delimiter = _delimiter(header, names, bulk_parameter)
    if delimiter:
        return list(_csv_rows(lines, delimiter, names, bulk_parameter))
    return [Row(number, {bulk_parameter.name: line.strip()}) for number, line in enumerate(lines, 1) if line.strip()]


def _lines(content: bytes) -> list[str]:
    """The lines of a file, without line breaks and byte order marks."""
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8")
    text = content.decode(encoding, errors="replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    problems = [f"line {number}: {problem}" for number, line in enumerate(lines, 1) if (problem := _problem(line))]
    if problems:
        raise UnusableFile(*problems)
    return [line.replace(_BYTE_ORDER_MARK, "") for line in lines]


def _problem(line: str) -> str:
    """Why a line cannot be used, "" if it can."""
    if _REPLACEMENT in line:
        return "it is not UTF-8 text; save the file as UTF-8"
    if "\0" in line:
        return "it contains NUL characters; save the file as UTF-8"
    if len(line) > _LONGEST_LINE:
        return f"it has more than {_LONGEST_LINE} characters"
    return ""


def _spellings(parameter: Parameter) -> tuple[str, ...]:
    """How a header row may spell a parameter: as in a form, as an option, or as a key, in lower case."""
    return parameter.name.lower(), parameter.slug, parameter.slug.replace("-", "_")


def _delimiter(header: str, names: Mapping[str, str], bulk_parameter: Parameter) -> str:
    """The delimiter of the CSV file that a header row begins; "" if the line is no header row.

    A line with several columns is a header row if at least one of them names a parameter.
    """
    for delimiter in _DELIMITERS:
        columns = [column.strip().lower() for column in next(csv.reader([header], delimiter=delimiter), [])]
        if len(columns) > 1 and any(column in names for column in columns):
            return delimiter
    return _DELIMITERS[0] if header.strip().strip('"').lower() in _spellings(bulk_parameter) else ""


def _csv_rows(
    lines: Sequence[str], delimiter: str, names: Mapping[str, str], bulk_parameter: Parameter
) -> Iterator[Row]:
    columns: list[str] = []
    for number, fields in _csv_fields(lines, delimiter):
        if not any(fields):
            continue
        if not columns:
            columns = _columns(number, fields, names, bulk_parameter)
        elif len(fields) != len(columns):
            raise UnusableFile(f"line {number}: it has {len(fields)} fields, and the header row has {len(columns)}")
        else:
            yield Row(number, {name: field for name, field in zip(columns, fields, strict=True) if field})


def _csv_fields(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The stripped fields of each record, with the number of the line on which it begins."""
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise UnusableFile(f"line {number}: it is not CSV ({error})") from error
        if fields is None:
            return
        yield number, [field.strip() for field in fields]


def _columns(number: int, fields: Sequence[str], names: Mapping[str, str], bulk_parameter: Parameter) -> list[str]:
    """The names of the parameters that a header row names."""
    unknown = [field for field in fields if field.lower() not in names]
    if unknown:
        accepted = ", ".join(dict.fromkeys(names.values()))
        raise UnusableFile(f'line {number}: the header row has the unknown column "{unknown[0]}"; known are {accepted}')
    columns = [names[field.lower()] for field in fields]
    if len(set(columns)) < len(columns):
        raise UnusableFile(f"line {number}: the header row names a parameter twice")
    if bulk_parameter.name not in columns:
        raise UnusableFile(f'line {number}: the header row has no column "{bulk_parameter.name}"')
    return columns
