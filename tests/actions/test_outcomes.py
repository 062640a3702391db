"""The outcome category of an action, in its declaration and in the platform's definition."""

from __future__ import annotations

import pytest

from mimecast_secops.actions import Action, OutcomeCategory, all_actions
from mimecast_secops.packaging import ai


@pytest.mark.parametrize(
    ("outcome", "label"),
    [
        (OutcomeCategory.SEARCH_EMAIL, "Search Email"),
        (OutcomeCategory.ADD_IOC_TO_BLOCKLIST, "Add IOC to Blocklist"),
        (OutcomeCategory.REMOVE_IOC_FROM_BLOCKLIST, "Remove IOC from Blocklist"),
    ],
)
def test_a_category_has_the_label_of_the_platform(outcome: OutcomeCategory, label: str) -> None:
    assert outcome.label == label


@pytest.mark.parametrize("action", all_actions(), ids=lambda action: action.slug)
def test_the_description_for_language_models_marks_the_declared_category(action: Action) -> None:
    categories = ai.descriptions()[action.name]["outcome_categories"]
    assert list(categories) == [outcome.value for outcome in OutcomeCategory]
    expected = {action.outcome.value} if action.outcome else set()
    assert {name for name, is_marked in categories.items() if is_marked} == expected
