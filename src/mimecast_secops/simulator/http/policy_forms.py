"""Policies in the forms that no document excludes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from mimecast_secops.simulator.http.responses import ApiResponse, data
from mimecast_secops.simulator.http.schemas.policies import PolicyEntry
from mimecast_secops.simulator.quirks import Quirks

_NOT_DOCUMENTED: Final = frozenset({"enabled", "enforced"})
_OTHER_NAMES: Final = {"id": "policyId", "option": "action", "policy": "definition", "from": "sender", "to": "target"}


def settings_kept(quirks: Quirks, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that the tenant keeps of a policy that a request creates."""
    return settings | {"bidirectional": True} if quirks.policy_forced_bidirectional else settings


def creation_reply(quirks: Quirks, entry: PolicyEntry) -> ApiResponse:
    """The reply to the creation of a policy, with or without its id."""
    return data([entry if quirks.policy_create_id else {"option": entry["option"], "policy": entry["policy"]}])


def listing_reply(quirks: Quirks, entries: Sequence[PolicyEntry]) -> ApiResponse:
    """The reply of `get-policy`, in the form of the quirk `policy_get`."""
    meta: Any = {"pageSize": len(entries)}
    match quirks.policy_get:
        case "documented":
            return data([{**entry, "policy": _documented(entry["policy"])} for entry in entries], meta)
        case "wrapped":
            return data([{"policies": entries}], meta)
        case "renamed":
            return data([_renamed(entry) for entry in entries], meta)
        case "empty":
            return data([], meta)
        case _:
            return data(entries, meta)


def _documented(settings: Any) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in _NOT_DOCUMENTED}


def _renamed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {_OTHER_NAMES.get(name, name): _renamed(member) for name, member in value.items()}
