"""The mapping rules: the platform finds its fields in the events of the connector."""

from __future__ import annotations

from mimecast_secops.packaging.mapping import rules
from mimecast_secops.simulator import Simulator
from mimecast_secops.soar.connector import main
from tests.soar.double import Execution, configuration, sdk_with

TERMS = [f"raw_data_{ordinal}_field_match_term" for ordinal in ("primary", "secondary", "third")]


def test_each_event_has_the_time_and_one_key_of_each_rule_is_in_some_event() -> None:
    with Simulator(mail=[Simulator.SAMPLES]) as simulator:
        domains = {"Domains": ",".join(sorted(simulator.tenant.domains))}
        platform = Execution(configuration(simulator) | domains | {"PythonProcessTimeout": "60"})
        main(sdk_with(platform))
    events = [event for alert_info in platform.alert_infos for event in alert_info.events]
    assert events
    assert all("receivedUnixMs" in event for event in events)
    keys = {key for event in events for key in event}
    for rule in rules():
        assert keys & {rule[term] for term in TERMS}, rule["security_event_file_name"]


def test_start_and_end_are_mapped_because_alerts_are_not_grouped_without_them() -> None:
    assert {"StartTime", "EndTime"} <= {rule["security_event_file_name"] for rule in rules()}
