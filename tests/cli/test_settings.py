"""Settings: the order of precedence, the settings file, and secrets."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Any

import click
import platformdirs
import pytest
from click.testing import CliRunner

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.context import CommandContext, command
from mimecast_secops.cli.main import main
from mimecast_secops.cli.options import add, connection_options, options_of
from mimecast_secops.cli.settings import default_settings_file, default_state_file, variable
from mimecast_secops.connection import ConnectionSettings
from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.parameters import Kind, declared, parse
from tests.cli.command_line import CommandLine
from tests.tenants import retry_at_once

SECRET = "c2VjcmV0LW9mLXRoZS10ZXN0"
VALUES = {Kind.FLAG: "true", Kind.INTEGER: "20"}


class Settings:
    """A command that records the settings it gets, with a settings file and an environment."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "settings.toml"
        self.environment: dict[str, str] = {"XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
        self.raw: dict[str, Any] = {}

    def write(self, text: str, mode: int = 0o600) -> None:
        self.file.write_text(text)
        self.file.chmod(mode)

    def invoke(self, *words: str) -> click.testing.Result:
        def run(context: CommandContext) -> int:
            self.raw = context.raw(ConnectionSettings) | context.raw(ConnectorSettings)
            return 0

        options = [*connection_options(), *options_of((ConnectorSettings,), is_setting=True)]
        test_command = add(options)(click.Command("test", callback=command(run)))
        return CliRunner().invoke(test_command, list(words), env=self.environment)

    def read(self, *words: str) -> dict[str, Any]:
        result = self.invoke(*words, "--config", str(self.file))
        assert result.exit_code == 0, result.stderr
        return self.raw


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


# precedence


def test_option_then_environment_then_profile_then_file_then_default(settings: Settings) -> None:
    settings.write('api_root = "file"\ndomains = "file.example"\n[profiles.lab]\napi_root = "profile"\n')
    assert settings.read()["API Root"] == "file"
    assert settings.read("--profile", "lab")["API Root"] == "profile"
    assert settings.read("--profile", "lab")["Domains"] == "file.example"
    settings.environment["MIMECAST_API_ROOT"] = "environment"
    assert settings.read("--profile", "lab")["API Root"] == "environment"
    assert settings.read("--profile", "lab", "--api-root", "option")["API Root"] == "option"
    assert "Status Filter" not in settings.raw, "the declaration has the default"


def test_every_setting_has_a_variable_and_the_names_are_a_contract(settings: Settings) -> None:
    parameters = [*declared(ConnectionSettings), *declared(ConnectorSettings)]
    settings.write("")
    values = {parameter.name: VALUES.get(parameter.kind, "example.com") for parameter in parameters}
    values |= {parameter.name: parameter.options[0] for parameter in parameters if parameter.options}
    settings.environment |= {variable(parameter): values[parameter.name] for parameter in parameters}
    assert settings.read() == values
    assert variable(declared(ConnectionSettings)[0]) == "MIMECAST_API_ROOT"
    assert {variable(parameter) for parameter in declared(ConnectionSettings) if parameter.kind is Kind.SECRET} == {
        "MIMECAST_APPLICATION_KEY",
        "MIMECAST_ACCESS_KEY",
        "MIMECAST_SECRET_KEY",
        "MIMECAST_CLIENT_SECRET",
    }


@pytest.mark.parametrize(
    ("text", "words", "value"),
    [
        ("verify_ssl = false", [], False),
        ('verify_ssl = "off"', [], False),
        ("verify_ssl = false", ["--verify-ssl"], True),
        ("", ["--no-verify-ssl"], False),
        ("", [], True),
    ],
)
def test_flags_in_all_forms(settings: Settings, text: str, words: list[str], value: bool) -> None:
    settings.write(text)
    assert parse(ConnectionSettings, settings.read(*words))[0].verify_ssl is value


def test_lists_and_numbers_of_toml(settings: Settings) -> None:
    settings.write('domains = ["example.com", "example.org"]\nmax_messages_to_return = 7\n')
    record, _ = parse(ConnectorSettings, settings.read())
    assert (record.domains, record.max_messages) == (("example.com", "example.org"), 7)


def test_an_empty_variable_clears_a_list_and_hides_the_file(settings: Settings) -> None:
    settings.write('domains = "example.com"\nstatus_filter = "held,bounced"\n')
    settings.environment["MIMECAST_STATUS_FILTER"] = ""
    assert parse(ConnectorSettings, settings.read())[0].status_filter == ()
    assert parse(ConnectorSettings, settings.read("--status-filter", "held"))[0].status_filter == ("held",)


def test_only_settings_may_be_in_the_file(command_line: CommandLine) -> None:
    file = command_line.folder / "settings.toml"
    names = ("message_id", "dry_run", "as_json", "timeout", "state")
    file.write_text("".join(f'{name} = "x"\n' for name in names))
    result = command_line.invoke("action", "release-message", "--config", str(file))
    assert result.exit_code == exit_codes.CONFIGURATION
    assert [f'unknown setting "{name}"' in line for name, line in zip(names, result.stderr.splitlines(), strict=True)]


def test_a_setting_of_another_command_is_no_problem(command_line: CommandLine) -> None:
    file = command_line.folder / "settings.toml"
    file.write_text('domains = "example.com"\nlowest_risk_to_fetch = "High"\ndeviceproductfield = "vendor"\n')
    assert command_line.invoke("ping", "--config", str(file)).exit_code == exit_codes.OK


# the settings file


def test_the_default_file_is_optional_and_read_without_config(settings: Settings) -> None:
    assert settings.invoke().exit_code == 0
    file = Path(settings.environment["XDG_CONFIG_HOME"]) / "mimecast-secops" / "config.toml"
    file.parent.mkdir()
    file.write_text('api_root = "file"\n')
    assert settings.invoke().exit_code == 0
    assert settings.raw["API Root"] == "file"


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        (None, [], "cannot be read: No such file"),
        ("api_root = ", [], "is not TOML"),
        ('api_root = "\udcff"', [], "is not TOML"),
        ("[profiles.lab]", ["--profile", "production"], "has no profile 'production'. It has: lab."),
        ("", ["--profile", "lab"], "has no profile 'lab'. It has: none."),
    ],
    ids=["missing", "syntax", "encoding", "unknown profile", "no profiles"],
)
def test_a_file_that_cannot_be_used_is_a_configuration_error(
    settings: Settings, text: str | None, words: list[str], message: str
) -> None:
    if text is not None:
        settings.file.write_bytes(text.encode("utf-8", "surrogateescape"))
    result = settings.invoke("--config", str(settings.file), *words)
    assert result.exit_code == exit_codes.CONFIGURATION
    [line] = result.stderr.splitlines()
    assert str(settings.file) in line
    assert message in line


