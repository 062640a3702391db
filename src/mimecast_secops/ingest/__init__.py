"""The engine of the connector: every matching message becomes one alert, whatever happens in between.

It depends on no platform. A host passes in a tenant to read, a delivery for alerts and a store for the state
(`mimecast_secops.ingest.interfaces`), and runs one cycle after the other. `message_tracking` is the source of records.
"""

from mimecast_secops.ingest.alert import Alert, AlertFile
from mimecast_secops.ingest.connector import Connector, ImportedState, cycle_deadline
from mimecast_secops.ingest.interfaces import Delivery, DeliveryResult, Source, StateStore
from mimecast_secops.ingest.message_tracking.tenant import MimecastTenant, Side, Tenant
from mimecast_secops.ingest.metrics import Totals, failed_metrics, metrics
from mimecast_secops.ingest.report import Report
from mimecast_secops.ingest.settings import ConnectorSettings, PlatformSettings
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
    "Side",
    "Source",
    "StateStore",
    "Tenant",
    "Totals",
    "UnreadableState",
    "cycle_deadline",
    "failed_metrics",
    "metrics",
]
