"""A Mimecast tenant on this machine: both API generations, mail from files, faults on demand.

It shares no code with the client: two readings of the same documents, which check each other.
"""

from mimecast_secops.simulator.quirks import Quirks, UnknownQuirk
from mimecast_secops.simulator.server import SAMPLES, Options, Simulator, serve

__all__ = ["SAMPLES", "Options", "Quirks", "Simulator", "UnknownQuirk", "serve"]
