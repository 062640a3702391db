"""Alerts as the platform receives them: their members, their files, and the overflow check."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from mimecast_secops.ingest import Alert, AlertFile, DeliveryResult
from mimecast_secops.soar.delivery import PlatformDelivery
from mimecast_secops.soar.environment import AlertEnvironment
from tests.soar.double import Execution, sdk_with

CONTENT = b"%PDF-1.7 harmless"
FILE = AlertFile(
    name="report", extension=".pdf", base64=base64.b64encode(CONTENT).decode(), size=len(CONTENT), sha256="ab" * 32
)


def alert(**changes: Any) -> Alert:
    members: dict[str, Any] = {
        "ticket_id": "t1",
        "name": "Held Message",
        "rule_generator": "Spam Signature",
        "product": "Mimecast",
        "priority": 60,
        "start_ms": 1_790_000_000_000,
        "end_ms": 1_790_000_000_001,
        "reason": "Spam Signature",
        "description": "Message Hold Applied",
        "grouping_id": "0f" * 16,
        "events": ({"event_type": "Message", "tenant": "north-7"}, {"event_type": "pdf", "tenant": "south-8"}),
        "files": (FILE,),
    }
    return Alert(**(members | changes))


def delivery_on(platform: Execution, *, field: str = "", test_run: bool = False) -> PlatformDelivery:
    environment = AlertEnvironment(field, ".*", "Default Environment")
    return PlatformDelivery(platform, sdk_with(platform), environment, test_run=test_run)


def delivered(alert: Alert, field: str = "") -> Any:
    """The AlertInfo of a delivered alert."""
    delivery = delivery_on(Execution({}), field=field)
    assert delivery.deliver(alert) is DeliveryResult.DELIVERED
    [alert_info] = delivery.alert_infos
    return alert_info


# members


def test_every_member_of_an_alert_reaches_the_platform() -> None:
    tested_below = ("_complete", "attachments", "display_id")
    members = {name: value for name, value in vars(delivered(alert())).items() if name not in tested_below}
    assert members == {
        "environment": "Default Environment",
        "ticket_id": "t1",
        "name": "Held Message",
        "rule_generator": "Spam Signature",
        "device_vendor": "Mimecast",
        "device_product": "Mimecast",
        "start_time": 1_790_000_000_000,
        "end_time": 1_790_000_000_001,
        "priority": 60,
        "reason": "Spam Signature",
        "description": "Message Hold Applied",
        "source_grouping_identifier": "0f" * 16,
        "events": [{"event_type": "Message", "tenant": "north-7"}, {"event_type": "pdf", "tenant": "south-8"}],
        "source_system_url": None,
        "source_rule_identifier": None,
        "siem_alert_id": None,
        "is_test_case": False,
        "extensions": {},
        "updated_fields": {},
        "alert_metadata": {},
        "alert_update_supported": False,
        "data_access_scope": None,
    }


def test_the_display_id_depends_on_the_ticket_id_only() -> None:
    first, second, other = (delivered(alert(ticket_id=ticket)).display_id for ticket in ("t1", "t1", "t2"))
    assert first == second != other
    assert str(uuid.UUID(first)) == first


def test_an_alert_without_a_grouping_id_has_no_grouping_identifier() -> None:
    assert delivered(alert(grouping_id="")).source_grouping_identifier is None


def test_every_member_of_an_attachment_reaches_the_platform() -> None:
    [attachment] = delivered(alert()).attachments
    assert vars(attachment) == {
        "case_identifier": None,
        "alert_identifier": None,
        "base64_blob": FILE.base64,
        "attachment_type": ".pdf",
        "name": "report",
        "description": "Attachment of the held message, SHA-256 " + "ab" * 32,
        "is_favorite": False,
        "orig_size": len(CONTENT),
        "size": len(FILE.base64),
    }


def test_an_empty_file_without_an_extension_is_an_attachment() -> None:
    empty = AlertFile(name="LICENSE", extension="", base64="", size=0, sha256="e3b0c442")
    [attachment] = delivered(alert(files=(empty,))).attachments
    assert (attachment.name, attachment.attachment_type, attachment.orig_size, attachment.size) == ("LICENSE", "", 0, 0)


def test_the_environment_of_an_alert_is_that_of_its_field() -> None:
    assert delivered(alert(), field="tenant").environment == "north-7"


# overflow


def test_the_overflow_check_receives_the_members_that_the_platform_counts() -> None:
    platform = Execution({})
    delivery_on(platform, field="tenant").deliver(alert())
    assert platform.overflow_checks == [
        {
            "environment": "north-7",
            "alert_identifier": "t1",
            "alert_name": "Spam Signature",
            "product": "Mimecast",
        }
    ]


def test_an_overflowed_alert_is_not_returned_and_not_delivered() -> None:
    platform = Execution({}, overflows=lambda **arguments: arguments["alert_identifier"] == "t2")
    delivery = delivery_on(platform)
    results = [delivery.deliver(alert(ticket_id=ticket)) for ticket in ("t1", "t2", "t3")]
    assert results == [DeliveryResult.DELIVERED, DeliveryResult.OVERFLOWED, DeliveryResult.DELIVERED]
    delivery.flush()
    assert platform.tickets == ["t1", "t3"]


def test_if_the_overflow_check_fails_the_alert_is_delivered() -> None:
    def broken(**_arguments: Any) -> bool:
        raise RuntimeError("500: the platform's counter is not available")

    platform = Execution({}, overflows=broken)
    assert delivery_on(platform).deliver(alert()) is DeliveryResult.DELIVERED


def test_a_test_run_skips_the_overflow_check_and_returns_no_alerts_by_itself() -> None:
    platform = Execution({}, overflows=lambda **_arguments: True)
    delivery = delivery_on(platform, test_run=True)
    assert delivery.deliver(alert()) is DeliveryResult.DELIVERED
    assert delivery.flush() == ""
    assert (platform.overflow_checks, platform.packages) == ([], [])
    delivery.return_alerts()
    assert platform.tickets == ["t1"]


def test_the_alerts_are_returned_once() -> None:
    platform = Execution({})
    delivery = delivery_on(platform)
    delivery.deliver(alert())
    delivery.flush()
    delivery.return_alerts()
    assert len(platform.packages) == 1


def test_no_alert_is_recovered_because_the_platform_knows_the_ticket_ids() -> None:
    assert delivery_on(Execution({})).delivered_since("any token") == []
