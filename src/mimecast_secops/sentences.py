"""Sentences of messages that mention parameters, and suggestions for misspelled words.

A parameter has several names: the field of a form (`"Client ID"`), an option (`--client-id`), a variable
(`MIMECAST_CLIENT_ID`). A `Sentence` therefore contains a `Mention` of the parameter instead of one of these names. Its
`str` is the text for the platform; the command line renders the mentions as options.

    sentence("{End Time} ({value}) is before {Start Time}.", value=end.isoformat())

A field of the template that begins with a capital letter mentions a parameter. All other fields are values. Values are
never read as templates, so text of a message cannot become a mention.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from string import Formatter
from typing import Final


class Form(Enum):
    """The grammatical form of a mention. The value is the text for the platform."""

    QUOTED = '"{}"'
    BARE = "{}"
    """Without quotation marks, at the beginning of a sentence."""
    PARAMETER = '"{}" parameter'
    MISSING = '"{}" is mandatory and was not given.'
    ENABLE = 'enable "{}"'
    DISABLE = 'disable "{}"'
    FILL_IN = 'fill in "{}"'


@dataclass(frozen=True, slots=True)
class Mention:
    """A parameter in a sentence.

    Attributes:
        name: the name of the parameter, as its declaration has it.
        form: the grammatical form.
        capital: whether the text begins a sentence. It matters for the forms that begin with a verb.
    """

    name: str
    form: Form = Form.QUOTED
    capital: bool = False

    def __str__(self) -> str:
        text = self.form.value.format(self.name)
        return text[:1].upper() + text[1:] if self.capital else text


@dataclass(frozen=True, slots=True)
class Sentence:
    """Text with mentions of parameters. Its `str` is the text for the platform."""

    parts: tuple[str | Mention, ...]

    def __str__(self) -> str:
        return self.render(str)

    def render(self, name: Callable[[Mention], str]) -> str:
        """The text in which `name` renders each mention."""
        return "".join(name(part) if isinstance(part, Mention) else part for part in self.parts)

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The mentions, in order."""
        return tuple(part for part in self.parts if isinstance(part, Mention))


Message = str | Sentence
"""The message of an error: a sentence if it mentions parameters."""


def sentence(template: str, /, **values: object) -> Sentence:
    """A sentence from a template.

    Args:
        template: text with fields in braces. `{End Time}` mentions a parameter, `{Dry Run:Enable}` in another form
            (`Form`); a capital letter in the form begins a sentence. A field in lower case is a value.
        values: the values. A `Sentence` or a `Mention` keeps its mentions; everything else becomes text as it is.

    Raises:
        KeyError: a value is missing, or there is no such form.
    """
    parts: list[str | Mention] = []
    for text, field, form, _ in Formatter().parse(template):
        parts.append(text)
        if field is None:
            continue
        if field[:1].isupper():
            parts.append(_mention(field, form or ""))
        else:
            value = values[field]
            parts += parts_of(value) if isinstance(value, (Sentence, Mention)) else (str(value),)
    return Sentence(tuple(part for part in parts if part))


def parts_of(value: Sentence | Mention | str) -> tuple[str | Mention, ...]:
    """The parts of a sentence, or of a single mention or text."""
    return value.parts if isinstance(value, Sentence) else (value,)


def joined(values: Iterable[Message | Mention]) -> Sentence:
    """Sentences, mentions and texts, one after the other, without anything in between."""
    return Sentence(tuple(part for value in values for part in parts_of(value)))


def continued(message: Sentence) -> Sentence:
    """The sentence with a lower-case first letter, to follow other words. A name at its beginning stays as it is."""
    first, *rest = message.parts or ("",)
    word = str(first).split(" ", 1)[0]
    if not isinstance(first, str) or word in _NAMES or not word.istitle():
        return message
    return Sentence((first[0].lower() + first[1:], *rest))


def sentence_of(error: BaseException) -> Sentence:
    """The message of an error as a sentence. An error without mentions has its text as the only part."""
    own = getattr(error, "sentence", None)
    return own if isinstance(own, Sentence) else Sentence((str(error),))


_NAMES: Final = frozenset({"Mimecast", "Mimecast's"})
_CLOSE_ENOUGH: Final = 0.6


def closest(word: str, words: Iterable[str]) -> str | None:
    """The word that a misspelled word most likely means, ignoring case; None if none is similar."""
    by_lower = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word.casefold(), by_lower, n=1, cutoff=_CLOSE_ENOUGH)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A question such as ` Did you mean "Medium"?`, with a space before it; "" if no word is similar."""
    found = closest(word, words)
    return f' Did you mean "{found}"?' if found else ""


def _mention(name: str, form: str) -> Mention:
    kind = Form[form.upper().replace(" ", "_")] if form else Form.QUOTED
    return Mention(name, kind, capital=form[:1].isupper())
