"""Writes docs/reference/*.md from the declarations: `python tools/reference.py`. A test compares them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mimecast_secops.actions import Action, all_actions
from mimecast_secops.api import ApiVersion, Endpoint
from mimecast_secops.cli.exit_codes import MEANINGS
from mimecast_secops.cli.settings import variable
from mimecast_secops.connection import ConnectionSettings, ProxySettings
from mimecast_secops.ingest import ConnectorSettings, PlatformSettings
from mimecast_secops.parameters import Parameter, declared
from mimecast_secops.permissions import OPTIONAL, REQUIRED

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_NOTE = "<!-- Written by tools/reference.py from the declarations. Do not edit. -->\n"


def pages() -> dict[str, str]:
    """File name → content of every generated page."""
    return {
        "actions.md": actions_page(),
        "connector.md": connector_page(),
        "settings.md": settings_page(),
        "permissions.md": permissions_page(),
        "command-line.md": command_line_page(),
    }


def actions_page() -> str:
    parts = [
        _NOTE,
        "# Actions\n",
        "Every action ends with `is_success` true or false and one message. A failure reads "
        '`Error executing action "NAME". Reason: …` unless another text is given below.\n',
    ]
    return "\n".join([*parts, *(_action(action) for action in all_actions())])


def _action(action: Action) -> str:
    lines = [f"## {action.name}\n", f"{action.description}\n"]
    command = shlex.join(["mimecast-secops", "action", *action.sample_arguments])
    lines.append(f"Terminal: `{command}`. {'Writes.' if action.writes else 'Reads only.'}")
    if action.api_versions != frozenset(ApiVersion):
        lines.append("Exists on " + ", ".join(sorted(one.value for one in action.api_versions)) + " only.")
    lines += ["", _table(action.declared) if action.declared else "No parameters.\n"]
    needs = _rights(action.endpoints)
    if needs:
        lines.append(f"Needs: {needs}.\n")
    if action.optional_endpoints:
        lines.append(f"Uses, where granted: {_rights(action.optional_endpoints)}.\n")
    if action.failure != "" and action.slug == "ping":
        lines.append(f"Failure: `{action.failure.format(error='…')}`\n")
    if action.example is not None:
        lines.append(f"JSON result:\n\n```json\n{json.dumps(action.example, indent=2)}\n```\n")
    return "\n".join(lines)


def connector_page() -> str:
    records = (PlatformSettings, ConnectionSettings, ConnectorSettings, ProxySettings)
    every = [parameter for record in records for parameter in declared(record)]
    plain = [parameter for parameter in every if not parameter.advanced]
    advanced = [parameter for parameter in every if parameter.advanced]
    return "\n".join(
        [
            _NOTE,
            "# The connector\n",
            "`Mimecast - Message Tracking Connector` pulls message tracking records as alerts.\n",
            "## Parameters\n",
            _table(plain),
            "## Advanced parameters\n",
            "Their defaults are safe; change them when a figure of the cycle says so.\n",
            _table(advanced),
            "## What it needs\n",
            f"Needs: {_rights(REQUIRED)}.\n",
            f"Uses, where granted, for attachments: {_rights(OPTIONAL)}.\n",
            _EVENTS,
        ]
    )


_EVENTS = """## Alerts and events

| member of the alert | value |
|---|---|
| name | `{Status} Message`, such as `Held Message`; `Unread Period` for a time that could not be read |
| rule generator | the queue reason, else `Mimecast Email` |
| vendor, product | `Mimecast`; the product from the event field that DeviceProductField names, where there is one |
| priority | risk of the verdict: negligible or none -1, low 40, medium 60, high 80 |
| start, end | the time of receipt, in unix milliseconds |
| reason, description | queue reason; queue detail status |
| ticket id | the tracking id; `hold:…` for held mail that tracking does not show; `gap:…` for an unread time |

Events are flat: one of type `Message` per delivered recipient, one per part of the message, at least one. Each has

| key | value |
|---|---|
| `event_type` | `Message`, or the type of the part without blanks |
| `trackingId`, `holdId`, `internetMessageId` | the three ids; empty where there is none |
| `holdMessageMetadataID` | the hold id once more, for playbooks that read it under this name |
| `status`, `currentStatus` | as it was when it was seen; as the details say |
| `complete`, `note_1`, … | `False` and sentences where something could not be read |
| `receivedUnixMs` | time of receipt |

