"""Hypothesis strategies for JSON values with the member names of Mimecast's replies."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = [
    *("meta", "status", "pagination", "next", "data", "fail", "errors", "code", "message", "field", "key", "id"),
    *("trackedEmails", "items", "fromEnv", "fromHdr", "from", "to", "emailAddress", "displayableName", "received"),
    *("subject", "size", "attachments", "hasAttachments", "recipientInfo", "messageInfo", "txInfo", "queueInfo"),
    *("spamInfo", "spamProcessingDetail", "verdict", "risk", "transmissionInfo", "policy", "type", "packages"),
    *("fromEternal", "fromDate", "spamScore", "sha256", "mimeMessageId", "dateReceived", "route", "emailDomain"),
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["true", "False", "2025-04-16T16:07:14+0000", "9999-12-31T23:59:59-2359", "ann@example.com", "HIGH"]
    )
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
json_objects = st.dictionaries(st.sampled_from(NAMES), json_values, max_size=6)
