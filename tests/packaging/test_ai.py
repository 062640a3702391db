"""The descriptions of actions for language models."""

from __future__ import annotations

import pytest

from mimecast_secops.actions import Action, all_actions, find
from mimecast_secops.packaging import ai

each = pytest.mark.parametrize("action", all_actions(), ids=lambda action: action.slug)


@each
def test_an_action_is_described_under_its_name(action: Action) -> None:
    description = ai.descriptions()[action.name]
    assert description["ai_short_description"] == action.description
    assert action.description in description["ai_description"]
    assert not any(description["entity_usage"]["entity_types"])


@each
def test_an_action_that_writes_is_marked_with_an_explanation(action: Action) -> None:
    capabilities = ai.descriptions()[action.name]["capabilities"]
    assert capabilities["can_mutate_external_data"] is action.writes
    assert capabilities["fetches_data"] is not action.writes
    assert bool(capabilities["external_data_mutation_explanation"]) is action.writes
    assert ai.category(action) == ("Remediation" if action.writes else "Enrichment")


@each
def test_every_parameter_has_a_row(action: Action) -> None:
    table = ai.parameters_description(action)
    for parameter in action.declared:
        mandatory = "Yes" if parameter.mandatory else "No"
        assert f"| {parameter.name} | {parameter.kind.value} | {mandatory} | {parameter.help} |" in table


def test_an_action_without_parameters_has_a_sentence_instead_of_a_table() -> None:
    assert ai.parameters_description(find("ping")) == "There are no parameters for this action."


def test_the_flow_names_alternative_endpoints_once_and_numbers_the_steps() -> None:
    text = ai.description(find("delete-block-sender-policy"))
    steps = [line for line in text.splitlines() if line[:1].isdigit()]
    assert [line.partition(".")[0] for line in steps] == [str(number) for number in range(1, len(steps) + 1)]
    sentences = [line.partition(". ")[2] for line in steps]
    assert len(set(sentences)) == len(sentences)
    assert sentences[0] == "Check every parameter before any request to Mimecast."
