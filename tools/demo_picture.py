"""Writes docs/_static/demo.svg: the output of `make demo` on an 80-column terminal.

The port and the durations differ from run to run. The picture shows fixed values instead, so that it changes only with
the demo.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

TARGET = Path(__file__).parents[1] / "docs" / "_static" / "demo.svg"
_FIXED = ((re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:8765"), (re.compile(r"\b\d+\.\d+ s\b"), "0.10 s"))


def demo_output() -> str:
    """What the demo prints, with colors and with fixed values for what differs from run to run."""
    environment = os.environ | {"COLUMNS": "80", "FORCE_COLOR": "1", "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "mimecast_secops.cli.main", "demo"]
    completed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return normalized(completed.stdout)


def normalized(output: str) -> str:
    """The output with a fixed port and fixed durations."""
    for pattern, replacement in _FIXED:
        output = pattern.sub(replacement, output)
    return output


def picture(output: str) -> str:
    """The output as an SVG picture of a terminal."""
    console = Console(record=True, width=80, file=io.StringIO(), force_terminal=True)
    console.print(Text("$ make demo", style="bold"))
    console.print(Text.from_ansi(output))
    svg = console.export_svg(title="make demo", unique_id="demo")
    # rich refers to fonts on a web server. The picture must not fetch anything.
    return re.sub(r"@font-face\s*\{[^}]*\}", "", svg)


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(picture(demo_output()), encoding="utf-8")
