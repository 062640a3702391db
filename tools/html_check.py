"""Checks the built documentation: `python tools/html_check.py FOLDER` lists problems, and exits with 1 if there is one.

On each page, a link leads to an existing page and heading, a row of a table has as many cells as the others, an image
exists and has a description, and there is one link to the other language.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

_CELLS = frozenset({"td", "th"})


@dataclass
class Page:
    """What matters of a page.

    Attributes:
        anchors: the values of `id`.
        links: the targets of links, without those to other sites.
        images: pairs of address and description.
        languages: the links to the other language.
        rows: for each table, the number of cells in each row.
    """

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    images: list[tuple[str, str]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    rows: list[list[int]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "id" in values:
            self.page.anchors.add(values["id"])
        if tag == "table":
            self.page.rows.append([])
        elif tag == "tr":
            self.page.rows[-1].append(0)
        elif tag in _CELLS:
            self.page.rows[-1][-1] += int(values.get("colspan", "1"))
        elif tag == "img":
            self.page.images.append((values["src"], values.get("alt", "")))
        elif tag == "a" and "href" in values:
            self._add_link(values)

    def _add_link(self, values: Mapping[str, str]) -> None:
        target = values["href"]
        if "hreflang" in values:
            self.page.languages.append(target)
        if not target.startswith(("https:", "http:", "mailto:")):
            self.page.links.append(target)


def read(html: str) -> Page:
    """What matters of the page with this source."""
    reader = _Reader()
    reader.feed(html)
    return reader.page


def problems(folder: Path) -> Iterator[str]:
    """A sentence for each problem in the pages of a folder."""
    pages = {path.resolve(): read(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    for path, page in pages.items():
        name = path.relative_to(folder.resolve())
        for link in page.links:
            if not _leads_somewhere(link, path, pages):
                yield f"{name}: the link {link} leads nowhere"
        for cells in page.rows:
            if len(set(cells)) > 1:
                yield f"{name}: the rows of a table have {cells} cells"
        for source, description in page.images:
            if not (path.parent / unquote(source)).is_file():
                yield f"{name}: the image {source} does not exist"
            if not description:
                yield f"{name}: the image {source} has no description"
        if len(page.languages) != 1:
            yield f"{name}: there are {len(page.languages)} links to the other language, not one"


def _leads_somewhere(link: str, path: Path, pages: Mapping[Path, Page]) -> bool:
    target, _, anchor = unquote(link).partition("#")
    place = (path.parent / target.partition("?")[0]).resolve() if target else path
    if place in pages:
        return not anchor or anchor in pages[place].anchors
    return place.is_file()


def main(folder: Path) -> int:
    found = list(problems(folder))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
