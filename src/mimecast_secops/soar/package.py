"""Alerts in the platform's package: one object on standard output at the end of the run."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from mimecast_secops.ingest import Alert, AlertFile, DeliveryResult
from mimecast_secops.parameters import InvalidParameter

_EVERYTHING: Final = ".*"
_LOG: Final = logging.getLogger("mimecast_secops.ingest")


@dataclass(frozen=True, slots=True)
class Sdk:
    """The SDK's classes that a connector needs; its script hands them in."""

    execution: Callable[[], Any]
    alert_info: Callable[[], Any]
    attachment: Callable[..., Any]


class Environments:
    """Which environment an alert belongs to (platform notes 2.8).

    Args:
        field: the event field that names it, "" for none.
        pattern: searched in the field's value; a match replaces the value.
        default: the connector's own environment.

    Raises:
        InvalidParameter: the pattern is not a regular expression.
    """

    def __init__(self, field: str, pattern: str, default: str) -> None:
        self._field = field
        self._default = default
        try:
            self._pattern = re.compile(pattern) if pattern and pattern != _EVERYTHING else None
        except re.error as error:
            raise InvalidParameter(
                "Environment Regex Pattern", f'"Environment Regex Pattern" is not a regular expression: {error}.'
            ) from None

    def of(self, alert: Alert) -> str:
        """The environment of an alert."""
        value = alert.events[0].get(self._field, "") if self._field and alert.events else ""
        if value and self._pattern:
            found = self._pattern.search(value[:1000])
            value = found.group() if found else value
        return value or self._default


class PackageDelivery:
    """Collects alerts, and hands them over at the end. The platform tells nobody what it took: nothing to recover.

    Args:
        platform: the SDK's connector object.
        sdk: its classes.
        environments: where alerts belong.
        test_run: leaves handing over to the host, which may have to fail instead.
    """

    def __init__(self, platform: Any, sdk: Sdk, environments: Environments, *, test_run: bool) -> None:
        self._platform = platform
        self._sdk = sdk
        self._environments = environments
        self._test_run = test_run
        self.cases: list[Any] = []
        self.handed_over = False

    def delivered_since(self, _token: str) -> list[str]:
        """Nothing: a repeated alert has the same ticket id, which the platform knows."""
        return []

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Take an alert, unless the platform has had too many like it."""
        environment = self._environments.of(alert)
        if not self._test_run and self._overflows(alert, environment):
            return DeliveryResult.OVERFLOWED
        self.cases.append(self._case_of(alert, environment))
        return DeliveryResult.DELIVERED

    def flush(self) -> str:
        """Hand over."""
        if not self._test_run:
            self.hand_over()
        return ""

    def hand_over(self) -> None:
        """Write the package, once."""
        if not self.handed_over:
            self.handed_over = True
            self._platform.return_package(self.cases)
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
        except Exception as error:  # noqa: BLE001 -- an alert too many is better than one that is missing
            _LOG.warning("The overflow check failed (%s): %s", type(error).__name__, error)
            return False

    def _case_of(self, alert: Alert, environment: str) -> Any:
        case = self._sdk.alert_info()
        case.environment = environment
        case.ticket_id = alert.ticket_id
        case.display_id = alert.display_id
        case.name = alert.name
        case.rule_generator = alert.rule_generator
        case.device_vendor = alert.vendor
        case.device_product = alert.product
        case.start_time = alert.start_ms
        case.end_time = alert.end_ms
        case.priority = alert.priority
        case.reason = alert.reason
        case.description = alert.description
        case.source_grouping_identifier = alert.grouping_id or None
        case.events = list(alert.events)
        case.attachments = [self._attachment_of(file) for file in alert.files]
        return case

    def _attachment_of(self, file: AlertFile) -> Any:
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
