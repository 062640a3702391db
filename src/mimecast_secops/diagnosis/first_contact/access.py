"""Questions 8, 11 and 12: the token, rate limits, missing endpoints, clock, region, and the reason for searches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from mimecast_secops.api import ApiVersion
from mimecast_secops.api.decode import format_timestamp
from mimecast_secops.api.resources import held, release_log
from mimecast_secops.diagnosis.answers import UNKNOWN_ENDPOINT
from mimecast_secops.diagnosis.first_contact.evidence import Evidence, decoded_members, ids_of, text_of
from mimecast_secops.diagnosis.first_contact.inquiry import ACCEPTED
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult
from mimecast_secops.diagnosis.probes import UNASSIGNED_ID

_ACCOUNT_CODE: Final = "customercode"
_FIRST_EPOCH: Final = 946_684_800
_LARGE_RESET: Final = 3_600
_MAX_SKEW: Final = 300.0
# docs/reference/mimecast-api.md#api-10-hosts
_REGIONS: Final = ("eu", "de", "us", "usb", "ca", "za", "au", "je", "sandbox")


def ask_about_access(evidence: Evidence) -> QuestionResult:
    """Question 8: what the connection showed so far, and the endpoints that a tenant can lack."""
    inquiry = evidence.inquiry
    _ask_optional(evidence)
    outcomes = inquiry.outcomes
    control = outcomes.get(UNKNOWN_ENDPOINT.path, "")
    unit = _reset_unit(inquiry.headers)
    is_telling = control not in ("", ACCEPTED)
    asked = {path: outcome for path, outcome in outcomes.items() if path != UNKNOWN_ENDPOINT.path}
    absent = [path for path, outcome in asked.items() if is_telling and outcome == control]
    answers = [_token(evidence), *_headers(inquiry.headers, inquiry.refused)]
    answers.append(f"An endpoint that does not exist: {control or 'not asked'}.")
    answers.append(f"Answered in the same way: {', '.join(absent) or 'no other endpoint'}.")
    answers.append("Endpoints that write, such as delete-policy, were not called; the permission check probes them.")
    facts: dict[str, int | str] = {
        f"functions.{path}": "missing" if path in absent else outcome for path, outcome in asked.items()
    }
    problems = [] if unit or not inquiry.headers else ["The unit of the rate limit's reset does not show."]
    if control == ACCEPTED:
        problems.append("An endpoint that does not exist is accepted, so an endpoint that is accepted may not exist.")
    if unit:
        facts["reset_unit"] = unit
    if inquiry.token_lifetime is not None:
        facts["token_lifetime"] = inquiry.token_lifetime
    return QuestionResult(
        number=8,
        knowledge=Knowledge.KNOWN if control else Knowledge.PARTLY,
        answers=answers,
        evidence={"endpoints": len(outcomes), "refused": inquiry.refused},
        facts=facts,
        not_understood=problems,
    )


def _ask_optional(evidence: Evidence) -> None:
    """Ask the endpoints that a tenant can lack, and one that no tenant has."""
    inquiry = evidence.inquiry
    inquiry.ask(UNKNOWN_ENDPOINT)
    holds = ids_of(evidence.holds)
    inquiry.ask(held.DETAIL, {"id": holds[0] if holds else UNASSIGNED_ID})
    start = format_timestamp(evidence.now - timedelta(days=1))
    inquiry.ask(release_log.LIST, {"start": start, "end": format_timestamp(evidence.now)})


def _token(evidence: Evidence) -> str:
    if evidence.inquiry.client.api_version is ApiVersion.V1:
        return "API 1.0 signs each request and has no token."
    lifetime = evidence.inquiry.token_lifetime
    return "No token was requested." if lifetime is None else f"A token is valid for {lifetime} s."


def _headers(headers: Mapping[str, str], refused: int) -> list[str]:
    if not headers:
        return [f"No rate limit headers came; {refused} requests were refused by the rate limit."]
    return [f"Rate limit headers: {', '.join(sorted(headers))}; {refused} requests were refused by the rate limit."]


def _reset_unit(headers: Mapping[str, str]) -> str:
    """The unit of the reset that is plausible for its value; "" if none is named or several are plausible."""
    values = [value for name, value in headers.items() if "reset" in name and value.isascii() and value.isdigit()]
    if not values:
        return ""
    reset = int(values[0][:18])
    if reset >= _FIRST_EPOCH:
        return "epoch"
    return "milliseconds" if reset > _LARGE_RESET else ""


def ask_about_region(evidence: Evidence) -> QuestionResult:
    """Question 11: the clocks, the region of the host and of the account, and the account in the IDs."""
    account = evidence.account
    skew = evidence.inquiry.client.clock_skew
    answers, settings, problems = [], [], []
    if skew is None:
        answers.append("The server does not report its time.")
    else:
        direction = "ahead of" if skew > 0 else "behind"
        answers.append(f"This machine's clock is {abs(skew):.0f} s {direction} Mimecast's.")
        if abs(skew) > _MAX_SKEW:
            settings.append("Set the clock, or turn on time synchronization.")
    region, host = text_of(account, "region").lower(), urlsplit(evidence.inquiry.client.api_root).hostname or ""
    named = host.split("-", 1)[0] if host.split("-", 1)[0] in _REGIONS else ""
    shown = region if region in _REGIONS else "one that is not known" if region else "not named"
    agrees = "names no region" if not named else "names the same region" if named == region else "names another region"
    answers.append(f"The region of the account is {shown}; the host of API Root {agrees}.")
    codes = {str(code) for identifier in ids_of(evidence.tracked) if (code := _code(identifier))}
    if codes and account:
        same = sum(code == text_of(account, "accountCode") for code in codes)
        answers.append(f"The IDs name {len(codes)} account codes; {same} of them is that of the account.")
        if same < len(codes):
            problems.append("IDs name another account than the one of the credentials.")
    return QuestionResult(
        number=11,
        knowledge=Knowledge.KNOWN if account and skew is not None else Knowledge.PARTLY,
        answers=answers,
        evidence={} if skew is None else {"clock_skew": round(skew)},
        facts={} if region not in _REGIONS else {"region": region},
        settings=settings,
        not_understood=problems,
    )


def _code(identifier: str) -> Any:
    return decoded_members(identifier).get(_ACCOUNT_CODE)


def ask_about_search_reason(evidence: Evidence) -> QuestionResult:
    """Question 12: whether the account requires a reason for searches, and whether a search without one works."""
    required = evidence.account.get("searchReason")
    searched = evidence.day[1]
    outcome = searched.outcome if evidence.domain else "not asked, because no internal domain is known"
    shown = {True: "requires", False: "does not require"}[required] if isinstance(required, bool) else None
    answers = [
        f"The account {shown or 'does not say whether it requires'} a reason for searches.",
        f"A tracking search without a reason: {outcome}.",
    ]
    refused = bool(evidence.domain) and searched.error is not None
    turn_off = "Searches need a reason. Turn this requirement off for the API application."
    return QuestionResult(
        number=12,
        knowledge=Knowledge.KNOWN if shown and evidence.domain else Knowledge.PARTLY,
        answers=answers,
        facts={} if shown is None else {"search_reason": "required" if required is True else "not required"},
        settings=[turn_off] if refused and required is True else [],
    )
