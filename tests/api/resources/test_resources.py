"""Each function of each area against a tenant that runs, on both generations and under every documented variant."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mimecast_secops.api import (
    ApiVersion,
    ArchiveQuery,
    BlockedSenderPolicy,
    Deadline,
    HeldMessage,
    MimecastClient,
    PolicyTarget,
    Runtime,
    TrackedMessage,
    endpoints,
    errors,
)
from mimecast_secops.api.resources import account, archive, domains, held, policies, senders, tracking
from mimecast_secops.connection import connection_of
from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http.app import SimulatorApp
from mimecast_secops.simulator.http.routes import ENDPOINTS
from mimecast_secops.simulator.ids import IdGenerator
from mimecast_secops.simulator.quirks import Quirks
from mimecast_secops.simulator.tenant.rights import PERMISSIONS
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.api.bench import FakeTime
from tests.tenants import client_for, settings_for

V1, V2 = ApiVersion.V1, ApiVersion.V2
UNKNOWN = IdGenerator("another tenant").new("id")
DAMAGED = UNKNOWN[:-20]
ON_V1 = pytest.mark.parametrize("api_version", [V1], ids=["V1"])
ON_V2 = pytest.mark.parametrize("api_version", [V2], ids=["V2"])


@pytest.fixture(params=[V1, V2], ids=lambda one: one.name)
def api_version(request: pytest.FixtureRequest) -> ApiVersion:
    chosen: ApiVersion = request.param
    return chosen


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """A tenant of this test's own behind a server that goes on running: starting one takes longer than most tests."""
    running.tenant = Tenant(quirks=Quirks(gateway_detail_on_v2=True))
    vars(running.app).update(vars(SimulatorApp(running.tenant)))
    running.receive(Simulator.SAMPLES)
    return running


@pytest.fixture
def client(simulator: Simulator, api_version: ApiVersion) -> Iterator[MimecastClient]:
    with client_for(simulator, api_version) as connected:
        yield connected


def switch(simulator: Simulator, **switches: object) -> None:
    simulator.control("behaviour", switches)


def held_with(client: MimecastClient, subject: str = "Overdue invoice 4711") -> HeldMessage:
    return next(one for one in client.held.list() if one.subject == subject)


def tracked_with(client: MimecastClient, status: str = "held", **criteria: Any) -> TrackedMessage:
    found = client.tracking.search(**({"to": "example.com"} | criteria))
    return next(one for one in found if one.status == status)


def policy(**changes: Any) -> BlockedSenderPolicy:
    values = {
        "option": "block_sender",
        "description": "Made by a test",
        "from_part": "both",
        "sender": PolicyTarget("email_domain", "bad.example.org"),
        "recipient": PolicyTarget("everyone"),
    }
    return BlockedSenderPolicy(**(values | changes))


# the declarations


def test_every_function_is_one_that_the_simulator_has_with_the_same_right() -> None:
    simulated = {endpoint.path: endpoint for endpoint in ENDPOINTS}
    for endpoint in endpoints():
        if endpoint is policies.REST_DELETE:
            continue
        other = simulated[endpoint.path]
        assert other.permission == endpoint.permission
        assert {(V1, V2)[version - 1] for version in other.versions} == endpoint.api_versions
        assert endpoint.product in ("", other.product)


CALLS: dict[str, Any] = {
    account.GET.path: lambda client: client.account.get(),
    account.WHOAMI.path: lambda client: client.account.whoami(),
    domains.INTERNAL.path: lambda client: client.domains.internal(),
    tracking.SEARCH.path: lambda client: client.tracking.search(to="example.com"),
    tracking.INFO.path: lambda client: client.tracking.info(UNKNOWN),
    tracking.RELEASE_TO_SANDBOX.path: lambda client: client.tracking.release_to_sandbox(UNKNOWN),
    tracking.REPORT.path: lambda client: client.tracking.report(UNKNOWN, kind="spam"),
    held.LIST.path: lambda client: list(client.held.list()),
    held.RELEASE.path: lambda client: client.held.release(UNKNOWN),
    held.REJECT.path: lambda client: client.held.reject([UNKNOWN]),
    held.SUMMARY.path: lambda client: client.held.summary(),
    held.DETAIL.path: lambda client: client.held.detail(UNKNOWN),
    archive.SEARCH.path: lambda client: list(client.archive.search(ArchiveQuery(fields=["subject"]))),
    archive.DETAIL.path: lambda client: client.archive.message_detail(UNKNOWN),
    archive.PART.path: lambda client: client.archive.message_part(UNKNOWN, max_bytes=10).__enter__(),
    senders.PERMIT_OR_BLOCK.path: lambda client: client.senders.set("a@example.org", "ann@example.com", "block"),
    policies.CREATE.path: lambda client: client.policies.create(policy()),
    policies.GET.path: lambda client: client.policies.list(),
    policies.DELETE.path: lambda client: client.policies.delete(UNKNOWN),
    "/api/gateway/message/get-file": lambda client: client.files.download(UNKNOWN, max_bytes=10).__enter__(),
}


