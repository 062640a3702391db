"""Alerts as the platform takes them: every member, the environment, the overflow, and the files."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest

from mimecast_secops.ingest import Alert, AlertFile, DeliveryResult
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.soar.package import Environments, PackageDelivery
from tests.soar.double import Execution, sdk_of

CONTENT = b"%PDF-1.7 harmless"
FILE = AlertFile(
    name="report", extension=".pdf", base64=base64.b64encode(CONTENT).decode(), size=len(CONTENT), sha256="ab" * 32
)


def alert(**more: Any) -> Alert:
    known: dict[str, Any] = {
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
    return Alert(**(known | more))


def delivery_on(
    platform: Execution,
    field: str = "",
    pattern: str = ".*",
    default: str = "Default Environment",
    test_run: bool = False,
) -> PackageDelivery:
    return PackageDelivery(platform, sdk_of(platform), Environments(field, pattern, default), test_run=test_run)


def delivered(one: Alert, **where: str) -> Any:
    delivery = delivery_on(Execution({}), **where)
    assert delivery.deliver(one) is DeliveryResult.DELIVERED
    [case] = delivery.cases
    return case


# members


def test_every_member_of_an_alert_reaches_the_platform() -> None:
    case = delivered(alert())
    found = {
        name: value for name, value in vars(case).items() if name not in ("_complete", "attachments", "display_id")
    }
    assert found == {
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


def test_the_shown_id_is_the_same_whenever_the_ticket_is_delivered_and_differs_between_tickets() -> None:
    first, again, other = (delivered(alert(ticket_id=ticket)).display_id for ticket in ("t1", "t1", "t2"))
    assert first == again != other
    assert uuid.UUID(first)


def test_an_alert_without_a_group_belongs_to_none() -> None:
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


def test_an_empty_file_without_an_extension_is_an_attachment_too() -> None:
    empty = AlertFile(name="LICENSE", extension="", base64="", size=0, sha256="e3b0c442")
    [attachment] = delivered(alert(files=(empty,))).attachments
    assert (attachment.name, attachment.attachment_type, attachment.orig_size, attachment.size) == ("LICENSE", "", 0, 0)


# environment


@pytest.mark.parametrize(
    ("field", "pattern", "environment"),
    [
        ("", ".*", "Default Environment"),
        ("", "north", "Default Environment"),
        ("tenant", ".*", "north-7"),
        ("tenant", "", "north-7"),
        ("tenant", "[a-z]+", "north"),
        ("tenant", "[0-9]+", "7"),
        ("tenant", "(no)(rth)", "north"),
        ("tenant", "^south", "north-7"),
        ("tenant", "x*", "Default Environment"),
        ("missing", ".*", "Default Environment"),
        ("missing", "[a-z]+", "Default Environment"),
    ],
    ids=[
        *("no field", "no field but a pattern", "field", "field, no pattern", "match", "match in the middle"),
        *("groups are the whole match", "no match keeps the value", "an empty match is nothing"),
        *("field missing", "field missing, with a pattern"),
    ],
)
def test_the_environment_is_told_by_field_and_pattern(field: str, pattern: str, environment: str) -> None:
    assert delivered(alert(), field=field, pattern=pattern).environment == environment


def test_an_empty_value_or_no_event_is_the_connectors_own_environment() -> None:
    for events in ((), ({"tenant": ""},)):
        assert delivered(alert(events=events), field="tenant").environment == "Default Environment"


@pytest.mark.parametrize("pattern", ["[", "(", "*", "(?P<x>a)(?P<x>b)"])
def test_a_pattern_that_is_no_regular_expression_names_its_parameter(pattern: str) -> None:
    with pytest.raises(InvalidParameter, match='"Environment Regex Pattern" is not a regular expression') as refused:
        Environments("tenant", pattern, "d")
    assert refused.value.parameter == "Environment Regex Pattern"


# overflow


def test_the_overflow_check_gets_what_the_platform_counts_by() -> None:
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


def test_an_overflowed_alert_is_not_in_the_package_and_is_not_settled() -> None:
    platform = Execution({}, overflows=lambda **asked: asked["alert_identifier"] == "t2")
    delivery = delivery_on(platform)
    offers = [delivery.deliver(alert(ticket_id=ticket)) for ticket in ("t1", "t2", "t3")]
    assert offers == [DeliveryResult.DELIVERED, DeliveryResult.OVERFLOWED, DeliveryResult.DELIVERED]
    delivery.flush()
    assert platform.tickets == ["t1", "t3"]


def test_an_overflow_check_that_fails_lets_the_alert_through() -> None:
    def broken(**_asked: Any) -> bool:
        raise RuntimeError("500: the platform's counter is away")

    platform = Execution({}, overflows=broken)
    assert delivery_on(platform).deliver(alert()) is DeliveryResult.DELIVERED


def test_a_test_run_checks_no_overflow_and_leaves_the_package_to_its_host() -> None:
    platform = Execution({}, overflows=lambda **_asked: True)
    delivery = delivery_on(platform, test_run=True)
    assert delivery.deliver(alert()) is DeliveryResult.DELIVERED
    assert delivery.flush() == ""
    assert (platform.overflow_checks, platform.packages) == ([], [])
    delivery.hand_over()
    assert platform.tickets == ["t1"]


def test_the_package_is_handed_over_once() -> None:
    platform = Execution({})
    delivery = delivery_on(platform)
    delivery.deliver(alert())
    delivery.flush()
    delivery.hand_over()
    assert len(platform.packages) == 1


def test_nothing_is_recovered_since_the_platform_knows_its_tickets() -> None:
    assert delivery_on(Execution({})).delivered_since("any token") == []