def test_a_profile_without_a_file_is_a_configuration_error(settings: Settings) -> None:
    result = settings.invoke("--profile", "lab")
    assert result.exit_code == exit_codes.CONFIGURATION
    assert "There is no settings file" in result.stderr


def test_the_help_is_shown_whatever_the_file_contains(settings: Settings) -> None:
    file = Path(settings.environment["XDG_CONFIG_HOME"]) / "mimecast-secops" / "config.toml"
    file.parent.mkdir()
    file.write_text("not TOML")
    assert settings.invoke("--help").exit_code == 0


# secrets


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_secret_in_a_file_that_others_can_access_is_refused(settings: Settings, mode: int) -> None:
    settings.write(f'client_secret = "{SECRET}"\n', mode)
    result = settings.invoke("--config", str(settings.file))
    assert result.exit_code == exit_codes.CONFIGURATION
    [line] = result.stderr.splitlines()
    assert line == f"{settings.file} contains secrets that other users can read. Run chmod 600 on it."
    assert SECRET not in result.output


def test_such_a_file_is_accepted_when_it_is_private_or_the_secret_comes_from_elsewhere(settings: Settings) -> None:
    settings.write(f'client_secret = "{SECRET}"\n', 0o600)
    assert settings.read()["Client Secret"] == SECRET
    settings.file.chmod(stat.S_IRUSR | stat.S_IROTH)
    assert settings.read("--client-secret", "typed")["Client Secret"] == "typed"
    settings.environment["MIMECAST_CLIENT_SECRET"] = "variable"
    assert settings.read()["Client Secret"] == "variable"


