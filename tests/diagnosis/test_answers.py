"""Answers of the server, and the answer to an endpoint that does not exist."""

from __future__ import annotations

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.envelope import RawReply
from mimecast_secops.api.errors import NotFound
from mimecast_secops.api.resources import held, policies
from mimecast_secops.diagnosis.answers import Answer, Controls
from mimecast_secops.simulator import Simulator
from tests.tenants import client_for, runtime_without_sleep


def test_an_answer_does_not_depend_on_the_path_or_on_ids_in_its_text() -> None:
    def error(path: str, request_id: str) -> Answer:
        return Answer.of_error(NotFound("", status=404, detail=f"No {path} (request {request_id})"), path)

    assert error("/api/a", "r1") == error("/api/b", "r2")


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b'{"data":[]}', "[]"),
        (b'{"data":null}', "null"),
        (b'{"data":[{"id":"1"}]}', "list of members id"),
        (b"", "empty"),
        (b"<html>", "not JSON"),
    ],
)
def test_a_reply_is_described_by_its_form(body: bytes, form: str) -> None:
    assert Answer.of_reply(RawReply(200, {}, body)).form == form


def test_the_answer_to_an_unknown_endpoint_depends_on_the_api_version(simulator: Simulator) -> None:
    answers = {}
    for api_version in ApiVersion:
        with client_for(simulator, api_version) as client:
            answers[api_version] = Controls(client).answer_for(held.LIST)
    assert {version: (answer.status, answer.code) for version, answer in answers.items() if answer} == {
        ApiVersion.V1: (404, ""),
        ApiVersion.V2: (403, "app_forbidden"),
    }


def test_an_unknown_endpoint_is_asked_for_once(simulator: Simulator) -> None:
    simulator.control("requests", {"clear": True})
    with client_for(simulator, ApiVersion.V2) as client:
        controls = Controls(client)
        for endpoint in (held.LIST, held.SUMMARY, policies.REST_DELETE):
            controls.answer_for(endpoint)
    counts = simulator.control("requests")["counts"]
    assert {path: count for path, count in counts.items() if "no-such" in path} == {
        "/api/doctor/no-such-function": 1,
        "/policy-management/cloud-gateway/v1/doctor/no-such-function": 1,
    }


def test_there_is_no_answer_to_compare_with_during_an_outage(simulator: Simulator) -> None:
    simulator.control("faults", {"add": [{"kind": "500", "path": "/api/*"}]})
    try:
        with client_for(simulator, ApiVersion.V1, runtime_without_sleep()) as client:
            assert Controls(client).answer_for(held.LIST) is None
    finally:
        simulator.control("faults", {"clear": True})