@pytest.mark.parametrize("path", [one.path for one in endpoints() if one.permission and one.path in CALLS])
@pytest.mark.parametrize("forbidden_status", [403, 200])
def test_without_its_right_every_function_names_it(
    simulator: Simulator, client: MimecastClient, api_version: ApiVersion, path: str, forbidden_status: int
) -> None:
    endpoint = next(one for one in endpoints() if one.path == path)
    if api_version not in endpoint.api_versions:
        with pytest.raises(errors.NotSupported, match=f"{api_version.value} has no function to {endpoint.summary}"):
            CALLS[path](client)
        assert simulator.requests == []
        return
    switch(simulator, forbidden_status=forbidden_status, delete_policy_on_v2=True)
    simulator.control("rights", {"revoke": [endpoint.permission]})
    with pytest.raises(errors.MissingPermission) as caught:
        CALLS[path](client)
    assert caught.value.permission == endpoint.permission
    assert endpoint.permission in str(caught.value)
    assert caught.value.status == 403


@ON_V2
@pytest.mark.parametrize("endpoint", [one for one in endpoints() if one.product], ids=lambda one: one.path)
def test_without_its_product_a_function_of_api_2_names_it(
    simulator: Simulator, client: MimecastClient, endpoint: Any
) -> None:
    simulator.control("rights", {"revoke": [endpoint.product]})
    with pytest.raises(errors.MissingPermission, match=f'the product "{endpoint.product}"') as caught:
        CALLS[endpoint.path](client)
    assert caught.value.product == endpoint.product


def test_every_function_is_exercised_by_the_tests_of_rights() -> None:
    assert set(CALLS) | {policies.REST_DELETE.path} == {one.path for one in endpoints()}


# the account


def test_the_account_is_read(client: MimecastClient) -> None:
    found = client.account.get()
    assert (found.account_code, found.account_name, found.region) == ("CUSA00A000", "Simulated Tenant", "us")
    assert (found.domain, found.type, found.search_reason) == ("example.com", "full", False)
    assert found.packages[0].startswith("Email Security")


def test_the_account_says_when_a_search_needs_a_reason(simulator: Simulator, client: MimecastClient) -> None:
    simulator.tenant.search_reason = True
    assert client.account.get().search_reason is True


def test_who_we_are_is_a_question_of_api_2(
    simulator: Simulator, client: MimecastClient, api_version: ApiVersion
) -> None:
    if api_version is V2:
        assert client.account.whoami()["clientId"] == simulator.v2.client_id
        return
    with pytest.raises(errors.NotSupported):
        client.account.whoami()


@pytest.mark.parametrize("in_meta_only", [False, True])
def test_wrong_credentials_are_told_wherever_the_status_stands(
    simulator: Simulator, client: MimecastClient, in_meta_only: bool
) -> None:
    switch(simulator, status_in_meta_only=in_meta_only)
    simulator.tenant.keys.application_key = "another"
    simulator.tenant.application.client_secret = "another"
    with pytest.raises(errors.AuthenticationFailed, match="does not accept the credentials"):
        client.account.get()


@ON_V1
@pytest.mark.parametrize("in_meta_only", [False, True])
def test_an_expired_access_key_says_so(simulator: Simulator, client: MimecastClient, in_meta_only: bool) -> None:
    switch(simulator, status_in_meta_only=in_meta_only)
    simulator.control("rights", {"expire_keys": True})
    with pytest.raises(errors.AuthenticationFailed, match="Access Key has expired") as caught:
        client.account.get()
    assert caught.value.status == 418


