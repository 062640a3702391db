"""Hold rules: why a message is held. The first rule that applies decides.

Real tenants use detection engines. These rules are simple, so that a playbook author can write a message that is held
for a specific reason.
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
    """Why a message is held.

    Attributes:
        reason: the reason in message tracking.
        policy: the name of the policy.
        risk: one of `RISKS`, "" if it was not judged.
    """

    reason: str
    policy: str
    risk: str

    @property
    def detail(self) -> str:
        """The text in `queueDetailStatus` and `info`."""
        return f"Message Hold Applied - {self.reason} policy"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition, and why the messages that meet it are held."""

    applies: Callable[[Email], bool]
    hold: Hold


def _has_extension(mail: Email, extensions: frozenset[str]) -> bool:
    return any(part.extension in extensions for part in mail.parts)


def _has_program_in_archive(mail: Email) -> bool:
    # The directory of an archive contains the file names in plain text. Nothing is unpacked.
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
    """Why the message is held; None if it is delivered.

    The headers `X-Simulator-Hold: <reason>` and `X-Simulator-Risk: <risk>` override the rules.
    `X-Simulator-Hold: no` delivers the message.
    """
    reason, risk = mail.header("X-Simulator-Hold"), mail.header("X-Simulator-Risk").lower()
    hold = next((rule.hold for rule in RULES if rule.applies(mail)), None)
    if reason.lower() in ("no", "never", "false"):
        return None
    if reason:
        hold = Hold(reason, reason, "")
    if hold and risk:
        return Hold(hold.reason, hold.policy, risk if risk in RISKS else "")
    return hold
