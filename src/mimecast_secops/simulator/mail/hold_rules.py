"""Why a mail is held: a list that reads like a policy page. The first rule that applies decides.

Real tenants decide with engines of their own; these rules only have to be plain, so that somebody who writes a playbook
can make a mail that is held for the reason that they want to see.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mimecast_secops.simulator.mail.parser import Email

RISKS: Final = ("negligible", "low", "medium", "high")
_PROGRAMS: Final = frozenset({"exe", "js", "jse", "vbs", "scr", "bat", "cmd", "com", "lnk", "hta", "iso", "jar", "ps1"})
_MACROS: Final = frozenset({"docm", "xlsm", "pptm", "dotm", "xlam"})
_ARCHIVES: Final = frozenset({"zip", "rar", "7z", "gz", "cab"})
_SANDBOXED: Final = frozenset({"doc", "xls", "ppt", "rtf"}) | _ARCHIVES - {"zip"}
_PHISHING: Final = re.compile(
    r"verify your (account|password)|password (has )?expire|unusual sign-?in|suspended account", re.IGNORECASE
)
_FRAUD: Final = re.compile(r"wire transfer|gift cards?|change of bank (details|account)", re.IGNORECASE)
_SPAM: Final = re.compile(
    r"\bviagra\b|\bcasino\b|\blottery\b|you have won|100% free|refinance|you may.be eligible|money transfer|"
    r"blood pressure|get in on|\d+% off",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a mail is held: the reason of tracking, the policy's name, and how risky it is judged ("" = not judged)."""

    reason: str
    policy: str
    risk: str

    @property
    def detail(self) -> str:
        """As `queueDetailStatus` and `info` say it."""
        return f"Message Hold Applied - {self.reason} policy"


@dataclass(frozen=True, slots=True)
class Rule:
    """Holds what it applies to."""

    applies: Callable[[Email], bool]
    hold: Hold


def _has_extension(mail: Email, extensions: frozenset[str]) -> bool:
    return any(part.extension in extensions for part in mail.parts)


def _has_program_in_archive(mail: Email) -> bool:
    # The names in an archive's directory stand in clear; that is all that is looked at. Nothing is unpacked.
    endings = tuple(f".{extension}".encode() for extension in _PROGRAMS)
    return any(part.extension in _ARCHIVES and any(end in part.content for end in endings) for part in mail.parts)


def _searchable_text(mail: Email) -> str:
    return f"{mail.subject}\n{mail.text}\n{mail.html}"


def _headers_set_to_yes(mail: Email) -> set[str]:
    return {name.lower() for name, value in mail.headers if value.lower() == "yes"}


RULES: Final = (
    Rule(lambda mail: _has_extension(mail, _PROGRAMS), Hold("Attachment", "Malicious Attachment", "high")),
    Rule(lambda mail: _has_extension(mail, _MACROS), Hold("Content examination", "Macro Documents", "high")),
    Rule(_has_program_in_archive, Hold("Attachment", "Programs In Archives", "high")),
    Rule(lambda mail: bool(_PHISHING.search(_searchable_text(mail))), Hold("Impersonation", "Fraud Alert", "high")),
    Rule(lambda mail: bool(_FRAUD.search(_searchable_text(mail))), Hold("Impersonation", "Payment Fraud", "medium")),
    Rule(
        lambda mail: bool(_SPAM.search(_searchable_text(mail))), Hold("Spam Signature", "Relaxed Spam Detection", "low")
    ),
    Rule(lambda mail: _has_extension(mail, _SANDBOXED), Hold("Sandbox", "Attachment Sandbox", "negligible")),
    Rule(lambda mail: "@" not in mail.header_from, Hold("Header", "Unreadable Sender", "low")),
    Rule(
        lambda mail: "x-spam-flag" in _headers_set_to_yes(mail), Hold("Spam Signature", "Relaxed Spam Detection", "low")
    ),
)


def matching_hold(mail: Email) -> Hold | None:
    """Why the mail is held, None when it is let through.

    The headers `X-Simulator-Hold: <reason>` and `X-Simulator-Risk: <risk>` overrule the rules, for mails that are
    written to be held; `X-Simulator-Hold: no` lets a mail through.
    """
    asked, risk = mail.header("X-Simulator-Hold"), mail.header("X-Simulator-Risk").lower()
    found = next((rule.hold for rule in RULES if rule.applies(mail)), None)
    if asked.lower() in ("no", "never", "false"):
        return None
    if asked:
        found = Hold(asked, asked, "")
    if found and risk:
        return Hold(found.reason, found.policy, risk if risk in RISKS else "")
    return found