@ON_V1
def test_a_clock_that_is_wrong_is_told_and_measured(simulator: Simulator, client: MimecastClient) -> None:
    simulator.control("clock", {"advance": 3600})
    with pytest.raises(errors.AuthenticationFailed, match="clock"):
        client.account.get()
    assert client.clock_skew == pytest.approx(-3600, abs=60)


@ON_V1
def test_request_ids_are_never_used_twice(simulator: Simulator, client: MimecastClient) -> None:
    switch(simulator, refuse_repeated_request_ids=True)
    for _ in range(3):
        client.account.get()


@ON_V2
def test_an_expired_token_is_renewed_without_anybody_noticing(simulator: Simulator, client: MimecastClient) -> None:
    client.account.get()
    simulator.control("rights", {"expire_tokens": True})
    client.account.get()
    assert [one.path for one in simulator.requests].count("/oauth/token") == 2


def test_requests_are_counted_and_views_share_what_they_are_views_of(client: MimecastClient) -> None:
    view = client.until(Deadline.after(60))
    view.account.get()
    assert view.requests_sent == client.requests_sent >= 1
    assert view.api_version is client.api_version
    assert view.api_root == client.api_root


# tracking


def test_a_search_finds_by_recipient_sender_and_subject(client: MimecastClient) -> None:
    everything = client.tracking.search(to="example.com")
    assert {one.status for one in everything} >= {"held", "archived"}
    assert all(one.received and not one.defects for one in everything)
    assert {one.subject for one in client.tracking.search(sender="supplier.example.org")} == {"Overdue invoice 4711"}
    assert {one.sender for one in client.tracking.search(subject="overdue")} == {"billing@supplier.example.org"}
    assert list(client.tracking.search(to="nobody@example.com")) == []


def test_a_search_for_a_message_id_finds_every_recipient(client: MimecastClient) -> None:
    found = client.tracking.search(message_id="urgent@example-group.example.net")
    assert {one.recipients for one in found} == {(f"{name}@example.com",) for name in ("ann", "bob", "carol")}


@pytest.mark.parametrize("criteria", [{}, {"message_id": "x", "to": "y"}], ids=["none", "both"])
def test_a_search_is_for_a_message_id_or_for_the_rest(client: MimecastClient, criteria: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="either for a Message-ID or"):
        client.tracking.search(**criteria)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["newest", "oldest", "none"])
def test_rows_come_in_the_order_of_the_tenant(simulator: Simulator, client: MimecastClient, order: str) -> None:
    switch(simulator, tracked_order=order)
    found = [one.received for one in client.tracking.search(to="example.com") if one.received]
    if order == "newest":
        assert found == sorted(found, reverse=True)
    elif order == "oldest":
        assert found == sorted(found)
    assert len(found) >= 8


def test_a_tenant_that_caps_its_rows_gives_so_many(simulator: Simulator, client: MimecastClient) -> None:
    switch(simulator, tracked_limit=3)
    assert len(client.tracking.search(to="example.com")) == 3


@pytest.mark.parametrize("honoured", [True, False])
def test_filters_are_sent_whether_or_not_the_tenant_honours_them(
    simulator: Simulator, client: MimecastClient, honoured: bool
) -> None:
    switch(simulator, honour_status_filter=honoured, honour_route_filter=honoured)
    found = client.tracking.search(sender="example.com", to="", statuses=["archived"], routes=["internal"])
    assert ({(one.status, one.route) for one in found} == {("archived", "internal")}) is honoured


def test_a_search_keeps_to_its_time(client: MimecastClient) -> None:
    newest = client.tracking.search(to="example.com")[0]
    assert newest.received is not None
    alone = client.tracking.search(to="example.com", start=newest.received, end=newest.received)
    assert {one.received for one in alone} == {newest.received}
    assert not client.tracking.search(to="example.com", end=newest.received - timedelta(days=1))


def test_a_search_that_begins_too_early_is_refused(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="within the last 30 days") as caught:
        client.tracking.search(to="example.com", start=datetime.now(UTC) - timedelta(days=31))
    assert caught.value.code == "err_track_and_trace_invalid_start_date"


