"""Test sessions for each supported Python and for the lowest allowed dependencies: `make matrix`.

A session whose interpreter is missing is skipped with a message. Arguments after `--` go to pytest.
"""

from __future__ import annotations

import os
from pathlib import Path

import nox

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
LOWEST = PYTHONS[0]
SELECTION = ["-m", "not attack and not host and not container and not readings"]

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"


def use_pyenv_versions() -> None:
    """Let the shims of pyenv find each installed version, not only the selected one."""
    root = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
    installed = [path.name for python in PYTHONS for path in sorted((root / "versions").glob(f"{python}.*"))]
    if installed:
        os.environ.setdefault("PYENV_VERSION", ":".join(installed))


use_pyenv_versions()


def install(session: nox.Session, *requirements: str) -> None:
    """Install pinned requirements in order, then the package itself."""
    for name in requirements:
        session.install("--quiet", "--require-hashes", "-r", f"requirements/{name}.txt")
    session.install("--quiet", "--no-deps", "--no-build-isolation", "-e", ".")


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests of `make test` on one Python."""
    install(session, "test")
    session.run("python", "-m", "pytest", "-n", "2", *SELECTION, *session.posargs)


@nox.session(python=LOWEST)
def lowest(session: nox.Session) -> None:
    """The same tests with the oldest releases that pyproject.toml allows."""
    install(session, "test", "lowest")
    session.run("python", "-m", "pip", "check")
    session.run("python", "-m", "pytest", "-n", "2", *SELECTION, *session.posargs)


@nox.session(python=PYTHONS)
def typing(session: nox.Session) -> None:
    """Both type checkers, for one Python."""
    install(session, "test")
    session.run("mypy", "--python-version", str(session.python))
    session.run("pyrefly", "check", "--python-version", str(session.python))
