"""Completion in bash: values with spaces."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from click.shell_completion import CompletionItem
from click.testing import CliRunner

from mimecast_secops.cli.bash_completion import QuotingBashComplete
from mimecast_secops.cli.main import main
from tests.cli.command_line import CLEAN_ENVIRONMENT, COMMAND

MAIN = "from mimecast_secops.cli.main import main; main(prog_name='mimecast-secops')"


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (CompletionItem("Last Hour"), "plain,'Last Hour'"),
        (CompletionItem("held"), "plain,held"),
        (CompletionItem(""), "plain,"),
        (CompletionItem("my file", type="file"), "file,my file"),
    ],
)
def test_values_with_spaces_are_quoted_and_names_of_files_are_left_to_the_shell(
    item: CompletionItem, line: str
) -> None:
    assert QuotingBashComplete(main, {}, "mimecast-secops", "_X").format_completion(item) == line


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_with_the_script(tmp_path: Path) -> None:
    command = tmp_path / "mimecast-secops"
    command.write_text(f'#!/bin/sh\nexec {COMMAND[0]} -c "{MAIN}" "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    test = (
        f"{script}\nCOMP_WORDS=(mimecast-secops simple-archive-search --time-frame Last)\nCOMP_CWORD=3\n"
        '_mimecast_secops_completion mimecast-secops\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    environment = CLEAN_ENVIRONMENT | {"PATH": f"{tmp_path}:{CLEAN_ENVIRONMENT['PATH']}"}
    done = subprocess.run(["bash", "-c", test], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[:2] == ["'Last Hour'", "'Last 6 Hours'"]
