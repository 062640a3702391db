"""The forms of IDs."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest

from mimecast_secops.simulator.ids import is_well_formed
from mimecast_secops.simulator.tenant.id_forms import hold_id, queue_id, tracking_id
from mimecast_secops.simulator.tenant.records import TrackingRecord
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml, held_eml

CALLERS = ("first client", "second client")


def held(tenant: Tenant, **quirks: object) -> TrackingRecord:
    for name, value in quirks.items():
        tenant.quirks.change(name, value)
    return tenant.receive(held_eml())[0]


def decoded(shown: str) -> dict[str, Any]:
    assert is_well_formed(shown)
    assert not is_well_formed(shown[:-3])
    members: dict[str, Any] = json.loads(zlib.decompress(base64.urlsafe_b64decode(shown + "=" * (-len(shown) % 4))))
    assert len(base64.b64decode(members.pop("secureid"))) == 48
    return members


def test_without_a_quirk_an_id_never_changes(tenant: Tenant) -> None:
    record = held(tenant)
    assert tracking_id(tenant, record, CALLERS[0]) == record.id
    assert hold_id(tenant, record, CALLERS[0]) == queue_id(tenant, record, CALLERS[0]) == record.hold_id
    tenant.decide(record.hold_id, "released")
    assert tracking_id(tenant, record, CALLERS[1]) == record.id


@pytest.mark.parametrize("form", ["status", "real"])
def test_a_tracking_id_that_names_the_status_changes_with_it_and_the_old_one_stays_known(
    tenant: Tenant, form: str
) -> None:
    record = held(tenant, tracking_ids=form)
    before = tracking_id(tenant, record)
    assert tracking_id(tenant, record) == before
    tenant.decide(record.hold_id, "released")
    after = tracking_id(tenant, record)
    assert before != after
    assert tenant.tracking_record(before) is tenant.tracking_record(after) is record


def test_a_real_tracking_id_of_a_held_message_has_the_number_of_its_queue(tenant: Tenant) -> None:
    members = decoded(tracking_id(tenant, record := held(tenant, tracking_ids="real")))
    number = members["messageQueueId"]
    assert list(members) == [
        "messageStatusType",
        "messageQueueId",
        "tmnd",
        "tnde",
        "customercode",
        "activeid",
        "version",
    ]
    assert members["messageStatusType"] == "held"
    assert members["activeid"].startswith(f"{members['customercode']}_{number}_{members['tmnd']}_{members['tnde']}_")
    assert f"_{number}_" in decoded(queue_id(tenant, record))["activeid"]


def test_a_real_queue_id_and_a_real_hold_id_are_different_texts_with_the_same_number(tenant: Tenant) -> None:
    record = held(tenant, tracking_ids="real")
    in_queue, in_list = decoded(queue_id(tenant, record)), decoded(hold_id(tenant, record))
    assert in_list["hldqid"] == in_list["queue_id"] == in_queue["hldqid"]
    assert {"customercode", "activeid"} & set(in_list) == set()
    assert {"hldqid", "tmnd", "tnde", "customercode", "activeid", "version"} == set(in_queue)
    assert in_queue["hldqid"] != decoded(tracking_id(tenant, record))["messageQueueId"]


def test_a_real_id_of_an_archived_message_names_the_archive_and_no_queue(tenant: Tenant) -> None:
    (record,) = tenant.receive(eml())
    tenant.quirks.change("tracking_ids", "real")
    members = decoded(tracking_id(tenant, record))
    assert members["messageStatusType"] == "archived"
    assert members["messageQueueId"] is members["tmnd"] is members["tnde"] is None
    assert members["archiveid"].startswith("g_c-e_us01_")
    assert members["customercode"] in members["archiveid"]


def test_a_real_id_of_a_rejected_message_has_the_members_of_the_captures(tenant: Tenant) -> None:
    record = held(tenant, tracking_ids="real")
    tenant.decide(record.hold_id, "rejected")
    members = decoded(tracking_id(tenant, record))
    assert set(members) == {"messageStatusType", "activeid", "rejectid", "queue_id"}
    assert members["messageStatusType"] == "rejected"


@pytest.mark.parametrize("count", [50])
def test_messages_do_not_share_numbers(tenant: Tenant, count: int) -> None:
    records = [held(tenant, tracking_ids="real") for _ in range(count)]
    assert len({decoded(tracking_id(tenant, record))["messageQueueId"] for record in records}) == count
    assert len({decoded(hold_id(tenant, record))["hldqid"] for record in records}) == count


@pytest.mark.parametrize("form", ["opaque", "status", "real"])
def test_other_credentials_see_other_ids_only_with_the_quirk(tenant: Tenant, form: str) -> None:
    record = held(tenant, tracking_ids=form)
    for shown_id in (tracking_id, hold_id, queue_id):
        assert len({shown_id(tenant, record, caller) for caller in CALLERS}) == 1
    tenant.quirks.change("ids_per_client", True)
    for shown_id in (tracking_id, hold_id, queue_id):
        shown = [shown_id(tenant, record, caller) for caller in CALLERS]
        assert len(set(shown)) == len(CALLERS)
        assert shown == [shown_id(tenant, record, caller) for caller in CALLERS]
    assert tenant.tracking_record(tracking_id(tenant, record, CALLERS[1])) is record


@pytest.mark.parametrize("is_accepted", [True, False])
def test_a_real_queue_id_can_be_decided_with_where_it_is_a_hold_id(tenant: Tenant, is_accepted: bool) -> None:
    record = held(tenant, tracking_ids="real", queue_id_is_hold_id=is_accepted)
    assert tenant.decide(queue_id(tenant, record), "released") is is_accepted
    assert tenant.decide(hold_id(tenant, record), "released") is not is_accepted
