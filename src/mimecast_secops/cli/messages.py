"""Messages for the terminal: options, variables and settings instead of the fields of a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import click
from click.core import ParameterSource

from mimecast_secops.actions import Result
from mimecast_secops.cli.options import ParameterOption
from mimecast_secops.cli.settings import key, variable
from mimecast_secops.cli.settings_file import selected_file
from mimecast_secops.sentences import Form, Mention, Message, sentence_of

_VERBS: Final = {Form.ENABLE: "add --{}", Form.DISABLE: "add --no-{}"}


def message_of(error: BaseException) -> str:
    """The message of an error for a user of the terminal. That of an `OSError` begins with the name of its file."""
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}".lstrip(": ")
    return text_of(sentence_of(error)) + _suggestion_of(error)


def worded(result: Result) -> Result:
    """The result of an action with a message for a user of the terminal."""
    if result.sentence is None:
        return result
    return replace(result, message=text_of(result.sentence) + _suggestion_of(result.error))


def text_of(message: Message) -> str:
    """A message with the options of the current command. Mentions of other parameters stay as on the platform."""
    context = click.get_current_context(silent=True)
    if isinstance(message, str) or context is None:
        return str(message)
    options = {
        option.parameter.name: option for option in context.command.params if isinstance(option, ParameterOption)
    }

    def name(mention: Mention) -> str:
        option = options.get(mention.name)
        return str(mention) if option is None else rendered(mention, option, context)

    return message.render(name)


def rendered(mention: Mention, option: ParameterOption, context: click.Context) -> str:
    """A mention of a parameter that is an option of the current command."""
    slug = option.parameter.slug
    if mention.form is Form.MISSING:
        names = f" (or {variable(option.parameter)}, or {key(option.parameter)} in config.toml)"
        return f"Missing --{slug}{names if option.is_setting else ''}."
    if mention.form in _VERBS:
        text = _VERBS[mention.form].format(slug)
    elif mention.form is Form.FILL_IN:
        text = f"set {place_of(option, context)}"
    else:
        return place_of(option, context)
    return text[:1].upper() + text[1:] if mention.capital else text


def place_of(option: ParameterOption, context: click.Context) -> str:
    """Where the value of an option comes from; if from nowhere, where it can be set."""
    parameter = option.parameter
    source = context.get_parameter_source(str(option.name))
    if source is ParameterSource.ENVIRONMENT:
        return variable(parameter)
    file = selected_file(context)
    if source is ParameterSource.DEFAULT_MAP and file:
        return file.place_of(key(parameter))
    if option.is_setting and source is not ParameterSource.COMMANDLINE:
        return f"--{parameter.slug} ({variable(parameter)})"
    return f"--{parameter.slug}"


def _suggestion_of(error: BaseException | None) -> str:
    suggestion = getattr(error, "suggestion", "")
    return f' Did you mean "{suggestion}"?' if suggestion else ""
