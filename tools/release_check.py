"""Checks the release: `make release-check`.

Builds the wheel, the source distribution and the integration, installs each in an empty environment, and runs it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Imports everything that the integration installs, and the parts of its scripts that do not need the platform's SDK.
IMPORT_INTEGRATION = """
import importlib, pathlib, pkgutil, re, sys
import mimecast_secops
for module in pkgutil.walk_packages(mimecast_secops.__path__, "mimecast_secops."):
    importlib.import_module(module.name)
from mimecast_secops.actions import find
scripts = sorted(pathlib.Path(sys.argv[1]).glob("*Scripts/*.py"))
for script in scripts:
    text = script.read_text(encoding="utf-8")
    for module, name in re.findall(r"^from (mimecast_secops[\\w.]*) import (\\w+)$", text, re.MULTILINE):
        getattr(importlib.import_module(module), name)
    if script.parent.name == "ActionsScripts":
        find(script.stem)
assert scripts
for part in ("cli", "deliveries", "packaging", "simulator", "stores", "testing"):
    assert importlib.util.find_spec(f"mimecast_secops.{part}") is None, part
"""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="release-check-") as folder:
        work = Path(folder)
        run(sys.executable, "-m", "hatchling", "build", "--directory", str(work / "built"))
        wheel, sdist = next((work / "built").glob("*.whl")), next((work / "built").glob("*.tar.gz"))
        check_package(work / "wheel", wheel)
        check_package(work / "sdist", sdist)
        first, second = (build_integration(work / name) for name in ("first", "second"))
        if first.read_bytes() != second.read_bytes():
            print("integration: two builds differ", file=sys.stderr)
            return 1
        check_integration(work / "platform", first)
    return 0


def check_package(folder: Path, archive: Path) -> None:
    """Install the wheel or the source distribution with its pinned dependencies, and run the demo."""
    python = create_environment(folder)
    run(python, "-m", "pip", "install", "-q", "--require-hashes", "-r", "requirements/app.txt")
    run(python, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", str(archive))
    run(str(Path(python).with_name("mimecast-secops")), "demo", cwd=folder)
    print(f"{archive.name}: installs in an empty environment, and the demo succeeds")


def build_integration(folder: Path) -> Path:
    command = (sys.executable, "-m", "mimecast_secops.packaging", "integration", "--output", str(folder))
    run(*command, "--work", str(folder / "work"), PYTHONPATH=str(ROOT / "src"))
    return folder / "Mimecast.zip"


def check_integration(folder: Path, archive: Path) -> None:
    """Install the wheels of the integration without a package index, and import them and what the scripts import."""
    python = create_environment(folder)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder / "Mimecast")
    dependencies = folder / "Mimecast" / "Dependencies"
    run(python, "-m", "pip", "install", "-q", "--no-index", "--find-links", str(dependencies), "mimecast-secops")
    run(python, "-m", "pip", "check")
    run(python, "-c", IMPORT_INTEGRATION, str(folder / "Mimecast"), cwd=folder)
    size = archive.stat().st_size / 1024
    print(f"{archive.name}: {size:.0f} kB, two builds are identical, and every script's imports succeed offline")


def create_environment(folder: Path) -> str:
    """Create a virtual environment, and return its interpreter."""
    run(sys.executable, "-m", "venv", str(folder / "venv"))
    return str(folder / "venv" / "bin" / "python")


def run(*command: str, cwd: Path = ROOT, **variables: str) -> None:
    # Without the variables of Python, an environment sees only what is installed in it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "MIMECAST"))}
    environment |= variables
    completed = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if completed.returncode:
        sys.stderr.write(completed.stdout + completed.stderr)
        raise SystemExit(f"failed: {' '.join(command[:6])}")


if __name__ == "__main__":
    sys.exit(main())
