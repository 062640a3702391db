"""The classes of errors."""

from __future__ import annotations

import pytest

from mimecast_secops.api.errors import (
    AuthenticationFailed,
    Consequence,
    DeadlineExceeded,
    MimecastError,
    NotConfirmed,
    NotExecuted,
    RateLimited,
    Redirected,
    Unavailable,
    UnexpectedReply,
    Unreachable,
    UnreadableReply,
)


def test_every_error_class_has_its_consequence() -> None:
    def below(kind: type[MimecastError]) -> list[type[MimecastError]]:
        return [kind, *(leaf for child in kind.__subclasses__() for leaf in below(child))]

    consequences = {kind.__name__: kind.consequence for kind in below(MimecastError)}
    assert {name for name, value in consequences.items() if value is Consequence.RETRY} == {
        "Unreachable",
        "DeadlineExceeded",
        "RateLimited",
        "Unavailable",
        "UnreadableReply",
        "UndecodableReply",
        "ReplyTooLarge",
        "UnexpectedReply",
        "NotUnderstood",
    }
    assert {name for name, value in consequences.items() if value is Consequence.FIX} >= {
        "Misconfigured",
        "IncompleteCredentials",
        "AuthenticationFailed",
        "MissingPermission",
        "Redirected",
    }
    for name in ("NotFound", "NotFoundWithoutCode", "NotConfirmed", "FileRejected"):
        assert consequences[name] is Consequence.SKIP


@pytest.mark.parametrize(
    ("error", "maybe_done"),
    [
        (Unreachable("broken", may_have_been_executed=True), True),
        (Unreachable("no connection"), False),
        (DeadlineExceeded("too late", may_have_been_executed=True), True),
        (DeadlineExceeded("too late"), False),
        (Unavailable("HTTP 504", status=504), True),
        (UnreadableReply("a page"), True),
        (UnexpectedReply("another form"), True),
        (NotConfirmed("no echo"), True),
        (NotExecuted("release: false"), False),
        (Redirected("302", status=302), False),
        (Redirected("303", status=303), True),
        (RateLimited("quota"), False),
        (AuthenticationFailed("no", status=401), False),
    ],
    ids=lambda value: f"{type(value).__name__} {value}" if isinstance(value, MimecastError) else "",
)
def test_an_error_says_whether_a_write_may_have_been_executed(error: MimecastError, maybe_done: bool) -> None:
    assert error.maybe_done is maybe_done
