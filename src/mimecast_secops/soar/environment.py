"""The environment that an alert belongs to (docs/reference/secops-platform.md#alert-environment)."""

from __future__ import annotations

import re
from typing import Final

from mimecast_secops.ingest import Alert
from mimecast_secops.parameters import InvalidParameter
from mimecast_secops.sentences import sentence

_MATCHES_EVERYTHING: Final = ".*"
# A pattern of the user runs over text of the sender: keep the text short.
_MAX_CHARACTERS: Final = 1000


class AlertEnvironment:
    """Determines the environment from an event field.

    Args:
        field: the event field that names the environment; "" for none.
        pattern: a regular expression that is searched for in the field. A match replaces the value.
        default: the environment of the connector, for alerts whose field is empty.

    Raises:
        InvalidParameter: the pattern is not a regular expression.
    """

    def __init__(self, field: str, pattern: str, default: str) -> None:
        self._field = field
        self._default = default
        try:
            self._pattern = re.compile(pattern) if pattern and pattern != _MATCHES_EVERYTHING else None
        except re.error as error:
            message = sentence("{Environment Regex Pattern} is not a regular expression: {error}.", error=error)
            raise InvalidParameter("Environment Regex Pattern", message) from None

    def of(self, alert: Alert) -> str:
        """Return the environment of an alert."""
        value = alert.events[0].get(self._field, "") if self._field and alert.events else ""
        if value and self._pattern:
            match = self._pattern.search(value[:_MAX_CHARACTERS])
            value = match.group() if match else value
        return value or self._default
