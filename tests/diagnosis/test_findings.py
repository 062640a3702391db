"""The findings of a permission check."""

from __future__ import annotations

import json

from mimecast_secops.diagnosis import Finding, Verdict


def test_a_finding_is_json_with_the_verdict_as_text() -> None:
    finding = Finding(
        subject="List held messages", kind="function", verdict=Verdict.NOT_AVAILABLE, why="API 2.0", path="/api/held"
    )
    assert json.loads(json.dumps(finding.as_json())) == {
        "subject": "List held messages",
        "kind": "function",
        "verdict": "not available on this API version",
        "why": "API 2.0",
        "remedy": "",
        "path": "/api/held",
    }
