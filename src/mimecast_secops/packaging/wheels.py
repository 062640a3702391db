"""The wheels in the integration: the platform wheel, built from this checkout, and the wheels that it depends on.

The platform wheel holds the parts of the package that run on the platform, and nothing else. See
`docs/decisions/0008-one-project-two-wheels.md`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any, Final

from mimecast_secops._version import __version__

PLATFORM_PARTS: Final = (
    *("__init__.py", "_version.py", "py.typed"),
    *("addresses.py", "connection.py", "parameters", "permissions.py", "sentences.py"),
    *("actions", "api", "diagnosis", "ingest", "soar"),
)
"""The modules and packages in `mimecast_secops` that the platform wheel holds."""
NOT_ON_PLATFORM: Final = ("api/open_facts", "diagnosis/recording")
"""The packages within these that only tests, documentation and the command line use."""
PLATFORM_VERSION: Final = f"{__version__}+platform"
"""The version of the platform wheel. The label tells it from the complete wheel, which has more in it."""
_PACKAGE: Final = Path("src") / "mimecast_secops"
_REQUIREMENTS: Final = Path("requirements") / "platform.txt"
# The platform runs CPython 3.11 on Linux x86-64.
_PLATFORM: Final = ("--platform", "manylinux_2_17_x86_64", "--platform", "manylinux2014_x86_64")
_INTERPRETER: Final = ("--python-version", "3.11", "--implementation", "cp", "--abi", "cp311")
_SAME_TIME: Final = (2020, 2, 2, 0, 0, 0)


class PackagingError(Exception):
    """The integration could not be built; the message says which step failed."""


def platform_wheel(checkout: Path, folder: Path) -> Path:
    """Build the platform wheel. Two builds of the same checkout are byte-identical.

    Args:
        checkout: the root of the checkout.
        folder: the folder to write the wheel to.

    Raises:
        PackagingError: the build failed.
    """
    try:
        from hatchling.builders.wheel import WheelBuilder  # noqa: PLC0415 -- a build requirement only
    except ImportError:
        raise PackagingError("The build needs hatchling: install the requirements of the build group.") from None
    try:
        builder = WheelBuilder(str(checkout), config=_platform_project(checkout))
        wheel = Path(next(builder.build(directory=str(folder), versions=["standard"])))
    except (OSError, TypeError, ValueError) as error:
        raise PackagingError(f"The platform wheel could not be built: {error}") from error
    _store_uncompressed(wheel)
    return wheel


def dependency_wheels(checkout: Path, cache: Path) -> list[Path]:
    """Download the wheels that the platform wheel depends on, with their hashes checked, once per requirements file.

    The wheels are byte-identical to those in the package index.

    Args:
        checkout: the root of the checkout.
        cache: the folder that keeps the wheels between builds.

    Raises:
        PackagingError: the download failed.
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
        _run(command, checkout)
        complete.touch()
    return sorted(folder.glob("*.whl"))


def _platform_project(checkout: Path) -> dict[str, Any]:
    """The content of pyproject.toml, without what the platform has no use for: command, extras, README.

    Its dependencies are those of the group `platform`.
    """
    config = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))
    project = config["project"]
    for name in ("dynamic", "optional-dependencies", "readme", "scripts"):
        project.pop(name, None)
    project["version"] = PLATFORM_VERSION
    project["dependencies"] = config["dependency-groups"]["platform"]
    parts = [(_PACKAGE / name).as_posix() for name in PLATFORM_PARTS]
    missing = [part for part in parts if not (checkout / part).exists()]
    if missing:  # hatchling would leave them out without a word
        raise PackagingError(f"The platform wheel could not be built: {', '.join(missing)} does not exist.")
    config["tool"]["hatch"]["build"]["targets"]["wheel"] = {
        "only-include": parts,
        "exclude": [(_PACKAGE / name).as_posix() for name in NOT_ON_PLATFORM],
        "sources": ["src"],
    }
    return config


def _store_uncompressed(wheel: Path) -> None:
    """Store the files of a wheel without compression.

    The integration's zip file then compresses them together, which takes 20 % less space than one by one.
    """
    with zipfile.ZipFile(wheel) as archive:
        contents = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_STORED) as archive:
        for entry, content in contents:
            stored = zipfile.ZipInfo(entry.filename, _SAME_TIME)
            stored.external_attr = entry.external_attr
            archive.writestr(stored, content)


def _run(command: tuple[str, ...], folder: Path) -> None:
    completed = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)  # noqa: S603
    if completed.returncode:
        output = (completed.stderr or completed.stdout).strip().splitlines()[-5:]
        raise PackagingError(f"{' '.join(command[:4])} failed: " + " ".join(output))
