"""JSON keys in camelCase are the wire form of Mimecast's API, and only `api` and `simulator` know the wire form."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "mimecast_secops"
CAMEL_CASE = re.compile(r"[a-z]+[A-Z]\w*\Z")

# What each folder may use all the same.
ALLOWED = {
    # Keys of action results, which docs/reference/actions.md describes and playbooks read.
    "actions": {"changedByMimecast", "dryRun", "earlierState", "holdId", "trackingId"},
    # The same keys of action results, which name the target of a change, and the sender of an event.
    "cli": {"dryRun", "holdId", "trackingId"},
    "ingest": {
        # Keys that the connector adds to each event.
        *(
            "currentStatus",
            "holdEvidence",
            "holdId",
            "holdMessageMetadataID",
            "internetMessageId",
            "receivedUnixMs",
            "recordType",
        ),
        "trackingId",
        # Keys that events have from the members of a tracking record or of an entry of the hold queue.
        *("detectionLevel", "fromEnv_emailAddress", "fromHdr_displayableName", "fromHdr_emailAddress"),
        *("fromHeader_emailAddress", "policyInfo", "senderIP", "spamScore"),
        # The blocks of a tracking record that become separate events.
        *("deliveredMessage", "recipientInfo"),
    },
    # What the first contact asks a tenant about, and what a recording keeps or replaces: the wire form is the subject.
    "diagnosis": {
        *("advancedTrackAndTraceOptions", "dateReceived", "detectionLevel", "fieldName", "fromEnv", "fromPart"),
        *("fromType", "heldGroup", "messageStatusType", "mimeType", "numberOfItems", "pageSize", "reasonCode"),
        *("reasonId", "reasonType", "searchBy", "searchReason", "toType"),
    },
    # Keys of the platform's own widget definition.
    "packaging": {"htmlContent", "htmlHeight", "safeRendering", "widgetDefinitionScope"},
}


def keys(tree: ast.AST) -> Iterator[str]:
    """The string keys of a module: of dictionaries, subscripts and calls of `get`. Examples of results are left out."""
    examples = {
        id(node)
        for statement in ast.walk(tree)
        if isinstance(statement, (ast.AnnAssign, ast.Assign, ast.keyword, ast.FunctionDef)) and _is_example(statement)
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in examples:
            continue
        candidates: Sequence[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            candidates = node.keys
        elif isinstance(node, ast.Subscript):
            candidates = [node.slice]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop"):
            candidates = node.args[:1]
        for candidate in candidates:
            if isinstance(candidate, ast.Constant) and isinstance(candidate.value, str):
                yield candidate.value


def _is_example(statement: ast.AST) -> bool:
    names = {
        ast.AnnAssign: lambda node: getattr(node.target, "id", ""),
        ast.Assign: lambda node: getattr(node.targets[0], "id", ""),
        ast.keyword: lambda node: node.arg or "",
        ast.FunctionDef: lambda node: node.name,
    }
    return names[type(statement)](statement).lower().startswith("example")


def wire_names() -> dict[str, set[str]]:
    """The keys in camelCase per folder, without the folders that know the wire form."""
    names: dict[str, set[str]] = {}
    for module in SOURCE.rglob("*.py"):
        folder = module.relative_to(SOURCE).parts[0]
        if folder not in ("api", "simulator"):
            module_keys = keys(ast.parse(module.read_text(encoding="utf-8")))
            names.setdefault(folder, set()).update(key for key in module_keys if CAMEL_CASE.match(key))
    return names


def test_only_the_api_and_the_simulator_use_the_wire_names_of_mimecast() -> None:
    assert {folder: names for folder, names in wire_names().items() if names} == ALLOWED


def test_a_key_in_camel_case_is_seen_wherever_it_stands() -> None:
    code = 'a = {"holdId": 1}\nb = a["reasonType"]\nc = a.get("fromPart")\nEXAMPLE = {"notThis": 1}\n'
    assert [key for key in keys(ast.parse(code)) if CAMEL_CASE.match(key)] == ["holdId", "reasonType", "fromPart"]
