"""Completion: the protocol of each shell, and the scripts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from mimecast_secops.cli.main import main
from tests.cli.command_line import CLEAN_ENVIRONMENT, COMMAND, CommandLine

SHELLS = ("bash", "zsh", "fish")


def complete(*words: str, shell: str = "zsh", environment: dict[str, str] | None = None) -> list[str]:
    """The values that a shell offers for the last word."""
    variables = {"_MIMECAST_SECOPS_COMPLETE": f"{shell}_complete", "COMP_CWORD": str(len(words))}
    variables["COMP_WORDS"] = " ".join(["mimecast-secops", *words])
    code = "from mimecast_secops.cli.main import main; main(prog_name='mimecast-secops')"
    done = subprocess.run(
        [COMMAND[0], "-c", code],
        env=CLEAN_ENVIRONMENT | variables | (environment or {}),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    return [line.partition(",")[2] for line in lines] if shell == "bash" else lines[1::3] if shell == "zsh" else lines


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["rele"], ["release-message"]),
        (["conn"], ["connector"]),
        (["action", "block"], ["block-sender"]),
        (["connector", "st"], ["status"]),
        (["simple-archive-search", "--time-fr"], ["--time-frame"]),
        (["simple-archive-search", "--time-frame", "Last"], None),
        (["reject-message", "--reason", "conf"], ["Confidential Information"]),
        (["connector", "run", "--status-filter", "del"], ["delivery"]),
        (["connector", "run", "--status-filter", "held,bo"], ["held,bounced"]),
        (["connector", "run", "--lowest-risk-to-fetch", "m"], ["Medium"]),
        (["completion", "z"], ["zsh"]),
    ],
)
def test_commands_options_and_choices_are_completed(words: list[str], wanted: list[str] | None) -> None:
    wanted = wanted or ["Last Hour", "Last 6 Hours", "Last 24 Hours", "Last Week", "Last Month"]
    assert complete(*words) == wanted


def test_profiles_are_those_of_the_settings_file(command_line: CommandLine) -> None:
    file = command_line.folder / "settings.toml"
    file.write_text("[profiles.lab]\n[profiles.live]\n", encoding="utf-8")
    assert complete("ping", "--config", str(file), "--profile", "l") == ["lab", "live"]
    file.write_text("not TOML", encoding="utf-8")
    assert complete("ping", "--config", str(file), "--profile", "l") == []


@pytest.mark.parametrize("option", ["--config", "--ca-bundle", "--state"])
def test_the_shell_completes_names_of_files(option: str) -> None:
    assert complete("release-message", option, "no", shell="bash") == ["no"]


@pytest.mark.parametrize("shell", [pytest.param(shell, marks=pytest.mark.program(shell)) for shell in SHELLS])
def test_the_script_names_the_command_and_is_valid_for_its_shell(shell: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert f"_MIMECAST_SECOPS_COMPLETE={shell}_complete" in done.stdout
    assert "mimecast-secops" in done.stdout
    script = tmp_path / "script"
    script.write_text(done.stdout, encoding="utf-8")
    subprocess.run([shell, "-n", str(script)], check=True)


def test_an_unknown_shell_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["completion", "tcsh"]).exit_code == 2
