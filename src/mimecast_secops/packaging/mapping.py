"""The mapping rules: from which event keys the platform reads its own fields."""

from __future__ import annotations

from typing import Any, Final

from mimecast_secops.packaging.identity import IDENTIFIER

# Platform field, transformation function, and event keys in order of preference.
_FIELDS: Final = (
    ("StartTime", "from_unix_time_string_or_long", ("receivedUnixMs",)),
    ("EndTime", "from_unix_time_string_or_long", ("receivedUnixMs",)),
    ("SourceUserName", "to_string", ("fromEnv_emailAddress", "fromHdr_emailAddress", "from_emailAddress")),
    ("DestinationUserName", "to_string", ("recipient", "to_1_emailAddress", "recipientInfo_txInfo_to")),
    ("EmailSubject", "to_string", ("subject", "recipientInfo_messageInfo_subject")),
    ("SourceAddress", "to_ip_address", ("senderIP",)),
    ("FileName", "to_string", ("fileName", "name")),
    ("FileHash", "to_string", ("hash",)),
)
_ORDINALS: Final = ("primary", "secondary", "third")


def rules() -> list[dict[str, Any]]:
    """The content of `ontology_mapping.yaml`."""
    return [_rule(field, function, keys) for field, function, keys in _FIELDS]


def _rule(field: str, function: str, keys: tuple[str, ...]) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "source": IDENTIFIER,
        "product": IDENTIFIER,
        "security_event_file_name": field,
        "transformation_function": function,
        "transformation_function_param": "",
        "is_artifact": False,
        "extract_function": "none",
        "extract_function_param": "",
    }
    for position, ordinal in enumerate(_ORDINALS):
        rule[f"raw_data_{ordinal}_field_match_term"] = keys[position] if position < len(keys) else ""
        rule[f"raw_data_{ordinal}_field_comparison_type"] = "equal"
    return rule
