"""Links between the English and the French documentation, which Sphinx builds separately.

The French sources are in the folder `fr` of the English ones, and so are the French pages in the output. The relative
link between two pages is therefore the relative link between their sources.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any, NamedTuple

import sphinx.locale
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform

DOCS = Path(__file__).parents[1]
TRANSLATIONS = DOCS / "fr"
# Pages that Sphinx makes in each language, and that have no source.
_WITHOUT_SOURCE = frozenset({"search", "genindex"})


_SPACE_BEFORE_MARK = re.compile(r" (?=[:;!?»])|(?<=«) ")
# Words of the theme for which Sphinx has no French translation.
_THEME_IN_FRENCH = {
    "Back to top": "Haut de page",
    "Home": "Accueil",
    "Next": "Suivant",
    "On this page": "Sur cette page",
    "Previous": "Précédent",
    "Skip to content": "Aller au contenu",
}


class Switch(NamedTuple):
    """The link to the other language.

    Attributes:
        code: the other language, such as `fr`.
        page: the page in the other language, relative to the root of this build.
        is_translation: whether it is the same page; otherwise it is the start page.
    """

    code: str
    page: str
    is_translation: bool


def switch(language: str, page: str) -> Switch:
    """The link to the other language for a page, which is named by its path without suffix."""
    folder, prefix, code = (TRANSLATIONS, "fr/", "fr") if language == "en" else (DOCS, "../", "en")
    if page in _WITHOUT_SOURCE or (folder / f"{page}.md").is_file():
        return Switch(code, f"{prefix}{page}", is_translation=True)
    return Switch(code, f"{prefix}index", is_translation=False)


class LinksToTheOtherLanguage(SphinxPostTransform):
    """Turns a link to a page of the other build into a relative link. MyST would drop it."""

    default_priority = 8  # before MyST resolves links, with 9

    def run(self, **_options: Any) -> None:
        """Replace the links of one page."""
        for link in list(self.document.findall(pending_xref)):
            target = link.get("reftarget", "")
            if link.get("refdomain") != "doc" or target in self.env.all_docs:
                continue
            source = Path(self.env.srcdir, f"{target}.md").resolve()
            if source.is_relative_to(DOCS):
                link.replace_self(self._reference(link, source))

    def _reference(self, link: pending_xref, source: Path) -> nodes.reference:
        here = Path(self.env.doc2path(self.env.docname)).parent
        relative = posixpath.relpath(source.with_suffix(".html").as_posix(), here.as_posix())
        anchor = link.get("reftargetid")
        reference = nodes.reference("", "", refuri=f"{relative}#{anchor}" if anchor else relative, internal=True)
        reference.extend(link.children)
        return reference


class FrenchTypography(SphinxTransform):
    """Keeps a French punctuation mark on the line of the word before it, and rounds apostrophes.

    Sphinx takes an apostrophe before a link for a quotation mark, so `fr/conf.py` turns its conversion off.
    """

    default_priority = 800

    def apply(self, **_options: Any) -> None:
        """Replace the spaces before marks, and the apostrophes, except in code."""
        if self.config.language != "fr":
            return
        for text in list(self.document.findall(nodes.Text)):
            if not isinstance(text.parent, (nodes.literal, nodes.literal_block)):
                spaced = _SPACE_BEFORE_MARK.sub("\N{NO-BREAK SPACE}", text)
                text.parent.replace(text, nodes.Text(spaced.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")))


def _translated(message: str) -> str:
    return _THEME_IN_FRENCH.get(message) or sphinx.locale.get_translation("sphinx")(message)


def _complete_context(_app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: Any) -> None:
    """Add what the templates need: the link to the other language, and the French words of the theme."""
    context["switch"] = switch(context["language"], page)
    if context["language"] == "fr":
        context |= {"_": _translated, "gettext": _translated}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_transform(FrenchTypography)
    app.add_post_transform(LinksToTheOtherLanguage)
    app.connect("html-page-context", _complete_context)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
