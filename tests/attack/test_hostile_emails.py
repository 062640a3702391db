"""Held emails, real and crafted, on both API versions: each becomes one alert, and causes no harm."""

from __future__ import annotations

import json
import subprocess
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.simulator import Quirks, Simulator
from mimecast_secops.simulator.tenant.records import TrackingRecord
from tests.attack.connector_process import MEBIBYTE, ConnectorProcess
from tests.attack.hostile_emails import HOSTILE_NAMES, hostile_emails
from tests.cli.command_line import CLEAN_ENVIRONMENT, COMMAND
from tests.samples import on_each_mail_folder
from tests.tenants import environment_for

BOTH = pytest.mark.parametrize("api_version", list(ApiVersion), ids=lambda api_version: api_version.name)
# Unicode categories that control a terminal or are invisible: controls, formats (bidi, zero width), separators.
HARMFUL = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
RESERVED = {"con", "nul", "prn", "aux"}


def in_scope(simulator: Simulator, domains: set[str]) -> list[TrackingRecord]:
    """The held records that a connector for these domains must ingest."""

    def is_in_scope(*addresses: str) -> bool:
        return any(address.rpartition("@")[2].lower() in domains for address in addresses)

    return [
        record
        for record in simulator.tenant.held()
        if is_in_scope(record.recipient, record.mail.sender, record.mail.header_from)
    ]


def tracking_ids(alerts: list[dict[str, Any]]) -> Counter[str]:
    return Counter(event_id for alert in alerts for event_id in {event["trackingId"] for event in alert["events"]})


def connector_for(simulator: Simulator, api_version: ApiVersion, folder: Path, *options: str) -> ConnectorProcess:
    return ConnectorProcess(
        environment_for(simulator, api_version),
        folder,
        ("--max-messages-to-return", "2000", *options),
        domains=",".join(sorted(simulator.tenant.domains)),
    )


def assert_each_is_delivered_once(simulator: Simulator, connector: ConnectorProcess) -> None:
    connector.drain()
    delivered = tracking_ids(connector.alerts())
    expected = {record.id for record in in_scope(simulator, simulator.tenant.domains)}
    assert {tracking_id for tracking_id, count in delivered.items() if count > 1} == set()
    assert set(delivered) == expected
    assert len(connector.alerts()) == len(expected)


def assert_harmless(output: str) -> None:
    harmful = {f"U+{ord(c):04X}" for c in output if unicodedata.category(c) in HARMFUL and c != "\n"}
    assert harmful == set()


@on_each_mail_folder
@BOTH
def test_every_held_sample_email_becomes_one_alert(api_version: ApiVersion, folder: Path, tmp_path: Path) -> None:
    with Simulator(mail=[folder]) as simulator:
        for record in simulator.tenant.tracked.values():
            simulator.tenant.set_status(record, "held", at=record.received)
        assert len(in_scope(simulator, simulator.tenant.domains)) >= len(list(folder.glob("*.eml")))
        assert_each_is_delivered_once(simulator, connector_for(simulator, api_version, tmp_path))


@BOTH
def test_every_crafted_email_becomes_one_alert_with_safe_file_names(api_version: ApiVersion, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    with Simulator(quirks=Quirks(gateway_detail_on_v2=True)) as simulator:
        for name, raw in hostile_emails():
            assert all(record.is_held for record in simulator.tenant.receive(raw)), name
        connector = connector_for(simulator, api_version, folder)
        assert_each_is_delivered_once(simulator, connector)
    alerts = connector.alerts()
    assert len(alerts) >= len(list(hostile_emails())) + 50
    names = [f"{file['name']}{file['extension']}" for alert in alerts for file in alert["files"]]
    assert len(names) >= len(HOSTILE_NAMES) + 50
    for name in names:
        assert not set(name) & set('/\\:*?"<>|'), name
        assert not {c for c in name if unicodedata.category(c) in HARMFUL}, name
        assert 0 < len(name) < 200
        assert name.strip(" .") == name, name
        assert name.partition(".")[0].lower() not in RESERVED, name
    assert max(len(json.dumps(alert)) for alert in alerts) < 16 * MEBIBYTE
    assert [path.name for path in tmp_path.iterdir()] == ["work"]


@pytest.mark.parametrize("options", [(), ("--json",), ("--debug",)], ids=["table", "json", "log"])
def test_hostile_text_reaches_the_terminal_as_harmless_text(options: tuple[str, ...], tmp_path: Path) -> None:
    with Simulator() as simulator:
        for name, raw in hostile_emails():
            if not name.startswith(("1,500", "100,000")):
                simulator.tenant.receive(raw)
        connector = connector_for(simulator, ApiVersion.V2, tmp_path, *options)
        connector.to_file = False
        finished = connector.run()
    assert finished.code == 0, finished.stderr
    assert len(finished.stdout.splitlines()) > 30
    assert_harmless(finished.stdout)
    assert_harmless(finished.stderr)


def test_actions_print_hostile_emails_as_harmless_text(tmp_path: Path) -> None:
    with Simulator() as simulator:
        for name, raw in hostile_emails():
            if name.startswith(("subject", "encoded", "sender", "file")):
                simulator.tenant.receive(raw.replace(b"X-Simulator-Hold: Attack", b"X-Simulator-Hold: no"))
        command = ["simple-archive-search", "--max-emails-to-return", "100"]
        for options in ([], ["--json"]):
            finished = run_action(environment_for(simulator, ApiVersion.V2), tmp_path, *command, *options)
            assert finished.returncode == 0, finished.stderr
            assert len(finished.stdout) > 1000
            assert_harmless(finished.stdout)
            assert_harmless(finished.stderr)


def run_action(environment: dict[str, str], home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "action", *words],
        env=CLEAN_ENVIRONMENT | environment | {"HOME": str(home), "XDG_STATE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
