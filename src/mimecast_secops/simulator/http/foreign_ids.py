"""Replies of get-message-info to an id that is not a tracking id, in the forms that no document excludes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mimecast_secops.simulator.http.faults import LOGIN_PAGE
from mimecast_secops.simulator.http.held import unknown_id_response
from mimecast_secops.simulator.http.requests import ApiRequest
from mimecast_secops.simulator.http.responses import ApiResponse, data, gateway_failure
from mimecast_secops.simulator.tenant.records import TrackingRecord


def foreign_id_response(
    request: ApiRequest, details_of: Callable[[ApiRequest, TrackingRecord], Mapping[str, Any]]
) -> ApiResponse:
    """The reply to an id that is not a tracking id, as the quirk `foreign_id_info` defines it.

    Args:
        request: the request.
        details_of: the details of a record.
    """
    reply = request.tenant.quirks.foreign_id_info
    if reply == "http404_html":
        return ApiResponse(404, LOGIN_PAGE, "text/html; charset=utf-8")
    if reply == "http400":
        return ApiResponse(400)
    if reply == "flat200":
        return gateway_failure(200, "xdk_failure", "0007 Invalid token")
    if reply == "empty":
        return data([])
    if reply == "other_message":
        other = next((record for record in request.tenant.newest() if record.hold_id != request.item_id), None)
        return data([details_of(request, other)] if other else [])
    return unknown_id_response(request, request.item)
