"""References to facts lead to a heading of a reference page, and each fact names a source that the page explains."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.test_pages import FENCE, ROOT, anchors

API_PAGE = ROOT / "docs" / "reference" / "mimecast-api.md"
FOLDERS = ("src", "tests", "docs", "tools")
REFERENCE = re.compile(r"docs/reference/([\w-]+\.md)(?:#([\w-]+))?")
MARK = re.compile(r"\[([^\]]+)\](?!\()")
CODE = re.compile(r"`[^`\n]+`")


def texts() -> list[tuple[str, str]]:
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")) if path.suffix in {".py", ".md"}]
    return [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in paths
        if "_build" not in path.parts and path != Path(__file__)
    ]


def first_cells(section: str) -> list[str]:
    """The first cells of the tables below a heading."""
    _, _, text = API_PAGE.read_text(encoding="utf-8").partition(f"# {section}\n")
    text = re.split(r"^#+ ", text, maxsplit=1, flags=re.MULTILINE)[0]
    return [cell.strip() for cell in re.findall(r"^\|([^|]+)\|", text, re.MULTILINE)]


def test_every_reference_leads_to_a_heading() -> None:
    references = [(name, *match.groups()) for name, text in texts() for match in REFERENCE.finditer(text)]
    assert references
    headings = {page.name: anchors(page) for page in (ROOT / "docs" / "reference").glob("*.md")}
    dangling = [
        (name, page, anchor)
        for name, page, anchor in references
        if page not in headings or (anchor and anchor not in headings[page])
    ]
    assert dangling == []


def test_every_mark_of_the_api_page_is_explained_and_names_known_sources() -> None:
    page = API_PAGE.read_text(encoding="utf-8")
    marks = {cell.strip("[]") for cell in first_cells("Confidence marks") if cell.startswith("[")}
    sources = {name.strip() for cell in first_cells("Sources") for name in cell.split(",")}
    articles = re.findall(r"\b(?:\d{14}|DOC-\d+)\b", page.partition("## Sources\n")[2])
    known = sources | {f"Support {number}" for number in articles}
    assert {"documented", "inferred"} <= marks
    assert {"Google", "Response codes"} <= sources
    found = [" ".join(mark.split()) for mark in MARK.findall(CODE.sub("", FENCE.sub("", page)))]
    unknown = []
    for part in (part for mark in found for part in mark.split("; ")):
        mark, _, names = part.partition(": ")
        if mark not in marks or any(name not in known for name in names.split(", ") if name):
            unknown.append(part)
    assert found
    assert unknown == []


def test_no_text_refers_to_notes_outside_the_repository() -> None:
    notes = re.compile(r"\b(?:API|platform)\s+notes\b", re.IGNORECASE)
    assert [name for name, text in texts() if notes.search(text)] == []


def test_every_endpoint_names_its_source() -> None:
    folder = ROOT / "src" / "mimecast_secops" / "api"
    modules = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    sources = [
        (name, source) for name, text in modules.items() for source in re.findall(r'\bsource=\(?\s*"([^"]*)"', text)
    ]
    assert sources
    assert [source for source in sources if not source[1].startswith("docs/reference/mimecast-api.md#")] == []
