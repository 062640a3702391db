"""The endpoints that the connector calls, from which the permissions to grant are derived."""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.resources import files, held, tracking

REQUIRED: Final = (tracking.SEARCH, tracking.INFO, held.LIST)
"""The endpoints that the connector needs to ingest held messages."""
OPTIONAL: Final = (held.DETAIL, files.GET)
"""The endpoints that add attachments to the case."""
