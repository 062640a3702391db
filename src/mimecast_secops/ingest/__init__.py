"""The connector's engine: every matching message becomes one alert, whatever happens in between.

It knows no platform. A host gives it a tenant to read, a place to deliver to and a store for its state
(`mimecast_secops.ingest.interfaces`), and runs one cycle after the other.
"""

from mimecast_secops.ingest.alert import Alert, AlertFile
from mimecast_secops.ingest.connector import Connector, ImportedState, cycle_deadline
from mimecast_secops.ingest.interfaces import Delivery, DeliveryResult, Side, StateStore, Tenant
from mimecast_secops.ingest.message_tracking.tenant import MimecastTenant
from mimecast_secops.ingest.metrics import failed_metrics, metrics
from mimecast_secops.ingest.report import Report
from mimecast_secops.ingest.settings import ConnectorSettings, PlatformSettings, Rules, rules_of
from mimecast_secops.ingest.state import UnreadableState

__all__ = [
    "Alert",
    "AlertFile",
    "Connector",
    "ConnectorSettings",
    "Delivery",
    "DeliveryResult",
    "ImportedState",
    "MimecastTenant",
    "PlatformSettings",
    "Report",
    "Rules",
    "Side",
    "StateStore",
    "Tenant",
    "UnreadableState",
    "cycle_deadline",
    "failed_metrics",
    "metrics",
    "rules_of",
]
