"""The profile of a tenant: facts that are kept, age and are shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mimecast_secops.api.learned import LEARNED_FACTS
from mimecast_secops.ingest import profile as facts
from mimecast_secops.ingest.profile import MAX_AGE_MS, SEARCH_ROW_LIMIT, TenantProfile
from mimecast_secops.ingest.state import State
from tests.ingest.conftest import Bench
from tests.ingest.model import START

ROOT = Path(__file__).parents[2]


def test_a_noted_fact_is_known_until_it_is_forgotten() -> None:
    profile = TenantProfile()
    assert profile.get(SEARCH_ROW_LIMIT) is None
    profile.note(SEARCH_ROW_LIMIT, 25, START)
    assert (profile.get(SEARCH_ROW_LIMIT), profile.number(SEARCH_ROW_LIMIT)) == (25, 25)
    profile.forget(SEARCH_ROW_LIMIT)
    assert profile.number(SEARCH_ROW_LIMIT) is None


def test_a_text_is_no_number() -> None:
    profile = TenantProfile()
    profile.note("time_form", "offset", START)
    assert profile.get("time_form") == "offset"
    assert profile.number("time_form") is None


def test_a_fact_is_checked_again_after_a_week() -> None:
    profile = TenantProfile()
    assert profile.needs_check("time_form", START)
    profile.note("time_form", "offset", START)
    assert not profile.needs_check("time_form", START + MAX_AGE_MS)
    assert profile.needs_check("time_form", START + MAX_AGE_MS + 1)
    assert profile.needs_check("time_form", START - 1)


def test_names_values_and_number_of_facts_are_limited() -> None:
    profile = TenantProfile()
    for number in range(300):
        profile.note(f"{number} " + "x" * 1000, "y" * 1000, START + number)
    facts = profile.as_json()
    assert len(facts) == 200
    assert all(len(name) <= 200 and len(str(fact["value"])) <= 200 for name, fact in facts.items())
    assert not any(name.startswith("0 ") for name in facts)


def test_facts_are_shown_with_the_time_at_which_they_were_seen() -> None:
    profile = TenantProfile()
    profile.note(SEARCH_ROW_LIMIT, 25, START)
    assert profile.as_json() == {"search_row_limit": {"value": 25, "seen": "2026-09-21T14:13:20+00:00"}}
    assert profile.lines() == ["search row limit: 25 (last seen 2026-09-21 14:13 UTC)"]


def test_the_profile_is_kept_in_the_state_and_shown_in_the_report(bench: Bench) -> None:
    bench.cycle()
    state = bench.state()
    state.profile.note(SEARCH_ROW_LIMIT, 25, START)
    bench.host.parts = state.encode()
    figures = bench.cycle().figures()
    assert figures["profile"] == bench.state().profile.as_json()
    assert bench.state().profile.number(SEARCH_ROW_LIMIT) == 25


def test_a_state_without_a_profile_is_readable() -> None:
    parts = State(start_ms=START).encode()
    assert b"profile" not in parts["meta"]
    state = State.decode(parts)
    assert state is not None
    assert state.profile.as_json() == {}


@pytest.mark.parametrize("language", ["", "fr"])
def test_the_guide_explains_each_fact(language: str) -> None:
    guide = (ROOT / "docs" / language / "guide" / "first-contact.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `([a-z_]+)` \|", guide, re.MULTILINE))
    constants = {
        value for name, value in vars(facts).items() if re.fullmatch("[A-Z]+_[A-Z_]+", name) and isinstance(value, str)
    }
    assert explained == constants | LEARNED_FACTS
