"""Words of Mimecast's API. Only these may be shown or recorded: any other text may be personal."""

from __future__ import annotations

from typing import Final


def words_of(text: str) -> frozenset[str]:
    """The words of a text that are separated by white space."""
    return frozenset(text.split())


ERROR_WORDS: Final = words_of(
    """
    0003 0007 a address allowed an and any app application argument assigned at authentication available bad be been
    blank body by call cannot claim client code connection contains could credentials data date deserialise developer
    does duplicate email empty end entry enum err error event exceeded exist exists expired failed failure field fields
    file folder for forbidden format found from function future gateway generic greater group has hold id identifier ids
    if in incorrect input internal invalid is it item items json key known length less limit list log long mandatory
    max maximum member message method min minimum missing more must no not null number object of on one only operation
    or page pagination parameter payload perform permission permitted policy present process product products quota
    range rate read reason region rejected released request requested required resource sender server service short
    signature size start status string support temporary than the this time timed to token too type unauthorized
    unavailable unexpected unknown unsupported update url user valid validation value values verification was while
    with xdk InvalidClientIdentifier Invalid Token The Field This Forbidden To Perform Operation For Address Resource
    Unauthorized Connection NULL GatewayTimeout
    """
)
"""Words of error codes and error messages."""


def shown_code(code: str) -> str:
    """An error code that may be shown: one of words that occur in codes. Any other is `another code`."""
    words = code.lower().replace("-", "_").split("_")
    is_known = code in ERROR_WORDS or all(word in ERROR_WORDS for word in words)
    return code if not code or is_known else "another code"