def test_the_members_of_every_request_are_documented_ones(simulator: Simulator, client: MimecastClient) -> None:
    switch(simulator, strict_members=True)
    now = datetime.now(UTC)
    span = {"start": now - timedelta(days=1), "end": now}
    found = client.tracking.search(to="example.com", statuses=["held"], routes=["inbound"], search_reason="why", **span)
    client.tracking.info(found[0].id, load_content=True)
    message = held_with(client)
    list(client.held.list(search_field="recipient", search_value="ann", **span))
    client.held.detail(message.id)
    client.held.reject([message.id], reason_type="INAPPROPRIATE COMMUNICATION", message="no", notify=True)
    list(client.archive.search(ArchiveQuery(fields=["subject"])))
    client.senders.set("a@example.org", "ann@example.com", "permit")
    client.policies.list(client.policies.create(policy(comment="c", start=now, end=now)).id)


def test_the_details_of_a_held_message(client: MimecastClient) -> None:
    row = tracked_with(client, sender="supplier.example.org", to="")
    info = client.tracking.info(row.id)
    assert (info.id, info.status, info.subject) == (row.id, "held", "Overdue invoice 4711")
    assert info.message_id == "invoice-4711@supplier.example.org"
    assert (info.queue_reason, info.risk) == ("Macro Documents", "high")
    assert info.queue_detail_status.startswith("Message Hold Applied")
    assert info.defects == ()


@pytest.mark.parametrize("exact", [True, False])
def test_the_queue_id_of_the_details_may_or_may_not_be_the_hold_id(
    simulator: Simulator, client: MimecastClient, exact: bool
) -> None:
    switch(simulator, queue_id_is_hold_id=exact)
    info = client.tracking.info(tracked_with(client, sender="supplier.example.org", to="").id)
    assert (info.queue_id == held_with(client).id) is exact


def test_the_details_of_a_delivered_message_have_no_queue(client: MimecastClient) -> None:
    info = client.tracking.info(tracked_with(client, "archived").id, load_content=True)
    assert (info.queue_id, info.queue_reason) == ("", "")
    assert "textBody" in info.raw["recipientInfo"]["messageInfo"]


@pytest.mark.parametrize("unknown", ["fail", "status"])
@pytest.mark.parametrize("identity", [UNKNOWN, DAMAGED], ids=["unknown", "damaged"])
@pytest.mark.parametrize("empty_400", [True, False])
def test_an_id_that_the_tenant_does_not_know_is_not_found(
    simulator: Simulator, client: MimecastClient, unknown: str, identity: str, empty_400: bool
) -> None:
    switch(simulator, unknown_id=unknown, damaged_id_empty_400=empty_400)
    for ask in (client.tracking.info, client.held.detail, client.held.release):
        with pytest.raises(errors.NotFound):
            ask(identity)
    with pytest.raises(errors.NotFound):
        client.held.reject([identity])


def test_details_of_another_message_are_not_taken(simulator: Simulator, client: MimecastClient) -> None:
    row = tracked_with(client)
    simulator.control("record", {"id": row.id, "info": {"id": UNKNOWN}})
    with pytest.raises(errors.UnreadableReply, match="another message"):
        client.tracking.info(row.id)


def test_a_row_with_members_missing_or_broken_is_still_a_row(simulator: Simulator, client: MimecastClient) -> None:
    row = tracked_with(client)
    broken = {"fromEnv": None, "fromHdr": 5, "received": "?", "subject": None, "to": [], "spamScore": "x"}
    simulator.control("record", {"id": row.id, "row": broken})
    [found] = [one for one in client.tracking.search(to="example.com") if one.id == row.id]
    assert (found.sender, found.header_from, found.received, found.recipients) == ("", "", None, ())
    assert set(found.defects) == {"fromHdr", "received", "spamScore"}


@ON_V1
def test_a_held_message_is_released_to_the_sandbox(simulator: Simulator, client: MimecastClient) -> None:
    row = tracked_with(client)
    client.tracking.release_to_sandbox(row.id)
    [decision] = simulator.control("state")["decisions"]
    assert (decision["what"], decision["id"]) == ("released to sandbox", row.id)
    with pytest.raises(errors.ApiError, match="not held"):
        client.tracking.release_to_sandbox(row.id)


@ON_V1
@pytest.mark.parametrize("kind", ["malware", "spam", "phishing"])
@pytest.mark.parametrize("comment", ["", "seen before"])
def test_a_message_is_reported(simulator: Simulator, client: MimecastClient, kind: str, comment: str) -> None:
    row = tracked_with(client)
    client.tracking.report(row.id, kind=kind, comment=comment)
    assert simulator.control("state")["reports"] == [{"id": row.id, "type": kind, "comment": comment}]


