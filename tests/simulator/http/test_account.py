"""Account endpoints."""

from __future__ import annotations

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import ACCOUNT, Caller


def test_the_account_has_the_first_domain_and_the_search_reason_of_the_tenant(
    simulator: Simulator, caller: Caller
) -> None:
    simulator.tenant.domains = {"second.example", "first.example"}
    for search_reason in (False, True):
        simulator.tenant.search_reason = search_reason
        (account,) = caller.call(ACCOUNT).data
        assert (account["domain"], account["searchReason"]) == ("first.example", search_reason)


def test_whoami_has_the_client_id_of_the_application(simulator: Simulator, v2: Caller) -> None:
    assert v2.get("/identity/whoami").json["clientId"] == simulator.v2.client_id
