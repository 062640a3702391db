"""Delivers alerts to the platform: one object on standard output at the end of the run."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.ingest import Alert, AlertFile, DeliveryResult
from mimecast_secops.soar.environment import AlertEnvironment

_LOG: Final = logging.getLogger("mimecast_secops.ingest")


@dataclass(frozen=True, slots=True)
class ConnectorSdk:
    """The SDK's classes for connectors, as the script of the connector imports them.

    Attributes:
        execution: `SiemplifyConnectorExecution`.
        alert_info: `AlertInfo`.
        attachment: `Attachment`.
    """

    execution: Callable[[], Any]
    alert_info: Callable[[], Any]
    attachment: Callable[..., Any]


class PlatformDelivery:
    """Collects alerts and returns them to the platform, which confirms nothing.

    Args:
        platform: the SDK's connector object.
        sdk: the SDK's classes.
        environment: determines the environment of an alert.
        test_run: whether the caller returns the alerts, because a test run can still fail.
    """

    def __init__(self, platform: Any, sdk: ConnectorSdk, environment: AlertEnvironment, *, test_run: bool) -> None:
        self._platform = platform
        self._sdk = sdk
        self._environment = environment
        self._test_run = test_run
        self.alert_infos: list[Any] = []
        self.returned = False

    def delivered_since(self, _token: str) -> list[str]:
        """Return an empty list. The platform recognizes a repeated alert by its ticket id."""
        return []

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Collect an alert, unless it overflows on the platform."""
        environment = self._environment.of(alert)
        if not self._test_run and self._overflows(alert, environment):
            return DeliveryResult.OVERFLOWED
        self.alert_infos.append(self._alert_info(alert, environment))
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        """Return the alerts to the platform, except in a test run."""
        if not self._test_run:
            self.return_alerts()
        return ""

    def return_alerts(self) -> None:
        """Return the alerts to the platform, the first time that this is called."""
        if not self.returned:
            self.returned = True
            self._platform.return_package(self.alert_infos)
            stdout = sys.__stdout__ or sys.stdout
            stdout.flush()

    def _overflows(self, alert: Alert, environment: str) -> bool:
        try:
            return bool(
                self._platform.is_overflowed_alert(
                    environment=environment,
                    alert_identifier=alert.ticket_id,
                    alert_name=alert.rule_generator,
                    product=alert.product,
                )
            )
        except Exception as error:  # noqa: BLE001 -- one alert too many is better than a missing one
            _LOG.warning("The overflow check failed (%s): %s", type(error).__name__, error)
            return False

    def _alert_info(self, alert: Alert, environment: str) -> Any:
        alert_info = self._sdk.alert_info()
        alert_info.environment = environment
        alert_info.ticket_id = alert.ticket_id
        alert_info.display_id = alert.display_id
        alert_info.name = alert.name
        alert_info.rule_generator = alert.rule_generator
        alert_info.device_vendor = alert.vendor
        alert_info.device_product = alert.product
        alert_info.start_time = alert.start_ms
        alert_info.end_time = alert.end_ms
        alert_info.priority = alert.priority
        alert_info.reason = alert.reason
        alert_info.description = alert.description
        alert_info.source_grouping_identifier = alert.grouping_id or None
        alert_info.events = list(alert.events)
        alert_info.attachments = [self._attachment(file) for file in alert.files]
        return alert_info

    def _attachment(self, file: AlertFile) -> Any:
        return self._sdk.attachment(
            case_identifier=None,
            alert_identifier=None,
            base64_blob=file.base64,
            attachment_type=file.extension,
            name=file.name,
            description=f"Attachment of the held message, SHA-256 {file.sha256}",
            is_favorite=False,
            orig_size=file.size,
            size=len(file.base64),
        )
