"""The widgets: static pages that are rendered when the integration is built.

The platform pastes the JSON result into the page. Two measures keep its text from acting as HTML: `soar/results.py`
escapes it, and the content security policy of the page allows only the script whose hash it names, and no requests.
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
# An empty list passes, because "no emails found" is an answer that analysts wait for.
_LIST: Final = (("starts_with", "["), ("not_contains", "{stepInstanceName}"))
_OBJECT: Final = (
    ("is_not_empty", ""),
    ("not_equal", "{}"),
    ("not_equal", "[]"),
    ("not_contains", "{stepInstanceName}"),
)


@dataclass(frozen=True, slots=True)
class Widget:
    """A page for the JSON result of an action.

    Attributes:
        action: the name of the action.
        description: the description on the platform.
        files: the scripts and style sheets in `pages` that show the result.
        height: in pixels.
        size: the platform's name of the width.
        conditions: pairs of match type and value. The platform shows the widget if all of them match the JSON result.
    """

    action: str
    description: str
    files: tuple[str, ...]
    height: int
    size: str
    conditions: tuple[tuple[str, str], ...]

    @property
    def title(self) -> str:
        """The title on the platform."""
        return f"{IDENTIFIER} - {self.action}"

    @property
    def stem(self) -> str:
        """The file name, without extension."""
        return "_".join(self.action.lower().split())


_MESSAGE: Final = "The message that the action acted on, the state of the change, and how to undo it."
_TABLE: Final = ("table.js", "table.css")
_CHANGE: Final = ("outcome.js", "change.js")
WIDGETS: Final = tuple(
    Widget(action, description, files, height, "half_width", conditions)
    for action, description, files, height, conditions in (
        ("Simple Archive Search", "Emails that match the search.", _TABLE, 400, _LIST),
        ("Advanced Archive Search", "Emails that match the search.", _TABLE, 400, _LIST),
        ("Create Block Sender Policy", "The created block sender policy.", ("outcome.js", "card.js"), 400, _OBJECT),
        ("Release Message", _MESSAGE, _CHANGE, 300, _OBJECT),
        ("Reject Message", _MESSAGE, _CHANGE, 300, _OBJECT),
        ("Report Message", "The reported messages, and those that failed.", _CHANGE, 300, _OBJECT),
        (
            "Check Permissions",
            "What does not work, and which permission to grant.",
            ("permissions.js", "permissions.css"),
            400,
            _OBJECT,
        ),
    )
)


def definition(widget: Widget) -> dict[str, Any]:
    """The content of `widgets/X.yaml`."""
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
    """The HTML page, with its style and script."""
    style = _joined("style.css", *(name for name in widget.files if name.endswith(".css")))
    script = _joined("page.js", *(name for name in widget.files if name.endswith(".js")))
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    return environment.get_template("page.html.j2").render(
        title=widget.title,
        action=widget.action,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )


def _joined(*names: str) -> str:
    """The files as one text, without comment lines and indentation, which take space in each page."""
    lines = [line.strip() for name in names for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode("utf-8")).digest()).decode("ascii")
