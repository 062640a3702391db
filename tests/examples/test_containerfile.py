"""The Containerfile, executed in an empty root against a simulated tenant, as far as that works without an engine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dockerfile
import pytest

from mimecast_secops.cli import exit_codes
from tests.examples.container_root import Container, Image, build, download_wheels
from tests.examples.words import options_of

ROOT = Path(__file__).parents[2]
CONTAINERFILE = ROOT / "examples" / "Containerfile"
ENVIRONMENT_FILE = ROOT / "examples" / "mimecast-secops.env"
GUIDE = ROOT / "docs" / "guide" / "service.md"
DATA = "/var/lib/mimecast-secops"
PORT = 8765
TOOLS = ("unshare", "nsenter", "chroot", "mount", "useradd", "install", "env")

is_linux_root = sys.platform.startswith("linux") and os.getuid() == 0


def needs_namespaces(test: Any) -> Any:
    """Skip a test where the instructions of the Containerfile cannot be executed."""
    can_run = pytest.mark.skipif(not is_linux_root, reason="needs Linux and root")
    return pytest.mark.container(pytest.mark.program(*TOOLS)(can_run(test)))


def variables(text: str) -> dict[str, str]:
    """The variables of an environment file."""
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


def instructions(name: str) -> list[dockerfile.Command]:
    return [command for command in dockerfile.parse_file(str(CONTAINERFILE)) if command.cmd.upper() == name]


# without execution


def test_no_instruction_copies_the_whole_checkout() -> None:
    """The checkout can contain settings files with secrets, and the history of the repository."""
    sources = [path for command in instructions("COPY") for path in command.value[:-1]]
    assert sources
    assert not {".", "./", "*"} & set(sources)


def test_the_build_installs_only_pinned_and_hashed_requirements() -> None:
    scripts = [command.value[0] for command in instructions("RUN")]
    installs = [words.split() for script in scripts for words in re.findall(r"pip install ([^&]+)", script)]
    assert ["--require-hashes" in words for words in installs] == [True, False]
    assert "--no-deps" in installs[1]
    assert "--no-build-isolation" in installs[1]


def test_the_guide_builds_and_runs_the_image_that_the_file_describes() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    comment = CONTAINERFILE.read_text(encoding="utf-8")
    build_command = "podman build --format docker -f examples/Containerfile -t mimecast-secops ."
    assert build_command in guide
    assert build_command in comment
    [run] = re.findall(r"^podman run (?:.*\\\n)*.*$", guide, re.MULTILINE)
    assert run.split()[-1] == "mimecast-secops"
    assert f"mimecast-secops:{DATA}" in run
    assert "127.0.0.1:9464:9464" in run


def test_the_commands_of_the_guide_in_the_container_exist_in_both_languages() -> None:
    english, french = (
        re.findall(r"^```bash\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for page in (GUIDE, ROOT / "docs" / "fr" / "guide" / "service.md")
    )
    assert english == french
    executed = re.findall(r"^podman exec mimecast-secops mimecast-secops (.*)$", "\n".join(english), re.MULTILINE)
    assert executed
    for line in executed:
        options_of(line.split())


def test_the_environment_file_names_every_mandatory_setting_and_no_secret() -> None:
    values = variables(ENVIRONMENT_FILE.read_text(encoding="utf-8"))
    assert {"MIMECAST_DOMAINS", "MIMECAST_CLIENT_ID", "MIMECAST_CLIENT_SECRET"} <= values.keys()
    assert values["MIMECAST_CLIENT_ID"] == values["MIMECAST_CLIENT_SECRET"] == ""


# with execution


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    folder = tmp_path_factory.mktemp("container")
    wheels = folder / "wheels"
    download_wheels(ROOT / "requirements" / "app.txt", wheels)
    yield build(CONTAINERFILE, ROOT, wheels, folder / "stages")
    shutil.rmtree(folder)


@needs_namespaces
def test_the_data_folder_belongs_to_an_unprivileged_user_before_it_is_a_volume(image: Image) -> None:
    assert image.volumes == (DATA,)
    status = image.path(DATA).stat()
    assert f"{status.st_uid}:{status.st_gid}" == image.user == "10001:10001"
    assert stat.S_IMODE(status.st_mode) == 0o700


@needs_namespaces
def test_the_user_can_write_to_the_data_folder_only(image: Image) -> None:
    with Container(image) as container:
        for folder in ("/opt/mimecast-secops", "/etc", "/var/lib"):
            assert container.run("touch", f"{folder}/x").returncode != 0
        assert container.run("touch", f"{DATA}/x").returncode == 0
        assert container.run("rm", f"{DATA}/x").returncode == 0


@needs_namespaces
def test_the_image_ingests_alerts_is_healthy_and_ends_on_its_stop_signal(image: Image) -> None:
    entrypoint = [*image.entrypoint]
    with Container(image, is_read_only=True) as container:
        simulator = container.start(*entrypoint, "simulator", "--port", str(PORT))
        assert simulator.stdout is not None
        while not (line := simulator.stdout.readline()).startswith("ready"):
            assert line, "The simulator ended."
        shown = json.loads(container.run(*entrypoint, "simulator", "--env", "--json").stdout)
        documented = variables(ENVIRONMENT_FILE.read_text(encoding="utf-8"))
        # Exactly the variables of the example, with the credentials of the simulator.
        settings = {name: shown.get(name, value) for name, value in documented.items()}
        service = container.start(*entrypoint, *image.command, environment=settings)
        try:
            assert service.stderr is not None
            report = json.loads(service.stderr.readline())
            assert report["cycle"]["outcome"] == "ok", report
            assert report["cycle"]["delivered"] > 0
            assert container.run(*image.healthcheck).returncode == 0
            read = "import urllib.request as r; print(r.urlopen('http://127.0.0.1:9464/metrics').read().decode())"
            assert "mimecast_secops_cycle_ok 1\n" in container.run("python", "-c", read).stdout
            status = container.run(*entrypoint, "connector", "status", "--json")
            assert json.loads(status.stdout)["pending"] == 0
            service.send_signal(signal.Signals[image.stop_signal])
            _, errors = service.communicate(timeout=60)
            assert service.returncode == 0, errors
            assert container.run(*image.healthcheck).returncode != 0
        finally:
            for process in (service, simulator):
                process.kill()
                process.communicate()
        alerts = image.path(f"{DATA}/alerts.jsonl")
        assert len(alerts.read_text().splitlines()) == report["cycle"]["delivered"]
        assert stat.S_IMODE(alerts.stat().st_mode) == 0o600


@needs_namespaces
def test_without_its_settings_the_image_names_them_and_ends(image: Image) -> None:
    with Container(image) as container:
        done = container.run(*image.entrypoint, *image.command)
    assert done.returncode == exit_codes.CONFIGURATION
    assert "omains" in done.stderr
