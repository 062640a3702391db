"""An SVG picture of a part of a page, with colors for light and for dark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from mimecast_secops.cli.output import plain

STATIC: Final = Path(__file__).parents[2] / "docs" / "_static"
FONT: Final = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"
# The longest width of a letter as part of the font size, averaged over words, in the fonts above.
_LETTER: Final = 0.61

_STYLE: Final = """
svg { --page: #ffffff; --raised: #f8f9fa; --line: #dadce0; --text: #202124; --faint: #5f6368; --accent: #1558b0;
  --high: #b3261e; --medium: #9a5b00; --low: #137333; --on-accent: #ffffff; }
@media (prefers-color-scheme: dark) {
  svg { --page: #282837; --raised: #30304a; --line: #4a4a5e; --text: #e8eaed; --faint: #bdc1c6; --accent: #8ab4f8;
    --high: #f2b8b5; --medium: #fdd663; --low: #81c995; --on-accent: #202124; }
}
text { font-family: FONT; fill: var(--text); }
.faint { fill: var(--faint); } .bold { font-weight: 600; } .accent { fill: var(--accent); }
.high { fill: var(--high); } .medium { fill: var(--medium); } .low { fill: var(--low); }
.on-accent { fill: var(--on-accent); }
.page { fill: var(--page); stroke: var(--line); } .raised { fill: var(--raised); }
.field { fill: var(--page); stroke: var(--line); } .button { fill: var(--accent); }
.outline { fill: none; stroke: var(--accent); } .chip { fill: var(--raised); stroke: var(--line); }
.line { stroke: var(--line); }
.tick { fill: none; stroke: var(--on-accent); stroke-width: 2; }
.eye { fill: none; stroke: var(--faint); stroke-width: 1.4; }
""".replace("FONT", FONT)


class Panel:
    """Collects shapes. Coordinates are in pixels, from the upper left corner.

    Args:
        width: the width of the picture.
        label: the description for readers who do not see the picture.
    """

    def __init__(self, width: int, label: str) -> None:
        self.width = width
        self._label = label
        self._shapes: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        content: str,
        style: str = "",
        *,
        size: int = 13,
        room: float = 0,
        anchor: str = "start",
    ) -> None:
        """Write a line with its baseline at `y`. It ends with `…` if it is longer than `room` pixels (0: unlimited)."""
        shown = shortened(plain(content), room, size) if room else plain(content)
        attributes = f'x="{x:g}" y="{y:g}" class="{style}" font-size="{size}" text-anchor="{anchor}"'
        self._shapes.append(f"<text {attributes}>{escape(shown)}</text>")

    def box(self, x: float, y: float, width: float, height: float, style: str, *, radius: float = 4) -> None:
        """Draw a rectangle with round corners."""
        self._shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" class="{style}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """Draw a separator."""
        self._shapes.append(f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="line"/>')

    def check_box(self, x: float, y: float, *, checked: bool) -> None:
        """Draw a check box of 18 pixels."""
        self.box(x, y, 18, 18, "button" if checked else "field", radius=3)
        if checked:
            self._shapes.append(f'<path d="m{x + 4:g} {y + 9:g} 4 4 7 -8" class="tick"/>')

    def eye(self, x: float, y: float) -> None:
        """Draw the sign of a hidden value, with its center at the coordinates."""
        self._shapes.append(
            f'<path d="M{x - 8:g} {y:g}q8 -9 16 0q-8 9 -16 0z" class="eye"/>'
            f'<circle cx="{x:g}" cy="{y:g}" r="2.6" class="eye"/>'
        )

    def chip(self, x: float, y: float, content: str, style: str = "accent") -> float:
        """Draw a rounded label whose upper edge is at `y`. Returns the coordinate of its right edge."""
        width = len(content) * 12 * _LETTER + 16
        self.box(x, y, width, 22, "chip", radius=11)
        self.text(x + width / 2, y + 15, content, style, size=12, anchor="middle")
        return x + width

    def button(self, x: float, y: float, content: str, *, main: bool = False) -> None:
        """Draw a button of 92 pixels."""
        self.box(x, y, 92, 32, "button" if main else "outline")
        self.text(x + 46, y + 21, content, "on-accent bold" if main else "accent bold", anchor="middle")

    def logo(self, x: float, y: float, size: float, drawing: str) -> None:
        """Draw the logo, an SVG document, as a square."""
        inner = drawing.partition(">")[2].rpartition("</svg>")[0]
        self._shapes.append(
            f'<svg x="{x:g}" y="{y:g}" width="{size:g}" height="{size:g}" viewBox="0 0 96 96">{inner}</svg>'
        )

    def svg(self, height: float) -> str:
        """The picture as a document."""
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{height:g}" '
                f'viewBox="0 0 {self.width} {height:g}" role="img" aria-label="{escape(self._label)}">',
                f"<style>{_STYLE}</style>",
                f'<rect x="0.5" y="0.5" width="{self.width - 1}" height="{height - 1:g}" rx="8" class="page"/>',
                *self._shapes,
                "</svg>\n",
            ]
        )


def shortened(content: str, room: float, size: int) -> str:
    """A text that is about as wide as `room` pixels at most."""
    letters = max(1, int(room / (size * _LETTER)))
    return content if len(content) <= letters else content[: letters - 1].rstrip() + "…"


def write(pictures: Sequence[tuple[str, str]]) -> None:
    """Write pictures to the folder of the documentation: pairs of a file name and its content."""
    STATIC.mkdir(parents=True, exist_ok=True)
    for name, content in pictures:
        (STATIC / name).write_text(content, encoding="utf-8")
