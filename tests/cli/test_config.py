"""`mimecast-secops config`: check, show and init."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path

import pytest

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.settings import all_settings
from tests.cli.command_line import CommandLine

ROOT = Path(__file__).parents[2]


def default_file(command_line: CommandLine) -> Path:
    return Path(command_line.environment["XDG_CONFIG_HOME"]) / "mimecast-secops" / "config.toml"


def write(command_line: CommandLine, text: str, mode: int = 0o600) -> Path:
    file = default_file(command_line)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


# check


def test_check_accepts_good_settings_without_a_request(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_API_ROOT"] = "http://127.0.0.1:9"
    file = write(command_line, 'domains = "example.com"\n')
    result = command_line.invoke("config", "check")
    assert (result.exit_code, result.stderr) == (exit_codes.OK, "")
    assert result.stdout == f"{file}: no problems found.\n"


def test_check_without_a_file_checks_the_variables(command_line: CommandLine) -> None:
    result = command_line.invoke("config", "check")
    assert result.exit_code == exit_codes.OK
    assert "There is no settings file" in result.stdout
    assert "domains is not set" in result.stderr
    del command_line.environment["MIMECAST_CLIENT_SECRET"]
    result = command_line.invoke("config", "check", "--json")
    assert result.exit_code == exit_codes.CONFIGURATION
    [problem] = json.loads(result.stdout)["problems"]
    assert "--client-secret (MIMECAST_CLIENT_SECRET) is missing" in problem


def test_check_reports_every_problem_of_every_profile(command_line: CommandLine) -> None:
    command_line.environment["MIMECAST_ROUTE_FILTER"] = "inbond"
    del command_line.environment["MIMECAST_CLIENT_SECRET"]
    write(command_line, 'verify_sll = false\nclient_secret = "x"\n[profiles.lab]\ndomain = "example.com"\n', 0o644)
    result = command_line.invoke("config", "check")
    assert result.exit_code == exit_codes.CONFIGURATION
    problems = [line for line in result.stderr.splitlines() if "domains is not set" not in line]
    assert len(problems) == 4
    for text in ('"verify_ssl"', '"domains"', "chmod 600", "MIMECAST_ROUTE_FILTER cannot contain"):
        assert any(text in problem for problem in problems), text


# show


def test_show_names_the_origin_of_every_value_and_masks_secrets(command_line: CommandLine) -> None:
    secret = command_line.environment["MIMECAST_CLIENT_SECRET"]
    text = 'status_filter = ["held", "bounced"]\n[profiles.lab]\nmax_hours_backwards = 7\nsecret_key = "c2VjcmV0"\n'
    file = write(command_line, text)
    words = ("config", "show", "--profile", "lab", "--no-verify-ssl", "--proxy-server-address", "http://u:p@x:1")
    shown = command_line.invoke_json(*words)
    assert shown["client_secret"] == {"value": "********", "from": "MIMECAST_CLIENT_SECRET"}
    assert shown["secret_key"] == {"value": "********", "from": f"[profiles.lab] of {file}"}
    assert shown["max_hours_backwards"] == {"value": "7", "from": f"[profiles.lab] of {file}"}
    assert shown["status_filter"] == {"value": "held,bounced", "from": str(file)}
    assert shown["verify_ssl"] == {"value": "false", "from": "option"}
    assert shown["max_messages_to_return"] == {"value": "100", "from": "default"}
    assert shown["access_key"] == {"value": "", "from": "default"}
    assert shown["proxy_server_address"]["value"] == "http://********@x:1"
    table = command_line.invoke(*words)
    assert table.exit_code == exit_codes.OK
    for hidden in (secret, "c2VjcmV0"):
        assert hidden not in table.output + json.dumps(shown)


def test_show_has_every_setting_and_those_of_the_platform_only_if_they_are_set(command_line: CommandLine) -> None:
    hidden = {name for name, setting in all_settings().items() if setting.platform_only}
    assert command_line.invoke_json("config", "show").keys() == all_settings().keys() - hidden
    write(command_line, "pythonprocesstimeout = 60\n")
    assert command_line.invoke_json("config", "show")["pythonprocesstimeout"]["value"] == "60"


# init


def test_init_creates_a_private_file_that_check_accepts(command_line: CommandLine) -> None:
    result = command_line.invoke("config", "init")
    file = default_file(command_line)
    assert result.exit_code == exit_codes.OK
    assert str(file) in result.stdout
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]
    assert command_line.invoke("config", "check").exit_code == exit_codes.OK


def test_init_replaces_a_file_only_with_force_and_never_makes_it_readable(command_line: CommandLine) -> None:
    file = write(command_line, 'client_secret = "x"\n', 0o644)
    result = command_line.invoke("config", "init")
    assert result.exit_code == exit_codes.NOT_DONE
    assert "--force" in result.stderr
    assert file.read_text(encoding="utf-8") == 'client_secret = "x"\n'
    assert command_line.invoke("config", "init", "--force").exit_code == exit_codes.OK
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_init_writes_to_another_file_or_prints(command_line: CommandLine) -> None:
    file = command_line.folder / "new" / "other.toml"
    assert command_line.invoke("config", "init", "--config", str(file)).exit_code == exit_codes.OK
    printed = command_line.invoke("config", "init", "--print").stdout
    assert printed == file.read_text(encoding="utf-8")
    assert not default_file(command_line).exists()


@pytest.mark.parametrize("path", ["/proc/config.toml", "/dev/null/config.toml"])
def test_a_file_that_cannot_be_written_is_an_error_of_one_line(command_line: CommandLine, path: str) -> None:
    result = command_line.invoke("config", "init", "--config", path)
    assert result.exit_code == exit_codes.NOT_DONE
    assert len(result.stderr.splitlines()) == 1


def test_the_example_is_the_file_that_init_creates(command_line: CommandLine) -> None:
    printed = command_line.invoke("config", "init", "--print").stdout
    assert (ROOT / "examples" / "config.toml").read_text(encoding="utf-8") == printed
    assert tomllib.loads(printed) == {}
