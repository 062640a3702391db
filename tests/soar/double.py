"""A test double of the platform's SDK: the members that the adapters use, with the SDK's own names and signatures."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from mimecast_secops.api import ApiVersion, Secret
from mimecast_secops.parameters import declared
from mimecast_secops.simulator import Simulator
from mimecast_secops.soar.delivery import ConnectorSdk
from tests.tenants import settings_for

MAX_CHARACTERS = 3_000_000


def configuration(simulator: Simulator, api_version: ApiVersion = ApiVersion.V2) -> dict[str, Any]:
    """The values that a user enters to connect to a simulator."""
    settings = settings_for(simulator, api_version)
    values = {parameter.name: getattr(settings, parameter.field) for parameter in declared(type(settings))}
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in values.items()}


class Log:
    """The SDK's logger. It has `warn`, and no `warning`."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def info(self, text: str) -> None:
        self.lines.append(text)

    debug = warn = error = info

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class ScriptResult:
    """The SDK's ScriptResult. It refuses a JSON result that is not JSON."""

    def __init__(self) -> None:
        self.json = ""
        self.tables: dict[str, list[str]] = {}

    def add_result_json(self, text: str) -> None:
        json.loads(text)
        self.json = text

    def add_data_table(self, title: str, lines: list[str]) -> None:
        assert all(isinstance(line, str) for line in lines)
        self.tables[title] = lines


class Action:
    """SiemplifyAction. `end` may be called once, and ends the process."""

    def __init__(self, configuration: dict[str, Any] | None, parameters: dict[str, Any], deadline_ms: Any = 0) -> None:
        self.LOGGER = Log()
        self.result = ScriptResult()
        self.parameters: Any = parameters
        self.execution_deadline_unix_time_ms = deadline_ms
        self.max_json_result_size: Any = 15
        self.configuration_calls: list[str] = []
        self.end_arguments: tuple[str, bool, int] | None = None
        self._configuration = configuration

    def get_configuration(self, provider: str) -> dict[str, Any] | None:
        self.configuration_calls.append(provider)
        return self._configuration

    def end(self, message: str, result_value: bool, execution_state: int = 0) -> None:
        assert self.end_arguments is None, "two results"
        self.end_arguments = (message, result_value, execution_state)
        raise SystemExit(0)

    @property
    def message(self) -> str:
        assert self.end_arguments is not None
        return self.end_arguments[0]

    @property
    def outcome(self) -> tuple[bool, int]:
        """The result value and the execution state."""
        assert self.end_arguments is not None
        return self.end_arguments[1:]


class Properties:
    """The context of one connector. Records the names of the properties in the order in which they are written."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = dict(values or {})
        self.written: list[str] = []
        self.fails_on_write = False

    def get_connector_context_property(self, identifier: str, property_key: str) -> Any:
        assert identifier
        return self.values.get(property_key)

    def set_connector_context_property(self, identifier: str, property_key: str, property_value: str) -> None:
        assert identifier
        if self.fails_on_write:
            raise RuntimeError("500 Internal Server Error: the platform's database is not available")
        assert len(property_value) <= MAX_CHARACTERS, "the platform refuses a value of this length"
        self.written.append(property_key)
        self.values[property_key] = property_value


@dataclass
class ConnectorInfo:
    """`connector_info` of the context."""

    environment: str | None = "Default Environment"
    identifier: str = "9e6f"


@dataclass
class Context:
    """The context of a connector."""

    connector_info: ConnectorInfo = field(default_factory=ConnectorInfo)


class AlertInfo:
    """The SDK's AlertInfo with its defaults. Setting a member that the SDK does not have is an error."""

    def __init__(self) -> None:
        self.environment: str | None = None
        self.ticket_id: str | None = None
        self.display_id: str | None = None
        self.name: str | None = None
        self.rule_generator: str | None = None
        self.device_vendor: str | None = None
        self.device_product: str | None = None
        self.start_time: int | None = None
        self.end_time: int | None = None
        self.priority = -1
        self.description: str | None = None
        self.reason: str | None = None
        self.source_system_url: str | None = None
        self.source_rule_identifier: str | None = None
        self.source_grouping_identifier: str | None = None
        self.siem_alert_id: str | None = None
        self.is_test_case = False
        self.events: list[dict[str, Any]] = []
        self.extensions: dict[str, Any] = {}
        self.attachments: list[Any] = []
        self.updated_fields: dict[str, Any] = {}
        self.alert_metadata: dict[str, Any] = {}
        self.alert_update_supported = False
        self.data_access_scope: str | None = None
        self._complete = True

    def __setattr__(self, name: str, value: object) -> None:
        assert name in self.__dict__ or "_complete" not in self.__dict__, f"AlertInfo has no {name}"
        super().__setattr__(name, value)


@dataclass
class Attachment:
    """SiemplifyDataModel.Attachment, with the SDK's parameter names."""

    case_identifier: str | None
    alert_identifier: str | None
    base64_blob: str
    attachment_type: str
    name: str
    description: str
    is_favorite: bool
    orig_size: int
    size: int


class Execution(Properties):
    """SiemplifyConnectorExecution. `return_package` may be called once, and returns."""

    def __init__(
        self,
        parameters: dict[str, Any],
        *,
        test_run: bool = False,
        stored: dict[str, Any] | None = None,
        whitelist: Any = None,
        overflows: Any = None,
    ) -> None:
        super().__init__(stored)
        self.LOGGER = Log()
        self.parameters = parameters
        self.is_test_run = test_run
        self.whitelist = whitelist
        self.context = Context()
        self.packages: list[list[Any]] = []
        self.overflow_checks: list[dict[str, Any]] = []
        self._overflows = overflows or (lambda **_arguments: False)

    def is_overflowed_alert(self, **arguments: Any) -> Any:
        self.overflow_checks.append(arguments)
        return self._overflows(**arguments)

    def return_package(self, alert_infos: list[Any]) -> None:
        assert not self.packages, "two packages"
        self.packages.append(alert_infos)

    @property
    def alert_infos(self) -> list[Any]:
        [alert_infos] = self.packages
        return alert_infos

    @property
    def tickets(self) -> list[str]:
        return [alert_info.ticket_id for alert_info in self.alert_infos]


def sdk_with(platform: Execution) -> ConnectorSdk:
    """The SDK's classes, with this execution."""
    return ConnectorSdk(lambda: platform, AlertInfo, Attachment)