and all that Mimecast says of the message, nested names joined by `_`, lists numbered from 1.
"""


def settings_page() -> str:
    return "\n".join(
        [
            _NOTE,
            "# Settings\n",
            "The integration's configuration in Google SecOps; options, environment and settings file elsewhere.\n",
            "## Connection\n",
            _table(declared(ConnectionSettings), environment=True),
            "## Proxy\n",
            _table(declared(ProxySettings), environment=True),
        ]
    )


def permissions_page() -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    for name, endpoints in _subjects():
        for endpoint in endpoints:
            if endpoint.permission:
                rows.setdefault((endpoint.permission, endpoint.product), []).append(name)
    lines = [
        f"| {permission} | {product or 'not named in the documentation'} | {', '.join(dict.fromkeys(names))} |"
        for (permission, product), names in sorted(rows.items())
    ]
    sources = [
        f"| `{endpoint.path}` | {endpoint.summary} | {endpoint.permission or '-'} | {_generations(endpoint)} "
        f"| {endpoint.source} |"
        for endpoint in _functions()
    ]
    return "\n".join(
        [
            _NOTE,
            "# Permissions\n",
            "Grant the role what is used, and nothing else. In brackets: works without it, with less.\n",
            "| role permission | API 2.0 product | needed by |",
            "|---|---|---|",
            *lines,
            "",
            "## Functions of the API\n",
            "| function | for | role permission | exists on | source |",
            "|---|---|---|---|---|",
            *sources,
            "",
        ]
    )


def command_line_page() -> str:
    codes = [f"| {code} | {meaning} |" for code, meaning in MEANINGS.items()]
    actions = [f"| `mimecast-secops action {action.slug}` | {action.description} |" for action in all_actions()]
    return "\n".join(
        [
            _NOTE,
            "# Command line\n",
            "Results go to standard output, everything else to standard error. `--json` gives results for programs. "
            "Each command has `--help`.\n",
            "| command | does |",
            "|---|---|",
            "| `mimecast-secops connector run` | brings new messages as alerts, once or as a service |",
            "| `mimecast-secops connector status` | shows how far it has come, and what waits |",
            "| `mimecast-secops doctor` | says what works with the credentials, and what to grant |",
            "| `mimecast-secops undo` | shows what was changed from this machine, and takes it back |",
            "| `mimecast-secops simulator` | runs a simulated tenant |",
            "| `mimecast-secops demo` | shows the main job from end to end |",
            *actions,
            "",
            "## Exit codes\n",
            "| code | meaning |",
            "|---|---|",
            *codes,
            "",
        ]
    )


def _subjects() -> Iterable[tuple[str, Iterable[Endpoint]]]:
    for action in all_actions():
        yield action.name, action.endpoints
        yield f"({action.name})", action.optional_endpoints
    yield "the connector", REQUIRED
    yield "(the connector)", OPTIONAL


def _functions() -> list[Endpoint]:
    found = {endpoint.path: endpoint for _, endpoints in _subjects() for endpoint in endpoints}
    return [found[path] for path in sorted(found)]


def _generations(endpoint: Endpoint) -> str:
    return ", ".join(sorted(one.value for one in endpoint.api_versions))


def _rights(endpoints: Iterable[Endpoint]) -> str:
    return "; ".join(dict.fromkeys(f"*{one.permission}*" for one in endpoints if one.permission))


def _table(parameters: Iterable[Parameter], *, environment: bool = False) -> str:
    head = "| parameter | kind | default | mandatory | meaning |"
    rule = "|---|---|---|---|---|"
    if environment:
        head, rule = head + " environment |", rule + "---|"
    rows = [head, rule]
    for one in parameters:
        kind = ", ".join(one.options) if one.options else one.kind.value
        cells: list[Any] = [one.name, kind, f"`{one.default}`" if one.default else "", _yes(one.mandatory), one.help]
        if environment:
            cells.append(f"`{variable(one)}`")
        rows.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _yes(value: bool) -> str:
    return "yes" if value else "no"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
