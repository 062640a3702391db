"""Errors in a command line or a settings file, which end a command before its log exists, as JSON on request."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import click


def wants_json(words: Sequence[str]) -> bool:
    """Whether a command line or the environment selects the JSON log, as far as that is known before it is read.

    Args:
        words: the command line. Its last `--log-format` counts.
    """
    formats = [value for option, value in pairwise(words) if option == "--log-format"]
    formats += [word.partition("=")[2] for word in words if word.startswith("--log-format=")]
    return (formats[-1] if formats else os.environ.get("MIMECAST_LOG_FORMAT")) == "json"


class UsageErrorLog(click.Group):
    """A group that reports the errors of click as a line of the JSON log, if that log is selected."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line, and exit with its code."""
        if not standalone_mode or not wants_json(sys.argv[1:] if args is None else args):
            return super().main(args, prog_name, complete_var, standalone_mode, **extra)
        try:
            code = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.ClickException as error:
            from mimecast_secops.cli.logs import write_log_line

            write_log_line(logging.ERROR, error.format_message())
            code = error.exit_code
        raise SystemExit(code)
