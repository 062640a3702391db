"""Downloads of attachments, against the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.errors import FileRejected, MissingPermission, NotFound
from mimecast_secops.api.resources.files import GET
from mimecast_secops.simulator import Simulator
from tests.api.clients import BOTH
from tests.tenants import client_for


@pytest.fixture(scope="module")
def tenant() -> Iterator[Simulator]:
    with Simulator(mail=[Simulator.SAMPLES], file_host=True) as running:
        yield running


@BOTH
@pytest.mark.parametrize(("transfer", "escaped"), [("stream", False), ("url", True), ("urls", False)])
def test_every_kind_of_download_works(tenant: Simulator, api_version: ApiVersion, transfer: str, escaped: bool) -> None:
    tenant.control(
        "behaviour", {"file_v1": transfer, "file_v2": transfer, "file_escaped": escaped, "gateway_detail_on_v2": True}
    )
    with client_for(tenant, api_version) as client:
        message = next(message for message in client.held.list() if message.has_attachments)
        [attachment, *_] = client.held.detail(message.id).attachments
        limit = attachment.size
        with client.files.download(attachment.id, max_bytes=limit, sha256=attachment.sha256) as file:
            assert file.size == attachment.size
        with pytest.raises(FileRejected), client.files.download(attachment.id, max_bytes=limit - 1):
            pass
        with pytest.raises(FileRejected), client.files.download(attachment.id, max_bytes=limit, sha256="0" * 64):
            pass
    assert not any(request.bearer_on_download for request in tenant.requests)


@BOTH
def test_an_unknown_file_is_not_found(tenant: Simulator, api_version: ApiVersion) -> None:
    with (
        client_for(tenant, api_version) as client,
        pytest.raises(NotFound),
        client.files.download("eNbogus", max_bytes=10),
    ):
        pass


def test_a_download_without_its_permission_names_it() -> None:
    with Simulator() as simulator:
        simulator.control("rights", {"revoke": [GET.permission]})
        with (
            client_for(simulator, ApiVersion.V1) as client,
            pytest.raises(MissingPermission, match="Tracking"),
            client.files.download("eN", max_bytes=10),
        ):
            pass
