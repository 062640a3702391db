"""The context of a command: its options, screen, log, client and state database, and the exit code of its errors."""

from __future__ import annotations

import functools
import logging
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mimecast_secops.api import Deadline, MimecastClient, scrub
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.logs import is_json, log_to_stderr, write_log_line
from mimecast_secops.cli.messages import message_of, reword_log, text_of
from mimecast_secops.cli.options import values_of
from mimecast_secops.cli.output import Screen, is_broken_pipe
from mimecast_secops.cli.settings import default_state_file
from mimecast_secops.cli.settings_check import check_settings, code_of_failure
from mimecast_secops.connection import ConnectionSettings, ProxySettings, connection_of
from mimecast_secops.extras import missing_extra
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.parameters import InvalidParameter, declared, parse
from mimecast_secops.stores.errors import StateError

if TYPE_CHECKING:
    from mimecast_secops.stores.database import StateDatabase

_EXPECTED: Final = (InvalidParameter, MimecastError, UnreadableState, StateError, OSError)


class CommandContext:
    """One run of a command.

    Args:
        options: the values of all options by key, as click read them.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.screen = Screen(
            as_json=bool(options.get("as_json")),
            quiet=bool(options.get("quiet")),
            log=write_log_line if is_json(options) else None,
        )
        self._state: StateDatabase | None = None

    @property
    def state_path(self) -> Path:
        """The path of the state database."""
        path = self.options.get("state")
        return Path(path) if path else default_state_file()

    @property
    def lists_folder(self) -> Path:
        """The folder of the last list. It does not depend on `--state`: the last list is the one that the user sees."""
        return default_state_file().parent

    def state(self, *, create: bool = True) -> StateDatabase:
        """The state database, opened on the first call and shared until the command ends.

        Args:
            create: whether to create the file when it does not exist.

        Raises:
            StateError: the database cannot be opened; `StateMissing` if it does not exist and `create` is false.
            UnreadableState: it is damaged, or a newer version wrote it.
        """
        if self._state is None:
            from mimecast_secops.stores.database import BUSY_SECONDS, StateDatabase

            timeout = self.options.get("state_timeout")
            seconds = BUSY_SECONDS if timeout is None else float(timeout)
            self._state = StateDatabase.open(self.state_path, create=create, busy_seconds=seconds)
        return self._state

    def close(self) -> None:
        """Close the state database, if the command has opened it."""
        if self._state is not None:
            self._state.close()
            self._state = None

    def raw(self, record: type[Any]) -> dict[str, object]:
        """The values of the parameters of a record by name, as `parameters.parse` takes them."""
        return values_of(declared(record), self.options)

    def client(self, deadline: Deadline | None = None, *, max_concurrency: int = 32) -> MimecastClient:
        """A client for the tenant that the settings describe.

        Args:
            deadline: the deadline of all requests; None for no deadline.
            max_concurrency: the maximum number of requests at the same time.

        Raises:
            InvalidParameter: a setting is invalid.
            Misconfigured: credentials are missing, or the API root or the proxy is malformed or unsafe.
        """
        settings, notes = parse(ConnectionSettings, self.raw(ConnectionSettings))
        proxy, _ = parse(ProxySettings, self.raw(ProxySettings))
        choice = connection_of(
            settings,
            proxy,
            ca_bundle=str(self.options.get("ca_bundle") or ""),
            timeout=float(self.options.get("timeout") or 30.0),
            max_concurrency=max_concurrency,
        )
        for note in (*notes, *choice.notes):
            self.screen.note(text_of(note), "yellow", level=logging.WARNING)
        client = MimecastClient(choice.connection)
        return client.until(deadline) if deadline else client


def command(run: Callable[[CommandContext], int], *, checks_settings: bool = True) -> Callable[..., None]:
    """Turn a function that returns an exit code into the callback of a click command.

    The callback reports every error in one line on standard error, and exits with the code of the error. It checks
    the settings before, unless `checks_settings` is false.
    """

    @functools.wraps(run)
    def callback(**options: Any) -> None:
        context = CommandContext(options)
        if checks_settings:
            check_settings(context.screen)
        # The log of worker threads needs the context, which click keeps for one thread.
        with log_to_stderr(options, reword_log(click.get_current_context(silent=True))):
            code = _run_reporting_errors(run, context)
        raise SystemExit(code)

    return callback


def _run_reporting_errors(run: Callable[[CommandContext], int], context: CommandContext) -> int:
    try:
        return run(context)
    except _EXPECTED as error:
        if is_broken_pipe(error):
            return exit_codes.BROKEN_PIPE
        context.screen.fail(message_of(error))
        return code_of_failure(error)
    except KeyboardInterrupt:
        context.screen.fail("Interrupted.")
        return exit_codes.INTERRUPTED
    except click.ClickException:
        raise
    except ModuleNotFoundError as error:
        sentence = missing_extra(error)
        if sentence is None:
            return _report_unexpected(context, error)
        context.screen.fail(sentence)
        return exit_codes.CONFIGURATION
    except Exception as error:  # noqa: BLE001 -- a user gets a traceback with --debug only
        return _report_unexpected(context, error)
    finally:
        context.close()


def _report_unexpected(context: CommandContext, error: Exception) -> int:
    reference = secrets.token_hex(4)
    context.screen.fail(f"Unexpected error ({type(error).__name__}, reference {reference}).")
    if context.options.get("debug"):
        import traceback

        context.screen.details(scrub("".join(traceback.format_exception(error))))
    else:
        context.screen.fail("Run the command again with --debug for the traceback, and report it.")
    return exit_codes.UNEXPECTED
