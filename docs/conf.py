"""How `make docs` builds the documentation: English in this folder, French in `fr`.

Each language is built separately, so that a search finds only pages of one language. `fr/conf.py` runs this file first.
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER / "_extensions"))

project = "Mimecast for Google SecOps"
author = "the authors of Mimecast for Google SecOps"
copyright = "2026, the authors. Apache-2.0"  # noqa: A001 -- the name that Sphinx wants
language = "en"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "languages",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "fr"]
templates_path = [str(FOLDER / "_templates")]

html_theme = "furo"
html_title = project
html_static_path = [str(FOLDER / "_static")]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}

myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # links to files outside docs; tests/docs checks every link

# Copy commands only: neither the prompt nor the output below it.
copybutton_prompt_text = r"\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
