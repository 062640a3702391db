"""The alert file of a connector, with errors that name it and say what happens next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mimecast_secops.deliveries.jsonlines import JsonLinesDelivery
from mimecast_secops.ingest import Alert, DeliveryResult
from mimecast_secops.stores.errors import AlertsUnwritable

_NO_LOSS: Final = "No alert is lost: the missing ones come with the next cycle that can write the file."


class AlertOutput(JsonLinesDelivery):
    """Alerts as JSON lines. All methods raise `AlertsUnwritable` where the file cannot be read or written."""

    def __init__(self, path: Path | str) -> None:
        self._shown = str(path)
        with self._reported():
            super().__init__(path)

    def delivered_since(self, token: str) -> list[str]:
        """The ids of the whole lines behind the token."""
        with self._reported():
            return list(super().delivered_since(token))

    def deliver(self, alert: Alert) -> DeliveryResult:
        """Write one line durably."""
        with self._reported():
            return super().deliver(alert)

    def flush(self) -> str:
        """The token of what is written."""
        with self._reported():
            return super().flush()

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            cause = error.strerror or str(error)
            # The delivery explains its own refusals in whole sentences; the system names a cause.
            sentence = cause if cause.endswith(".") else f"The alert file cannot be written: {cause}. {_NO_LOSS}"
            raise AlertsUnwritable(error.errno, sentence, self._shown) from error
