"""Help of the command line: options under headings, examples, and suggestions for misspelled commands."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import click

from mimecast_secops.sentences import did_you_mean

OPTIONS: Final = "Options"
FILTERS: Final = "Filters"
CONNECTION: Final = "Connection"
HEADINGS: Final = (OPTIONS, FILTERS, "Limits", "Advanced", "Bulk", "State", "Output", CONNECTION)
"""The headings, in their order in the help."""

HELP_OPTIONS: Final = {"help_option_names": ["-h", "--help"]}
"""The context settings of each command. A command keeps the option that it creates first, whatever its parent says."""

_BULK: Final = ("concurrency", "from_file", "job", "restart")
_STATE: Final = ("namespace", "state", "state_timeout")
_OUTPUT: Final = ("as_csv", "as_json", "color", "columns", "csv", "debug", "log_format", "quiet", "verbose", "version")
_CONNECTION: Final = ("ca_bundle", "config", "profile", "timeout")
_HEADING_OF: Final = {
    "dynamic_list": FILTERS,
    **dict.fromkeys(_BULK, "Bulk"),
    **dict.fromkeys(_STATE, "State"),
    **dict.fromkeys(_OUTPUT, "Output"),
    **dict.fromkeys(_CONNECTION, CONNECTION),
}
_WIDTH: Final = 76


def heading_of(option: click.Parameter) -> str:
    """The heading of an option: the group of its declaration, else that of its name."""
    if "--help" in option.opts:
        return "Output"
    group = getattr(option, "group", "") or _HEADING_OF.get(str(option.name), OPTIONS)
    return group if group in HEADINGS else OPTIONS


class HelpfulCommand(click.Command):
    """A command whose help shows examples, and options under headings.

    The options of the connection are the same for all commands. Their heading only lists them, unless the command is
    about settings.

    Args:
        arguments: the arguments of click.
        examples: the words of each example, after `mimecast-secops`.
        describes_connection: whether to describe each option of the connection.
        settings: the keyword arguments of click.
    """

    def __init__(
        self, *arguments: Any, examples: Sequence[str] = (), describes_connection: bool = False, **settings: Any
    ) -> None:
        settings.setdefault("context_settings", HELP_OPTIONS)
        super().__init__(*arguments, **settings)
        self.examples = tuple(examples)
        self.describes_connection = describes_connection

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the options."""
        write_examples(formatter, self.examples)
        groups: dict[str, list[click.Parameter]] = {heading: [] for heading in HEADINGS}
        for option in self.get_params(ctx):
            # The usage shows the arguments, and the text above explains them.
            if isinstance(option, click.Option) and option.get_help_record(ctx):
                groups[heading_of(option)].append(option)
        for heading, options in groups.items():
            if heading == CONNECTION and not self.describes_connection:
                _list_connection(formatter, options)
            elif options:
                with formatter.section(heading):
                    records = (option.get_help_record(ctx) for option in options)
                    formatter.write_dl([record for record in records if record])


class HelpfulGroup(click.Group):
    """A group that suggests the command that a misspelled one means."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        settings.setdefault("context_settings", HELP_OPTIONS)
        super().__init__(*arguments, **settings)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words name. An unknown command is a usage error."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            ctx.fail(f"No such command {name!r}.{did_you_mean(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


def helpful_command(
    name: str, *, examples: Sequence[str] = (), describes_connection: bool = False
) -> Callable[[Callable[..., Any]], HelpfulCommand]:
    """A decorator that turns a function into a command; see `HelpfulCommand`."""
    return click.command(name=name, cls=HelpfulCommand, examples=examples, describes_connection=describes_connection)


def write_examples(formatter: click.HelpFormatter, examples: Iterable[str]) -> None:
    """Write examples as they are typed, without line breaks."""
    lines = [f"  mimecast-secops {example}" for example in examples]
    if lines:
        formatter.write("\nExamples:\n" + "\n".join(lines) + "\n")


def _list_connection(formatter: click.HelpFormatter, options: Sequence[click.Parameter]) -> None:
    if not options:
        return
    names = ", ".join(option.opts[0] for option in options)
    lines = textwrap.wrap(names, _WIDTH, break_on_hyphens=False)
    lines += textwrap.wrap(
        "Set them in config.toml or as variables (MIMECAST_CLIENT_ID, …). `mimecast-secops config show --help` "
        "describes them.",
        _WIDTH,
        break_on_hyphens=False,
    )
    formatter.write(f"\n{CONNECTION}:\n" + "\n".join(f"  {line}" for line in lines) + "\n")
