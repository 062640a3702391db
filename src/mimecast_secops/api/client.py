"""The client: one attribute per resource of the Mimecast API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from mimecast_secops.api.deadline import Deadline
from mimecast_secops.api.endpoint import Endpoint
from mimecast_secops.api.observers import Observer
from mimecast_secops.api.request import Request
from mimecast_secops.api.session import Connection, Runtime, Session
from mimecast_secops.api.vocabulary import ApiVersion

if TYPE_CHECKING:
    from mimecast_secops.api.resources import (
        account,
        archive,
        domains,
        files,
        held,
        policies,
        release_log,
        senders,
        tracking,
    )

Result = TypeVar("Result")
_RESOURCES: Final = ("account", "domains", "tracking", "held", "release_log", "archive", "senders", "policies", "files")


class MimecastClient:
    """A client of one Mimecast tenant. Safe to share between threads. Close it, or use it as a context manager::

        with MimecastClient(Connection("https://api.services.mimecast.com", credentials)) as client:
            print(client.account.get().account_name)

    Args:
        connection: the tenant, the credentials, and how to reach the server.
        runtime: the sources of time, randomness and IDs; override in tests.
    """

    def __init__(self, connection: Connection, runtime: Runtime | None = None) -> None:
        self._session = Session(connection, runtime or Runtime())

    # A resource is imported when it is first used; `mimecast_secops.api` gives the figures.

    @cached_property
    def account(self) -> account.AccountResource:
        """The account of the tenant."""
        from mimecast_secops.api.resources.account import AccountResource  # noqa: PLC0415

        return AccountResource(self._session)

    @cached_property
    def domains(self) -> domains.DomainsResource:
        """The domains of the tenant."""
        from mimecast_secops.api.resources.domains import DomainsResource  # noqa: PLC0415

        return DomainsResource(self._session)

    @cached_property
    def tracking(self) -> tracking.TrackingResource:
        """Message tracking: searches, details, reports, and releases to the sandbox."""
        from mimecast_secops.api.resources.tracking import TrackingResource  # noqa: PLC0415

        return TrackingResource(self._session)

    @cached_property
    def held(self) -> held.HeldResource:
        """The hold queue: listing, releasing and rejecting held messages."""
        from mimecast_secops.api.resources.held import HeldResource  # noqa: PLC0415

        return HeldResource(self._session)

    @cached_property
    def release_log(self) -> release_log.ReleaseLogResource:
        """The message release log: who released or rejected which held message."""
        from mimecast_secops.api.resources.release_log import ReleaseLogResource  # noqa: PLC0415

        return ReleaseLogResource(self._session)

    @cached_property
    def archive(self) -> archive.ArchiveResource:
        """The archive: searches and downloads of messages."""
        from mimecast_secops.api.resources.archive import ArchiveResource  # noqa: PLC0415

        return ArchiveResource(self._session)

    @cached_property
    def senders(self) -> senders.SendersResource:
        """Managed senders: permitting and blocking a sender for a recipient."""
        from mimecast_secops.api.resources.senders import SendersResource  # noqa: PLC0415

        return SendersResource(self._session)

    @cached_property
    def policies(self) -> policies.PoliciesResource:
        """Blocked sender policies: creating, listing and deleting them."""
        from mimecast_secops.api.resources.policies import PoliciesResource  # noqa: PLC0415

        return PoliciesResource(self._session)

    @cached_property
    def files(self) -> files.FilesResource:
        """Attachments of held messages."""
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
        """The API version in use, which follows from the credentials."""
        return self._session.api_version

    @property
    def api_root(self) -> str:
        """The root of the URLs that requests are sent to."""
        return self._session.connection.api_root

    @property
    def tenant_key(self) -> str:
        """The tenant as local records name it: the API root and a fingerprint of the credentials.

        The API root alone is not enough, because tenants share it. Other credentials for the same tenant have another
        key.
        """
        return f"{self.api_root} (credentials {self._session.connection.credentials.fingerprint})"

    @property
    def requests_sent(self) -> int:
        """The number of HTTP requests sent so far, including tokens, retries and downloads."""
        return self._session.transport.requests_sent

    @property
    def requests_rate_limited(self) -> int:
        """The number of requests that Mimecast has answered with HTTP 429 so far."""
        return self._session.rate_limiter.refused

    def wait_for_rate_limit(self, path: str, seconds: float) -> None:
        """Make no call of an endpoint for some seconds: an earlier process was told so.

        Args:
            path: the path of the endpoint, as `RateLimited.endpoint` names it.
            seconds: how long; an hour at most.
        """
        self._session.rate_limiter.block(path, seconds)

    def learned(self) -> dict[str, str | int]:
        """What this client has learned about the tenant, by the names of `api.learned`.

        A later process can recall it. What this client has only recalled itself is not in it.
        """
        return self._session.learned.facts()

    def recall(self, facts: Mapping[str, str | int]) -> None:
        """Take what the clients of earlier processes have learned.

        Args:
            facts: facts of `learned`; unknown names are ignored. What is not in it is tried again.
        """
        self._session.learned.recall(facts)

    @property
    def clock_skew(self) -> float | None:
        """The seconds that the local clock is ahead of the server's, from the last reply; None if it is unknown."""
        return self._session.server_clock.skew

    def reset_clock_skew(self) -> None:
        """Discard the clock skew of earlier replies."""
        self._session.server_clock.skew = None

    def until(self, deadline: Deadline) -> MimecastClient:
        """The same client with a deadline. Everything else is shared.

        Returns:
            A client whose calls raise `DeadlineExceeded` when the deadline expires.
        """
        view = object.__new__(MimecastClient)
        view._session = self._session.until(deadline)
        return view

    def pause(self, seconds: float) -> bool:
        """Wait before a request whose reply may be another one later.

        Returns:
            Whether there was time to wait. False, without a wait, if the deadline of this client expires before.
        """
        session = self._session
        if session.deadline.remaining(session.runtime.monotonic()) <= seconds:
            return False
        session.runtime.pause(seconds, session.deadline)
        return not session.deadline.expired

    @contextmanager
    def observed(self, observer: Observer) -> Iterator[None]:
        """Call a function after each exchange with Mimecast, until the block ends.

        Args:
            observer: gets each request and its reply, also of retries and of other threads. It sees no credentials.
        """
        self._session.observers.add(observer)
        try:
            yield
        finally:
            self._session.observers.remove(observer)

    def close(self) -> None:
        """Close the open connections."""
        self._session.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint that this client can call, sorted by path."""
    modules = (import_module(f"mimecast_secops.api.resources.{name}") for name in _RESOURCES)
    declared = (endpoint for module in modules for endpoint in module.ENDPOINTS)
    return tuple(sorted(declared, key=lambda endpoint: endpoint.path))
