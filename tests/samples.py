"""The sample emails of the project, in `tests/data`.

Tests also read further samples in a folder `shared/samples` next to the checkout, if there is one. No test needs them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
DATA = _TESTS / "data"
_FURTHER = _TESTS.parents[1] / "shared" / "samples"


def _folders(kind: str) -> list[Path]:
    return [folder for folder in (DATA / kind, _FURTHER / kind) if folder.is_dir()]


MAIL_FOLDERS = _folders("mail")


def _id_of(path: Path) -> str:
    """The name of a parameter: with a prefix for the further samples."""
    prefix = "" if path.is_relative_to(DATA) else "further-"
    return f"{prefix}{path.stem}"


on_each_mail_folder = pytest.mark.parametrize("folder", MAIL_FOLDERS, ids=_id_of)
on_each_email = pytest.mark.parametrize(
    "path", [path for folder in MAIL_FOLDERS for path in sorted(folder.glob("*.eml"))], ids=_id_of
)
