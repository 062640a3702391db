"""Open facts about tokens, rate limits and replies in general."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.open_facts.fact import OpenFact, Reading

_TOKENS: Final = "docs/reference/mimecast-api.md#bearer-tokens"
_GATEWAY: Final = "docs/reference/mimecast-api.md#gateway-failures"
_LIMITS: Final = "docs/reference/mimecast-api.md#rate-limits"

CONNECTION: Final = (
    OpenFact(
        question="Which code says that a token has ended",
        source=_TOKENS,
        readings=tuple(
            Reading(
                name=f"token-ends-{code.replace('_', '-')}",
                tenant=f"A token ends early, and the code is {text}.",
                product="Gets a new token once, whatever the code is.",
                switches={"token_ends_after": 0.3, "token_end_code": code},
            )
            for code, text in (
                ("token_expired", "`token_expired`"),
                ("invalid_token", "`invalid_token`"),
                ("unauthorized", "`unauthorized`"),
                ("no_message", "`unauthorized` without a message"),
                ("InvalidClientIdentifier", "`InvalidClientIdentifier`"),
            )
        ),
    ),
    OpenFact(
        question="Name, unit and meaning of the rate limit headers",
        source=_LIMITS,
        readings=(
            Reading(
                name="rate-bucket",
                tenant="20 calls per endpoint; one comes back every 50 ms.",
                product="Spaces its calls accordingly.",
                switches={"rate_style": "bucket", "rate_limit": 20, "rate_refill_ms": 50},
            ),
            Reading(
                name="rate-reset-in-seconds",
                tenant="The reset is told in seconds.",
                product="Tells milliseconds, seconds and times apart by their size.",
                switches={"rate_limit": 30, "rate_window": 1.0, "rate_unit": "seconds"},
            ),
            Reading(
                name="rate-reset-as-time",
                tenant="The reset is told as a unix time.",
                product="Tells milliseconds, seconds and times apart by their size.",
                switches={"rate_limit": 30, "rate_window": 1.0, "rate_unit": "epoch"},
            ),
            Reading(
                name="rate-header-other-name",
                tenant="The header is `X-Rate-Limit-Reset`.",
                product="Reads each of the known names.",
                switches={"rate_limit": 30, "rate_window": 1.0, "rate_header": "X-Rate-Limit"},
            ),
        ),
    ),
    OpenFact(
        question="Whether a reply may begin with a byte order mark",
        source=_GATEWAY,
        readings=(
            Reading(
                name="reply-with-bom",
                tenant="A reply begins with a byte order mark.",
                product="Reads it.",
                switches={"bom": True},
            ),
        ),
    ),
)
