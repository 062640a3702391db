"""Files and watched folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.simulator.mail import folder
from mimecast_secops.simulator.mail.folder import WatchedFolder, email_files
from tests.simulator.caller import eml


def test_files_of_all_subfolders_are_sorted_by_name(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("c.eml", "a.eml", "b/x.eml", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.eml").mkdir()
    assert [path.relative_to(tmp_path).as_posix() for path in email_files([tmp_path])] == ["a.eml", "b/x.eml", "c.eml"]


def test_a_file_path_is_accepted_with_any_extension(tmp_path: Path) -> None:
    assert list(email_files([tmp_path / "mail.txt"])) == [tmp_path / "mail.txt"]


def test_a_new_file_is_returned_when_it_has_stopped_growing(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    assert watched.new_files() == []
    path = tmp_path / "new.eml"
    path.write_bytes(eml())
    assert watched.new_files() == []
    assert watched.new_files() == [path]


def test_a_growing_file_is_not_returned(tmp_path: Path) -> None:
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


def test_a_growing_file_does_not_delay_the_others(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    done, growing = tmp_path / "done.eml", tmp_path / "growing.eml"
    done.write_bytes(b"x")
    growing.write_bytes(b"x")
    watched.new_files()
    growing.write_bytes(b"xx")
    assert watched.new_files() == [done]
    assert watched.new_files() == [growing]


def test_a_file_is_returned_once(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    (tmp_path / "a.eml").write_bytes(b"x")
    assert [len(watched.new_files()) for _ in range(5)] == [0, 1, 0, 0, 0]


def test_a_file_removed_before_it_is_complete_is_not_returned(tmp_path: Path) -> None:
    watched = WatchedFolder(tmp_path)
    path = tmp_path / "a.eml"
    path.write_bytes(b"x")
    watched.new_files()
    path.unlink()
    assert watched.new_files() == []


def test_a_file_removed_after_the_listing_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stays, goes = tmp_path / "stays.eml", tmp_path / "goes.eml"
    stays.write_bytes(b"x")
    watched = WatchedFolder(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(folder, "email_files", lambda _: [goes, stays])
        assert [watched.new_files(), watched.new_files()] == [[], [stays]]
    goes.write_bytes(b"x")
    assert [watched.new_files(), watched.new_files()] == [[], [goes]]


def test_a_folder_that_cannot_be_listed_is_listed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(b"x")
    watched = WatchedFolder(tmp_path)

    def vanished(_: object) -> list[Path]:
        raise FileNotFoundError

    with monkeypatch.context() as patched:
        patched.setattr(folder, "email_files", vanished)
        assert watched.new_files() == []
    assert [watched.new_files(), watched.new_files()] == [[], [path]]


def test_a_removed_folder_has_no_files(tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    watched = WatchedFolder(folder)
    folder.rmdir()
    assert [watched.new_files(), watched.new_files()] == [[], []]


def test_existing_files_are_returned_immediately_and_later_files_are_new(tmp_path: Path) -> None:
    old, new = tmp_path / "old.eml", tmp_path / "new.eml"
    old.write_bytes(b"x")
    watched = WatchedFolder(tmp_path)
    assert watched.present_files() == [old]
    new.write_bytes(b"x")
    assert [watched.new_files(), watched.new_files(), watched.new_files()] == [[], [new], []]
    assert watched.present_files() == [new, old]


def test_a_dangling_link_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "gone.eml").symlink_to(tmp_path / "nothing")
    watched = WatchedFolder(tmp_path)
    assert [watched.new_files(), watched.new_files()] == [[], []]


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=4), max_size=12))
def test_each_file_is_returned_once_and_complete(
    tmp_path_factory: pytest.TempPathFactory, rounds: list[list[str]]
) -> None:
    drop = tmp_path_factory.mktemp("drop")
    watched = WatchedFolder(drop)
    returned: list[str] = []
    for names in rounds:
        for name in set(names) - {Path(file).stem for file in returned}:
            with (drop / f"{name}.eml").open("ab") as file:
                file.write(b"line\n")
        ready = watched.new_files()
        assert not {path.stem for path in ready} & set(names)
        returned += [path.name for path in ready]
    for _ in range(2):
        returned += [path.name for path in watched.new_files()]
    present = {path.name for path in drop.iterdir()}
    assert sorted(returned) == sorted(present)
