"""Errors of deliveries. Each message says what happened and what to do."""

from __future__ import annotations


class AlertsUnwritable(OSError):
    """The alert file cannot be opened, read or written. The cause may be temporary."""


class AlertsMissing(OSError):
    """Alerts that were written in this cycle are no longer in any file. The state must not be committed."""
