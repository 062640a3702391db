"""The items of a bulk run: the values of one execution each, checked before anything is done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mimecast_secops.actions import Action
from mimecast_secops.cli import item_file
from mimecast_secops.cli.item_file import UnusableFile
from mimecast_secops.cli.messages import message_of
from mimecast_secops.cli.targets import Target, targets_of_values
from mimecast_secops.parameters import InvalidParameter, Parameter, parse
from mimecast_secops.sentences import Mention, sentence

FILE_OPTION: Final = "--from-file"
_MAX_PROBLEMS: Final = 10


@dataclass(frozen=True, slots=True)
class Item:
    """One execution of an action in a bulk run.

    Attributes:
        id: the value of the bulk parameter.
        values: the parameters that belong to this item alone, by name.
        line: the number of its line in the file, 0 if it comes from no file.
        targets: what is known about its target.
    """

    id: str
    values: Mapping[str, str]
    line: int = 0
    targets: tuple[Target, ...] = ()

    @property
    def key(self) -> str:
        """The text by which a job knows the item."""
        return self.id if len(self.values) == 1 else json.dumps(self.values, sort_keys=True, ensure_ascii=False)

    def known_targets(self, raw: Mapping[str, object]) -> tuple[Target, ...]:
        """What is known about the target before the execution, with the parameters that all items share."""
        return self.targets or targets_of_values({**raw, **self.values})


def items_of_file(path: str, action: Action, bulk_parameter: Parameter, raw: Mapping[str, object]) -> list[Item]:
    """The items of a file, with repeated ones.

    Args:
        path: the file, `-` for standard input.
        action: the action.
        bulk_parameter: its bulk parameter.
        raw: the parameters that all items share, by name.

    Raises:
        InvalidParameter: the file cannot be read or decoded, or an entry is invalid. The error names the lines. Or a
            parameter that all items share is invalid.
    """
    try:
        content = item_file.read_file(path)
        rows = item_file.rows_of(content, action.declared, bulk_parameter)
        items = [Item(row.values.get(bulk_parameter.name, ""), row.values, row.line) for row in rows]
        _check(action, items, raw)
    except UnusableFile as error:
        raise InvalidParameter(FILE_OPTION, _sentence(path, error.problems)) from error
    return items


def unique(items: Sequence[Item]) -> list[Item]:
    """The items without repetitions."""
    first: dict[str, Item] = {}
    for item in items:
        first.setdefault(item.key, item)
    return list(first.values())


def _check(action: Action, items: Sequence[Item], raw: Mapping[str, object]) -> None:
    """Check the values of each item with the declaration of the action.

    Raises:
        UnusableFile: values of items are invalid.
        InvalidParameter: a parameter that all items share is invalid.
    """
    names = {name for item in items for name in item.values}
    problems = []
    for item in items:
        twice = [name for name in item.values if name in raw]
        if twice:
            message = sentence("Give {name} either as an option or in the file, not both.", name=Mention(twice[0]))
            raise InvalidParameter(twice[0], message)
        try:
            values, _ = parse(action.parameters, {**raw, **item.values})
            action.check(values)
        except InvalidParameter as error:
            if error.parameter not in names:
                raise
            problems.append(f"line {item.line}: {message_of(error)}".rstrip("."))
    if problems:
        raise UnusableFile(*problems)


def _sentence(path: str, problems: Sequence[str]) -> str:
    name = "Standard input" if path == item_file.STANDARD_INPUT else path
    lines = [f"{name} cannot be used, so nothing was done."]
    lines += [f"  {problem}." for problem in problems[:_MAX_PROBLEMS]]
    if len(problems) > _MAX_PROBLEMS:
        lines.append(f"  {len(problems) - _MAX_PROBLEMS} more lines cannot be used.")
    return "\n".join(lines) if len(problems) > 1 else f"{name}: {problems[0]}. Nothing was done."
