"""The replies that several questions use."""

from __future__ import annotations

import pytest

from mimecast_secops.api.errors import AuthenticationFailed
from mimecast_secops.diagnosis.first_contact.evidence import TRACKED, Evidence, decoded_members, ids_of
from mimecast_secops.simulator import Simulator
from tests.diagnosis.first_contact.contacts import with_evidence


def test_each_reply_is_requested_once(simulator: Simulator) -> None:
    def use(evidence: Evidence) -> tuple[int, int]:
        for _ in range(2):
            assert evidence.hour_whole.rows(TRACKED).rows
            assert evidence.holds.rows
            assert evidence.held_info.reply
        return evidence.inquiry.sent, len(simulator.requests)

    sent, logged = with_evidence(simulator, use)
    assert sent == logged <= 9


def test_the_busiest_hour_is_chosen(simulator: Simulator) -> None:
    hour = with_evidence(simulator, lambda evidence: ids_of(evidence.hour_whole.rows(TRACKED)))
    assert len(hour) >= 15


def test_a_tenant_without_known_domains_is_not_searched(simulator: Simulator) -> None:
    simulator.control("rights", {"revoke": ["Directories | Internal | Read", "Account | Dashboard | Read"]})
    assert with_evidence(simulator, lambda evidence: (evidence.domain, evidence.tracked.rows)) == ("", ())


def test_wrong_credentials_end_the_contact(simulator: Simulator) -> None:
    def use(evidence: Evidence) -> None:
        simulator.tenant.application.client_secret = "another"
        evidence.check_connection()

    with pytest.raises(AuthenticationFailed):
        with_evidence(simulator, use)


def test_an_id_without_content_has_no_members() -> None:
    assert decoded_members("eNoDAAAAAAE") == {}