@ON_V1
def test_a_message_is_not_reported_as_anything_else(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="malware,spam,phishing"):
        client.tracking.report(tracked_with(client).id, kind="nuisance")


@ON_V2
def test_actions_of_api_1_are_not_sent_to_api_2(simulator: Simulator, client: MimecastClient) -> None:
    with pytest.raises(errors.NotSupported):
        client.tracking.report("id", kind="spam")
    with pytest.raises(errors.NotSupported):
        client.tracking.release_to_sandbox("id")
    assert simulator.requests == []


# the hold queue


@pytest.mark.parametrize(("page_size", "limit"), [(100, 500), (1, 500), (3, 500), (500, 2)])
def test_the_queue_is_listed_whole_whatever_the_size_of_its_pages(
    simulator: Simulator, client: MimecastClient, page_size: int, limit: int
) -> None:
    switch(simulator, queue_page_limit=limit)
    found = list(client.held.list(page_size=page_size))
    assert [one.id for one in found] == [one["id"] for one in simulator.control("state")["held"]]
    assert all(one.received and not one.defects for one in found)
    assert {one.route for one in found} == {"inbound"}


@pytest.mark.parametrize(
    ("field", "value", "subjects"),
    [
        ("subject", "invoice", {"Overdue invoice 4711"}),
        ("sender", "billing@supplier.example.org", {"Overdue invoice 4711"}),
        ("recipient", "bob@example.com", {"Urgent wire transfer", "Your parcel could not be delivered"}),
        ("all", "wire transfer", {"Urgent wire transfer"}),
        ("reason_code", "impersonation", {"Urgent wire transfer", "Your password expires today"}),
        ("reasonCode", "impersonation", {"Urgent wire transfer", "Your password expires today"}),
    ],
)
def test_the_queue_is_searched_with_the_names_of_the_generation(
    client: MimecastClient, field: str, value: str, subjects: set[str]
) -> None:
    assert {one.subject for one in client.held.list(search_field=field, search_value=value)} == subjects


def test_the_queue_is_not_searched_by_a_field_that_it_does_not_have(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="fieldName"):
        list(client.held.list(search_field="colour", search_value="red"))


def test_the_queue_is_listed_for_a_time(client: MimecastClient) -> None:
    now = datetime.now(UTC)
    assert len(list(client.held.list(start=now - timedelta(hours=1), end=now))) >= 4
    assert list(client.held.list(end=now - timedelta(hours=1))) == []


def test_the_summary_counts_per_policy(simulator: Simulator, client: MimecastClient) -> None:
    queue = simulator.control("state")["held"]
    assert {one.policy: one.count for one in client.held.summary()} == {
        name: sum(entry["policyInfo"] == name for entry in queue) for name in {entry["policyInfo"] for entry in queue}
    }


def test_a_held_message_is_released_once(simulator: Simulator, client: MimecastClient) -> None:
    message = held_with(client)
    client.held.release(message.id)
    assert [one["what"] for one in simulator.control("state")["decisions"]] == ["released"]
    assert message.id not in {one.id for one in client.held.list()}


@pytest.mark.parametrize("way", ["flag", "fail", "empty"])
def test_what_is_not_held_any_more_is_never_called_released_or_rejected(
    simulator: Simulator, client: MimecastClient, way: str
) -> None:
    switch(simulator, not_held=way)
    message = held_with(client)
    client.held.release(message.id)
    with pytest.raises(errors.ApiError) as caught:
        client.held.release(message.id)
    assert isinstance(caught.value, errors.NotConfirmed) is (way != "fail")
    if way == "fail":
        with pytest.raises(errors.ApiError, match="not held"):
            client.held.reject([message.id])
        return
    outcome = client.held.reject([message.id])
    assert isinstance(outcome[message.id], errors.NotConfirmed)


