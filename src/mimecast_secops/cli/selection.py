"""The messages that positional arguments select: IDs, prefixes of IDs, and numbers of the last list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mimecast_secops.actions import Action
from mimecast_secops.actions.resolution import MESSAGE_ID
from mimecast_secops.cli import handles
from mimecast_secops.cli.confirmation import is_confirmed
from mimecast_secops.cli.context import CommandContext
from mimecast_secops.cli.handles import ListedMessage
from mimecast_secops.cli.items import Item
from mimecast_secops.cli.plans import verb_of
from mimecast_secops.cli.targets import Target
from mimecast_secops.parameters import InvalidParameter

_RANGE: Final = re.compile(r"(\d{1,5})-(\d{1,5})", re.ASCII)
_LONGEST_RANGE: Final = 1000


def items_of_arguments(context: CommandContext, tenant: str, arguments: Sequence[str]) -> list[Item]:
    """The items that positional arguments select. Items with targets were selected by a number or a prefix.

    Args:
        context: the context of the command.
        tenant: the tenant, as `MimecastClient.tenant_key` names it.
        arguments: IDs, prefixes, numbers of the last list, and ranges of numbers such as `7-9`.

    Raises:
        InvalidParameter: a number or a prefix does not stand for one message of this tenant.
        StateError: the state database cannot be used.
        UnreadableState: it is damaged.
    """
    return [_item(context, tenant, text) for argument in arguments for text in _expanded(argument)]


def is_selection_confirmed(context: CommandContext, action: Action, items: Sequence[Item]) -> bool:
    """Whether the user confirms the messages that numbers and prefixes stand for.

    An ID says exactly which message it is, so it needs no confirmation.
    """
    targets = [target for item in items for target in item.targets]
    if not targets:
        return True
    verb = verb_of(action)
    plan = [f"{verb.capitalize()} {target.sentence()}" for target in targets]
    count = "this message" if len(items) == 1 else f"these {len(items)} messages"
    return is_confirmed(context, plan, f"{verb.capitalize()} {count}?", "Nothing was done.")


def _expanded(argument: str) -> Iterator[str]:
    """The numbers of a range; any other argument itself."""
    match = _RANGE.fullmatch(argument)
    if match is None:
        yield argument
        return
    first, last = map(int, match.groups())
    if first > last:
        raise InvalidParameter(MESSAGE_ID, f'The range "{argument}" ends before it begins.')
    if last - first >= _LONGEST_RANGE:
        raise InvalidParameter(MESSAGE_ID, f'The range "{argument}" has more than {_LONGEST_RANGE} numbers.')
    yield from map(str, range(first, last + 1))


def _item(context: CommandContext, tenant: str, text: str) -> Item:
    message = handles.find(context.lists_folder, tenant, text, context.state_path)
    if message is None:
        return Item(text, {MESSAGE_ID: text})
    return Item(message.id, {MESSAGE_ID: message.id}, targets=(_target_of(message),))


def _target_of(message: ListedMessage) -> Target:
    return Target(
        id=message.id,
        recipient=message.recipient,
        sender=message.sender,
        subject=message.subject,
        reason=message.reason,
        risk=message.risk,
    )
