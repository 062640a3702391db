"""The content of a new settings file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from mimecast_secops.cli.settings import all_settings
from mimecast_secops.cli.settings_file import SettingsFile
from mimecast_secops.cli.settings_template import settings_template

ASSIGNMENT = re.compile(r"^# (?=\w+ = |\[)", re.MULTILINE)


def test_without_its_comment_signs_the_template_sets_every_setting_to_its_default(tmp_path: Path) -> None:
    text = ASSIGNMENT.sub("", settings_template())
    content = tomllib.loads(text)
    content.pop("profiles")
    wanted = {name: setting for name, setting in all_settings().items() if not setting.platform_only}
    assert content.keys() == wanted.keys()
    assert content["status_filter"] == ["held"]
    assert content["verify_ssl"] is True
    assert content["max_hours_backwards"] == 1
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    loaded = SettingsFile.load(path, "lab")
    assert loaded is not None
    assert list(loaded.problems()) == []


def test_the_example_file_is_the_template() -> None:
    example = Path(__file__).parents[2] / "examples" / "config.toml"
    assert example.read_text(encoding="utf-8") == settings_template()


def test_every_description_is_there_and_no_line_is_long() -> None:
    text = settings_template()
    words = " ".join(text.replace("\n# ", " ").split())
    for setting in all_settings().values():
        assert setting.platform_only or " ".join(setting.help.split()) in words, setting.name
    assert max(map(len, text.splitlines())) <= 120
