"""How `make docs` builds the French documentation: as the English one, but for the language."""

import runpy
from pathlib import Path

globals().update(runpy.run_path(str(Path(__file__).parents[1] / "conf.py")))

language = "fr"
project = html_title = "Mimecast pour Google SecOps"
copyright = "2026, les auteurs. Apache-2.0"  # noqa: A001 -- the name that Sphinx wants
exclude_patterns = []
smartquotes = False  # FrenchTypography in languages.py
