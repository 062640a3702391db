"""The facts about Mimecast's API that the public sources leave open, and what the product does under each reading.

The page docs/reference/open-facts.md, the tests in tests/readings and the switches of the simulator follow this table.
Nothing of it is imported at run time: it describes the behaviour, and the tests prove it.
"""

from __future__ import annotations

from typing import Final

from mimecast_secops.api.open_facts.actions import DECISIONS
from mimecast_secops.api.open_facts.connection import CONNECTION
from mimecast_secops.api.open_facts.fact import Mail, OpenFact, Reading
from mimecast_secops.api.open_facts.holds import HOLDS
from mimecast_secops.api.open_facts.tracking import TRACKING

__all__ = ["OPEN_FACTS", "Mail", "OpenFact", "Reading"]

OPEN_FACTS: Final = (*TRACKING, *HOLDS, *DECISIONS, *CONNECTION)
"""All open facts that have more than one plausible reading."""
