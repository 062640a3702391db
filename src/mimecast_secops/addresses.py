"""Mail addresses and domains as a person types them: checked before anything is sent.

Checked is the shape that a policy or a search can act on, not every form RFC 5321 allows: no quoted local parts,
no address literals, no comments.
"""

from __future__ import annotations

import re
from typing import Final

_LOCAL: Final = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:@\"]{1,64}\Z")
_LABEL: Final = re.compile(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?\Z|[^\W_]\Z")
_LONGEST_DOMAIN: Final = 253


def is_domain(text: str) -> bool:
    """Whether `text` is a domain name of at least two labels; international ones are accepted as written."""
    labels = text.split(".")
    return (
        len(text) <= _LONGEST_DOMAIN
        and len(labels) > 1
        and all(_LABEL.match(label) and "_" not in label for label in labels)
        and not labels[-1].isdigit()
    )


def is_address(text: str) -> bool:
    """Whether `text` is one plain mail address: a local part, one `@`, a domain."""
    local, at, domain = text.rpartition("@")
    return bool(at) and bool(_LOCAL.match(local)) and ".." not in local and is_domain(domain)


def domain_of(address: str) -> str:
    """The domain of `address` in lower case, "" when it has none."""
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""
