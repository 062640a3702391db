"""Folder trees as data. Writing the same tree gives the same bytes every time."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from mimecast_secops.packaging.identity import COPYRIGHT

Tree = dict[str, bytes]
"""Path → content."""
_SAME_TIME: Final = (2020, 2, 2, 0, 0, 0)
_FILE: Final = 0o644


def text(content: str) -> bytes:
    """The bytes of a text file."""
    return content.encode("utf-8")


def json_file(data: Any) -> bytes:
    """The bytes of a JSON file in the platform's format: sorted keys, indented by four."""
    return text(json.dumps(data, indent=4, sort_keys=True) + "\n")


def yaml_file(data: Any) -> bytes:
    """The bytes of a YAML file that starts with a copyright line."""
    return text(f"# {COPYRIGHT}\n\n" + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100))


def write(tree: Mapping[str, bytes], folder: Path) -> None:
    """Write the tree to a folder. Whatever else is in the folder is removed."""
    if folder.exists():
        shutil.rmtree(folder)
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def zipped(tree: Mapping[str, bytes]) -> bytes:
    """The tree as a zip file, which depends only on the names and contents of the files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(tree):
            entry = zipfile.ZipInfo(name, _SAME_TIME)
            entry.external_attr = _FILE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, tree[name])
    return buffer.getvalue()
