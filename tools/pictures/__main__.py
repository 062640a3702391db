"""Draws the pictures: `python -m tools.pictures [widgets]`."""

from __future__ import annotations

import sys

from tools.pictures import case, forms, panel

if __name__ == "__main__":
    if "widgets" in sys.argv[1:]:
        from tools.pictures import widgets

        panel.write(widgets.pictures())
    else:
        panel.write(
            [
                ("instance.svg", forms.instance_form()),
                ("connector.svg", forms.connector_form()),
                ("case.svg", case.case()),
            ]
        )
