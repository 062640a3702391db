"""The environment of an alert."""

from __future__ import annotations

import pytest

from mimecast_secops.ingest import Alert
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.soar.environment import AlertEnvironment

DEFAULT = "Default Environment"


def alert(*events: dict[str, str]) -> Alert:
    return Alert(
        ticket_id="t1",
        name="Held Message",
        rule_generator="Spam Signature",
        product="Mimecast",
        priority=60,
        start_ms=1_790_000_000_000,
        end_ms=1_790_000_000_001,
        reason="",
        description="",
        grouping_id="",
        events=events,
    )


@pytest.mark.parametrize(
    ("field", "pattern", "environment"),
    [
        ("", ".*", DEFAULT),
        ("", "north", DEFAULT),
        ("tenant", ".*", "north-7"),
        ("tenant", "", "north-7"),
        ("tenant", "[a-z]+", "north"),
        ("tenant", "[0-9]+", "7"),
        ("tenant", "(no)(rth)", "north"),
        ("tenant", "^south", "north-7"),
        ("tenant", "x*", DEFAULT),
        ("missing", ".*", DEFAULT),
        ("missing", "[a-z]+", DEFAULT),
    ],
    ids=[
        *("no field", "no field but a pattern", "field", "field, no pattern", "match", "match in the middle"),
        *("groups are the whole match", "no match keeps the value", "an empty match is nothing"),
        *("field missing", "field missing, with a pattern"),
    ],
)
def test_the_field_and_the_pattern_determine_the_environment(field: str, pattern: str, environment: str) -> None:
    assert AlertEnvironment(field, pattern, DEFAULT).of(alert({"tenant": "north-7"})) == environment


@pytest.mark.parametrize("events", [(), ({"tenant": ""},)], ids=["no event", "empty value"])
def test_without_a_value_the_environment_is_that_of_the_connector(events: tuple[dict[str, str], ...]) -> None:
    assert AlertEnvironment("tenant", ".*", DEFAULT).of(alert(*events)) == DEFAULT


def test_the_pattern_is_searched_for_in_the_beginning_of_a_long_value_only() -> None:
    environment = AlertEnvironment("tenant", "north", DEFAULT)
    assert environment.of(alert({"tenant": "x" * 900 + "north"})) == "north"
    assert environment.of(alert({"tenant": "x" * 1000 + "north"})) == "x" * 1000 + "north"


@pytest.mark.parametrize("pattern", ["[", "(", "*", "(?P<x>a)(?P<x>b)"])
def test_a_pattern_that_is_no_regular_expression_is_an_error_of_its_parameter(pattern: str) -> None:
    with pytest.raises(InvalidParameter, match='"Environment Regex Pattern" is not a regular expression') as error:
        AlertEnvironment("tenant", pattern, DEFAULT)
    assert error.value.parameter == "Environment Regex Pattern"
