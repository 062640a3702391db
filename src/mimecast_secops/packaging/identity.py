"""Names and texts of the integration, on the platform and in Google's repository."""

from __future__ import annotations

from typing import Final

IDENTIFIER: Final = "Mimecast"
NAME: Final = "Mimecast"
CONNECTOR: Final = "Mimecast - Message Tracking Connector"
FOLDER: Final = "mimecast"
DESCRIPTION: Final = (
    "Ingest held and suspicious Mimecast messages as alerts, and triage them: search the archive; reject, release or "
    "report a message; block or permit a sender. Supports API 1.0 keys and API 2.0 applications. This is the "
    "integration of the project mimecast-secops, not that of the marketplace: see docs/guide in the project."
)
CATEGORIES: Final = ("Email Security", "Security")
DOCUMENTATION: Final = "https://cloud.google.com/chronicle/docs/soar/marketplace-integrations/mimecast"
COPYRIGHT: Final = "Copyright 2026 the authors of Mimecast for Google SecOps"
VERSION: Final = "100.0"
"""The integration's version on the platform: the text of a float, and independent of the project's version.

Each release of the integration adds 1.0. The line starts far above that of the integration with the same identifier in
Google's marketplace, so that the platform does not offer that integration as an update
(`docs/decisions/0009-own-version-line-on-the-platform.md`).
"""
