"""What people use: one attribute per area of the API."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.request import Request
from mimecast_secops.api.session import Connection, Runtime, Session
from mimecast_secops.api.vocabulary import ApiVersion

if TYPE_CHECKING:
    from mimecast_secops.api.resources import account, archive, domains, files, held, policies, senders, tracking

Result = TypeVar("Result")
_AREAS: Final = ("account", "domains", "tracking", "held", "archive", "senders", "policies", "files")


class MimecastClient:
    """A client of one tenant. Safe to share between threads; close it, or use it as a context manager.

        with MimecastClient(Connection("https://api.services.mimecast.com", credentials)) as client:
            print(client.account.get().account_name)

    Args:
        connection: where and who.
        runtime: time, chance and ids; the real ones unless a test owns them.
    """

    def __init__(self, connection: Connection, runtime: Runtime | None = None) -> None:
        self._session = Session(connection, runtime or Runtime())

    # An area is loaded when it is first used: an action of the platform uses one or two of them.

    @cached_property
    def account(self) -> account.AccountResource:
        """The account itself."""
        from mimecast_secops.api.resources.account import AccountResource  # noqa: PLC0415

        return AccountResource(self._session)

    @cached_property
    def domains(self) -> domains.DomainsResource:
        """The tenant's domains."""
        from mimecast_secops.api.resources.domains import DomainsResource  # noqa: PLC0415

        return DomainsResource(self._session)

    @cached_property
    def tracking(self) -> tracking.TrackingResource:
        """Message tracking."""
        from mimecast_secops.api.resources.tracking import TrackingResource  # noqa: PLC0415

        return TrackingResource(self._session)

    @cached_property
    def held(self) -> held.HeldResource:
        """The hold queue."""
        from mimecast_secops.api.resources.held import HeldResource  # noqa: PLC0415

        return HeldResource(self._session)

    @cached_property
    def archive(self) -> archive.ArchiveResource:
        """The archive."""
        from mimecast_secops.api.resources.archive import ArchiveResource  # noqa: PLC0415

        return ArchiveResource(self._session)

    @cached_property
    def senders(self) -> senders.SendersResource:
        """Managed senders."""
        from mimecast_secops.api.resources.senders import SendersResource  # noqa: PLC0415

        return SendersResource(self._session)

    @cached_property
    def policies(self) -> policies.PoliciesResource:
        """Blocked-sender policies."""
        from mimecast_secops.api.resources.policies import PoliciesResource  # noqa: PLC0415

        return PoliciesResource(self._session)

    @cached_property
    def files(self) -> files.FilesResource:
        """Attachments."""
        from mimecast_secops.api.resources.files import FilesResource  # noqa: PLC0415

        return FilesResource(self._session)

    def send(self, request: Request[Result]) -> Result:
        """Send a request that a resource has built, such as `client.held.reject_request([hold_id])`.

        Returns:
            The same as the method of the resource that builds and sends the request in one step.

        Raises:
            MimecastError: the call failed, or its reply does not confirm it.
        """
        return self._session.send(request)

    @property
    def api_version(self) -> ApiVersion:
        """The API generation in use."""
        return self._session.api_version

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


def endpoints() -> tuple[Endpoint, ...]:
    """Every function of the API that this client can call, in the order of their paths."""
    areas = (import_module(f"mimecast_secops.api.resources.{name}") for name in _AREAS)
    return tuple(sorted((endpoint for area in areas for endpoint in area.ENDPOINTS), key=lambda one: one.path))
