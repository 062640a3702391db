"""Report Message: report messages to Mimecast as spam, malware or phishing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import mutation, resolution
from mimecast_secops.actions.declaration import EXAMPLE_ID, Action, ActionFailed, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import ApiVersion, Request
from mimecast_secops.api.errors import Consequence, MimecastError
from mimecast_secops.api.resources import tracking
from mimecast_secops.parameters import choice, items, text
from mimecast_secops.sentences import sentence, sentence_of

_NO_UNDO: Final = {"possible": False, "why": "A report has been sent to Mimecast; it cannot be taken back."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The messages, and what to report them as."""

    message_ids: tuple[str, ...] = items(
        resolution.MESSAGE_ID,
        "Comma-separated list of tracking IDs or internet Message-IDs.",
        mandatory=True,
        check=resolution.check_message_id,
    )
    kind: str = choice("Report As", "Category of the messages.", ("Spam", "Malware", "Phishing"), default="Spam")
    comment: str = text("Comment", "Comment for Mimecast.")
    dry_run: bool = mutation.dry_run()


def run(context: Context, parameters: Parameters) -> Result:
    """Report each message. A failure does not stop the reports that follow."""
    if context.client.api_version is not ApiVersion.V1:
        raise ActionFailed(
            "Messages can be reported on API 1.0 only, and this connection uses API 2.0. "
            "Report them in the Mimecast console, or use API 1.0 keys."
        )
    reported: list[_Report] = []
    failed: dict[str, str] = {}
    for number, message_id in enumerate(parameters.message_ids, 1):
        before = len(reported)
        try:
            for report in _reports(context, message_id, parameters):
                if not parameters.dry_run:
                    _send(context, report)
                reported.append(report)
        except (ActionFailed, MimecastError) as error:
            # After a report was sent, the result has to list it, whatever the error is.
            may_stop = parameters.dry_run or not reported
            if may_stop and isinstance(error, MimecastError) and error.consequence is Consequence.FIX:
                raise
            failed[message_id] = str(error)
            copies = len(reported) - before
            if copies and not parameters.dry_run:
                failed[message_id] += f" Copies already reported: {copies}."
        context.progress(number, len(parameters.message_ids), "reported")
    return _result(parameters, reported, failed)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Report:
    """The report of one tracking record.

    Attributes:
        message_id: the ID that the user entered.
        tracking_id: the ID of the record.
        request: the request that reports it.
    """

    message_id: str
    tracking_id: str
    request: Request[None]

    def as_json(self) -> dict[str, Any]:
        return {"id": self.message_id, "trackingId": self.tracking_id, "request": dict(self.request.data[0])}


def _send(context: Context, report: _Report) -> None:
    """Send a report once.

    Raises:
        ActionFailed: no reply says whether it was received. Mimecast has no list of reports that could show it.
        MimecastError: Mimecast refused the report, or it was not sent.
    """
    try:
        context.client.send(report.request)
    except MimecastError as error:
        if not error.maybe_done:
            raise
        message = sentence(
            "{error} Nothing shows whether the report was received. Check with Mimecast before you report it again.",
            error=sentence_of(error),
        )
        raise ActionFailed(message) from error


def _result(parameters: Parameters, reported: list[_Report], failed: dict[str, str]) -> Result:
    """The result of the action.

    Args:
        parameters: the parameters of the action.
        reported: the reports that were sent. In a dry run, those that would be sent.
        failed: message ID → error of each message that was not, or not completely, reported.

    Raises:
        ActionFailed: a message failed.
    """
    if parameters.dry_run and not failed:
        return mutation.dry_run_result(
            [report.request for report in reported], [report.as_json() for report in reported]
        )
    json_result = {
        "state": mutation.State.PENDING.value,
        "undo": _NO_UNDO,
        "reported": [] if parameters.dry_run else [report.as_json() for report in reported],
        "failed": [{"id": message_id, "error": error} for message_id, error in failed.items()],
    }
    succeeded = [message_id for message_id in parameters.message_ids if message_id not in failed]
    if not failed:
        ids = ", ".join(succeeded)
        return Result(
            message=f'Successfully reported the following messages in Mimecast: "{ids}".', json_result=json_result
        )
    errors = "; ".join(f'"{message_id}": {error}' for message_id, error in failed.items())
    summary = f"{len(failed)} of {len(parameters.message_ids)} messages could not be reported: {errors}"
    if succeeded and not parameters.dry_run:
        summary += f' Reported: "{", ".join(succeeded)}".'
    partial = bool(reported) and not parameters.dry_run
    raise ActionFailed(summary, json_result=json_result, partial=partial)


def _reports(context: Context, message_id: str, parameters: Parameters) -> Iterator[_Report]:
    """The reports of all tracking records of an ID.

    Raises:
        ActionFailed: message tracking has no record of the ID, or, after all other reports, a record without an ID.
        MimecastError: the search for the records failed.
    """
    kind, comment = parameters.kind.lower(), parameters.comment
    tracking_ids = _tracking_ids(context, message_id)
    for tracking_id in filter(None, tracking_ids):
        request = context.client.tracking.report_request(tracking_id, kind=kind, comment=comment)
        yield _Report(message_id=message_id, tracking_id=tracking_id, request=request)
    if without_id := tracking_ids.count(""):
        raise ActionFailed(
            f"{without_id} of {len(tracking_ids)} copies cannot be reported, because message tracking shows no ID for "
            "them."
        )


def _tracking_ids(context: Context, message_id: str) -> list[str]:
    """The tracking IDs of an ID, "" for a record without one. An internet Message-ID has one record per recipient."""
    if not resolution.is_internet_message_id(message_id):
        return [message_id]
    rows = resolution.records_with_message_id(context, resolution.bare_message_id(message_id))
    if not rows:
        raise ActionFailed("message tracking has no message with that Message-ID.")
    return [row.id for row in rows]


ACTION: Final = Action(
    name="Report Message",
    description=(
        "Report messages to Mimecast as spam, malware or phishing. Only messages with status Held, Archived or "
        "Rejected can be reported. API 1.0 only."
    ),
    parameters=Parameters,
    endpoints=(tracking.REPORT,),
    optional_endpoints=(tracking.SEARCH,),
    run=run,
    outcome=OutcomeCategory.UPDATE_EMAIL,
    sample={"Message ID": EXAMPLE_ID},
    writes=True,
    api_versions=frozenset({ApiVersion.V1}),
    example={
        "state": "pending",
        "undo": _NO_UNDO,
        "reported": [
            {
                "id": EXAMPLE_ID,
                "trackingId": EXAMPLE_ID,
                "request": {"id": EXAMPLE_ID, "type": "spam"},
            }
        ],
        "failed": [],
    },
)
