"""Signatures of API 1.0."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api import Connection, MimecastClient, Secret, SigningKeys
from mimecast_secops.api.errors import AuthenticationFailed
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.signatures import Signatures, sign
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import ACCOUNT, HOLD_LIST, Caller, Reply, mc_date, send, signature

INVALID = "err_xdk_invalid_signature"


def outcome(reply: Reply) -> tuple[int, int, list[str]]:
    return reply.status, reply.json["meta"]["status"], reply.codes


def client(simulator: Simulator, *, secret_key: str = "") -> MimecastClient:
    keys = simulator.v1
    return MimecastClient(
        Connection(
            simulator.url,
            SigningKeys(
                keys.application_id,
                Secret(keys.application_key),
                Secret(keys.access_key),
                Secret(secret_key or keys.secret_key),
            ),
        )
    )


def test_the_signature_is_that_of_the_test_vector() -> None:
    secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw=="
    date, request_id = "Tue, 24 Nov 2015 12:50:11 UTC", "8578fcfc-a305-4d9a-99cb-f4d5ecefe297"
    arguments = (secret, date, request_id, ACCOUNT, "11111111-2222-4333-8444-555555555555")
    assert sign(*arguments) == signature(*arguments) == "8rrM+qqNIHd/s2+cDIvtYDpmGB0="


def test_a_signed_request_is_accepted(v1: Caller) -> None:
    assert v1.call(ACCOUNT).data[0]["accountName"] == "Simulated Tenant"


def test_the_client_is_accepted_only_with_the_right_keys(simulator: Simulator) -> None:
    with client(simulator) as good:
        assert good.account.get().account_name == "Simulated Tenant"
    with client(simulator, secret_key="AAAA") as bad, pytest.raises(AuthenticationFailed):
        bad.account.get()


@pytest.mark.parametrize(
    "changed",
    [
        {"secret_key": "AAECAwQFBgc="},
        {"application_key": "another"},
        {"access_key": "another"},
        {"signed_path": HOLD_LIST},
        {"signed_path": ACCOUNT + "/"},
        {"signed_path": "http://127.0.0.1" + ACCOUNT},
    ],
)
def test_a_wrong_signature_is_refused(v1: Caller, changed: dict[str, str]) -> None:
    reply = v1.post(ACCOUNT, {"data": []}, **changed)
    assert outcome(reply) == (401, 401, [INVALID])
    assert reply.json["fail"][0]["errors"][0]["message"] == "0004 Invalid Signature"


@pytest.mark.parametrize("name", ["x-mc-date", "x-mc-req-id", "Authorization"])
def test_each_signed_header_is_mandatory(simulator: Simulator, v1: Caller, name: str) -> None:
    headers = {key: value for key, value in v1.headers(ACCOUNT).items() if key != name}
    assert outcome(send(simulator.url + ACCOUNT, headers=headers, body=b"{}")) == (401, 401, [INVALID])


def test_an_unknown_application_has_its_own_error(v1: Caller) -> None:
    assert outcome(v1.post(ACCOUNT, {"data": []}, application_id="00000000-0000-4000-8000-000000000001")) == (
        401,
        401,
        ["err_developer_key"],
    )


@pytest.mark.parametrize("minutes", [-16, 16, -60 * 24, 60 * 24])
def test_a_date_outside_the_tolerance_is_refused(simulator: Simulator, v1: Caller, minutes: int) -> None:
    date = mc_date(simulator.tenant.clock.now() + timedelta(minutes=minutes))
    assert outcome(v1.post(ACCOUNT, {"data": []}, date=date)) == (401, 401, [INVALID])


@pytest.mark.parametrize("minutes", [-14, 0, 14])
def test_a_date_within_the_tolerance_is_accepted(simulator: Simulator, v1: Caller, minutes: int) -> None:
    date = mc_date(simulator.tenant.clock.now() + timedelta(minutes=minutes))
    assert v1.post(ACCOUNT, {"data": []}, date=date).status == 200


def test_the_date_tolerance_is_a_quirk(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.date_tolerance = 7200
    date = mc_date(simulator.tenant.clock.now() - timedelta(minutes=100))
    assert v1.post(ACCOUNT, {"data": []}, date=date).status == 200


def test_only_utc_and_gmt_are_accepted_as_zones(simulator: Simulator, v1: Caller) -> None:
    now = simulator.tenant.clock.now()
    assert v1.post(ACCOUNT, {"data": []}, date=mc_date(now, "GMT")).status == 200
    for date in (mc_date(now, "CET"), now.isoformat(), "yesterday UTC"):
        assert outcome(v1.post(ACCOUNT, {"data": []}, date=date)) == (401, 401, [INVALID])


def test_an_expired_access_key_has_its_own_error(simulator: Simulator, v1: Caller) -> None:
    simulator.v1.expired = True
    assert outcome(v1.call(ACCOUNT)) == (418, 418, ["err_xdk_binding_expired"])
    assert outcome(v1.post(ACCOUNT, {"data": []}, secret_key="AAAA")) == (401, 401, [INVALID])


def test_a_repeated_request_id_is_refused_only_with_the_quirk(simulator: Simulator, v1: Caller) -> None:
    assert [v1.post(ACCOUNT, {"data": []}, request_id="same").status for _ in range(2)] == [200, 200]
    simulator.tenant.quirks.refuse_repeated_request_ids = True
    assert [v1.post(ACCOUNT, {"data": []}, request_id="once").status for _ in range(2)] == [200, 401]


def test_an_error_has_http_200_and_its_status_in_meta_with_the_quirk(simulator: Simulator, v1: Caller) -> None:
    simulator.tenant.quirks.status_in_meta_only = True
    assert outcome(v1.post(ACCOUNT, {"data": []}, secret_key="AAAA")) == (200, 401, [INVALID])


def test_a_space_after_the_colon_is_accepted(simulator: Simulator, v1: Caller) -> None:
    headers = v1.headers(ACCOUNT)
    key, _, rest = headers["Authorization"].partition(":")
    assert send(simulator.url + ACCOUNT, headers=headers | {"Authorization": f"{key}: {rest}"}).status == 200


@given(
    st.dictionaries(
        st.sampled_from(["x-mc-app-id", "x-mc-date", "x-mc-req-id", "authorization"]),
        st.text(st.characters(max_codepoint=255)),
    ),
    st.booleans(),
)
def test_arbitrary_headers_are_refused(headers: dict[str, str], known: bool) -> None:
    tenant = Tenant()
    if known:
        headers["x-mc-app-id"] = tenant.keys.application_id
    refusal = Signatures().check(tenant, ACCOUNT, headers)
    assert refusal is not None
    assert refusal.status == 401
