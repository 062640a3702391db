"""The documentation as a reader sees it: tables keep their cells, and the reference says what the declarations say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from mimecast_secops.actions import Action, all_actions
from mimecast_secops.api import Endpoint
from mimecast_secops.cli.exit_codes import MEANINGS
from mimecast_secops.connection import ConnectionSettings, ProxySettings
from mimecast_secops.ingest import ConnectorSettings, PlatformSettings
from mimecast_secops.parameters import declared
from mimecast_secops.permissions import OPTIONAL, REQUIRED
from tests.docs.test_pages import PAGES, ROOT

REFERENCE = ROOT / "docs" / "reference"
MARKDOWN = MarkdownIt("commonmark").enable("table")
UNESCAPED_PIPE = re.compile(r"(?<!\\)\|")


@dataclass
class Table:
    """A table of a page: the heading above it, its own headings, and the text of its cells."""

    section: str
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        position = self.headings.index(name)
        return [row[position] for row in self.rows]


class TableReader(HTMLParser):
    """Collects the tables of an HTML page."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self._section = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append(Table(self._section))
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("td", "th") or re.fullmatch(r"h\d", tag):
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        text = "".join(self._text or ()).strip()
        if re.fullmatch(r"h\d", tag):
            self._section = text
        elif tag == "th":
            self.tables[-1].headings.append(text)
        elif tag == "td":
            self.tables[-1].rows[-1].append(text)
        elif tag == "table":
            self.tables[-1].rows = [row for row in self.tables[-1].rows if row]
        if tag in ("td", "th") or re.fullmatch(r"h\d", tag):
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)


def tables(name: str) -> list[Table]:
    reader = TableReader()
    reader.feed(MARKDOWN.render((REFERENCE / name).read_text(encoding="utf-8")))
    return reader.tables


