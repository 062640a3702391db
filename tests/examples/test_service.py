"""The systemd unit and the logrotate file: accepted by their programs, and in agreement with the product."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from mimecast_secops.cli.connector import COMMAND
from tests.examples.words import options_of, variables_of
from tests.prerequisites import find_program

EXAMPLES = Path(__file__).parents[2] / "examples"
UNIT = (EXAMPLES / "mimecast-secops.service").read_text(encoding="utf-8")
LOGROTATE = (EXAMPLES / "logrotate.conf").read_text(encoding="utf-8")


def values(name: str) -> list[str]:
    """The values of a setting of the unit, with continued lines joined."""
    return re.findall(rf"^{name}=(.*)$", UNIT.replace("\\\n", " "), re.MULTILINE)


def command_line() -> list[str]:
    [command] = values("ExecStart")
    return shlex.split(command)[1:]


def test_the_options_of_the_unit_exist_and_its_files_are_in_its_folder() -> None:
    options = options_of(command_line())
    assert options["every"]
    for name in ("state", "output"):
        assert options[name].startswith("${STATE_DIRECTORY}/")


def test_the_environment_file_has_the_mandatory_settings_that_the_unit_leaves_out() -> None:
    text = (EXAMPLES / "mimecast-secops.env").read_text(encoding="utf-8")
    assert "domains" not in options_of(command_line())
    assert "MIMECAST_DOMAINS=" in text
    assert "MIMECAST_DOMAINS" in variables_of(command_line())
    assert COMMAND.name == command_line()[0]


def test_systemd_waits_longer_than_the_service_takes_to_stop() -> None:
    from mimecast_secops.cli.signals import _GRACE_SECONDS

    assert int(values("TimeoutStopSec")[0]) > _GRACE_SECONDS


def test_logrotate_rotates_the_alert_file_of_the_unit() -> None:
    [directory] = values("StateDirectory")
    output = options_of(command_line())["output"].replace("${STATE_DIRECTORY}", f"/var/lib/{directory}")
    assert re.search(rf"^{re.escape(output)} \{{$", LOGROTATE, re.MULTILINE)


@pytest.mark.program("systemd-analyze")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "mimecast-secops.service"
    unit.write_text(UNIT.replace("/opt/mimecast-secops/bin/mimecast-secops", shutil.which("true") or "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.program("logrotate")
def test_logrotate_accepts_the_file_and_rotates(tmp_path: Path) -> None:
    alerts = tmp_path / "alerts.jsonl"
    alerts.write_text("{}\n")
    alerts.chmod(0o600)
    file = tmp_path / "logrotate.conf"
    file.write_text(LOGROTATE.replace("/var/lib/mimecast-secops/alerts.jsonl", str(alerts)))
    file.chmod(0o644)
    tmp_path.chmod(0o755)
    program = find_program("logrotate")
    assert program is not None
    words = [program, "--force", "--state", str(tmp_path / "status"), str(file)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "alerts.jsonl.1").read_text() == "{}\n"
    assert alerts.read_text() == ""
    assert alerts.stat().st_mode & 0o777 == 0o600
