"""Rows of lists: strategies for their members, and replies that are not a list of rows."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import strategies as st

texts = st.none() | st.text(max_size=12)
addresses = st.none() | st.fixed_dictionaries({}, optional={"emailAddress": texts, "displayableName": texts})
times = st.none() | st.sampled_from(["2026-03-07T16:03:00+0000", "2026-03-07T16:03:00", "yesterday", ""])
odd = st.sampled_from([None, 7, 1.5, "x", [], {}, [None], {"emailAddress": 5}, True, "true", "false"])
NOT_A_SEARCH_RESULT: list[Any] = [
    {},
    {"message": "ok"},
    {"meta": {"status": 200}, "data": None, "fail": []},
    {"meta": {"status": 200}, "data": "x", "fail": []},
    {"meta": {"status": 200}, "data": {"trackedEmails": []}, "fail": []},
    {"meta": {"status": 200}, "data": [{}], "fail": []},
    {"meta": {"status": 200}, "data": [None], "fail": []},
    {"meta": {"status": 200}, "data": [{"trackedEmails": None}], "fail": []},
    {"meta": {"status": 200}, "data": [{"messages": [{"id": "1"}]}], "fail": []},
]


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())
