"""The documentation: generated pages are current, links lead somewhere, both languages are in step."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from tools import example_alert

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^\s*```.*?^\s*```\s*$", re.MULTILINE | re.DOTALL)


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_reference_is_what_the_declarations_say() -> None:
    pages = tool("reference").pages()
    for name, content in pages.items():
        assert (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == content, (
            f"run `make reference`: {name}"
        )


def test_the_example_of_an_alert_is_what_the_connector_delivers() -> None:
    written = (ROOT / "docs" / "reference" / "example-alert.md").read_text(encoding="utf-8")
    assert written == example_alert.page(), "run `make reference`"


def test_the_picture_of_the_imports_is_that_of_the_code() -> None:
    drawn = (ROOT / "docs" / "_static" / "imports.svg").read_text(encoding="utf-8")
    assert drawn == tool("imports_picture").picture(), "run `make reference`"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith(("https://", "mailto:")):
            continue
        assert not link.startswith("http:"), link
        target, _, anchor = link.partition("#")
        place = (page.parent / target).resolve() if target else page
        assert place.exists(), link
        assert not anchor or anchor in anchors(place), link


def test_every_test_that_the_threat_model_names_exists() -> None:
    page = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[^`]+)`", page)
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


ENGLISH = sorted((ROOT / "docs" / "guide").glob("*.md"))


def test_both_languages_have_the_same_pages() -> None:
    french = {path.name for path in (ROOT / "docs" / "fr" / "guide").glob("*.md")}
    assert french == {path.name for path in ENGLISH}


def outline(page: Path) -> dict[str, object]:
    text = page.read_text(encoding="utf-8")
    bare = FENCE.sub("", text)
    blocks = re.findall(r"^ *```(\w+)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    return {
        "headings": [len(marks) for marks in re.findall(r"^(#+) ", bare, re.MULTILINE)],
        "blocks": [(kind, body) for kind, body in blocks],
        "rows": len(re.findall(r"^\|", bare, re.MULTILINE)),
        "steps": len(re.findall(r"^ *\d+\. ", bare, re.MULTILINE)),
        "points": len(re.findall(r"^- ", bare, re.MULTILINE)),
        "pages linked": sorted(
            {Path(link.partition("#")[0]).name for link in LINK.findall(bare) if not link.startswith("https:")}
        ),
    }


@pytest.mark.parametrize("page", ENGLISH, ids=lambda page: page.stem)
def test_both_languages_say_the_same_things_in_the_same_order(page: Path) -> None:
    assert outline(ROOT / "docs" / "fr" / "guide" / page.name) == outline(page)


def test_every_message_in_the_troubleshooting_page_exists_in_the_source() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    code = re.sub(r'"\s*\n\s*f?"', "", code)  # sentences that are written in pieces
    code = re.sub(r"\{([A-Z][A-Za-z ]+)(:[a-z ]+)?\}", r"\1", code)  # mentions of parameters
    named = {
        "does not accept the credentials",
        "The Access Key has expired",
        "API Root is the host of another region",
        "with a web page",
        "The message is not held: its status is",
        "so nothing was done",
        "No held message has the ID",
        "is high risk, so it was not released",
        "so it was not created",
        "this is a placeholder of the playbook that no value replaced",
        "did not confirm",
        "could not be read in",
        "NOT OK",
        "interrupted",
        "The clock of this machine is",
        "Continuing from where the previous connector ended.",
        "is a number of a list, but no list of this user exists",
        "The last list has no row",
        "which is not from the last 24 hours",
        "but the settings lead to",
        "IDs begin with",
        "Add --yes to confirm.",
        "it is not UTF-8 text",
    }
    assert {sentence for sentence in named if sentence not in code} == set()
