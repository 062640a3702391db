"""The wheels that ship: ours, built from this checkout, and its whole closure for the platform's interpreter."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

_REQUIREMENTS: Final = Path("requirements") / "platform.txt"
# What the platform runs: CPython 3.11 on Linux x86-64.
_PLATFORM: Final = ("--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64")
_INTERPRETER: Final = ("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311")


class WheelsMissing(Exception):
    """The wheels could not be made or fetched; says what failed."""


def our_wheel(checkout: Path, target: Path) -> Path:
    """Build our own wheel.

    Args:
        checkout: the root of the checkout.
        target: the folder for it.

    Raises:
        WheelsMissing: the build failed.
    """
    # A fixed time for everything in the archive makes two builds byte-identical.
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1580601600"}
    command = (sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(target))
    _run(command, checkout, environment)
    return next(target.glob("mimecast_secops-*.whl"))


def closure(checkout: Path, cache: Path) -> list[Path]:
    """Fetch the wheels that ours needs, by hash, once per set of requirements.

    Args:
        checkout: the root of the checkout.
        cache: where they are kept between builds.

    Raises:
        WheelsMissing: they cannot be had.
    """
    requirements = checkout / _REQUIREMENTS
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = cache / digest
    complete = folder / ".complete"
    if not complete.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = (
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--require-hashes", "--only-binary", ":all:", *_PLATFORM, *_INTERPRETER),
            *("--dest", str(folder), "--requirement", str(requirements)),
        )
        _run(command, checkout, dict(os.environ))
        complete.touch()
    return sorted(folder.glob("*.whl"))


def _run(command: tuple[str, ...], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise WheelsMissing(f"{' '.join(command[:4])} failed: " + " ".join(said))
