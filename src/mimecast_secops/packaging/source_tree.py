"""The source layout of Google's repository, with the platform wheel in a folder.

Source: docs/reference/secops-platform.md#source-layout.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mimecast_secops.actions import all_actions
from mimecast_secops.packaging import ai, mapping, notes, scripts, source, widgets
from mimecast_secops.packaging.identity import COPYRIGHT, DESCRIPTION, FOLDER, VERSION
from mimecast_secops.packaging.trees import Tree, text, yaml_file

RESOURCES: Final = Path(__file__).with_name("resources")
_PACKAGES: Final = ("", "actions/", "connectors/")


def source_tree(changelog: str, wheel: Path) -> Tree:
    """Return all files of the source layout except `uv.lock`.

    Args:
        changelog: the text of CHANGELOG.md.
        wheel: the platform wheel.
    """
    tree: Tree = {f"{folder}__init__.py": text(scripts.empty_module()) for folder in _PACKAGES}
    tree[".python-version"] = text("3.11\n")
    tree["definition.yaml"] = yaml_file(source.integration())
    tree["pyproject.toml"] = text(_pyproject(wheel.name))
    tree["release_notes.yaml"] = yaml_file(notes.release_notes(changelog))
    tree["ontology_mapping.yaml"] = yaml_file(mapping.rules())
    for action in all_actions():
        stem = source.stem(action)
        tree[f"actions/{stem}.py"] = text(scripts.action_script(action, built=False))
        tree[f"actions/{stem}.yaml"] = yaml_file(source.action_definition(action))
    tree[f"connectors/{scripts.CONNECTOR_STEM}.py"] = text(scripts.connector_script(built=False))
    tree[f"connectors/{scripts.CONNECTOR_STEM}.yaml"] = yaml_file(source.connector())
    for widget in widgets.WIDGETS:
        tree[f"widgets/{widget.stem}.html"] = text(widgets.page(widget))
        tree[f"widgets/{widget.stem}.yaml"] = yaml_file(widgets.definition(widget))
    tree |= {path: text(content) for path, content in source.examples().items()}
    tree["resources/ai/actions_ai_description.yaml"] = yaml_file(ai.descriptions())
    tree["resources/logo.svg"] = (RESOURCES / "logo.svg").read_bytes()
    tree["resources/image.png"] = (RESOURCES / "image.png").read_bytes()
    tree[f"wheels/{wheel.name}"] = wheel.read_bytes()
    return tree


def _pyproject(wheel: str) -> str:
    return f"""# {COPYRIGHT}

[project]
name = "{FOLDER}"
version = "{VERSION}"
description = "{DESCRIPTION}"
requires-python = ">=3.11,<3.12"
dependencies = ["mimecast-secops"]

[dependency-groups]
dev = ["pytest>=9", "pytest-json-report>=1.5.0", "soar-sdk"]

[tool.uv.sources]
mimecast-secops = {{ path = "wheels/{wheel}" }}
soar-sdk = {{ git = "https://github.com/chronicle/soar-sdk.git" }}
"""
