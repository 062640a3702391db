"""A watched folder hands out each mail once, and only when it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator.mail import folder
from mimecast_secops.simulator.mail.folder import WatchedFolder, email_files
from mimecast_secops.simulator.server import receive_files
from mimecast_secops.simulator.tenant.tenant import Tenant
from tests.simulator.caller import eml


def test_files_come_in_the_order_of_their_names_from_all_depths(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.eml", "a.eml", "b/x.eml", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.eml").mkdir()
    assert [path.relative_to(tmp_path).as_posix() for path in email_files([tmp_path])] == ["a.eml", "b/x.eml", "c.eml"]


def test_a_file_that_is_named_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    assert list(email_files([tmp_path / "mail.txt"])) == [tmp_path / "mail.txt"]


def test_a_new_file_is_handed_out_when_it_has_stopped_growing(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    assert watched.new_files() == []
    path = tmp_path / "new.eml"
    path.write_bytes(eml())
    assert watched.new_files() == []
    assert watched.new_files() == [path]


def test_a_half_written_file_is_not_read_early(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    path = tmp_path / "slow.eml"
    whole = eml(text="word " * 500)
    for end in range(100, 1000, 100):
        path.write_bytes(whole[:end])
        assert watched.new_files() == []
    path.write_bytes(whole)
    assert watched.new_files() == []
    (ready,) = watched.new_files()
    assert ready.read_bytes() == whole


def test_a_file_that_is_being_written_does_not_hold_up_the_others(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    done, growing = tmp_path / "done.eml", tmp_path / "growing.eml"
    done.write_bytes(b"x")
    growing.write_bytes(b"x")
    watched.new_files()
    growing.write_bytes(b"xx")
    assert watched.new_files() == [done]
    assert watched.new_files() == [growing]


def test_a_file_is_handed_out_once(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    (tmp_path / "a.eml").write_bytes(b"x")
    assert [len(watched.new_files()) for _ in range(5)] == [0, 1, 0, 0, 0]


def test_a_file_that_is_taken_away_before_it_is_whole_is_forgotten(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    path = tmp_path / "a.eml"
    path.write_bytes(b"x")
    watched.new_files()
    path.unlink()
    assert watched.new_files() == []


def test_a_file_that_vanishes_between_listing_and_looking_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays, goes = tmp_path / "stays.eml", tmp_path / "goes.eml"
    stays.write_bytes(b"x")
    watched = WatchedFolder(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "email_files", lambda _: [goes, stays])
        assert [watched.new_files(), watched.new_files()] == [[], [stays]]
    goes.write_bytes(b"x")
    assert [watched.new_files(), watched.new_files()] == [[], [goes]]


def test_a_folder_that_cannot_be_listed_is_looked_at_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"x")
    watched = WatchedFolder(tmp_path)

    def vanished(_: object) -> list[Path]:
        raise FileNotFoundError

    with monkeypatch.context() as patched:
        patched.setattr(folder, "email_files", vanished)
        assert watched.new_files() == []
    assert [watched.new_files(), watched.new_files()] == [[], [path]]


def test_a_folder_that_is_taken_away_has_no_mail(tmp_path: Path) -> None:
    place = tmp_path / "drop"
    place.mkdir()
    watched = WatchedFolder(place)
    place.rmdir()
    assert [watched.new_files(), watched.new_files()] == [[], []]


def test_what_lies_there_at_first_is_handed_out_at_once_and_all_else_is_new(tmp_path: Path) -> None:
    old, new = tmp_path / "old.eml", tmp_path / "new.eml"
    old.write_bytes(b"x")
    watched = WatchedFolder(tmp_path)
    assert watched.present_files() == [old]
    new.write_bytes(b"x")
    assert [watched.new_files(), watched.new_files(), watched.new_files()] == [[], [new], []]
    assert watched.present_files() == []


def test_a_name_that_points_nowhere_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "gone.eml").symlink_to(tmp_path / "nothing")
    watched = WatchedFolder(tmp_path)
    assert [watched.new_files(), watched.new_files()] == [[], []]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=4), max_size=12))
def test_whatever_is_written_when_each_file_is_handed_out_once_and_whole(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[str]]
) -> None:
    drop = tmp_path_factory.mktemp("drop")
    watched = WatchedFolder(drop)
    handed: list[str] = []
    for names in rounds:
        for name in set(names) - {Path(one).stem for one in handed}:
            with (drop / f"{name}.eml").open("ab") as file:
                file.write(b"line\n")
        ready = watched.new_files()
        assert not {path.stem for path in ready} & set(names)
        handed += [path.name for path in ready]
    for _ in range(2):
        handed += [path.name for path in watched.new_files()]
    present = {path.name for path in drop.iterdir()}
    assert sorted(handed) == sorted(present)


def test_mail_of_one_batch_arrives_a_second_apart_and_the_last_one_now(tmp_path: Path, tenant: Tenant) -> None:
    paths = [tmp_path / f"{number}.eml" for number in range(3)]
    for path in paths:
        path.write_bytes(eml())
    records = receive_files(tenant, paths)
    now = tenant.clock.now()
    assert [(now - record.received).total_seconds() for record in records] == [2, 1, 0]


def test_what_cannot_be_opened_is_named_and_left_out(
    tmp_path: Path, tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(eml("good"))
    records = receive_files(tenant, [tmp_path / "missing.eml", good])
    assert [record.mail.subject for record in records] == ["good"]
    said = capsys.readouterr().err
    assert "missing.eml" in said
