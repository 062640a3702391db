"""The settings of the connector, as a form or a command line sends them."""

from __future__ import annotations

import pytest

from mimecast_secops.ingest import ConnectorSettings
from mimecast_secops.parameters import InvalidParameter, declared, parse


def settings(**raw: str) -> ConnectorSettings:
    return notes_and_settings(**raw)[1]


def notes_and_settings(**raw: str) -> tuple[tuple[str, ...], ConnectorSettings]:
    named = {name.replace("_", " ").title(): value for name, value in raw.items()}
    parsed, notes = parse(ConnectorSettings, {"Domains": "example.com"} | named)
    return tuple(map(str, notes)), parsed


def test_domains_are_lower_case_and_unique() -> None:
    assert settings(domains="Example.COM, example.com\nb.org").domains == ("example.com", "b.org")


@pytest.mark.parametrize("domain", ["example", "a b.com", "@example.com", "http://example.com"])
def test_an_invalid_domain_is_rejected(domain: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        settings(domains=f"example.com,{domain}")
    assert str(caught.value) == f'"Domains" cannot contain "{domain}": a domain such as example.com is.'


@pytest.mark.parametrize("risk", ["High", "high", "HIGH"])
def test_the_lowest_risk_ignores_case(risk: str) -> None:
    assert settings(lowest_risk_to_fetch=risk).lowest_risk == "high"


def test_an_unknown_lowest_risk_is_an_error_and_does_not_let_everything_through() -> None:
    with pytest.raises(InvalidParameter) as caught:
        settings(lowest_risk_to_fetch="severe")
    assert str(caught.value) == (
        '"Lowest Risk To Fetch" cannot be "severe": accepted are Negligible, Low, Medium, High, or nothing for all.'
    )


@pytest.mark.parametrize("value", ["all", "ALL, held"])
def test_the_entry_all_stands_for_every_status(value: str) -> None:
    assert settings(status_filter=value).status_filter == ()


def test_unknown_statuses_among_known_ones_are_left_out_with_a_note() -> None:
    notes, parsed = notes_and_settings(status_filter="Held, hold, BOUNCED")
    assert parsed.status_filter == ("held", "bounced")
    assert notes == ('"Status Filter": hold is not known and is left out; held, bounced is used.',)


@pytest.mark.parametrize(("name", "option"), [("status_filter", "held"), ("route_filter", "inbound")])
def test_a_filter_without_any_known_value_is_an_error_that_lists_the_options(name: str, option: str) -> None:
    with pytest.raises(InvalidParameter, match=rf'cannot be "nonsense, more": accepted are .*{option}.*, or "all"\.'):
        settings(**{name: "nonsense,more"})


def test_held_messages_are_included_by_default_and_in_an_empty_filter() -> None:
    assert settings().includes_held
    assert settings(status_filter="").includes_held
    assert not settings(status_filter="bounced").includes_held


def test_units_are_converted_once() -> None:
    parsed = settings(max_hours_backwards="2", overlap_minutes="3", held_queue_hours="4", max_attachment_kilobytes="5")
    assert parsed.look_back_ms == 2 * 3_600_000
    assert parsed.overlap_ms == 3 * 60_000
    assert parsed.held_window_ms == 4 * 3_600_000
    assert parsed.file_bytes == 5 * 1024
    assert parsed.alert_bytes == 10_000 * 1024


def test_the_dynamic_list_is_no_parameter() -> None:
    assert "dynamic_list" not in {parameter.field for parameter in declared(ConnectorSettings)}
    assert settings().with_dynamic_list([" a ", "", " "]).dynamic_list == ("a",)