def cells_in(line: str) -> int:
    return len(UNESCAPED_PIPE.split(line.strip().removeprefix("|").removesuffix("|")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_row_of_a_table_has_as_many_cells_as_the_table_has_headings(page: Path) -> None:
    """HTML cannot tell: a reader of Markdown drops the cells that are too many, and adds those that are missing."""
    text = page.read_text(encoding="utf-8")
    lines = text.splitlines()
    headings, in_head, wrong = 0, False, []
    for token in MARKDOWN.parse(text):
        in_head = (in_head or token.type == "thead_open") and token.type != "thead_close"
        if token.type == "tr_open" and token.map is not None:
            cells = cells_in(lines[token.map[0]])
            headings = cells if in_head else headings
            if cells != headings:
                wrong.append(lines[token.map[0]])
    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_cell_shows_the_signs_of_code_or_of_a_link(page: Path) -> None:
    reader = TableReader()
    reader.feed(MARKDOWN.render(page.read_text(encoding="utf-8")))
    cells = [cell for table in reader.tables for row in (table.headings, *table.rows) for cell in row]
    assert [cell for cell in cells if "`" in cell or "](" in cell] == []


# permissions


def product_of(endpoint: Endpoint) -> str:
    return endpoint.product or "not documented"


def test_each_permission_names_its_product_and_who_needs_it() -> None:
    [table] = [table for table in tables("permissions.md") if table.section == "Permissions"]
    assert table.headings == ["Role permission", "API 2.0 product", "Needed by", "Optional for"]
    required = {
        (endpoint.permission, product_of(endpoint), name)
        for name, endpoints in (
            *((action.name, action.endpoints) for action in all_actions()),
            ("the connector", REQUIRED),
        )
        for endpoint in endpoints
        if endpoint.permission
    }
    optional = {
        (endpoint.permission, product_of(endpoint), name)
        for name, endpoints in (
            *((action.name, action.optional_endpoints) for action in all_actions()),
            ("the connector", OPTIONAL),
        )
        for endpoint in endpoints
        if endpoint.permission
    }
    shown = [
        {
            (permission, product, name)
            for permission, product, *names in table.rows
            for name in names[column].split(", ")
        }
        for column in (0, 1)
    ]
    assert {row for row in shown[0] if row[2]} == required
    assert {row for row in shown[1] if row[2]} == optional - required


def test_each_permission_and_product_has_one_row_with_each_name_once() -> None:
    [table] = [table for table in tables("permissions.md") if table.section == "Permissions"]
    assert len({(row[0], row[1]) for row in table.rows}) == len(table.rows)
    for row in table.rows:
        names = [name for cell in row[2:] for name in cell.split(", ") if name]
        assert len(names) == len(set(names))


# The permissions that Google's public page about its own integration lists.
GOOGLE = {
    "Account | Dashboard | Read",
    "Account | Monitoring | Held | Edit",
    "Archive | Search Logs | Read",
    "Archive | View Logs | Read",
    "Gateway | Managed Senders | Edit",
    "Gateway | Policies | Edit",
    "Gateway | Policies | Read",
    "Gateway | Tracking | Read",
}


@pytest.mark.parametrize(
    ("folder", "yes", "no"), [("guide", "yes", "no"), ("fr/guide", "oui", "non")], ids=["en", "fr"]
)
def test_each_permission_that_differs_from_the_page_of_google_has_a_reason(folder: str, yes: str, no: str) -> None:
    used = {
        endpoint.permission
        for action in all_actions()
        for endpoint in (*action.endpoints, *action.optional_endpoints, *REQUIRED, *OPTIONAL)
        if endpoint.permission
    }
    table = tables(f"../{folder}/mimecast-console.md")[-1]
    assert {row[0]: row[1] for row in table.rows} == dict.fromkeys(GOOGLE - used, yes) | dict.fromkeys(
        used - GOOGLE, no
    )
    assert all(row[2] for row in table.rows)


def test_each_endpoint_names_its_permission_and_source() -> None:
    [table] = [table for table in tables("permissions.md") if table.section == "API endpoints"]
    used = [endpoint for action in all_actions() for endpoint in (*action.endpoints, *action.optional_endpoints)]
    used += [*REQUIRED, *OPTIONAL]
    assert dict(zip(table.column("Endpoint"), table.column("Role permission"), strict=True)) == {
        endpoint.path: endpoint.permission or "none" for endpoint in used
    }
    assert all(re.fullmatch(r"API [12]\.0(, API 2\.0)?", versions) for versions in table.column("API versions"))
    assert all("[" in source for source in table.column("Source"))


# parameters


@pytest.mark.parametrize(
    "action", [action for action in all_actions() if action.declared], ids=lambda action: action.slug
)
def test_the_section_of_an_action_describes_each_parameter(action: Action) -> None:
    [table] = [table for table in tables("actions.md") if table.section == action.name]
    parameters = action.declared
    assert table.column("Parameter") == [parameter.name for parameter in parameters]
    assert table.column("Default") == [parameter.default for parameter in parameters]
    assert table.column("Mandatory") == ["yes" if parameter.mandatory else "no" for parameter in parameters]
    assert all(table.column("Description"))


def test_the_page_of_the_connector_describes_each_parameter() -> None:
    records = (PlatformSettings, ConnectionSettings, ConnectorSettings, ProxySettings)
    names = {parameter.name for record in records for parameter in declared(record)}
    described = [table.column("Parameter") for table in tables("connector.md") if "Parameter" in table.headings]
    assert len(described) == 2
    assert sorted(described[0] + described[1]) == sorted(names)


def test_the_page_of_the_settings_names_each_environment_variable() -> None:
    variables = [name for table in tables("settings.md") for name in table.column("Environment variable")]
    assert len(variables) == len(declared(ConnectionSettings)) + len(declared(ProxySettings))
    assert all(re.fullmatch(r"MIMECAST_[A-Z0-9_]+", name) for name in variables)


# command line


def test_the_page_of_the_command_line_lists_each_action_and_exit_code() -> None:
    commands, codes = tables("command-line.md")
    listed = [
        command.removeprefix("mimecast-secops ").removeprefix("action ") for command in commands.column("Command")
    ]
    assert {action.slug for action in all_actions()} <= set(listed)
    assert len(set(listed)) == len(listed)
    assert {"connector run", "connector status", "demo", "doctor", "simulator", "undo"} <= set(listed)
    assert all(commands.column("Description"))
    assert codes.column("Code") == [str(int(code)) for code in MEANINGS]
    assert codes.column("Meaning") == list(MEANINGS.values())
