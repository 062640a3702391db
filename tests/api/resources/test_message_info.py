"""The details of a tracked message, and the replies to an ID that Mimecast does not know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mimecast_secops.api import MessageInfo, Risk, errors
from tests.api.clients import client_of
from tests.api.local_server import Answer, Server, answer

ADDRESS = "ann@example.com"
FORMS: dict[str, Any] = {
    "text": ADDRESS,
    "object": {"emailAddress": ADDRESS, "displayableName": "Ann"},
    "list of texts": [ADDRESS],
    "list of objects": [{"emailAddress": ADDRESS}],
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_an_address_is_read_in_each_form(form: Any) -> None:
    queued = MessageInfo.read({"id": "1", "queueInfo": {"to": form}})
    sent = MessageInfo.read(
        {"id": "1", "recipientInfo": {"txInfo": {"to": form}, "messageInfo": {"fromEnvelope": form}}}
    )
    assert queued.recipient == sent.recipient == sent.sender == ADDRESS
    assert queued.defects == sent.defects == ()


def test_the_header_does_not_name_the_recipient() -> None:
    assert MessageInfo.read({"recipientInfo": {"messageInfo": {"to": [ADDRESS]}}}).recipient == ""


def test_the_verdict_is_part_of_the_details() -> None:
    verdict = {"categories": [{"risk": "medium"}]}
    info = MessageInfo.read({"id": "1", "spamInfo": {"verdict": verdict}})
    assert (info.risk, info.verdict_was_read, info.category_risk) == (None, True, Risk.MEDIUM)
    assert not MessageInfo.read({"id": "1"}).verdict_was_read


HTML = Answer(404, b"<html><body>Not found</body></html>", {"Content-Type": "text/html"})
NOT_FOUND: dict[str, tuple[Answer, type[errors.MimecastError]]] = {
    "a code in the envelope": (
        answer(fail=[{"errors": [{"code": "err_message_unknown", "message": "?"}]}]),
        errors.NotFound,
    ),
    "a code with 400": (
        answer(status=400, fail=[{"errors": [{"code": "err_validation", "message": "?"}]}]),
        errors.NotFound,
    ),
    "400 without a word": (Answer(400), errors.NotFound),
    "404 with a code": (answer(status=404, fail=[{"code": "err_x", "message": "?"}]), errors.NotFound),
    "404 as a web page": (HTML, errors.NotFoundWithoutCode),
    "another structure": (Answer(200, b'{"message": "ok"}'), errors.NotUnderstood),
    "no entry": (answer([]), errors.NotUnderstood),
    "an empty entry": (answer([{}]), errors.NotUnderstood),
    "null": (Answer(200, b'{"data": null}'), errors.NotUnderstood),
    "text": (Answer(200, b'{"data": "none"}'), errors.NotUnderstood),
    "details of another message": (answer([{"id": "other", "status": "held"}]), errors.UnreadableReply),
}


@pytest.mark.parametrize(("reply", "kind"), NOT_FOUND.values(), ids=NOT_FOUND)
def test_every_reply_to_a_foreign_id_is_not_found_or_unreadable(
    server: Server, reply: Answer, kind: type[errors.MimecastError]
) -> None:
    server.say(reply)
    with client_of(server.url, max_attempts=1) as client, pytest.raises(kind) as caught:
        client.tracking.info("hold-id")
    assert type(caught.value) is kind
    assert caught.value.endpoint == "/api/message-finder/get-message-info"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [(403, "app_forbidden", errors.MissingPermission), (401, "unauthorized", errors.AuthenticationFailed)],
)
def test_a_missing_right_stays_a_missing_right(
    server: Server, status: int, code: str, kind: type[errors.MimecastError]
) -> None:
    server.say(Answer(status, json.dumps({"fail": [{"code": code, "message": "no"}]}).encode()))
    with client_of(server.url, max_attempts=1) as client, pytest.raises(kind):
        client.tracking.info("hold-id")
