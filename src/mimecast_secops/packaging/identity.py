"""What the integration is called, on the platform and in its repository."""

from __future__ import annotations

from typing import Final

from mimecast_secops._version import __version__

IDENTIFIER: Final = "Mimecast"
NAME: Final = "Mimecast"
CONNECTOR: Final = "Mimecast - Message Tracking Connector"
FOLDER: Final = "mimecast"
DESCRIPTION: Final = (
    "Held and suspicious mail of a Mimecast tenant as alerts, and the actions to triage it: search the archive, "
    "reject, release, report, block, permit. Works with API 1.0 keys and with API 2.0 applications."
)
CATEGORIES: Final = ("Email Security", "Security")
DOCUMENTATION: Final = "https://cloud.google.com/chronicle/docs/soar/marketplace-integrations/mimecast"
COPYRIGHT: Final = "Copyright 2026 the authors of Mimecast for Google SecOps"
VERSION: Final = ".".join(__version__.split(".")[:2])
"""The platform knows versions of two numbers only."""
