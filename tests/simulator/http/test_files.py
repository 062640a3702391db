"""File endpoints."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator import Simulator
from tests.simulator.caller import GET_FILE, Caller, held_eml, send


@pytest.fixture
def file_id(simulator: Simulator) -> str:
    (record,) = simulator.tenant.receive(held_eml(files={"invoice.docm": b"macro"}))
    return simulator.tenant.file_id(record.mail.parts[0])


@pytest.mark.parametrize("transfer", ["stream", "url", "urls"])
def test_a_file_is_returned_as_a_stream_or_a_link(
    simulator: Simulator, caller: Caller, file_id: str, transfer: str
) -> None:
    simulator.tenant.quirks.change(f"file_v{caller.version}", transfer)
    reply = caller.call(GET_FILE, {"id": file_id})
    if transfer == "stream":
        assert reply.raw == b"macro"
        assert reply.headers["Content-Disposition"] == 'attachment; filename="invoice.docm"'
    else:
        link = reply.data[0]["url"] if transfer == "url" else reply.data[0]["urls"][0]
        assert link.startswith(simulator.url)


def test_a_link_returns_the_file_without_a_bearer_token(simulator: Simulator, v2: Caller, file_id: str) -> None:
    link = v2.call(GET_FILE, {"id": file_id}).data[0]["urls"][0]
    assert "\\u0026" in link
    url = link.replace("\\u0026", "&")
    assert send(url, method="GET").raw == b"macro"
    assert send(url.replace("token=", "token=0"), method="GET").status == 403
    assert simulator.requests[-2].bearer_on_download is False
    send(url, method="GET", headers=v2.headers("/"))
    assert simulator.requests[-1].bearer_on_download is True


def test_a_link_has_no_escape_without_the_quirk(simulator: Simulator, v2: Caller, file_id: str) -> None:
    simulator.tenant.quirks.file_escaped = False
    assert send(v2.call(GET_FILE, {"id": file_id}).data[0]["urls"][0], method="GET").raw == b"macro"


def test_links_can_lead_to_another_host() -> None:
    with Simulator(file_host=True) as simulator:
        (record,) = simulator.tenant.receive(held_eml(files={"a.bin": b"x"}))
        file_id = simulator.tenant.file_id(record.mail.parts[0])
        link = Caller(simulator).call("/api/archive/get-file", {"id": file_id}).data[0]["urls"][0]
        assert not link.startswith(simulator.url + "/")
        assert send(link.replace("\\u0026", "&"), method="GET").raw == b"x"
