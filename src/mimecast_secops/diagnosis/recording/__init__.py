"""Recordings of exchanges with a tenant, without anything personal in them."""

from mimecast_secops.diagnosis.recording.recorder import Recorder

__all__ = ["Recorder"]
