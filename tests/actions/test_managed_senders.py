"""Blocking and permitting a sender for one recipient."""

from __future__ import annotations

import pytest

from tests.actions.bench import Bench

PATH = "/api/managedsender/permit-or-block-sender"
EVE, ANN = "eve@example.org", "ann@example.com"
both = pytest.mark.parametrize(("slug", "action"), [("block-sender", "block"), ("permit-sender", "permit")])


def entries(bench: Bench) -> list[tuple[str, str, str]]:
    return [(one.sender, one.to, one.action) for one in bench.simulator.tenant.managed_senders.values()]


@both
def test_the_entry_is_made_with_one_call(bench: Bench, slug: str, action: str) -> None:
    bench.switch(strict_members=True)
    result = bench.succeeds(slug, Sender=f" {EVE} ", Recipient=ANN)
    assert entries(bench) == [(EVE, ANN, action)]
    assert bench.paths == [PATH]
    assert (result["sender"], result["to"], result["type"]) == (EVE, ANN, action.title())
    assert result["id"].startswith("MTOKEN:")
    assert (result["state"], result["already"]) == ("confirmed", False)


@both
def test_a_second_time_leaves_it_as_it_is(bench: Bench, slug: str, action: str) -> None:
    first = bench.succeeds(slug, Sender=EVE, Recipient=ANN)
    again = bench.succeeds(slug, Sender=EVE.upper(), Recipient=ANN)
    assert entries(bench) == [(EVE, ANN, action)]
    assert first["id"] == again["id"]


@both
def test_the_undo_that_it_names_turns_the_entry_round(bench: Bench, slug: str, action: str) -> None:
    undo = bench.succeeds(slug, Sender=EVE, Recipient=ANN)["undo"]
    assert (undo["possible"], undo["earlierState"]) == (True, "unknown")
    assert "does not tell what applied before" in undo["why"]
    bench.succeeds("-".join(undo["action"].lower().split()), undo["parameters"])
    assert entries(bench) == [(EVE, ANN, "permit" if action == "block" else "block")]


@both
def test_a_dry_run_calls_nothing_and_returns_the_exact_request(bench: Bench, slug: str, action: str) -> None:
    result = bench.do(slug, Sender=EVE, Recipient=ANN, Dry_Run="true")
    assert (result.is_success, result.message) == (True, "Dry run: nothing was done.")
    plan = result.json_result
    assert plan["request"] == {"path": PATH, "data": [{"sender": EVE, "to": ANN, "action": action}]}
    assert plan["touches"] == [{"sender": EVE, "recipient": ANN}]
    assert plan["undo"]["possible"] is True
    assert bench.simulator.requests == []


@pytest.mark.parametrize("kind", ["html", "empty", "truncated"])
@both
def test_a_reply_that_does_not_confirm_it_is_a_failure(bench: Bench, slug: str, action: str, kind: str) -> None:
    bench.fault(kind, PATH)
    bench.fails(slug, Sender=EVE, Recipient=ANN)


@pytest.mark.parametrize(
    "sender", ["o'brien@example.org", "ann+news@example.org", "müller@münchen.example", "a.b-c_d@x.y.z.org"]
)
@both
def test_an_address_is_sent_as_it_is_written(bench: Bench, slug: str, action: str, sender: str) -> None:
    bench.succeeds(slug, Sender=sender, Recipient=ANN)
    assert entries(bench) == [(sender, ANN, action)]
