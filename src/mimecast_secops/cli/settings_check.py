"""The check of all settings before a command runs: everything that is wrong is reported at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import click
from click.core import ParameterSource

from mimecast_secops.cli import exit_codes
from mimecast_secops.cli.errors import CommandFailed, OptionsFailed
from mimecast_secops.cli.messages import place_of
from mimecast_secops.cli.options import ParameterOption
from mimecast_secops.cli.output import Screen
from mimecast_secops.cli.settings import key, unknown_variables
from mimecast_secops.cli.settings_file import selected_file, value_problems
from mimecast_secops.parameters import InvalidParameter, Kind

_TYPED = (ParameterSource.COMMANDLINE, ParameterSource.PROMPT)


def check_settings(screen: Screen) -> None:
    """Check the settings of the current command: its settings file, its variables and its options.

    Args:
        screen: the screen that prints warnings.

    Raises:
        CommandFailed: something is wrong. The message has a line for each problem.
        OptionsFailed: all of them are on the command line.
    """
    context = click.get_current_context(silent=True)
    if context is None or not _settings_of(context):
        return
    for warning in unknown_variables():
        screen.note(warning, "yellow")
    stored, typed = settings_problems(context), list(_problems(context, _TYPED))
    if stored or typed:
        kind = CommandFailed if stored else OptionsFailed
        raise kind("\n".join([*stored, *typed]))


def settings_problems(context: click.Context) -> list[str]:
    """Everything that is wrong in the settings file and the variables of a command, a line each."""
    file = selected_file(context)
    problems = list(file.problems()) if file else []
    secrets = [option for option in _settings_of(context) if option.parameter.kind is Kind.SECRET]
    if file and file.is_accessible_to_others and any(_is_used(option, context) for option in secrets):
        problems.append(f"{file.path} contains secrets that other users can read. Run chmod 600 on it.")
    return [*problems, *_problems(context, (ParameterSource.ENVIRONMENT,))]


def code_of_failure(error: BaseException) -> int:
    """The exit code of an error. A setting that is missing is one of the configuration, not of usage."""
    context = click.get_current_context(silent=True)
    if context is not None and isinstance(error, InvalidParameter):
        options = [option for option in _settings_of(context) if option.parameter.name == error.parameter]
        if any(context.get_parameter_source(str(option.name)) not in _TYPED for option in options):
            return exit_codes.CONFIGURATION
    return exit_codes.code_of(error)


def _settings_of(context: click.Context) -> list[ParameterOption]:
    return [option for option in context.command.params if isinstance(option, ParameterOption) and option.is_setting]


def _is_used(option: ParameterOption, context: click.Context) -> bool:
    """Whether the file sets an option, and neither the command line nor a variable does."""
    is_from_file = context.get_parameter_source(str(option.name)) is ParameterSource.DEFAULT_MAP
    return is_from_file and bool(context.params.get(key(option.parameter)))


def _problems(context: click.Context, sources: Collection[ParameterSource]) -> Iterator[str]:
    """The invalid values of settings that come from certain sources."""
    for option in _settings_of(context):
        if context.get_parameter_source(str(option.name)) in sources:
            yield from value_problems(
                option.parameter, context.params.get(key(option.parameter)), place_of(option, context)
            )
