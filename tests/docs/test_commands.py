"""Every command in the documentation does what it is there for."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.simulator import Simulator
from tests.tenants import environment_for

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "```sh" in page.read_text(encoding="utf-8") and "_build" not in page.parts
]
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[str]:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [re.sub(r"\s+#.*$", "", line) for line in lines if line and not line.startswith("#")]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


class Typist:
    """A user who types the commands of a page, in an empty folder."""

    def __init__(self, simulator: Simulator, folder: Path) -> None:
        self._simulator = simulator
        self._folder = folder
        shutil.copytree(ROOT / "examples", folder / "examples")
        (folder / "src").symlink_to(ROOT / "src")
        held = [
            record.id
            for record in simulator.tenant.tracked.values()
            if record.is_held and record.hold and record.hold.risk != "high"
        ]
        (folder / "ids.txt").write_text("\n".join(held[-2:]) + "\n")
        self._id = held[0]
        state = {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self._environment = os.environ | environment_for(simulator, ApiVersion.V2) | state

    def type(self, line: str) -> None:
        words = shlex.split(line.replace("$ID", self._id).replace("$MIMECAST_API_ROOT", self._simulator.url))
        if words[0] == "make":
            self._run(["make", "-n", *words[1:]], cwd=ROOT)
        elif words[0] == "pip":
            target = words[-1].replace(".", str(ROOT), 1)
            options = ["--dry-run", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
            self._run([sys.executable, "-m", "pip", "install", *options, target])
        elif words[0] == "curl":
            self._post(words)
        elif words[1] == "simulator":
            self._serve([word for word in words[1:] if word != "&"])
        else:
            assert words[0] == "mimecast-secops", line
            self._run([sys.executable, "-m", "mimecast_secops.cli.main", *words[1:]])

    def _run(self, command: list[str], cwd: Path | None = None) -> None:
        done = subprocess.run(
            command, cwd=cwd or self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def _post(self, words: list[str]) -> None:
        url, body = words[2], words[words.index("-d") + 1]
        assert url.startswith("http://127.0.0.1")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, data=body.encode()) as reply:
            assert reply.status == 200

    def _serve(self, words: list[str]) -> None:
        if "--port" in words:
            words[words.index("--port") + 1] = "0"
        command = [sys.executable, "-m", "mimecast_secops.cli.main", *words]
        process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            assert any(line.startswith("ready: ") for line in process.stdout)
        finally:
            process.terminate()
            process.communicate(timeout=20)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_the_page_works(page: Path, simulator: Simulator, tmp_path: Path) -> None:
    reader = Typist(simulator, tmp_path)
    for line in commands(page):
        reader.type(line)
