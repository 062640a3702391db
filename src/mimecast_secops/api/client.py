"""What people use: one attribute per area of the API."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from mimecast_secops.api.areas import account, archive, files, held, policies, senders, tracking
from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.functions import Function, Generation
from mimecast_secops.api.session import Connection, Session, Surroundings

_AREAS: Final = (account, tracking, held, archive, senders, policies, files)


class MimecastClient:
    """A client of one tenant. Safe to share between threads; close it, or use it as a context manager.

        with MimecastClient(Connection("https://api.services.mimecast.com", credentials)) as client:
            print(client.account.get().account_name)

    Args:
        connection: where and who.
        surroundings: time, chance and ids; the real ones unless a test owns them.
    """

    def __init__(self, connection: Connection, surroundings: Surroundings | None = None) -> None:
        self._attach(Session(connection, surroundings or Surroundings()))

    def _attach(self, session: Session) -> None:
        self._session = session
        self.account = account.AccountArea(session)
        self.tracking = tracking.TrackingArea(session)
        self.held = held.HeldArea(session)
        self.archive = archive.ArchiveArea(session)
        self.senders = senders.SendersArea(session)
        self.policies = policies.PoliciesArea(session)
        self.files = files.FilesArea(session)

    @property
    def generation(self) -> Generation:
        """The API generation in use."""
        return self._session.generation

    @property
    def api_root(self) -> str:
        """Where requests go."""
        return self._session.connection.api_root

    @property
    def requests_sent(self) -> int:
        """How many HTTP requests have left so far, tokens, repeats and downloads included."""
        return self._session.transport.requests_sent

    @property
    def clock_skew(self) -> float | None:
        """Seconds that our clock is ahead of the server's, by its last reply; None where no reply has said it."""
        return self._session.server_clock.skew

    def until(self, deadline: Deadline) -> MimecastClient:
        """The same client with a deadline: its calls give up when that comes. Everything else is shared."""
        view = object.__new__(MimecastClient)
        view._attach(self._session.until(deadline))
        return view

    def close(self) -> None:
        """Close the connections that are kept."""
        self._session.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def functions() -> tuple[Function, ...]:
    """Every function of the API that this client can call, in the order of their paths."""
    return tuple(sorted((function for area in _AREAS for function in area.FUNCTIONS), key=lambda one: one.path))
