"""How `make docs` builds the documentation."""

project = "Mimecast for Google SecOps"
author = "the authors of Mimecast for Google SecOps"
copyright = "2026, the authors. Apache-2.0"  # noqa: A001 -- the name that Sphinx wants
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
html_theme = "furo"
html_static_path = ["_static"]
html_title = project
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # links to files outside docs; tests/docs checks every link
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
