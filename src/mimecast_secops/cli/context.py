"""What commands share: settings read, a screen, a log, a client, and an honest exit."""

from __future__ import annotations

import functools
import logging
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mimecast_secops.api import Deadline, MimecastClient, scrub
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.output import Screen, lines
from mimecast_secops.cli.settings import (
    Provider,
    default_state,
    from_environment,
    from_file,
    from_options,
    gather,
)
from mimecast_secops.connection import ConnectionSettings, ProxySettings, connection_of
from mimecast_secops.ingest import UnreadableState
from mimecast_secops.parameters import InvalidParameter, parse
from mimecast_secops.stores.errors import StateError

if TYPE_CHECKING:
    from mimecast_secops.stores.database import StateDatabase

_FORESEEN: Final = (InvalidParameter, MimecastError, UnreadableState, StateError, OSError)
_LOG: Final = logging.getLogger("mimecast_secops")


class CommandContext:
    """One run of a command.

    Args:
        options: all options as typed.
        environ: the environment.
    """

    def __init__(self, options: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> None:
        self.options = options
        self.environ = os.environ if environ is None else environ
        self.screen = Screen(as_json=bool(options.get("as_json")), quiet=bool(options.get("quiet")))
        self._providers: tuple[Provider, ...] | None = None
        self._state: StateDatabase | None = None

    @property
    def state_path(self) -> Path:
        """The state database."""
        given = self.options.get("state")
        return Path(given) if given else default_state(self.environ)

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
        """Close what the command has opened."""
        if self._state is not None:
            self._state.close()
            self._state = None

    def raw(self, *records: type[Any]) -> dict[str, object]:
        """The raw values of some records, from options, environment and file."""
        if self._providers is None:
            file = from_file(self.options.get("config"), str(self.options.get("profile") or ""), self.environ)
            self._providers = (from_options(self.options), from_environment(self.environ), file)
        return gather(records, self._providers)

    def client(self, deadline: Deadline | None = None, *, max_concurrency: int = 32) -> MimecastClient:
        """A client as the settings say, with at most so many requests at the same time."""
        settings, notes = parse(ConnectionSettings, self.raw(ConnectionSettings))
        proxy, _ = parse(ProxySettings, self.raw(ProxySettings))
        chosen = connection_of(
            settings,
            proxy,
            ca_bundle=str(self.options.get("ca_bundle") or ""),
            timeout=float(self.options.get("timeout") or 30.0),
            max_concurrency=max_concurrency,
        )
        for note in (*notes, *chosen.notes):
            self.screen.note(note, "yellow")
        client = MimecastClient(chosen.connection)
        return client.until(deadline) if deadline else client


class _Formatter(logging.Formatter):
    """One line per record, without secrets, terminal codes, or a trace that nobody asked for."""

    def __init__(self, *, traces: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S")
        self._traces = traces

    def format(self, record: logging.LogRecord) -> str:
        if not self._traces:
            record.exc_info, record.exc_text, record.stack_info = None, None, None
        return lines(super().format(record))


def set_up_log(options: Mapping[str, Any]) -> None:
    """Send the log of this package to standard error."""
    for handler in list(_LOG.handlers):
        _LOG.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(traces=bool(options.get("debug"))))
    _LOG.addHandler(handler)
    level = logging.INFO if options.get("verbose") or options.get("debug") else logging.WARNING
    _LOG.setLevel(logging.ERROR if options.get("quiet") else level)
    _LOG.propagate = False


def command(run: Callable[[CommandContext], int]) -> Callable[..., None]:
    """Turn `run(runtime) -> exit code` into the body of a click command, with one line for whatever goes wrong."""

    @functools.wraps(run)
    def body(**options: Any) -> None:
        set_up_log(options)
        runtime = CommandContext(options)
        try:
            code = run(runtime)
        except _FORESEEN as error:
            runtime.screen.fail(sentence_of(error))
            code = exit_codes.code_of(error)
        except KeyboardInterrupt:
            runtime.screen.fail("Interrupted.")
            code = exit_codes.INTERRUPTED
        except click.ClickException:
            raise
        except Exception as error:  # noqa: BLE001 -- the last line of defence: no traceback reaches a person unasked
            code = _unforeseen(runtime, error)
        finally:
            runtime.close()
        raise SystemExit(code)

    return body


def sentence_of(error: BaseException) -> str:
    """What an error says to a person, with the file that it is about."""
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
    return str(error)


def _unforeseen(runtime: CommandContext, error: Exception) -> int:
    reference = secrets.token_hex(4)
    runtime.screen.fail(f"An unforeseen error occurred ({type(error).__name__}, reference {reference}).")
    if runtime.options.get("debug"):
        import traceback

        sys.stderr.write(scrub("".join(traceback.format_exception(error))))
    else:
        runtime.screen.fail("Run it again with --debug for the trace, and report it.")
    return exit_codes.BUG
