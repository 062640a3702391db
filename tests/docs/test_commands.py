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
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner

from mimecast_secops.api import ApiVersion
from mimecast_secops.cli.main import main
from mimecast_secops.simulator import Simulator
from tests.tenants import environment_for

ROOT = Path(__file__).resolve().parents[2]
FRENCH = ROOT / "docs" / "fr"
PAGES = [
    page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "```sh" in page.read_text(encoding="utf-8") and "_build" not in page.parts
]
# A shell types the commands of this page, because each of them depends on those before it.
TYPED_ELSEWHERE = {ROOT / "docs" / "guide" / name for name in ("quickstart.md", "simulator.md")}
ORIGINALS = [page for page in PAGES if FRENCH not in page.parents and page not in TYPED_ELSEWHERE]
TRANSLATIONS = [page for page in PAGES if FRENCH in page.parents]
MODULE = "mimecast_secops.cli.main"
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def commands(page: Path) -> list[str]:
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    return [re.sub(r"\s+#.*$", "", line) for line in lines if line and not line.startswith("#")]


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES]) as running:
        yield running


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


@cache
def make(*targets: str) -> None:
    """Check that the targets exist. Many pages name the same ones."""
    run("make", "-n", *targets)


@cache
def pip(*words: str) -> None:
    """Let pip build what it would install. The build does not depend on the page that names it."""
    command, target = words
    options = ["--dry-run", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    run(sys.executable, "-m", "pip", command, *options, target.replace(".", str(ROOT), 1))


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
        (folder / "senders.csv").write_text("sender,recipient\noffers@mail.example.org,ann@example.com\n")
        self._id = held[0]
        state = {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self._environment = os.environ | environment_for(simulator, ApiVersion.V2) | state

    def type(self, line: str) -> None:
        words = shlex.split(line.replace("$ID", self._id).replace("$MIMECAST_API_ROOT", self._simulator.url))
        if words[0] == "make":
            make(*words[1:])
        elif words[0] in ("pip", "pipx"):
            pip(*words[1:])
        elif words[0] == "eval":
            self._connect(line)
        elif words[0] == "curl":
            self._post(words)
        elif words[1] == "simulator":
            self._serve([word for word in words[1:] if word != "&"])
        else:
            assert words[0] == "mimecast-secops", line
            self._command(words[1:])

    def _connect(self, line: str) -> None:
        """Check that the shell sets the variables of the environment, while a simulator runs."""
        script = f'{line} && printf "%s" "$MIMECAST_API_ROOT"'
        with self._server(["simulator"]) as url:
            program = self._folder / "bin" / "mimecast-secops"
            program.parent.mkdir(exist_ok=True)
            program.write_text(f'#!/bin/sh\nexec {sys.executable} -m {MODULE} "$@"\n')
            program.chmod(0o700)
            environment = self._environment | {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
            done = subprocess.run(["sh", "-c", script], env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, url), done.stderr

    def _command(self, words: list[str]) -> None:
        if is_number(words[-1]) and words[0] != "alerts":
            words = [*words, "--yes"]  # the answer of the user, whom the command asks
        result = CliRunner().invoke(main, words, env=self._environment)
        assert result.exit_code == 0, f"{words}: {result.output}{result.stderr}"

    def _post(self, words: list[str]) -> None:
        url, body = words[2], words[words.index("-d") + 1]
        assert url.startswith("http://127.0.0.1")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, data=body.encode()) as reply:
            assert reply.status == 200

    def _serve(self, words: list[str]) -> None:
        if "--port" in words:
            words[words.index("--port") + 1] = "0"
        with self._server(words):
            pass

    @contextmanager
    def _server(self, words: list[str]) -> Iterator[str]:
        """A simulator in another process, and its URL."""
        command = [sys.executable, "-m", MODULE, *words]
        process = subprocess.Popen(command, cwd=self._folder, env=self._environment, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            [ready] = islice((line for line in process.stdout if line.startswith("ready: ")), 1)
            yield ready.removeprefix("ready: ").strip()
        finally:
            process.terminate()
            process.communicate(timeout=20)


def is_number(word: str) -> bool:
    """Whether a word is the number of a message in the last list."""
    return word.isdecimal() and len(word) <= 5


@pytest.mark.parametrize("page", ORIGINALS, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_of_the_page_works(
    page: Path, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Typist(simulator, tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in commands(page):
        reader.type(line)


@pytest.mark.parametrize("page", TRANSLATIONS, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_translated_page_has_the_commands_of_the_original(page: Path) -> None:
    assert commands(page) == commands(ROOT / "docs" / page.relative_to(FRENCH))
