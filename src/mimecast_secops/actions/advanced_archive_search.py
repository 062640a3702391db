"""Advanced Archive Search: a query in the archive's own language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import archive_results
from mimecast_secops.actions.declaration import Action, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import check_query
from mimecast_secops.api.archive_query import QueryError
from mimecast_secops.api.resources import archive
from mimecast_secops.parameters import InvalidParameter, checked

MOST_PAGES: Final = 20
"""Where the search stops following pages."""


def _query(given: str) -> str:
    try:
        return check_query(given)
    except QueryError as error:
        raise InvalidParameter("XML Query", f'"XML Query" is not accepted: {error}') from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The query."""

    query: str = checked(
        "XML Query",
        f"An xmlquery document as Mimecast's documentation describes it. At most {MOST_PAGES} pages are returned.",
        _query,
        mandatory=True,
    )


def run(context: Context, parameters: Parameters) -> Result:
    """Follow the pages of the query up to the budget."""
    found: list[dict[str, Any]] = []
    for number, page in enumerate(context.client.archive.search_pages(parameters.query), 1):
        found.extend(page.items)
        context.progress(len(found), None, "mails found")
        if number >= MOST_PAGES:
            if page.more:
                context.log.warning("Stopped after %d pages; the archive has more. Narrow the query.", MOST_PAGES)
            break
    return archive_results.archive_result(found)


ACTION: Final = Action(
    name="Advanced Archive Search",
    description="Search the archive with an XML query of your own.",
    parameters=Parameters,
    endpoints=(archive.SEARCH,),
    run=run,
    outcome=OutcomeCategory.SEARCH_EMAIL,
    sample={"XML Query": "<xmlquery><metadata/><muse/></xmlquery>"},
    example=archive_results.EXAMPLE,
)
