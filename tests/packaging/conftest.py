"""The built integration, shared by the tests of the packager."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soar.host import built


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `Mimecast/` and `Mimecast.zip`."""
    return built(tmp_path_factory.mktemp("dist"))
