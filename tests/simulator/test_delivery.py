"""Delivery of files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast_secops.simulator.delivery import MailPaths, receive_files, receive_paths
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml


def subjects(tenant: Tenant) -> list[str]:
    return [record.mail.subject for record in tenant.between(None, None)]


def test_messages_of_a_batch_arrive_one_second_apart_and_the_last_one_now(tmp_path: Path, tenant: Tenant) -> None:
    paths = [tmp_path / f"{number}.eml" for number in range(3)]
    for path in paths:
        path.write_bytes(eml())
    records = receive_files(tenant, paths)
    now = tenant.clock.now()
    assert [(now - record.received).total_seconds() for record in records] == [2, 1, 0]


def test_an_unreadable_file_is_reported_and_skipped(
    tmp_path: Path, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(eml("good"))
    records = receive_files(tenant, [tmp_path / "missing.eml", good])
    assert [record.mail.subject for record in records] == ["good"]
    assert "missing.eml" in capsys.readouterr().err


def test_a_folder_stands_for_its_files(tmp_path: Path, tenant: Tenant) -> None:
    (tmp_path / "a.eml").write_bytes(eml("First"))
    (tmp_path / "b.txt").write_bytes(eml("Second"))
    receive_paths(tenant, [tmp_path, tmp_path / "b.txt"])
    assert subjects(tenant) == ["First", "Second"]


def test_files_and_folders_are_delivered_in_the_order_of_the_arguments(tmp_path: Path, tenant: Tenant) -> None:
    (tmp_path / "box").mkdir()
    for name in ("z.eml", "box/a.eml"):
        (tmp_path / name).write_bytes(eml(name))
    mail = MailPaths([tmp_path / "z.eml", tmp_path / "box"])
    mail.deliver_all(tenant)
    assert subjects(tenant) == ["z.eml", "box/a.eml"]
    assert mail.folders == [tmp_path / "box"]


def test_new_files_are_delivered_once_and_with_all_files_again(tmp_path: Path, tenant: Tenant) -> None:
    (tmp_path / "old.eml").write_bytes(eml("Old"))
    mail = MailPaths([tmp_path])
    mail.deliver_all(tenant)
    (tmp_path / "new.eml").write_bytes(eml("New"))
    for _ in range(4):
        mail.deliver_new(tenant)
    assert subjects(tenant) == ["Old", "New"]
    again = Tenant()
    mail.deliver_all(again)
    mail.deliver_new(again)
    assert sorted(subjects(again)) == ["New", "Old"]


def test_a_missing_path_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        MailPaths([tmp_path / "typo"])
    assert caught.value.filename == str(tmp_path / "typo")


def test_a_folder_without_messages_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a.eml").write_bytes(eml())
    assert MailPaths([tmp_path / "empty", tmp_path / "full"]).empty_folders == [tmp_path / "empty"]
