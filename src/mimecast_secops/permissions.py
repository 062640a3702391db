"""What the connector asks of Mimecast, for whoever has to say which rights to grant."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.resources import files, held, tracking

REQUIRED: Final = (tracking.SEARCH, tracking.INFO, held.LIST)
"""The API functions without which it cannot do its work on held mail."""
OPTIONAL: Final = (held.DETAIL, files.GET)
"""What brings attachments to the case."""
