"""A client of the simulator that shares no code with the product, and messages for tests."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from mimecast_secops.simulator import Simulator

ACCOUNT = "/api/account/get-account"
SEARCH = "/api/message-finder/search"
INFO = "/api/message-finder/get-message-info"
HOLD_LIST = "/api/gateway/get-hold-message-list"
RELEASE = "/api/gateway/hold-release"
REJECT = "/api/gateway/hold-reject"
HOLD_SUMMARY = "/api/gateway/get-hold-summary-list"
RELEASE_LOG = "/api/gateway/get-held-release-logs"
DETAIL = "/api/gateway/message/get-message-detail"
GET_FILE = "/api/gateway/message/get-file"
ARCHIVE = "/api/archive/search"
SENDERS = "/api/managedsender/permit-or-block-sender"
CREATE_POLICY = "/api/policy/blockedsenders/create-policy"
GET_POLICY = "/api/policy/blockedsenders/get-policy"
DELETE_POLICY = "/api/policy/blockedsenders/delete-policy"
REST_POLICIES = "/policy-management/cloud-gateway/v1/blocked-senders/policies"


@dataclass(frozen=True)
class Reply:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @cached_property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def data(self) -> list[Any]:
        items: list[Any] = self.json["data"]
        return items

    @property
    def codes(self) -> list[str]:
        """The codes of the failures, with and without an envelope."""
        return [
            entry["code"]
            for failure in self.json["fail"]
            for entry in ([failure] if "code" in failure else failure.get("errors", []))
        ]

    @property
    def fields(self) -> list[str]:
        """The members of the request that were refused."""
        return [entry.get("field", "") for failure in self.json["fail"] for entry in failure["errors"]]


def send(
    url: str, *, method: str = "POST", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Reply:
    request = urllib.request.Request(url, method=method, headers=dict(headers or {}), data=body)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return Reply(answer.status, cast("Mapping[str, str]", answer.headers), answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, cast("Mapping[str, str]", error.headers), error.read())


def mc_date(moment: datetime, zone: str = "UTC") -> str:
    return f"{moment:%a, %d %b %Y %H:%M:%S} {zone}"


def signature(secret_key: str, date: str, request_id: str, path: str, application_key: str) -> str:
    text = f"{date}:{request_id}:{path}:{application_key}".encode()
    return base64.b64encode(hmac.digest(base64.b64decode(secret_key), text, hashlib.sha1)).decode()


@dataclass
class Caller:
    """One application of the tenant."""

    simulator: Simulator
    version: int = 2
    _token: str = field(default="", repr=False)

    def token(self, **changed: str) -> Reply:
        application = self.simulator.v2
        form = {
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "grant_type": "client_credentials",
        } | changed
        return send(f"{self.simulator.url}/oauth/token", body=urlencode(form).encode())

    def headers(self, path: str, **changed: str) -> dict[str, str]:
        """What authenticates a request. `changed`: date, request_id, signed_path, and the names of the keys."""
        if self.version == 2:
            self._token = self._token or self.token().json["access_token"]
            return {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        keys = self.simulator.v1
        date = changed.get("date") or mc_date(self.simulator.tenant.clock.now())
        request_id = changed.get("request_id") or str(uuid.uuid4())
        signed = signature(
            changed.get("secret_key", keys.secret_key),
            date,
            request_id,
            changed.get("signed_path", path),
            changed.get("application_key", keys.application_key),
        )
        return {
            "Authorization": f"MC {changed.get('access_key', keys.access_key)}:{signed}",
            "x-mc-app-id": changed.get("application_id", keys.application_id),
            "x-mc-date": date,
            "x-mc-req-id": request_id,
            "Content-Type": "application/json",
        }

    def call(self, path: str, *items: Mapping[str, Any], page: Mapping[str, Any] | None = None) -> Reply:
        body: dict[str, Any] = {"data": list(items)}
        if page is not None:
            body["meta"] = {"pagination": page}
        return self.post(path, body)

    def post(self, path: str, body: Any, *, method: str = "POST", **changed: str) -> Reply:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return send(self.simulator.url + path, method=method, headers=self.headers(path, **changed), body=raw)

    def get(self, path: str) -> Reply:
        return send(self.simulator.url + path, method="GET", headers=self.headers(path))


def control(simulator: Simulator, path: str, body: Any = None, **headers: str) -> Reply:
    """Make a control call."""
    raw = json.dumps({} if body is None else body).encode()
    return send(f"{simulator.url}/simulator/{path}", headers={"Content-Type": "application/json"} | headers, body=raw)


def eml(
    subject: str = "Minutes",
    *,
    sender: str = "carol@example.org",
    to: str = "ann@example.com",
    text: str = "Please find the minutes below",
    html: str = "",
    files: Mapping[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A message in the `.eml` format, delivered unless a header or a rule holds it; `X_Name` is the header `X-Name`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = f"<{uuid.uuid4()}@example.org>"
    for name, value in headers.items():
        header = name.replace("_", "-")
        del mail[header]
        mail[header] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def held_eml(subject: str = "Offer", **headers: Any) -> bytes:
    """A message that is held."""
    return eml(subject, **({"X_Simulator_Hold": "Spam Signature"} | headers))


def archive_query(
    muse: str = "", *, mailboxes: tuple[str, ...] = (), fields: tuple[str, ...] = ("subject",), **attributes: int
) -> str:
    """A query of the archive; `attributes` are those of its metadata."""
    boxes = "".join(f"<mailbox include-aliases='true'>{mailbox}</mailbox>" for mailbox in mailboxes)
    names = "".join(f"<return-field>{name}</return-field>" for name in fields)
    written = "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return (
        f'<?xml version="1.0"?><xmlquery trace="iql,muse"><metadata query-type="emailarchive" archive="true"{written}>'
        f"<mailboxes>{boxes}</mailboxes><smartfolders/><return-fields>{names}</return-fields></metadata>"
        f"<muse>{muse}</muse></xmlquery>"
    )
