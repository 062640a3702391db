"""Advanced Archive Search: search the archive with an XML query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import archive_results
from mimecast_secops.actions.declaration import Action, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import check_query
from mimecast_secops.api.archive_query import QueryError
from mimecast_secops.api.completeness import Completeness, CompletenessKind
from mimecast_secops.api.resources import archive
from mimecast_secops.parameters import InvalidParameter, checked
from mimecast_secops.sentences import sentence

MAX_PAGES: Final = 20
"""The search returns at most this many pages."""
_STOPPED: Final = Completeness(
    CompletenessKind.PARTIAL,
    pages=MAX_PAGES,
    reason=f"the search stopped after {MAX_PAGES} pages, and the archive has more. Narrow the query",
)


def _check(query: str) -> str:
    try:
        return check_query(query)
    except QueryError as error:
        raise InvalidParameter("XML Query", sentence("{XML Query} is not accepted: {error}", error=error)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The query."""

    query: str = checked(
        "XML Query",
        f"An xmlquery document as described in Mimecast's documentation. At most {MAX_PAGES} pages are returned.",
        _check,
        mandatory=True,
    )


def run(context: Context, parameters: Parameters) -> Result:
    """Read the pages of the query, up to the limit."""
    items: list[dict[str, Any]] = []
    pages = context.client.archive.search_pages(parameters.query)
    for number, page in enumerate(pages, 1):
        items.extend(page.items)
        context.progress(len(items), None, "emails found")
        if number >= MAX_PAGES:
            if page.more:
                context.log.warning(
                    "The search stopped after %d pages, and the archive has more. Narrow the query.", MAX_PAGES
                )
                return archive_results.archive_result(items, _STOPPED)
            break
    return archive_results.archive_result(items, pages.completeness)


ACTION: Final = Action(
    name="Advanced Archive Search",
    description="Search the archive with your own XML query.",
    parameters=Parameters,
    endpoints=(archive.SEARCH,),
    run=run,
    outcome=OutcomeCategory.SEARCH_EMAIL,
    sample={"XML Query": "<xmlquery><metadata/><muse/></xmlquery>"},
    example=archive_results.EXAMPLE,
)
