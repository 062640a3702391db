"""The files of the status page."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from mimecast_secops.simulator import Simulator
from mimecast_secops.simulator.http import pages
from tests.simulator.caller import ACCOUNT, Caller, send

ROOT = Path(__file__).parents[3]
FILES = sorted(pages._FILES)


@pytest.mark.parametrize("path", FILES)
def test_each_file_is_served_with_its_type_and_a_strict_policy(simulator: Simulator, path: str) -> None:
    reply = send(simulator.url + path, method="GET")
    assert (reply.status, reply.headers["Content-Type"]) == (200, pages._FILES[path][1])
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert "unsafe" not in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Frame-Options"] == "DENY"
    assert reply.raw
    head = send(simulator.url + path, method="HEAD")
    assert (head.status, head.raw) == (200, b"")


def test_other_methods_and_paths_are_those_of_the_api(simulator: Simulator, caller: Caller) -> None:
    assert send(simulator.url + "/", body=b"{}").status == 401
    for path in ("/status/", "/status/../status.html", "/status/status.html", "/status/%2e%2e/quirks.py"):
        assert send(simulator.url + path, method="GET").status == 401
    assert caller.call(ACCOUNT).status == 200


def test_the_page_is_not_in_the_request_log(simulator: Simulator) -> None:
    for path in FILES:
        send(simulator.url + path, method="GET")
    assert simulator.requests == []


def test_a_page_for_another_host_name_is_refused(simulator: Simulator) -> None:
    assert send(simulator.url + "/", method="GET", headers={"Host": "rebound.example.org"}).status == 403


def test_the_files_load_nothing_from_elsewhere_and_have_no_inline_code() -> None:
    text = "".join(pages._content(name).decode() for name, _ in pages._FILES.values())
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(|innerHTML|outerHTML|insertAdjacent", text)
    page = pages._content("status.html").decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", page)
    for reference in re.findall(r'(?:src|href)="(status/[^"]*)"', page):
        assert f"/{reference}" in FILES


def test_the_wheel_contains_the_files(tmp_path: Path) -> None:
    wheel = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {f"mimecast_secops/simulator/pages/{name}" for name, _ in pages._FILES.values()} <= names
