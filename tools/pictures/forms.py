"""The form of an instance and the form of the connector, from the definitions that the package contains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mimecast_secops.packaging import source
from mimecast_secops.packaging.source_tree import RESOURCES
from tools.pictures.panel import Panel

LOGO: Final = (RESOURCES / "logo.svg").read_text(encoding="utf-8")
_MARGIN: Final = 24

Field = dict[str, Any]


def instance_form() -> str:
    """The form of an instance of the integration."""
    definition = source.integration()
    panel = Panel(720, f"The form of an instance of {definition['name']}, with its default values")
    _heading(panel, definition["name"], "Configure instance")
    y = 92
    for field in definition["parameters"]:
        _labelled_row(panel, y, field)
        y += 44
    panel.line(_MARGIN, y + 4, panel.width - _MARGIN, y + 4)
    panel.button(_MARGIN, y + 20, "Test")
    panel.button(panel.width - _MARGIN - 92, y + 20, "Save", main=True)
    return panel.svg(y + 72)


def connector_form() -> str:
    """The form of the connector, in two columns. Advanced parameters are hidden, as on the platform."""
    definition = source.connector()
    fields = [field for field in definition["parameters"] if not field["is_advanced"]]
    advanced = len(definition["parameters"]) - len(fields)
    panel = Panel(920, f"The form of the connector {definition['name']}, with its default values")
    _heading(panel, definition["name"], "Connector parameters")
    width = (panel.width - 3 * _MARGIN) / 2
    columns = _columns(fields)
    for column, column_fields in enumerate(columns):
        for row, field in enumerate(column_fields):
            _labelled_cell(panel, _MARGIN + column * (width + _MARGIN), 84 + row * 58, width, field)
    y = 84 + max(map(len, columns)) * 58 + 8
    panel.line(_MARGIN, y, panel.width - _MARGIN, y)
    panel.text(_MARGIN, y + 34, f"▸  Advanced ({advanced})", "accent bold")
    panel.button(panel.width - _MARGIN - 92, y + 14, "Save", main=True)
    return panel.svg(y + 62)


def _columns(fields: Sequence[Field]) -> tuple[Sequence[Field], Sequence[Field]]:
    middle = (len(fields) + 1) // 2
    return fields[:middle], fields[middle:]


def _heading(panel: Panel, title: str, subtitle: str) -> None:
    panel.logo(_MARGIN, 18, 40, LOGO)
    panel.text(76, 36, title, "bold", size=17)
    panel.text(76, 55, subtitle, "faint")
    panel.line(_MARGIN, 72, panel.width - _MARGIN, 72)


def _label(panel: Panel, x: float, y: float, field: Field, *, size: int = 13) -> None:
    panel.text(x, y, field["name"] + (" *" if field["is_mandatory"] else ""), size=size)


def _labelled_row(panel: Panel, y: float, field: Field) -> None:
    left = 190
    _label(panel, _MARGIN, y + 21, field)
    _value(panel, left, y, panel.width - left - _MARGIN, field)


def _labelled_cell(panel: Panel, x: float, y: float, width: float, field: Field) -> None:
    if field["type"] == "boolean":
        panel.check_box(x, y + 22, checked=field["default_value"])
        _label(panel, x + 28, y + 36, field)
        return
    _label(panel, x, y + 12, field, size=12)
    _value(panel, x, y + 18, width, field)


def _value(panel: Panel, x: float, y: float, width: float, field: Field) -> None:
    """The default of a field; without one, its description as a hint."""
    if field["type"] == "boolean":
        panel.check_box(x, y + 7, checked=field["default_value"])
        return
    panel.box(x, y, width, 32, "field")
    is_secret = field["type"] == "password"
    room = width - (44 if is_secret else 20)
    default = str(field["default_value"])
    panel.text(x + 10, y + 21, default or field["description"], "" if default else "faint", room=room)
    if is_secret:
        panel.eye(x + width - 20, y + 16)
