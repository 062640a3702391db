"""IDs in the format of Mimecast's: long base64url of compressed data that starts with `eN` or `eJ`."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = 64
_PATTERN: Final = re.compile(r"e[NJ][A-Za-z0-9_-]{60,}\Z")


@dataclass(slots=True)
class IdGenerator:
    """Generates IDs; the same seed generates the same IDs in the same order."""

    seed: str = "tenant"
    count: int = 0

    def new(self, kind: str) -> str:
        """The next ID; `kind` keeps the IDs of different objects apart."""
        self.count += 1
        digest = hashlib.sha256(f"{self.seed}:{kind}:{self.count}".encode()).hexdigest()
        return base64.urlsafe_b64encode(zlib.compress(digest.encode())).rstrip(b"=").decode()


def is_well_formed(value: object) -> bool:
    """Whether a value has the format of a generated ID; a truncated or changed ID does not."""
    if not isinstance(value, str) or not _PATTERN.match(value):
        return False
    try:
        content = zlib.decompress(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValueError, zlib.error):
        return False
    return len(content) == _DIGITS or content.startswith(b'{"secureid"')
