"""Writes the pages of the widgets in examples/playbooks: `python tools/playbook_pages.py`.

They are the pages of the integration's widgets. A test compares both.
"""

from __future__ import annotations

from pathlib import Path

from mimecast_secops.packaging.playbooks import widget_pages

FOLDER = Path(__file__).parents[1] / "examples" / "playbooks"


def main() -> None:
    for path, page in widget_pages(FOLDER).items():
        path.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
