"""Mimecast for Google SecOps: held and suspicious mail as alerts, and the actions to triage it."""

from mimecast_secops._version import __version__

__all__ = ["__version__"]
