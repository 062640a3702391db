"""What a policy does, in words: for the plan of a dry run."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api import BlockedSenderPolicy, PolicyTarget

_VERBS: Final = {"block_sender": "Block", "no_action": "Exempt from other block policies"}
_TEXTS: Final = {
    "everyone": "everyone",
    "internal_addresses": "internal addresses",
    "external_addresses": "external addresses",
    "individual_email_address": "{}",
    "email_domain": "the domain {}",
    "header_display_name": 'the display name "{}"',
}


def effect_of(policy: BlockedSenderPolicy) -> str:
    """The effect of a policy as a sentence. It names the direction that "Bidirectional" adds.

    Values from emails are in it unchanged, so a terminal or page has to make the sentence harmless.
    """
    sender, recipient = _text(policy.sender), _text(policy.recipient)
    sentence = f"{_VERBS[policy.option]}: messages from {sender} to {recipient}"
    if policy.bidirectional:
        sentence += f', and, because "Bidirectional" is enabled, messages from {recipient} to {sender}'
    return f"{sentence}."


def _text(target: PolicyTarget) -> str:
    return _TEXTS[target.type].format(target.value)
