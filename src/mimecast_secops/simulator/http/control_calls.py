"""The table of control calls: the types of each request and reply, and the HTTP methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mimecast_secops.simulator.http.schemas import control
from mimecast_secops.simulator.http.schemas.overview import Overview
from mimecast_secops.simulator.http.schemas.tracking import TrackedEmail
from mimecast_secops.simulator.quirks import Quirks

PREFIX: Final = "/simulator/"
DOCUMENT: Final = "openapi.json"


@dataclass(frozen=True, slots=True)
class ControlCall:
    """A control call.

    Attributes:
        summary: the first line of its description.
        reply: the type of the reply.
        request: the type of the request body; None for a call without members.
        read_only: whether the call also accepts GET, which changes nothing and has no body.
    """

    summary: str
    reply: type
    request: type | None = None
    read_only: bool = False


CALLS: Final[Mapping[str, ControlCall]] = {
    "state": ControlCall("Return the messages of the tenant and the changes made", control.State, read_only=True),
    "overview": ControlCall("Return counts and the newest entries of each list", Overview, read_only=True),
    "connection": ControlCall(
        "Return the simulated credentials of both API versions", control.Connection, read_only=True
    ),
    "requests": ControlCall(
        "Return the number of requests by path", control.Requests, control.RequestsRequest, read_only=True
    ),
    "mail": ControlCall("Deliver a message to the tenant", control.Records, control.MailRequest),
    "bulk": ControlCall("Generate many held messages", control.Bulk, control.BulkRequest),
    "record": ControlCall("Change a tracking record", TrackedEmail, control.RecordRequest),
    "behaviour": ControlCall("Set quirks by name", control.Changed, Quirks),
    "faults": ControlCall("Activate or deactivate faults", control.Faults, control.FaultsRequest),
    "reset": ControlCall("Return the tenant to its state at the start", control.Restarted),
    "clock": ControlCall("Move the tenant's clock, and return its time", control.ClockTime, control.ClockRequest),
    "rights": ControlCall("Grant or revoke permissions and products", control.Rights, control.RightsRequest),
}


def methods_of(path: str) -> tuple[str, ...]:
    """The HTTP methods of a control path, empty for an unknown path."""
    name = path.removeprefix(PREFIX)
    if name == DOCUMENT:
        return ("GET", "HEAD")
    call = CALLS.get(name)
    if call is None:
        return ()
    return ("GET", "HEAD", "POST") if call.read_only else ("POST",)
