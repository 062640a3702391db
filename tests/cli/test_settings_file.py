"""The settings file: unknown keys, types and values."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast_secops.cli.errors import CommandFailed
from mimecast_secops.cli.settings import all_settings
from mimecast_secops.cli.settings_file import SettingsFile

RISKS = "accepted are Negligible, Low, Medium, High, or nothing for all"


def load(folder: Path, text: str, profile: str = "") -> SettingsFile:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    loaded = SettingsFile.load(path, profile)
    assert loaded is not None
    return loaded


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('lowest_risk = "high"', 'FILE: unknown setting "lowest_risk". Did you mean "lowest_risk_to_fetch"?'),
        ("max_hour_backwards = 5", 'FILE: unknown setting "max_hour_backwards". Did you mean "max_hours_backwards"?'),
        ("verify_sll = false", 'FILE: unknown setting "verify_sll". Did you mean "verify_ssl"?'),
        ('clientid = "x"', 'FILE: unknown setting "clientid". Did you mean "client_id"?'),
        ("nonsense = 1", 'FILE: unknown setting "nonsense".'),
        ("[profile.lab]", 'FILE: unknown table "profile". Did you mean "profiles"?'),
        (
            '[profiles.lab]\napi_rot = "x"',
            'FILE: unknown setting "api_rot" in [profiles.lab]. Did you mean "api_root"?',
        ),
        ("profiles = 3", "FILE: profiles must be tables such as [profiles.lab]."),
        ("[profiles]\nlab = 3", "FILE: profiles must be tables such as [profiles.lab]."),
        ("domains = {a = 1}", "domains in FILE must be text or a list of texts, not a table."),
        ("domains = [1]", "domains in FILE must be text or a list of texts, not a list."),
        ("client_id = true", "client_id in FILE must be text, not true or false."),
        ("client_secret = 5", "client_secret in FILE must be text, not a number."),
        ("verify_ssl = 1", "verify_ssl in FILE must be true or false, not a number."),
        (
            "max_hours_backwards = 1.5",
            "max_hours_backwards in FILE must be a whole number, not a number with decimals.",
        ),
        ("max_hours_backwards = true", "max_hours_backwards in FILE must be a whole number, not true or false."),
        ("client_id = 2026-01-01", "client_id in FILE must be text, not a time."),
        ('verify_ssl = "maybe"', 'verify_ssl in FILE cannot be "maybe": true or false is accepted.'),
        (
            'lowest_risk_to_fetch = "medum"',
            f'lowest_risk_to_fetch in FILE cannot be "medum": {RISKS}. Did you mean "Medium"?',
        ),
        (
            '[profiles.lab]\nroute_filter = ["inbond"]',
            (
                'route_filter in [profiles.lab] of FILE cannot contain "inbond": accepted are internal, outbound, '
                'inbound, or "all". Did you mean "inbound"?'
            ),
        ),
    ],
)
def test_a_problem_is_one_line_that_names_its_place(tmp_path: Path, text: str, problem: str) -> None:
    file = load(tmp_path, text)
    assert [line.replace(str(file.path), "FILE") for line in file.problems()] == [problem]


@pytest.mark.parametrize(
    "text",
    [
        "",
        'domains = ["example.com", "example.org"]\nmax_hours_backwards = 5\nverify_ssl = false',
        'domains = "example.com"\nmax_hours_backwards = "5"\nverify_ssl = "off"\nstatus_filter = ""',
        'status_filter = "all"\nlowest_risk_to_fetch = "HIGH"\nroute_filter = ["Inbound"]',
        "[profiles.a]\nverify_ssl = true\n[profiles.b]\nclient_id = 'x'",
    ],
)
def test_native_types_and_text_are_accepted(tmp_path: Path, text: str) -> None:
    assert list(load(tmp_path, text).problems()) == []


def test_every_problem_is_reported_at_once_and_no_secret_with_it(tmp_path: Path) -> None:
    text = 'clientsecret = "s3cret"\nsecret_key = ["s3cret"]\nverify_sll = false\n[profiles.lab]\nacces_key = "s3cret"'
    problems = list(load(tmp_path, text).problems())
    assert len(problems) == 4
    assert "s3cret" not in " ".join(problems)


def test_the_profile_overrides_the_top_level_and_the_place_names_it(tmp_path: Path) -> None:
    file = load(tmp_path, 'client_id = "a"\napi_root = "b"\n[profiles.lab]\nclient_id = "c"', "lab")
    assert file.default_map(all_settings().values()) == {"client_id": "c", "api_root": "b"}
    assert file.place_of("client_id") == f"client_id in [profiles.lab] of {file.path}"
    assert file.section_of("api_root") == str(file.path)


def test_an_unknown_profile_has_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"has no profile 'laab'\. It has: lab\. Did you mean \"lab\"\?"):
        load(tmp_path, "[profiles.lab]", "laab")
