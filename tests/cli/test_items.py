"""Items of bulk runs: every value is checked before anything is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from mimecast_secops.actions import find
from mimecast_secops.cli.items import Item, items_of_file, unique
from mimecast_secops.cli.targets import Target
from mimecast_secops.parameters import InvalidParameter

CREATE = {"Description": "d", "Recipient Type": "Everyone"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "items.txt"


def read(path: Path, text: str, slug: str, **shared: object) -> list[Item]:
    path.write_text(text, encoding="utf-8")
    action = find(slug)
    assert action.bulk_parameter is not None
    values = {name.replace("_", " "): value for name, value in shared.items()}
    return items_of_file(str(path), action, action.bulk_parameter, values)


def refusal(path: Path, text: str, slug: str, **shared: object) -> str:
    with pytest.raises(InvalidParameter) as failure:
        read(path, text, slug, **shared)
    return str(failure.value)


def test_an_item_per_line_with_its_number(path: Path) -> None:
    assert read(path, "# x\na\n\nb\na\n", "reject-message") == [
        Item("a", {"Message ID": "a"}, 2),
        Item("b", {"Message ID": "b"}, 4),
        Item("a", {"Message ID": "a"}, 5),
    ]


def test_repeated_items_are_dropped_and_the_first_stays(path: Path) -> None:
    items = unique(read(path, "a\nb\na\n", "reject-message"))
    assert [(item.id, item.line) for item in items] == [("a", 1), ("b", 2)]


def test_rows_with_the_same_sender_and_another_recipient_are_different(path: Path) -> None:
    text = "sender,recipient\na@x.org,ann@example.com\na@x.org,bob@example.com\na@x.org,ann@example.com\n"
    assert len(unique(read(path, text, "block-sender"))) == 2


def test_one_invalid_line_is_named_in_one_sentence(path: Path) -> None:
    error = refusal(path, "a@x.org\nnonsense\n", "block-sender", Recipient="ann@example.com")
    assert error == (
        f'{path}: line 2: "Sender" cannot be "nonsense": an email address such as ann@example.com is accepted. '
        "Nothing was done."
    )


def test_every_invalid_line_is_named(path: Path) -> None:
    error = refusal(path, "a@x.org\nb\n[Event.sender]\n", "block-sender", Recipient="ann@example.com")
    head, first, second = error.splitlines()
    assert head == f"{path} cannot be used, so nothing was done."
    assert first.startswith('  line 2: "Sender" cannot be "b"')
    assert second.startswith('  line 3: "Sender" cannot be "[Event.sender]"')
    assert "placeholder" in second


@pytest.mark.parametrize("slug", ["reject-message", "release-message", "report-message", "delete-block-sender-policy"])
def test_a_placeholder_is_named_with_its_line(path: Path, slug: str) -> None:
    error = refusal(path, "eNoDAAAAAAE\n[Event.trackingId]\n", slug)
    assert f"{path}: line 2: " in error
    assert "placeholder of the playbook that no value replaced" in error


def test_only_the_first_problems_are_listed(path: Path) -> None:
    lines = refusal(path, "x\n" * 12, "block-sender", Recipient="ann@example.com").splitlines()
    assert len(lines) == 12
    assert lines[-1] == "  2 more lines cannot be used."


def test_values_that_do_not_go_together_are_named_with_their_line(path: Path) -> None:
    error = refusal(path, "evil.example.org\nnot a domain\n", "create-block-sender-policy", **CREATE)
    assert error.startswith(f'{path}: line 2: "Sender" cannot be "not a domain"')


def test_a_parameter_that_all_items_share_is_not_an_error_of_a_line(path: Path) -> None:
    error = refusal(path, "a@x.org\nb@x.org\n", "block-sender", Recipient="nonsense")
    assert error.startswith('"Recipient" cannot be "nonsense"')
    assert refusal(path, "a@x.org\n", "block-sender") == '"Recipient" is mandatory and was not given.'


def test_an_empty_field_is_an_error_of_its_line(path: Path) -> None:
    error = refusal(path, "sender,recipient\na@x.org,ann@example.com\nb@x.org,\n", "block-sender")
    assert error == f'{path}: line 3: "Recipient" is mandatory and was not given. Nothing was done.'


def test_a_parameter_as_option_and_as_column_is_an_error(path: Path) -> None:
    error = refusal(path, "sender,recipient\na@x.org,ann@example.com\n", "block-sender", Recipient="bob@example.com")
    assert error == 'Give "Recipient" either as an option or in the file, not both.'


def test_what_is_known_before_the_execution(path: Path) -> None:
    [item] = read(path, "a@x.org\n", "block-sender", Recipient="ann@example.com")
    assert item.known_targets({"Recipient": "ann@example.com"}) == (
        Target(sender="a@x.org", recipient="ann@example.com"),
    )
    listed = Item("x", {"Message ID": "x"}, targets=(Target(id="x", subject="Invoice"),))
    assert listed.known_targets({}) == (Target(id="x", subject="Invoice"),)
