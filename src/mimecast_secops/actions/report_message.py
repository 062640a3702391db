"""Report Message: report messages to Mimecast as spam, malware or phishing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.actions import mutation, resolution
from mimecast_secops.actions.declaration import EXAMPLE_ID, Action, ActionFailed, Context, Result
from mimecast_secops.actions.outcomes import OutcomeCategory
from mimecast_secops.api import ApiVersion, Request
from mimecast_secops.api.errors import Consequence, MimecastError
from mimecast_secops.api.resources import tracking
from mimecast_secops.parameters import choice, items, text

_NO_UNDO: Final = {"possible": False, "why": "A report has been sent to Mimecast; it cannot be taken back."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The messages, and what to report them as."""

    message_ids: tuple[str, ...] = items(
        "Message ID", "Comma-separated list of tracking IDs or internet Message-IDs.", mandatory=True
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
    for message_id in parameters.message_ids:
        resolution.check_message_id(message_id)
    reported: list[dict[str, Any]] = []
    requests: list[Request[None]] = []
    failed: dict[str, Exception] = {}
    for number, message_id in enumerate(parameters.message_ids, 1):
        try:
            reports = _report(context, message_id, parameters)
        except (ActionFailed, MimecastError) as error:
            if isinstance(error, MimecastError) and error.consequence is Consequence.FIX:
                raise
            failed[message_id] = error
        else:
            requests += [request for _, request in reports]
            reported += [
                {"id": message_id, "trackingId": tracking_id, "request": dict(request.data[0])}
                for tracking_id, request in reports
            ]
        context.progress(number, len(parameters.message_ids), "reported")
    if parameters.dry_run and not failed:
        return mutation.dry_run_result(requests, reported)
    json_result = {
        "state": mutation.State.PENDING.value,
        "undo": _NO_UNDO,
        "reported": reported,
        "failed": [{"id": message_id, "error": str(error)} for message_id, error in failed.items()],
    }
    succeeded = [message_id for message_id in parameters.message_ids if message_id not in failed]
    if not failed:
        ids = ", ".join(succeeded)
        return Result(
            message=f'Successfully reported the following messages in Mimecast: "{ids}".', json_result=json_result
        )
    errors = "; ".join(f'"{message_id}": {error}' for message_id, error in failed.items())
    sentence = f"{len(failed)} of {len(parameters.message_ids)} messages could not be reported: {errors}"
    partial = bool(succeeded) and not parameters.dry_run
    if partial:
        sentence += f' Reported: "{", ".join(succeeded)}".'
    raise ActionFailed(sentence, json_result=json_result, partial=partial)


def _report(context: Context, message_id: str, parameters: Parameters) -> list[tuple[str, Request[None]]]:
    """Report every tracking record of an ID.

    Returns:
        Each tracking ID with its request. A dry run builds the requests without sending them.
    """
    client = context.client
    kind, comment = parameters.kind.lower(), parameters.comment
    reports = [
        (tracking_id, client.tracking.report_request(tracking_id, kind=kind, comment=comment))
        for tracking_id in _tracking_ids(context, message_id)
    ]
    if not parameters.dry_run:
        for _, request in reports:
            client.send(request)
    return reports


def _tracking_ids(context: Context, message_id: str) -> list[str]:
    """The tracking IDs of an ID. An internet Message-ID has one tracking record per recipient."""
    if not resolution.is_internet_message_id(message_id):
        return [message_id]
    rows = context.client.tracking.search(message_id=resolution.bare_message_id(message_id))
    context.log.info("The ID is an internet Message-ID. Message tracking has %d records with it.", len(rows))
    ids = [row.id for row in rows if row.id]
    if not ids:
        raise ActionFailed("message tracking has no message with that Message-ID.")
    return ids


ACTION: Final = Action(
    name="Report Message",
    description="Report messages to Mimecast as spam, malware or phishing. API 1.0 only.",
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
