"""Quirks."""

from __future__ import annotations

from dataclasses import fields

import pytest

from mimecast_secops.simulator import Quirks, UnknownQuirk
from mimecast_secops.simulator.quirks import descriptions


def test_quirks_are_set_from_text_or_json() -> None:
    quirks = Quirks()
    for name, value in (("rate_limit", "5"), ("strict_members", True), ("hold_delay", 1.5), ("not_held", "fail")):
        quirks.change(name, value)
    assert (quirks.rate_limit, quirks.strict_members, quirks.hold_delay, quirks.not_held) == (
        5,
        True,
        1.5,
        "fail",
    )


@pytest.mark.parametrize(("name", "value"), [("no_such", 1), ("rate_limit", "many"), ("strict_members", "perhaps")])
def test_an_unknown_quirk_or_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(UnknownQuirk, match=name):
        Quirks().change(name, value)


WORDS = {
    "tracked_paging": ["none", "next", "total", "next_and_total"],
    "tracked_wrapper": ["documented", "null", "empty_object", "named", "flat", "null_data"],
    "time_form": ["offset", "naive_utc", "naive_local", "epoch_ms", "epoch_s", "rfc2822"],
    "tracking_ids": ["opaque", "status", "real"],
    "queue_addresses": ["text", "object", "list"],
    "risk_form": ["word", "unknown_word", "number", "missing", "category_only"],
    "hold_subject": ["same", "tagged", "cut", "escaped"],
    "hold_from": ["envelope", "header"],
    "hold_to": ["same", "alias"],
    "hold_addresses": ["object", "text", "list"],
    "hold_wrapper": ["documented", "null", "empty_object", "named"],
    "hold_next": ["next", "nextToken", "pageToken", "none", "always"],
    "hold_order": ["newest", "oldest"],
    "hold_end_future": ["accept", "refuse"],
    "policy_get": ["full", "documented", "wrapped", "renamed", "empty"],
    "policy_delete_reply": ["documented", "empty"],
    "sender_reply": ["documented", "spelled", "upper", "empty"],
    "unmanaged_recipient": ["accept", "refuse"],
    "archive_wrapper": ["items", "flat", "messages", "null", "text"],
    "archive_next": ["next", "nextToken", "pageToken", "none"],
    "not_held": ["flag", "fail", "empty"],
    "unknown_id": ["fail", "status"],
    "tracked_order": ["newest", "oldest", "none"],
    "file_v1": ["stream", "url", "urls"],
    "file_v2": ["stream", "url", "urls"],
    "foreign_id_info": ["fail", "http404_html", "http400", "flat200", "empty", "other_message"],
    "decision_reply": [
        "documented",
        "text",
        "named",
        "other_id",
        "empty",
        "lie",
        "drop_done",
        "drop_undone",
        "gateway_timeout_done",
        "gateway_timeout_undone",
    ],
    "rate_style": ["window", "bucket"],
    "rate_scope": ["endpoint", "user"],
    "rate_unit": ["ms", "seconds", "epoch"],
    "token_end_code": ["token_expired", "invalid_token", "unauthorized", "no_message", "InvalidClientIdentifier"],
    "rate_header": ["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit", "Retry-After"],
}


FREE_TEXTS = {"tracking_lacks", "redirect_to"}


@pytest.mark.parametrize("name", WORDS)
def test_a_quirk_with_words_accepts_only_these_words(name: str) -> None:
    quirks = Quirks()
    for value in ("nonsense", "", None, True, ["flag"]):
        with pytest.raises(UnknownQuirk, match=f"{name}.*{', '.join(WORDS[name])}"):
            quirks.change(name, value)
        assert quirks == Quirks()
    for word in WORDS[name]:
        quirks.change(name, word)
        assert getattr(quirks, name) == word


def test_every_quirk_with_text_has_its_words() -> None:
    assert {
        field.name for field in fields(Quirks) if isinstance(field.default, str) and field.name not in FREE_TEXTS
    } == set(WORDS)


def test_every_quirk_has_a_description_and_no_two_groups_have_the_same_quirk() -> None:
    names = [name for group in Quirks.__mro__[1:-1] for name in vars(group)["__annotations__"]]
    assert len(names) == len(set(names))
    assert list(descriptions()) == [field.name for field in fields(Quirks)]
    assert all(descriptions().values())
