"""Typed calls of the public API client, as a program of a user has them.

Nothing runs this file: `make check` reads it with mypy and with pyrefly. `assert_type` fails where a public return type
becomes another one or `Any`. An ignore comment below marks a call that a type checker must reject: mypy reports the
comment as unused if the call becomes valid.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, assert_type

from mimecast_secops.api import (
    Account,
    ArchiveItems,
    ArchiveQuery,
    Attachment,
    BlockedSenderPolicy,
    ClientCredentials,
    Connection,
    Deadline,
    HeldMessages,
    HoldSummary,
    InternalDomain,
    ManagedSender,
    MessageDetail,
    MessageInfo,
    MimecastClient,
    PolicyRecord,
    PolicyTarget,
    Proxy,
    QueryError,
    Secret,
    SigningKeys,
    SpooledFile,
    TrackedMessage,
    check_query,
    errors,
    scrub,
)

API_ROOT = "https://api.services.mimecast.com"
START = datetime(2026, 1, 1, tzinfo=UTC)

# Connections

oauth = ClientCredentials("an id", Secret("a secret"))
keys = SigningKeys(
    application_id="an id", application_key=Secret("a"), access_key=Secret("b"), secret_key=Secret("c2VjcmV0")
)
connection = Connection(API_ROOT, oauth, verify_tls=True, proxy=Proxy("http://proxy.example:3128"), timeout=10)
Connection(API_ROOT, keys, max_attempts=3, max_concurrency=8)
assert_type(Secret("a").reveal(), str)
assert_type(scrub("text"), str)

Connection(API_ROOT)  # type: ignore[call-arg]
ClientCredentials("an id", "a secret")  # type: ignore[arg-type]


def use(client: MimecastClient) -> None:
    assert_type(client.api_root, str)
    assert_type(client.requests_sent, int)
    assert_type(client.requests_rate_limited, int)
    assert_type(client.clock_skew, float | None)
    assert_type(client.until(Deadline.after(30)), MimecastClient)


# Account and domains


def account(client: MimecastClient) -> None:
    assert_type(client.account.get(), Account)
    assert_type(client.account.get().account_name, str)
    assert_type(client.domains.internal(), tuple[InternalDomain, ...])


# Tracking


def tracking(client: MimecastClient) -> None:
    messages = client.tracking.search(start=START, end=START, statuses=["held"], routes=["inbound"])
    assert_type(len(messages), int)
    assert_type(messages[0], TrackedMessage)
    for message in messages:
        assert_type(message, TrackedMessage)
        assert_type(message.received, datetime | None)
        assert_type(message.recipients, tuple[str, ...])
        assert_type(client.tracking.info(message.id), MessageInfo)

    client.tracking.search(start="2026-01-01")  # type: ignore[arg-type]
    client.tracking.info()  # type: ignore[call-arg]


# Hold queue


def held(client: MimecastClient) -> None:
    assert_type(client.held.list(), HeldMessages)
    for message in client.held.list(start=START, page_size=50):
        assert_type(message.reason, str)
        assert_type(message.raw, dict[str, Any])
        assert_type(client.held.detail(message.id), MessageDetail)
    assert_type(client.held.summary(), tuple[HoldSummary, ...])
    assert_type(client.held.reject(["an id"], notify=True), dict[str, errors.MimecastError | None])
    client.held.release("an id")

    client.held.release(["an id"])  # type: ignore[arg-type]


# Archive


def archive(client: MimecastClient) -> None:
    query = ArchiveQuery(fields=["subject"], senders=["example.com"], start=START)
    assert_type(query.to_xml(), str)
    assert_type(client.archive.search(query, max_items=10), ArchiveItems)
    assert_type(next(client.archive.search(query)), dict[str, Any])
    for page in client.archive.search_pages(query):
        assert_type(page.items, tuple[dict[str, Any], ...])
    try:
        check_query("<xmlquery/>")
    except QueryError as error:
        assert_type(error.consequence, errors.Consequence)

    ArchiveQuery(["subject"])  # type: ignore[call-arg]


# Senders and policies


def senders_and_policies(client: MimecastClient) -> None:
    assert_type(client.senders.set("a@example.org", "b@example.com", "block"), ManagedSender)
    policy = BlockedSenderPolicy(
        option="block_sender",
        description="a policy",
        from_part="both",
        sender=PolicyTarget("email_domain", "example.org"),
        recipient=PolicyTarget("everyone"),
    )
    assert_type(client.policies.create(policy), PolicyRecord)
    assert_type(client.policies.list(), tuple[PolicyRecord, ...])
    client.policies.delete("an id")

    client.senders.set("a@example.org", "b@example.com", "allow")  # type: ignore[arg-type]


# Files


def files(client: MimecastClient, attachment: Attachment) -> None:
    with client.files.download(attachment.id, max_bytes=1_000_000, sha256=attachment.sha256) as file:
        assert_type(file, SpooledFile)
        assert_type(file.read(), bytes)


# Errors


def failures(client: MimecastClient) -> None:
    try:
        client.account.get()
    except errors.RateLimited as error:
        assert_type(error.wait, float | None)
    except errors.MimecastError as error:
        assert_type(error.status, int | None)
        assert_type(error.code, str)
        assert_type(error.request_id, str)


def main() -> None:
    with MimecastClient(connection) as client:
        assert_type(client, MimecastClient)
        use(client)
