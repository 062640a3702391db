"""The sample emails and exchanges of the project, in `tests/data`.

Tests also read further samples in a folder `shared/samples` next to the checkout, if there is one. No test needs them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_TESTS = Path(__file__).parent
DATA = _TESTS / "data"
_FURTHER = _TESTS.parents[1] / "shared" / "samples"
# Returns the exchange with a name: `request`, `status`, `headers` and `body`. The fixture `sample` provides it.
Sample = Callable[[str], dict[str, Any]]


def _folders(kind: str) -> list[Path]:
    return [folder for folder in (DATA / kind, _FURTHER / kind) if folder.is_dir()]


MAIL_FOLDERS = _folders("mail")
EXCHANGE_FOLDERS = _folders("mimecast")


def id_of(path: Path) -> str:
    """The name of a parameter: with a prefix for the further samples."""
    prefix = "" if path.is_relative_to(DATA) else "further-"
    return f"{prefix}{path.stem}"


on_each_mail_folder = pytest.mark.parametrize("folder", MAIL_FOLDERS, ids=id_of)
on_each_email = pytest.mark.parametrize(
    "path", [path for folder in MAIL_FOLDERS for path in sorted(folder.glob("*.eml"))], ids=id_of
)


def sample_of(folder: Path) -> Sample:
    """The exchanges of a folder."""

    def sample(name: str) -> dict[str, Any]:
        exchange: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        return exchange

    return sample
