"""What a language model may read about each action, derived from its declaration (platform notes 4.1)."""

from __future__ import annotations

from typing import Any, Final

from mimecast_secops.actions import Action, all_actions

# What an action is good for, in the platform's own categories. One without an entry has none.
_OUTCOMES: Final = {
    "simple-archive-search": "search_email",
    "advanced-archive-search": "search_email",
    "reject-message": "update_email",
    "release-message": "update_email",
    "report-message": "update_email",
    "block-sender": "add_ioc_to_blocklist",
    "permit-sender": "add_ioc_to_allowlist",
    "create-block-sender-policy": "add_ioc_to_blocklist",
    "delete-block-sender-policy": "remove_ioc_from_blocklist",
}
_ALL_OUTCOMES: Final = (
    *("enrich_ioc", "enrich_asset", "update_alert", "add_alert_comment", "create_ticket", "update_ticket"),
    *("add_ioc_to_blocklist", "remove_ioc_from_blocklist", "add_ioc_to_allowlist", "remove_ioc_from_allowlist"),
    *("disable_identity", "enable_identity", "contain_host", "uncontain_host", "reset_identity_password"),
    *("update_identity", "search_events", "execute_command_on_the_host", "download_file", "send_email"),
    *("search_email", "delete_email", "update_email", "submit_file", "send_message", "search_asset"),
    "get_alert_information",
)
_ENTITY_FILTERS: Final = (
    *("identifier", "creation_time", "modification_time", "additional_properties", "case_identifier"),
    *("alert_identifier", "entity_type", "is_internal", "is_suspicious", "is_artifact", "is_vulnerable"),
    *("is_enriched", "is_pivot"),
)
CATEGORIES: Final = {"search_email": "Enrichment"}
"""The platform's category of an outcome; every other one of ours changes something."""


def descriptions() -> dict[str, Any]:
    """`resources/ai/actions_ai_description.yaml`."""
    return {action.name: _describe(action) for action in all_actions()}


def outcome(action: Action) -> str:
    """The platform's outcome category of an action, "" for none."""
    return _OUTCOMES.get(action.slug, "")


def category(action: Action) -> str:
    """Enrichment, Remediation, or "" for neither."""
    found = outcome(action)
    return CATEGORIES.get(found, "Remediation") if found else ""


def description(action: Action) -> str:
    """The long description."""
    flow = [
        "Check every parameter before anything is sent.",
        *(f"{function.summary[0].upper()}{function.summary[1:]}." for function in action.endpoints),
        "Return one message, and a JSON result where the action has one.",
    ]
    steps = "\n\n".join(f"{number}. {step}" for number, step in enumerate(dict.fromkeys(flow), 1))
    return (
        f"### General Description\n\n{action.description}\n\n### Flow Description\n\n{steps}\n\n"
        "### Additional Notes\n\nNone."
    )


def parameters_description(action: Action) -> str:
    """The parameters as a Markdown table."""
    if not action.declared:
        return "There are no parameters for this action."
    rows = [
        f"| {one.name} | {one.kind.value} | {'Yes' if one.mandatory else 'No'} | {one.help} |"
        for one in action.declared
    ]
    return "\n".join(["| Parameter | Type | Mandatory | Description |", "| --- | --- | --- | --- |", *rows])


def _describe(action: Action) -> dict[str, Any]:
    explanation = f"Changes the Mimecast tenant: {action.description}" if action.writes else None
    return {
        "ai_description": description(action),
        "ai_short_description": action.description,
        "parameters_description": parameters_description(action),
        "entity_usage": {"entity_types": {}} | {f"filters_by_{name}": False for name in _ENTITY_FILTERS},
        "outcome_categories": {name: name == outcome(action) for name in _ALL_OUTCOMES},
        "capabilities": {
            "fetches_data": not action.writes,
            "can_mutate_external_data": action.writes,
            "external_data_mutation_explanation": explanation,
            "can_mutate_internal_data": False,
            "internal_data_mutation_explanation": None,
            "can_update_entities": False,
            "can_create_insight": False,
            "can_modify_alert_data": False,
            "can_create_case_comments": False,
        },
    }
