"""The outcome categories that Google SecOps knows: what an action is useful for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

_LABEL_WORDS: Final = {"ioc": "IOC"} | {word: word for word in ("to", "from", "on", "the")}


class OutcomeCategory(StrEnum):
    """An outcome category. The values and their order are those of the platform."""

    ENRICH_IOC = "enrich_ioc"
    ENRICH_ASSET = "enrich_asset"
    UPDATE_ALERT = "update_alert"
    ADD_ALERT_COMMENT = "add_alert_comment"
    CREATE_TICKET = "create_ticket"
    UPDATE_TICKET = "update_ticket"
    ADD_IOC_TO_BLOCKLIST = "add_ioc_to_blocklist"
    REMOVE_IOC_FROM_BLOCKLIST = "remove_ioc_from_blocklist"
    ADD_IOC_TO_ALLOWLIST = "add_ioc_to_allowlist"
    REMOVE_IOC_FROM_ALLOWLIST = "remove_ioc_from_allowlist"
    DISABLE_IDENTITY = "disable_identity"
    ENABLE_IDENTITY = "enable_identity"
    CONTAIN_HOST = "contain_host"
    UNCONTAIN_HOST = "uncontain_host"
    RESET_IDENTITY_PASSWORD = "reset_identity_password"  # noqa: S105 -- the name of a category, not a password
    UPDATE_IDENTITY = "update_identity"
    SEARCH_EVENTS = "search_events"
    EXECUTE_COMMAND_ON_THE_HOST = "execute_command_on_the_host"
    DOWNLOAD_FILE = "download_file"
    SEND_EMAIL = "send_email"
    SEARCH_EMAIL = "search_email"
    DELETE_EMAIL = "delete_email"
    UPDATE_EMAIL = "update_email"
    SUBMIT_FILE = "submit_file"
    SEND_MESSAGE = "send_message"
    SEARCH_ASSET = "search_asset"
    GET_ALERT_INFORMATION = "get_alert_information"

    @property
    def label(self) -> str:
        """The name that the platform shows: `Add IOC to Blocklist`."""
        return " ".join(_LABEL_WORDS.get(word, word.capitalize()) for word in self.value.split("_"))
