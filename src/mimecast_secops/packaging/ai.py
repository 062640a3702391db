"""The descriptions of actions for language models, derived from the declarations.

Source: docs/reference/secops-platform.md#source-layout.
"""

from __future__ import annotations

from typing import Any, Final

from mimecast_secops.actions import Action, OutcomeCategory, all_actions

_ENTITY_FILTERS: Final = (
    *("identifier", "creation_time", "modification_time", "additional_properties", "case_identifier"),
    *("alert_identifier", "entity_type", "is_internal", "is_suspicious", "is_artifact", "is_vulnerable"),
    *("is_enriched", "is_pivot"),
)


def descriptions() -> dict[str, Any]:
    """The content of `resources/ai/actions_ai_description.yaml`."""
    return {action.name: _describe(action) for action in all_actions()}


def category(action: Action) -> str:
    """The platform's category of an action that has an outcome: Enrichment or Remediation."""
    return "Remediation" if action.writes else "Enrichment"


def description(action: Action) -> str:
    """The long description, in Markdown."""
    flow = [
        "Check every parameter before any request to Mimecast.",
        *(f"{endpoint.summary[0].upper()}{endpoint.summary[1:]}." for endpoint in action.endpoints),
        "Return an output message and, if the action has one, a JSON result.",
    ]
    steps = "\n\n".join(f"{number}. {step}" for number, step in enumerate(dict.fromkeys(flow), 1))
    return (
        f"### General Description\n\n{action.description}\n\n### Flow Description\n\n{steps}\n\n"
        "### Additional Notes\n\nNone."
    )


def parameters_description(action: Action) -> str:
    """The parameters, as a Markdown table."""
    if not action.declared:
        return "There are no parameters for this action."
    rows = [
        f"| {parameter.name} | {parameter.kind.value} | {'Yes' if parameter.mandatory else 'No'} | {parameter.help} |"
        for parameter in action.declared
    ]
    return "\n".join(["| Parameter | Type | Mandatory | Description |", "| --- | --- | --- | --- |", *rows])


def _describe(action: Action) -> dict[str, Any]:
    explanation = f"Changes the Mimecast tenant: {action.description}" if action.writes else None
    return {
        "ai_description": description(action),
        "ai_short_description": action.description,
        "parameters_description": parameters_description(action),
        "entity_usage": {"entity_types": {}} | {f"filters_by_{name}": False for name in _ENTITY_FILTERS},
        "outcome_categories": {outcome.value: outcome is action.outcome for outcome in OutcomeCategory},
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