def test_the_help_shows_variables_and_declared_defaults_but_no_value(settings: Settings) -> None:
    settings.write(f'client_secret = "{SECRET}"\napi_root = "https://from-file"\n')
    settings.environment |= {"MIMECAST_SECRET_KEY": SECRET, "MIMECAST_API_ROOT": "https://from-variable"}
    output = " ".join(settings.invoke("--config", str(settings.file), "--help").output.split())
    assert "[env var: MIMECAST_CLIENT_SECRET]" in output
    assert "[env var: MIMECAST_API_ROOT; default: https://api.services.mimecast.com]" in output
    assert "[env var: MIMECAST_DOMAINS; required]" in output
    for value in (SECRET, "https://from-file", "https://from-variable"):
        assert value not in output


def test_a_usage_error_does_not_show_secrets(settings: Settings) -> None:
    settings.environment["MIMECAST_CLIENT_SECRET"] = SECRET
    result = settings.invoke("--client-secret", SECRET, "--timeout", "soon")
    assert result.exit_code == exit_codes.USAGE
    assert SECRET not in result.output


def test_a_dash_reads_the_secret_from_standard_input_only_on_the_command_line(settings: Settings) -> None:
    options = connection_options()
    values: dict[str, Any] = {}
    test_command = add(options)(click.Command("test", callback=lambda **options: values.update(options)))
    CliRunner().invoke(test_command, ["--client-secret", "-"], input=f"{SECRET}\n", env=settings.environment)
    assert values["client_secret"] == SECRET
    environment = settings.environment | {"MIMECAST_CLIENT_SECRET": "-"}
    CliRunner().invoke(test_command, [], input=f"{SECRET}\n", env=environment)
    assert values["client_secret"] == "-"


# default paths


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
def test_the_default_paths_on_linux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", "")
    assert default_settings_file() == tmp_path / ".config" / "mimecast-secops" / "config.toml"
    assert default_state_file() == tmp_path / ".local" / "state" / "mimecast-secops" / "state.db"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert default_settings_file() == tmp_path / "config" / "mimecast-secops" / "config.toml"
    assert default_state_file() == tmp_path / "state" / "mimecast-secops" / "state.db"


def test_the_default_paths_elsewhere_are_those_of_platformdirs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from platformdirs.macos import MacOS

    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(platformdirs, "PlatformDirs", MacOS)
    folder = tmp_path / "Library" / "Application Support" / "mimecast-secops"
    assert default_settings_file() == folder / "config.toml"
    assert default_state_file() == folder / "state.db"


# the whole command line


def test_a_command_uses_the_settings(command_line: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    retry_at_once(monkeypatch)
    file = command_line.folder / "settings.toml"
    file.write_text('api_root = "http://127.0.0.1:9"\n')
    ping = ["action", "ping", "--config", str(file)]
    assert command_line.invoke(*ping).exit_code == exit_codes.OK
    url = command_line.environment.pop("MIMECAST_API_ROOT")
    assert command_line.invoke(*ping, "--timeout", "1").exit_code == exit_codes.UNREACHABLE
    assert command_line.invoke(*ping, "--api-root", url).exit_code == exit_codes.OK
    file.write_text(f'[profiles.lab]\napi_root = "{url}"\n')
    assert command_line.invoke(*ping, "--profile", "lab").exit_code == exit_codes.OK


def test_commands_without_settings_read_no_file(command_line: CommandLine) -> None:
    file = default_file_of(command_line)
    file.write_text("not TOML")
    assert command_line.invoke("connector", "status").exit_code == exit_codes.OK
    assert command_line.invoke("action", "ping").exit_code == exit_codes.CONFIGURATION


def default_file_of(command_line: CommandLine) -> Path:
    file = Path(command_line.environment["XDG_CONFIG_HOME"]) / "mimecast-secops" / "config.toml"
    file.parent.mkdir(parents=True)
    assert os.access(file.parent, os.W_OK)
    return file


def test_an_unknown_option_is_a_usage_error() -> None:
    assert CliRunner().invoke(main, ["action", "ping", "--unknown"]).exit_code == exit_codes.USAGE
