"""Names and texts of the integration, on the platform and in Google's repository."""

from __future__ import annotations

from typing import Final

from mimecast_secops._version import __version__

IDENTIFIER: Final = "Mimecast"
NAME: Final = "Mimecast"
CONNECTOR: Final = "Mimecast - Message Tracking Connector"
FOLDER: Final = "mimecast"
DESCRIPTION: Final = (
    "Ingest held and suspicious Mimecast messages as alerts, and triage them: search the archive; reject, release or "
    "report a message; block or permit a sender. Supports API 1.0 keys and API 2.0 applications."
)
CATEGORIES: Final = ("Email Security", "Security")
DOCUMENTATION: Final = "https://cloud.google.com/chronicle/docs/soar/marketplace-integrations/mimecast"
COPYRIGHT: Final = "Copyright 2026 the authors of Mimecast for Google SecOps"
VERSION: Final = ".".join(__version__.split(".")[:2])
"""The version on the platform, which supports two numbers only."""
