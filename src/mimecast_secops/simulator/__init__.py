"""A Mimecast tenant on this machine, for tests, demos and playbook authors.

The simulator implements both API versions, reads messages from `.eml` files, and injects faults on demand. It shares no
code with the client: both are written from the API documents, so each tests the other.

    from mimecast_secops.simulator import Quirks, Simulator

    with Simulator(mail=[Simulator.SAMPLES], quirks=Quirks(rate_limit=100)) as simulator:
        print(simulator.url, simulator.environment(2))
"""

from mimecast_secops.simulator.foreground import Options, Started, serve
from mimecast_secops.simulator.mail.samples import SAMPLES
from mimecast_secops.simulator.quirks import Quirks, UnknownQuirk
from mimecast_secops.simulator.server import Simulator

__all__ = ["SAMPLES", "Options", "Quirks", "Simulator", "Started", "UnknownQuirk", "serve"]
