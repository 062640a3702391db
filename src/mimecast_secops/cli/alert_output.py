"""The alert file of a connector. Its errors name the file and say what happens next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mimecast_secops.deliveries.errors import AlertsUnwritable
from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from mimecast_secops.ingest import Alert, DeliveryResult

_NO_LOSS: Final = "No alert is lost: the next cycle that can write the file delivers the missing alerts."


class AlertOutput(JsonLinesDelivery):
    """Alerts as JSON lines. All methods raise `AlertsUnwritable` if the file cannot be read or written."""

    def __init__(self, path: Path | str) -> None:
        self._name = str(path)
        with self._translated_errors():
            super().__init__(path)

    def delivered_since(self, token: str) -> list[str]:
        """The ticket IDs of the whole lines after the token."""
        with self._translated_errors():
            return list(super().delivered_since(token))

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Write one line durably."""
        with self._translated_errors():
            return super().deliver(alert)

    def flush(self) -> str:
        """The token of what is written."""
        with self._translated_errors():
            return super().flush()

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            cause = error.strerror or str(error)
            # An error of the delivery itself is a whole sentence. An error of the system is only a cause.
            sentence = cause if cause.endswith(".") else f"The alert file cannot be written: {cause}. {_NO_LOSS}"
            raise AlertsUnwritable(error.errno, sentence, self._name) from error