def test_held_messages_are_rejected_with_what_the_sender_is_told(simulator: Simulator, client: MimecastClient) -> None:
    ids = [one.id for one in client.held.list(search_field="subject", search_value="wire transfer")]
    reason = "MESSAGE GOES AGAINST EMAIL POLICIES"
    assert client.held.reject(ids, reason_type=reason, message="no", notify=True) == dict.fromkeys(ids)
    decisions = simulator.control("state")["decisions"]
    assert {(one["what"], one["reason"], one["message"], one["notify"]) for one in decisions} == {
        ("rejected", reason, "no", True)
    }
    assert {one["hold_id"] for one in decisions} == set(ids)


def test_of_several_rejections_each_has_its_own_outcome(client: MimecastClient) -> None:
    first, second, *_ = [one.id for one in client.held.list()]
    client.held.release(first)
    outcome = client.held.reject([first, second])
    assert isinstance(outcome[first], errors.NotConfirmed)
    assert outcome[second] is None


def test_a_reason_that_is_none_is_refused_and_nothing_is_rejected(simulator: Simulator, client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="reasonType"):
        client.held.reject([held_with(client).id], reason_type="BECAUSE")
    assert simulator.control("state")["decisions"] == []


@pytest.mark.parametrize("accepted", [True, False])
def test_a_tracking_id_is_no_proof_of_a_release(simulator: Simulator, client: MimecastClient, accepted: bool) -> None:
    switch(simulator, hold_accepts_tracking_id=accepted)
    row = tracked_with(client)
    if accepted:
        client.held.release(row.id)
        return
    with pytest.raises(errors.NotFound):
        client.held.release(row.id)


def test_a_decision_that_takes_its_time_is_confirmed_all_the_same(simulator: Simulator, client: MimecastClient) -> None:
    switch(simulator, hold_delay=60)
    message = held_with(client)
    client.held.release(message.id)
    assert message.id in {one.id for one in client.held.list()}
    simulator.tenant.clock.offset += timedelta(seconds=61)
    assert message.id not in {one["id"] for one in simulator.control("state")["held"]}


def test_the_attachments_of_a_held_message(client: MimecastClient) -> None:
    message = held_with(client)
    detail = client.held.detail(message.id)
    [attachment] = detail.attachments
    assert detail.message_id == "invoice-4711@supplier.example.org"
    assert (attachment.filename, attachment.extension) == ("invoice.docm", "docm")
    with client.files.download(attachment.id, max_bytes=attachment.size, sha256=attachment.sha256) as file:
        assert file.sha256 == attachment.sha256


@ON_V2
def test_a_tenant_whose_api_2_has_no_details_says_so(simulator: Simulator, client: MimecastClient) -> None:
    switch(simulator, gateway_detail_on_v2=False)
    with pytest.raises(errors.MissingPermission, match="does not exist on API 2.0 for this tenant") as caught:
        client.held.detail(held_with(client).id)
    assert caught.value.code == "app_forbidden"


# the archive


@pytest.mark.parametrize("flat", [False, True], ids=["wrapped", "flat"])
@pytest.mark.parametrize("page_size", [1, 100])
def test_the_archive_is_searched_in_both_shapes_and_in_pages(
    simulator: Simulator, client: MimecastClient, flat: bool, page_size: int
) -> None:
    switch(simulator, archive_items_flat=flat)
    query = ArchiveQuery(fields=["subject", "displayfromaddress"], page_size=page_size)
    found = list(client.archive.search(query))
    assert len(found) == len({one["id"] for one in found}) >= 3
    assert {one["subject"] for one in found} >= {"Lunch on Thursday?"}
    assert all(set(one) == {"id", "subject", "displayfromaddress"} for one in found)
    assert list(client.archive.search(query.to_xml(), max_items=2)) == found[:2]


def test_the_archive_finds_by_what_was_asked_for(client: MimecastClient) -> None:
    def subjects(**parts: Any) -> set[str]:
        return {one["subject"] for one in client.archive.search(ArchiveQuery(fields=["subject"], **parts))}

    assert subjects(subject="lunch") == {"Lunch on Thursday?"}
    assert subjects(subject="lunch", senders=["nobody@example.com"]) == set()
    assert "Lunch on Thursday?" in subjects(senders=["ann@example.com"], mailboxes=["bob@example.com"])
    assert "Lunch on Thursday?" in subjects(recipients=["bob@example.com", "carol@example.com"])
    assert subjects(end=datetime(2020, 1, 1, tzinfo=UTC)) == set()


