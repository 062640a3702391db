"""The platform's real SDK, through its script host."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mimecast_secops.packaging.__main__ import main as build
from tests.prerequisites import SCRIPT_HOST

ROOT = Path(__file__).resolve().parents[2]
CONNECTOR = "Mimecast - Message Tracking Connector"


def built(folder: Path, layout: str = "integration") -> Path:
    """Build a layout of the integration into a folder, and return the folder."""
    assert build([layout, "--output", str(folder), "--checkout", str(ROOT)]) == 0
    return folder


def run_action(integration: Path, name: str, configuration: Mapping[str, Any], **parameters: Any) -> dict[str, Any]:
    """Run an action as a process of the real host, and return the report."""
    secrets = [value for key, value in configuration.items() if "Secret" in key or "Key" in key]
    command = [str(SCRIPT_HOST / "run_action.py"), str(integration), name, "--config", json.dumps(dict(configuration))]
    command += ["--params", json.dumps(parameters)]
    return _run(command, secrets)


def run_connector(integration: Path, parameters: Mapping[str, Any], *options: str) -> dict[str, Any]:
    """Run the connector as a process of the real host, and return the report."""
    secrets = [value for key, value in parameters.items() if "Secret" in key or "Key" in key]
    command = [
        str(SCRIPT_HOST / "run_connector.py"),
        str(integration),
        CONNECTOR,
        "--params",
        json.dumps(dict(parameters)),
    ]
    return _run([*command, *options], secrets)


def _run(command: list[str], secrets: list[str]) -> dict[str, Any]:
    options = [f"--secret={secret}" for secret in secrets]  # a secret can begin with a hyphen
    completed = subprocess.run(
        [sys.executable, *command, *options], capture_output=True, text=True, check=False, timeout=120
    )
    assert completed.stdout, completed.stderr
    report: dict[str, Any] = json.loads(completed.stdout)
    assert report.get("leaked_secrets", []) == []
    return report
