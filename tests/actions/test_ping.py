"""Ping: the cheapest request that proves the connection."""

from __future__ import annotations

import logging

import pytest

from mimecast_secops.api.resources import account
from tests.actions.runner import ActionRunner


def test_ping_reads_the_account_with_one_request(runner: ActionRunner) -> None:
    runner.succeeds("ping")
    assert runner.paths == [account.GET.path]


def test_ping_logs_the_account_and_the_api_version(runner: ActionRunner, caplog: pytest.LogCaptureFixture) -> None:
    code = runner.client.account.get().account_code
    with caplog.at_level(logging.INFO):
        runner.succeeds("ping")
    assert f"Connected to account {code} over {runner.client.api_version.value}." in caplog.messages


def test_a_failed_ping_has_no_json_result(runner: ActionRunner) -> None:
    runner.revoke(account.GET.permission)
    result = runner.run("ping")
    assert (result.is_success, result.json_result, result.tables) == (False, None, ())
    assert account.GET.permission in result.message
