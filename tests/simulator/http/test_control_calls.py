"""The table of control calls."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator.http.control import ControlApi
from mimecast_secops.simulator.http.control_calls import CALLS, methods_of


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("state", ("GET", "HEAD", "POST")),
        ("bulk", ("POST",)),
        ("openapi.json", ("GET", "HEAD")),
        ("unknown", ()),
        ("", ()),
    ],
)
def test_a_call_has_its_methods(name: str, methods: tuple[str, ...]) -> None:
    assert methods_of(f"/simulator/{name}") == methods


def test_each_call_has_a_method_of_its_name() -> None:
    methods = {name for name in vars(ControlApi) if not name.startswith("_")}
    assert methods == set(CALLS) | {"handle"}
