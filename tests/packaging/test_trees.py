"""Folders as data, written the same way every time."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import yaml

from mimecast_secops.packaging.trees import json_file, write, yaml_file, zipped

TREE = {"b.txt": b"2", "a/c.txt": b"1"}


def test_a_zip_depends_on_the_content_and_not_on_the_order() -> None:
    archive = zipped(TREE)
    assert archive == zipped(dict(reversed(TREE.items())))
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == TREE


def test_writing_a_tree_removes_what_is_not_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    write({"old.txt": b"0"}, folder)
    write(TREE, folder)
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert files == TREE


def test_a_json_file_has_sorted_keys() -> None:
    assert json.loads(json_file({"b": 1, "a": 2})) == {"a": 2, "b": 1}
    assert json_file({"b": 1, "a": 2}).index(b'"a"') < json_file({"b": 1, "a": 2}).index(b'"b"')


def test_a_yaml_file_begins_with_a_copyright_line_and_keeps_the_order() -> None:
    content = yaml_file({"b": "é", "a": 2})
    assert content.startswith(b"# Copyright 20")
    assert list(yaml.safe_load(content).items()) == [("b", "é"), ("a", 2)]
