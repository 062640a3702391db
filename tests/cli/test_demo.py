"""The demo: it fits a terminal, is the same on every run, and fails if a step fails."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.main import main
from mimecast_secops.simulator.tenant.tenant import Tenant


def test_the_demo_fits_80_columns_and_is_the_same_on_every_run() -> None:
    first, second = (CliRunner().invoke(main, ["demo"], env={"COLUMNS": "80"}) for _ in range(2))
    assert first.exit_code == 0, first.output
    assert "The tenant recorded one release, one rejection, and nothing else." in first.output
    assert "6. Done. Every step was checked" in first.output
    assert max(len(line) for line in first.output.splitlines()) <= 80
    assert first.output == second.output


def test_the_demo_fails_if_a_step_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tenant, "decide", lambda *_arguments, **_options: False)
    result = CliRunner().invoke(main, ["demo"])
    assert result.exit_code == exit_codes.NOT_DONE
    assert "The demo failed: " in result.stderr


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_the_demo_has_no_options_that_would_leave_nothing_of_it(option: str) -> None:
    result = CliRunner().invoke(main, ["demo", option])
    assert (result.exit_code, result.stdout) == (exit_codes.USAGE, "")
    assert "No such option" in result.stderr
