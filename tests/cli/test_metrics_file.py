"""The metrics file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mimecast_secops.cli.metrics_file import MetricsFile
from mimecast_secops.cli.output import Screen


def test_the_file_contains_the_last_metrics(tmp_path: Path) -> None:
    metrics_file = MetricsFile(tmp_path / "metrics.prom", Screen())
    metrics_file.write("a 1\n")
    metrics_file.write("a 2\n")
    assert (tmp_path / "metrics.prom").read_text() == "a 2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.prom"]


def test_an_error_is_reported_once_until_its_cause_changes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder"
    metrics_file = MetricsFile(folder / "metrics.prom", Screen())
    metrics_file.write("a")
    metrics_file.write("b")
    folder.write_text("a file")
    metrics_file.write("c")
    folder.unlink()
    folder.mkdir()
    metrics_file.write("d")
    shutil.rmtree(folder)
    metrics_file.write("e")
    errors = [line for line in capsys.readouterr().err.splitlines() if "cannot be written" in line]
    assert ["No such file" in line for line in errors] == [True, False, True]


def test_a_failed_write_keeps_the_old_file_and_no_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics_file = MetricsFile(tmp_path / "metrics.prom", Screen())
    metrics_file.write("a 1\n")

    def fail(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    metrics_file.write("a 2\n")
    assert (tmp_path / "metrics.prom").read_text() == "a 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.prom"]
