"""The classes of errors."""

from __future__ import annotations

from mimecast_secops.api.errors import (
    Consequence,
    MimecastError,
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
    }
    for name in ("NotFound", "NotFoundWithoutCode", "NotConfirmed", "FileRejected"):
        assert consequences[name] is Consequence.SKIP
