"""Writes docs/_static/imports.svg: the rooms of the house, and who really imports whom. A test compares it."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

import grimp

TARGET = Path(__file__).parents[1] / "docs" / "_static" / "imports.svg"
PACKAGE = "mimecast_secops"
# From top to bottom; nothing imports upwards.
ROWS = (
    ("soar", "cli", "packaging", "simulator"),
    ("deliveries", "testing"),
    ("stores",),
    ("actions", "ingest"),
    ("diagnosis", "permissions"),
    ("connection", "parameters", "addresses"),
    ("api",),
)
_WIDTH, _HEIGHT, _BOX_W, _BOX_H = 920, 560, 170, 44


def imports() -> list[tuple[str, str]]:
    """Room, and room that it imports."""
    graph = grimp.build_graph(PACKAGE, include_external_packages=False)
    rooms = [room for row in ROWS for room in row]
    found: set[tuple[str, str]] = set()
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            one, other = _room(module, rooms), _room(imported, rooms)
            if one and other and one != other:
                found.add((one, other))
    return sorted(found)


def _room(module: str, rooms: list[str]) -> str:
    name = module.removeprefix(f"{PACKAGE}.")
    return next((room for room in rooms if name == room or name.startswith(f"{room}.")), "")


def picture() -> str:
    places: dict[str, tuple[float, float]] = {}
    step = (_HEIGHT - 60) / (len(ROWS) - 1)
    for level, row in enumerate(ROWS):
        for number, room in enumerate(row):
            places[room] = ((number + 0.5) * _WIDTH / len(row), 30 + level * step)
    lines = [
        f'<line x1="{places[a][0]:.0f}" y1="{places[a][1]:.0f}" x2="{places[b][0]:.0f}" '
        f'y2="{places[b][1] - _BOX_H / 2 - 3:.0f}" stroke="#5f6368" stroke-width="1.5" '
        f'opacity="0.55" marker-end="url(#tip)"><title>{escape(f"{a} → {b}")}</title></line>'
        for a, b in imports()
    ]
    boxes = [
        f'<g><rect x="{x - _BOX_W / 2:.0f}" y="{y - _BOX_H / 2:.0f}" width="{_BOX_W}" height="{_BOX_H}" rx="6" '
        f'fill="#e8f0fe" stroke="#1558b0"/><text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="middle" '
        f'font-family="system-ui, sans-serif" font-size="15" fill="#202124">{room}</text></g>'
        for room, (x, y) in places.items()
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        'aria-label="Which rooms import which, from top to bottom"><rect width="100%" height="100%" fill="#ffffff"/>'
        '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto">'
        '<path d="M0 0 6 3 0 6z" fill="#5f6368"/></marker></defs>'
    )
    return "\n".join([head, *lines, *boxes, "</svg>"]) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(picture(), encoding="utf-8")
