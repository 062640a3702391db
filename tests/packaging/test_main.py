"""The command that builds the integration."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mimecast_secops.packaging.__main__ import MAX_ARCHIVE_BYTES, main
from tests.soar.host import ROOT, built


def test_the_zip_is_within_its_limit_and_has_no_top_folder(dist: Path) -> None:
    archive = dist / "Mimecast.zip"
    assert archive.stat().st_size <= MAX_ARCHIVE_BYTES
    with zipfile.ZipFile(archive) as opened:
        assert "Integration-Mimecast.def" in opened.namelist()


def test_the_zip_holds_the_files_of_the_folder(dist: Path) -> None:
    folder = dist / "Mimecast"
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with zipfile.ZipFile(dist / "Mimecast.zip") as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == files


def test_two_builds_are_identical(dist: Path, tmp_path: Path) -> None:
    assert (built(tmp_path) / "Mimecast.zip").read_bytes() == (dist / "Mimecast.zip").read_bytes()


def test_a_folder_that_is_no_checkout_ends_with_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["integration", "--output", str(tmp_path / "dist"), "--checkout", str(tmp_path)]) == 1
    errors = capsys.readouterr().err
    assert "pyproject.toml" in errors
    assert errors.count("\n") == 1


def test_an_archive_above_the_limit_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mimecast_secops.packaging.__main__.MAX_ARCHIVE_BYTES", 1000)
    assert main(["integration", "--output", str(tmp_path), "--checkout", str(ROOT)]) == 1
    assert "more than the limit of 1000" in capsys.readouterr().err
    assert not (tmp_path / "Mimecast.zip").exists()
