"""Checks that the tests of `make mutation` keep their IDs when one process collects them again.

mutmut collects the tests several times in one process and runs them by ID. For an ID that does not exist pytest ends
with an error, which mutmut counts as a detected mutant: the score would be too good. See tests/ids.py for the cause.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OPTIONS = ("--collect-only", "-qqq", "-p", "no:xdist", "-p", "no:cacheprovider")


class Collection:
    """A pytest plugin that records the IDs of the collected tests."""

    def __init__(self) -> None:
        self.ids: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.ids = {item.nodeid for item in session.items}


def unstable_ids(paths: Sequence[str]) -> list[str]:
    """The IDs of the first collection that the second one does not have.

    Raises:
        SystemExit: pytest cannot collect the tests.
    """
    collections = [Collection(), Collection()]
    for collection in collections:
        with redirect_stdout(StringIO()) as output:
            code = pytest.main([*OPTIONS, *paths], plugins=[collection])
        if code != pytest.ExitCode.OK:
            raise SystemExit(f"{output.getvalue()}pytest cannot collect the tests")
    return sorted(collections[0].ids - collections[1].ids)


def main(arguments: Sequence[str]) -> int:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    unstable = unstable_ids(arguments or pyproject["tool"]["mutmut"]["pytest_add_cli_args_test_selection"])
    for test_id in unstable:
        print(f"{test_id}: the ID changes when the test is collected again; use tests/ids.py", file=sys.stderr)
    return 1 if unstable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
