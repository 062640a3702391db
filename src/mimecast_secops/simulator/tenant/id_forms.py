"""The forms of IDs: opaque, changing with the status, or as in public captures.

The client must work with each of them, so the tenant accepts every ID that it has shown.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from typing import Any, Final

from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.tenant import Tenant

_CUSTOMER: Final = "CUSA11A111"
_NODE: Final = "usterm11"
_HOST: Final = "006"
# The archived form is that of every message that has left the queue, except for a rejected one.
_NAMES_OF_STATUS: Final = {"held": "held", "rejected": "rejected"}


def tracking_id(tenant: Tenant, record: TrackingRecord, caller: str = "", *, status: str = "") -> str:
    """The tracking ID as a search shows it.

    Args:
        tenant: the tenant; its quirks `tracking_ids` and `ids_per_client` decide.
        record: the record.
        caller: identifies the credentials.
        status: the status that the row shows. Default: that of the record.
    """
    form = tenant.quirks.tracking_ids
    status = status or record.status
    shown = record.id
    if form == "real":
        shown = _encoded(_tracking_members(record, status), _owner(tenant, caller))
    elif form == "status" or status != record.status:
        shown = _opaque(record.id, status)
    if tenant.quirks.ids_per_client and form != "real":
        shown = _opaque(shown, caller)
    tenant.shown_tracking_ids[shown] = record
    return shown


def hold_id(tenant: Tenant, record: TrackingRecord, caller: str = "") -> str:
    """The hold ID as the hold list shows it."""
    shown = record.hold_id
    if tenant.quirks.tracking_ids == "real":
        number = _hold_number(record)
        members = {"hldqid": number, "tmnd": _NODE, "version": 1, "tnde": _HOST, "queue_id": number}
        shown = _encoded(members, _owner(tenant, caller))
    elif tenant.quirks.ids_per_client:
        shown = _opaque(shown, caller)
    tenant.by_hold_id[shown] = record
    return shown


def queue_id(tenant: Tenant, record: TrackingRecord, caller: str = "") -> str:
    """`queueInfo.id` of the tracking details.

    As in the captures, a real one is another text than the hold ID and has the same `hldqid`. Whether it is accepted in
    place of the hold ID depends on the quirk `queue_id_is_hold_id`.
    """
    is_hold_id = tenant.quirks.queue_id_is_hold_id
    if tenant.quirks.tracking_ids != "real":
        return hold_id(tenant, record, caller) if is_hold_id else record.archive_id
    members = {"hldqid": _hold_number(record), "tmnd": _NODE, "tnde": _HOST, "customercode": _CUSTOMER}
    shown = _encoded(members | {"activeid": _active_id(record, "queue"), "version": 1}, _owner(tenant, caller))
    if is_hold_id:
        tenant.by_hold_id[shown] = record
    return shown


def _owner(tenant: Tenant, caller: str) -> str:
    """For whom an ID is valid: the caller, or "" for everyone."""
    return caller if tenant.quirks.ids_per_client else ""


def _tracking_members(record: TrackingRecord, status: str) -> dict[str, Any]:
    kind = _NAMES_OF_STATUS.get(status, "archived")
    if kind == "archived":
        archive = f"g_c-e_us01_{_number(record, 'archive')}_{_CUSTOMER}_20261101_{record.id[-12:]}"
        return {
            "messageStatusType": status if status not in _NAMES_OF_STATUS else kind,
            "messageQueueId": None,
            "tmnd": None,
            "tnde": None,
            "archiveid": archive,
            "customercode": _CUSTOMER,
        }
    active = _active_id(record, "tracking")
    if kind == "rejected":
        numbers = {"rejectid": _number(record, "reject"), "queue_id": _number(record, "reject queue")}
        return {"messageStatusType": kind, "activeid": active, **numbers}
    return {
        "messageStatusType": kind,
        "messageQueueId": _queue_number(record),
        "tmnd": _NODE,
        "tnde": _HOST,
        "customercode": _CUSTOMER,
        "activeid": active,
        "version": 1,
    }


def _active_id(record: TrackingRecord, kind: str) -> str:
    guid = hashlib.sha256(f"{kind}:{record.id}".encode()).hexdigest()[:32]
    return f"{_CUSTOMER}_{_queue_number(record)}_{_NODE}_{_HOST}_{guid}"


def _queue_number(record: TrackingRecord) -> int:
    return _number(record, "queue")


def _hold_number(record: TrackingRecord) -> int:
    return _number(record, "hold")


def _number(record: TrackingRecord, kind: str) -> int:
    """A number that names one object, stable for the record."""
    digest = hashlib.sha256(f"{kind}:{record.id}".encode()).digest()
    return 1_000_000_000 + int.from_bytes(digest[:4], "big")


def _encoded(members: dict[str, Any], caller: str) -> str:
    """The members as compressed JSON, with a `secureid` that depends on them and on the caller."""
    text = json.dumps(members, sort_keys=True)
    secure = hashlib.sha384(f"{caller}:{text}".encode()).digest()
    complete = {"secureid": base64.b64encode(secure).decode(), **members}
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(complete).encode())).rstrip(b"=").decode()


def _opaque(value: str, variant: str) -> str:
    digest = hashlib.sha256(f"{value}:{variant}".encode()).hexdigest()
    return base64.urlsafe_b64encode(zlib.compress(digest.encode())).rstrip(b"=").decode()
