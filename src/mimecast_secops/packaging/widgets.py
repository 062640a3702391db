"""The widgets: static pages, rendered when the integration is built.

The platform pastes the JSON result into the page as text. Our results are inert there (`soar/results.py`), and
should the platform undo that, a policy in the page lets no script run but the one whose hash it names, and no request
leave.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mimecast_secops.packaging.identity import IDENTIFIER

_FOLDER: Final = Path(__file__).with_name("pages")
_LIST: Final = (("starts_with", "["), ("contains", "{"), ("not_contains", "{stepInstanceName}"))
_OBJECT: Final = (
    ("is_not_empty", ""),
    ("not_equal", "{}"),
    ("not_equal", "[]"),
    ("not_contains", "{stepInstanceName}"),
)


@dataclass(frozen=True, slots=True)
class Widget:
    """One page, bound to one action; shown when the conditions on its JSON result hold."""

    action: str
    description: str
    script: str
    height: int
    size: str
    conditions: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """Its title on the platform."""
        return f"{IDENTIFIER} - {self.action}"

    @property
    def stem(self) -> str:
        """Its file name, without ending."""
        return "_".join(self.action.lower().split())


WIDGETS: Final = tuple(
    Widget(action, description, script, height, size, conditions)
    for action, description, script, height, size, conditions in (
        ("Simple Archive Search", "The mails that the search found.", "table.js", 400, "half_width", _LIST),
        ("Advanced Archive Search", "The mails that the search found.", "table.js", 400, "half_width", _LIST),
        ("Create Block Sender Policy", "The policy that was created.", "card.js", 400, "half_width", _OBJECT),
    )
)


def definition(widget: Widget) -> dict[str, Any]:
    """`widgets/X.yaml`."""
    return {
        "title": widget.title,
        "type": "html",
        "scope": "alert",
        "action_identifier": widget.action,
        "description": widget.description,
        "data_definition": {
            "html_height": widget.height,
            "safe_rendering": False,
            "widget_definition_scope": "both",
            "type": "html",
        },
        "condition_group": {
            "logical_operator": "and",
            "conditions": [
                {
                    "field_name": "[{stepInstanceName}.JsonResult]",
                    "match_type": match,
                    "value": value,
                    "custom_operator_name": None,
                }
                for match, value in widget.conditions
            ],
        },
        "default_size": widget.size,
    }


def page(widget: Widget) -> str:
    """The page, complete in itself."""
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    script = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("page.js", widget.script))
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("page.html.j2").render(
        title=widget.title,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
