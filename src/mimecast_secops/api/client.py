"""What people use: one attribute per area of the API."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.function import Function, Generation
from mimecast_secops.api.session import Connection, Session, Surroundings

if TYPE_CHECKING:
    from mimecast_secops.api.areas import account, archive, domains, files, held, policies, senders, tracking

_AREAS: Final = ("account", "domains", "tracking", "held", "archive", "senders", "policies", "files")


class MimecastClient:
    """A client of one tenant. Safe to share between threads; close it, or use it as a context manager.

        with MimecastClient(Connection("https://api.services.mimecast.com", credentials)) as client:
            print(client.account.get().account_name)

    Args:
        connection: where and who.
        surroundings: time, chance and ids; the real ones unless a test owns them.
    """

    def __init__(self, connection: Connection, surroundings: Surroundings | None = None) -> None:
        self._session = Session(connection, surroundings or Surroundings())

    # An area is loaded when it is first used: an action of the platform uses one or two of them.

    @cached_property
    def account(self) -> account.AccountArea:
        """The account itself."""
        from mimecast_secops.api.areas.account import AccountArea  # noqa: PLC0415

        return AccountArea(self._session)

    @cached_property
    def domains(self) -> domains.DomainsArea:
        """The tenant's domains."""
        from mimecast_secops.api.areas.domains import DomainsArea  # noqa: PLC0415

        return DomainsArea(self._session)

    @cached_property
    def tracking(self) -> tracking.TrackingArea:
        """Message tracking."""
        from mimecast_secops.api.areas.tracking import TrackingArea  # noqa: PLC0415

        return TrackingArea(self._session)

    @cached_property
    def held(self) -> held.HeldArea:
        """The hold queue."""
        from mimecast_secops.api.areas.held import HeldArea  # noqa: PLC0415

        return HeldArea(self._session)

    @cached_property
    def archive(self) -> archive.ArchiveArea:
        """The archive."""
        from mimecast_secops.api.areas.archive import ArchiveArea  # noqa: PLC0415

        return ArchiveArea(self._session)

    @cached_property
    def senders(self) -> senders.SendersArea:
        """Managed senders."""
        from mimecast_secops.api.areas.senders import SendersArea  # noqa: PLC0415

        return SendersArea(self._session)

    @cached_property
    def policies(self) -> policies.PoliciesArea:
        """Blocked-sender policies."""
        from mimecast_secops.api.areas.policies import PoliciesArea  # noqa: PLC0415

        return PoliciesArea(self._session)

    @cached_property
    def files(self) -> files.FilesArea:
        """Attachments."""
        from mimecast_secops.api.areas.files import FilesArea  # noqa: PLC0415

        return FilesArea(self._session)

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

    def reset_clock_skew(self) -> None:
        """Forget what earlier replies told about the clock."""
        self._session.server_clock.skew = None

    def until(self, deadline: Deadline) -> MimecastClient:
        """The same client with a deadline: its calls give up when that comes. Everything else is shared."""
        view = object.__new__(MimecastClient)
        view._session = self._session.until(deadline)
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
    areas = (import_module(f"mimecast_secops.api.areas.{name}") for name in _AREAS)
    return tuple(sorted((function for area in areas for function in area.FUNCTIONS), key=lambda one: one.path))