def test_the_pages_of_the_archive_say_whether_more_follow(client: MimecastClient) -> None:
    pages = list(client.archive.search_pages(ArchiveQuery(fields=["id"], page_size=1)))
    assert [page.more for page in pages] == [True] * (len(pages) - 1) + [False]


def test_mail_that_is_not_in_the_archive_yet_is_not_found(simulator: Simulator, client: MimecastClient) -> None:
    switch(simulator, archive_delay=86400)
    assert list(client.archive.search(ArchiveQuery(fields=["id"]))) == []


def test_a_query_that_is_none_is_refused_by_the_archive(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="not valid XML"):
        list(client.archive.search("subject:minutes"))


@pytest.mark.parametrize("way", ["stream", "url", "urls"])
@pytest.mark.parametrize("part", ["RFC822", "PLAIN", "TRANSMISSION_MESSAGE_BODY"])
@pytest.mark.parametrize("mailbox", ["", "bob@example.com"])
def test_an_archived_message_is_read_and_downloaded(
    simulator: Simulator, client: MimecastClient, way: str, part: str, mailbox: str
) -> None:
    switch(simulator, file_v1=way, file_v2=way)
    [found] = client.archive.search(ArchiveQuery(fields=["subject"], subject="lunch"))
    detail = client.archive.message_detail(found["id"])
    assert (detail.subject, detail.message_id) == ("Lunch on Thursday?", "lunch@example.com")
    with client.archive.message_part(found["id"], max_bytes=100_000, part=part, mailbox=mailbox) as file:
        content = file.read()
        assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert (b"Message-ID: <lunch@example.com>" in content) is (part != "PLAIN")


def test_an_archived_message_that_there_is_not_is_not_found(client: MimecastClient) -> None:
    with pytest.raises(errors.NotFound):
        client.archive.message_detail(UNKNOWN)
    with pytest.raises(errors.ApiError, match="context"):
        client.archive.message_detail(UNKNOWN, context="archive")
    with pytest.raises(errors.NotFound), client.archive.message_part(UNKNOWN, max_bytes=10):
        pass


# managed senders


@pytest.mark.parametrize("action", ["permit", "block"])
def test_a_sender_is_permitted_or_blocked(simulator: Simulator, client: MimecastClient, action: Any) -> None:
    entry = client.senders.set("Mallory@Example.org", "ann@example.com", action)
    assert (entry.type, entry.to) == (action, "ann@example.com")
    assert entry.id.startswith("MTOKEN:")
    assert simulator.control("state")["managed"] == [
        {"sender": "Mallory@Example.org", "to": "ann@example.com", "action": action}
    ]


def test_a_sender_that_was_permitted_is_blocked_afterwards(simulator: Simulator, client: MimecastClient) -> None:
    client.senders.set("mallory@example.org", "ann@example.com", "permit")
    client.senders.set("MALLORY@example.org", "ann@example.com", "block")
    assert [one["action"] for one in simulator.control("state")["managed"]] == ["block"]


def test_what_is_no_address_is_refused(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match='field "sender"') as caught:
        client.senders.set("not-an-address", "ann@example.com", "block")
    assert caught.value.code == "err_validation_invalid_email_address"


# blocked-sender policies


@pytest.mark.parametrize(
    "sender",
    [
        PolicyTarget("individual_email_address", "mallory@example.org"),
        PolicyTarget("email_domain", "bad.example.org"),
        PolicyTarget("header_display_name", "The Boss"),
        PolicyTarget("profile_group", "a-group"),
        PolicyTarget("external_addresses"),
        PolicyTarget("free_mail_domains"),
    ],
    ids=lambda one: one.type,
)
def test_a_policy_is_created_and_listed_as_it_was_asked_for(client: MimecastClient, sender: PolicyTarget) -> None:
    made = client.policies.create(policy(sender=sender))
    assert (made.sender, made.recipient) == (sender, PolicyTarget("everyone"))
    assert (made.option, made.description, made.from_part) == ("block_sender", "Made by a test", "both")
    assert (made.start, made.end) == (None, None)
    assert client.policies.list() == client.policies.list(made.id) == (made,)


def test_a_policy_has_its_time_and_its_flags(client: MimecastClient) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    end = start + timedelta(days=10)
    made = client.policies.create(policy(start=start, end=end, bidirectional=True, enforced=False, enabled=False))
    assert (made.start, made.end) == (start, end)
    assert (made.bidirectional, made.enforced, made.enabled) == (True, False, False)


