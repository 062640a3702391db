"""The compose file: valid, without secrets, and every command line, path, port and variable in it exists."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import dockerfile
import pytest
import yaml

from tests.cli.command_line import CLEAN_ENVIRONMENT
from tests.examples.test_monitoring import DASHBOARD
from tests.examples.words import options_of, variables_of

EXAMPLES = Path(__file__).parents[2] / "examples"
FILE = EXAMPLES / "compose.yaml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN = {name: service for name, service in SERVICES.items() if service["image"] == "mimecast-secops"}
IMAGE = {command.cmd.upper(): command.value for command in dockerfile.parse_file(str(EXAMPLES / "Containerfile"))}
METRICS_PORT = "9464"


def command_of(service: dict[str, Any]) -> list[str]:
    """The words of the command line of a service, after `mimecast-secops`."""
    return list(service.get("command", IMAGE["CMD"]))


def test_the_file_follows_the_compose_specification() -> None:
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False, env=CLEAN_ENVIRONMENT)
    assert done.returncode == 0, done.stdout


def test_each_profile_is_complete() -> None:
    for profile, expected in {
        "simulator": {"simulator", "connector-of-simulator", "prometheus", "grafana"},
        "tenant": {"connector", "prometheus", "grafana"},
    }.items():
        services = {name for name, service in SERVICES.items() if profile in service["profiles"]}
        assert services == expected
        for name in services:
            assert SERVICES[name].get("depends_on", {}).keys() <= services


@pytest.mark.parametrize("name", OWN)
def test_the_options_of_a_command_exist(name: str) -> None:
    assert options_of(command_of(OWN[name]))


def test_unknown_options_are_found() -> None:
    with pytest.raises(click.NoSuchOption):
        options_of(["connector", "run", "--metric-port", "1"])


@pytest.mark.parametrize("name", ["connector", "connector-of-simulator"])
def test_prometheus_collects_the_metrics_of_both_connectors(name: str) -> None:
    options = options_of(command_of(SERVICES[name]))
    assert str(options["metrics_port"]) == METRICS_PORT
    assert options["metrics_host"] == "0.0.0.0"
    configuration = yaml.safe_load((EXAMPLES / "prometheus" / "prometheus.yaml").read_text(encoding="utf-8"))
    [job] = configuration["scrape_configs"]
    [target] = job["static_configs"][0]["targets"]
    assert target == f"connector:{METRICS_PORT}"
    # The second one shares the network of the simulator.
    assert SERVICES["connector-of-simulator"]["network_mode"] == "service:simulator"
    assert "connector" in SERVICES["simulator"]["networks"]["default"]["aliases"]
    assert METRICS_PORT in IMAGE["EXPOSE"]


@pytest.mark.parametrize("name", OWN)
def test_data_is_in_the_volume_of_the_image(name: str) -> None:
    [volume] = OWN[name]["volumes"]
    source, target = volume.split(":")
    assert source in COMPOSE["volumes"]
    assert (target,) == IMAGE["VOLUME"]
    for word in command_of(OWN[name]):
        if word.startswith("/"):
            assert Path(word).parent == Path(target)


def test_both_services_of_the_simulator_use_one_volume() -> None:
    assert SERVICES["simulator"]["volumes"] == SERVICES["connector-of-simulator"]["volumes"]


@pytest.mark.parametrize("name", OWN)
def test_the_variables_exist(name: str) -> None:
    assert OWN[name].get("environment", {}).keys() <= variables_of(command_of(OWN[name]))


def test_the_variables_of_the_environment_file_exist() -> None:
    text = (EXAMPLES / "mimecast-secops.env").read_text(encoding="utf-8")
    names = set(re.findall(r"^(\w+)=", text, re.MULTILINE))
    assert names
    assert names <= variables_of(command_of(SERVICES["connector"]))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_privileges_and_publishes_ports_on_this_machine_only(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_health_check(name: str) -> None:
    assert "healthcheck" in SERVICES[name] or (name in OWN and "HEALTHCHECK" in IMAGE)


@pytest.mark.parametrize("name", SERVICES)
def test_files_of_this_machine_that_a_service_uses_exist(name: str) -> None:
    service = SERVICES[name]
    sources = [volume.split(":")[0] for volume in service.get("volumes", [])]
    for source in sources:
        assert source in COMPOSE["volumes"] or (EXAMPLES / source).exists(), source
    if "build" in service:
        context = EXAMPLES / service["build"]["context"]
        assert (context / service["build"]["dockerfile"]).samefile(EXAMPLES / "Containerfile")
    for file in service.get("env_file", []):
        default = re.fullmatch(r"\$\{MIMECAST_ENV_FILE:-(.+)\}", file)
        assert default is not None
        assert (EXAMPLES / default[1]).is_file()


def test_grafana_finds_the_dashboard_and_the_data_source() -> None:
    service = SERVICES["grafana"]
    targets = {volume.split(":")[1]: EXAMPLES / volume.split(":")[0] for volume in service["volumes"]}
    provisioning = targets["/etc/grafana/provisioning"]
    [provider] = yaml.safe_load((provisioning / "dashboards" / "mimecast-secops.yaml").read_text())["providers"]
    home = service["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert Path(home).parent == Path(provider["options"]["path"])
    assert json.loads(targets[home].read_text(encoding="utf-8")) == DASHBOARD
    [source] = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]
    assert source["type"] == "prometheus"
    assert source["url"] == "http://prometheus:9090"
    assert "prometheus" in SERVICES


def test_the_file_contains_no_secret() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert not re.search(r"SECRET|KEY|PASSWORD|TOKEN", name) or value in {"true", "false"}


def test_other_images_have_a_fixed_version() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in OWN]
    assert images
    assert all(re.search(r":v?\d+\.\d+\.\d+$", image) for image in images)


def test_the_connector_gets_the_credentials_of_the_simulator(tmp_path: Path) -> None:
    """The entry point of the connector, with a shell, and the real command that prints the variables."""
    service = SERVICES["connector-of-simulator"]
    shell, flag, script, name = [word.replace("$$", "$") for word in service["entrypoint"]]
    program = tmp_path / "bin" / "mimecast-secops"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m mimecast_secops.cli.main "$@"\n')
    program.chmod(0o755)
    environment = CLEAN_ENVIRONMENT | {
        "HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path),
        "PATH": f"{program.parent}:{os.environ['PATH']}",
    }
    with subprocess.Popen([program, "simulator"], env=environment, stdout=subprocess.PIPE, text=True) as simulator:
        try:
            assert simulator.stdout is not None
            while not (line := simulator.stdout.readline()).startswith("ready"):
                assert line
            words = [shell, flag, script, name, "action", "ping"]
            done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=120)
        finally:
            simulator.terminate()
    assert done.returncode == 0, done.stderr
    assert "Successfully connected" in done.stdout
