"""Writes docs/_static/imports.svg: the packages of the project, and which of them import which.

The rows are the layers of the import contract in pyproject.toml. A test compares the picture with the imports.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "_static" / "imports.svg"
PACKAGE = "mimecast_secops"
_WIDTH, _ROW_HEIGHT, _BOX_WIDTH, _BOX_HEIGHT = 920, 74, 170, 44


def layers() -> list[list[str]]:
    """The packages from top to bottom. No package imports one in a higher row."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    rows = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [re.split(r"\s*[|:]\s*", row) for row in rows]


def imports() -> list[tuple[str, str]]:
    """Pairs of a package and a package that it imports."""
    graph = grimp.build_graph(PACKAGE, include_external_packages=False)
    pairs = {
        (_package_of(module), _package_of(imported))
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    packages = {package for row in layers() for package in row}
    return sorted(pair for pair in pairs if pair[0] != pair[1] and packages.issuperset(pair))


def _package_of(module: str) -> str:
    return module.removeprefix(PACKAGE).removeprefix(".").partition(".")[0]


def picture() -> str:
    rows = layers()
    height = _ROW_HEIGHT * len(rows)
    centers = {
        package: ((column + 0.5) * _WIDTH / len(row), (level + 0.5) * _ROW_HEIGHT)
        for level, row in enumerate(rows)
        for column, package in enumerate(row)
    }
    lines = [
        f'<line x1="{centers[importer][0]:.0f}" y1="{centers[importer][1]:.0f}" x2="{centers[imported][0]:.0f}" '
        f'y2="{centers[imported][1] - _BOX_HEIGHT / 2 - 3:.0f}" stroke="#5f6368" stroke-width="1.5" '
        f'opacity="0.55" marker-end="url(#tip)"><title>{escape(f"{importer} → {imported}")}</title></line>'
        for importer, imported in imports()
    ]
    boxes = [
        f'<g><rect x="{x - _BOX_WIDTH / 2:.0f}" y="{y - _BOX_HEIGHT / 2:.0f}" width="{_BOX_WIDTH}" '
        f'height="{_BOX_HEIGHT}" rx="6" fill="#e8f0fe" stroke="#1558b0"/><text x="{x:.0f}" y="{y + 5:.0f}" '
        'text-anchor="middle" font-family="system-ui, sans-serif" font-size="15" '
        f'fill="#202124">{package}</text></g>'
        for package, (x, y) in centers.items()
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        'aria-label="Which packages import which, from top to bottom">'
        '<rect width="100%" height="100%" fill="#ffffff"/>'
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
        '<path d="M0 0 6 3 0 6z" fill="#5f6368"/></marker></defs>'
    )
    return "\n".join([head, *lines, *boxes, "</svg>"]) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(picture(), encoding="utf-8")