def test_a_policy_for_nobody_is_refused(client: MimecastClient) -> None:
    with pytest.raises(errors.ApiError, match="Invalid fromValue"):
        client.policies.create(policy(sender=PolicyTarget("individual_email_address", "nobody")))
    with pytest.raises(errors.NotFound):
        client.policies.list(UNKNOWN)


@pytest.mark.parametrize("old_function_on_v2", [True, False])
def test_a_policy_is_deleted_by_whichever_function_the_tenant_has(
    simulator: Simulator, client: MimecastClient, api_version: ApiVersion, old_function_on_v2: bool
) -> None:
    switch(simulator, delete_policy_on_v2=old_function_on_v2)
    made, other = client.policies.create(policy()), client.policies.create(policy())
    client.policies.delete(made.id)
    assert [one.id for one in client.policies.list()] == [other.id]
    by_rest = any(one.path.startswith(policies.REST_DELETE.path) for one in simulator.requests)
    assert by_rest is (api_version is V2 and not old_function_on_v2)
    with pytest.raises(errors.NotFound):
        client.policies.delete(made.id)


@pytest.mark.parametrize("old_function_on_v2", [True, False])
def test_a_policy_is_not_deleted_without_the_right_to(
    simulator: Simulator, client: MimecastClient, old_function_on_v2: bool
) -> None:
    switch(simulator, delete_policy_on_v2=old_function_on_v2)
    made = client.policies.create(policy())
    simulator.control("rights", {"revoke": [policies.DELETE.permission]})
    with pytest.raises(errors.MissingPermission, match=r"Gateway \| Policies \| Edit"):
        client.policies.delete(made.id)
    assert [one.id for one in client.policies.list()] == [made.id]


# trouble


@pytest.fixture
def patient(simulator: Simulator, api_version: ApiVersion) -> Iterator[MimecastClient]:
    """A client for whom waiting takes no time."""
    time = FakeTime()
    around = Runtime(monotonic=time, sleep=time.sleep)
    with MimecastClient(connection_of(settings_for(simulator, api_version)).connection, around) as connected:
        yield connected


@pytest.mark.parametrize("kind", ["429", "500", "503", "html", "empty", "truncated", "reset"])
def test_a_listing_survives_what_passes(simulator: Simulator, patient: MimecastClient, kind: str) -> None:
    fault = {"kind": kind, "path": "/api/gateway/*", "count": 1, "after": 1, "reset_ms": 1}
    simulator.control("faults", {"add": [fault]})
    assert len(list(patient.held.list(page_size=2))) == len(simulator.control("state")["held"])


@pytest.mark.parametrize("kind", ["500", "503", "html", "empty", "truncated", "reset"])
def test_a_release_whose_outcome_is_unknown_is_asked_for_once_only(
    simulator: Simulator, patient: MimecastClient, kind: str
) -> None:
    message = held_with(patient)
    simulator.control("faults", {"add": [{"kind": kind, "path": held.RELEASE.path}]})
    with pytest.raises(errors.MimecastError):
        patient.held.release(message.id)
    assert simulator.control("requests")["counts"][held.RELEASE.path] == 1


def test_a_release_that_met_the_rate_limit_is_done_afterwards(simulator: Simulator, patient: MimecastClient) -> None:
    message = held_with(patient)
    simulator.control("faults", {"add": [{"kind": "429", "path": held.RELEASE.path, "count": 1, "reset_ms": 1}]})
    patient.held.release(message.id)
    assert [one["hold_id"] for one in simulator.control("state")["decisions"]] == [message.id]


@pytest.mark.parametrize("header", ["X-RateLimit", "X-Rate-Limit", "X-Mimecast-RateLimit"])
@pytest.mark.parametrize("on_v2", [True, False])
def test_a_quota_is_kept_to_in_every_spelling(
    simulator: Simulator, client: MimecastClient, header: str, on_v2: bool
) -> None:
    switch(simulator, rate_limit=2, rate_window=0.05, rate_header=header, rate_headers_on_v2=on_v2)
    assert len({client.account.get().account_code for _ in range(3)}) == 1


def test_the_simulator_grants_every_permission_that_the_client_declares() -> None:
    assert {one.permission for one in endpoints() if one.permission} == PERMISSIONS
