"""Sentences that mention parameters, and suggestions."""

from __future__ import annotations

import pytest

from mimecast_secops.api.errors import MimecastError
from mimecast_secops.sentences import (
    Form,
    Mention,
    Sentence,
    closest,
    continued,
    did_you_mean,
    joined,
    sentence,
    sentence_of,
)


def options(mention: Mention) -> str:
    return f"--{mention.name.lower().replace(' ', '-')}"


@pytest.mark.parametrize(
    ("template", "platform"),
    [
        ("{End Time} is before {Start Time}.", '"End Time" is before "Start Time".'),
        ("{Secret Key:Bare} is not base64.", "Secret Key is not base64."),
        ("Late. {Dry Run:Enable} first.", 'Late. Enable "Dry Run" first.'),
        ("Wait, or {Dry Run:enable} first.", 'Wait, or enable "Dry Run" first.'),
        ("{Client ID:Fill in} now.", 'Fill in "Client ID" now.'),
        ("Select it in {Time Frame:parameter}.", 'Select it in "Time Frame" parameter.'),
        ("{Domains:Missing}", '"Domains" is mandatory and was not given.'),
        ("No fields {{here}}.", "No fields {here}."),
    ],
)
def test_the_text_of_a_sentence_is_that_of_the_platform(template: str, platform: str) -> None:
    assert str(sentence(template)) == platform


def test_a_renderer_replaces_the_mentions_and_nothing_else() -> None:
    message = sentence('{End Time} ("{value}") is before {Start Time}.', value='"Start Time" {End Time}')
    assert message.render(options) == '--end-time (""Start Time" {End Time}") is before --start-time.'


@pytest.mark.parametrize("hostile", ["{Client ID}", "{Dry Run:Enable}", '"Client ID"', "{0}", "{", "}", "{{", "{x!r}"])
def test_text_of_a_message_is_never_a_mention_and_never_a_template(hostile: str) -> None:
    for message in (sentence("No {value}.", value=hostile), sentence_of(MimecastError(f"No {hostile}."))):
        assert message.mentions == ()
        assert str(message) == message.render(options) == f"No {hostile}."


def test_a_sentence_inside_a_sentence_keeps_its_mentions() -> None:
    inner = sentence("{Client ID} is missing")
    outer = sentence("Not sent: {reason}. {hint}", reason=inner, hint=Mention("Dry Run", Form.ENABLE, capital=True))
    assert [mention.name for mention in outer.mentions] == ["Client ID", "Dry Run"]
    assert str(outer) == 'Not sent: "Client ID" is missing. Enable "Dry Run"'


def test_a_template_without_one_of_its_values_or_with_an_unknown_form_is_a_mistake() -> None:
    for template in ("{value} is missing.", "{Client ID:shout}"):
        with pytest.raises(KeyError):
            sentence(template)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The credentials are wrong.", "the credentials are wrong."),
        ("No connection.", "no connection."),
        ("Mimecast refuses.", "Mimecast refuses."),
        ("HTTP 500.", "HTTP 500."),
        ('"Client ID" is missing.', '"Client ID" is missing.'),
        ("", ""),
    ],
)
def test_a_sentence_that_follows_other_words_begins_in_lower_case_unless_with_a_name(text: str, wanted: str) -> None:
    assert str(continued(joined([text]))) == wanted


def test_a_mention_at_the_beginning_stays_as_it_is() -> None:
    message = sentence("{Secret Key:Bare} is not base64.")
    assert continued(message) == message


def test_the_message_of_an_error_has_its_attempts_and_mentions() -> None:
    error = MimecastError(sentence("{API Root} does not answer."))
    error.attempts = 3
    assert str(error) == str(error.sentence) == '"API Root" does not answer. (3 attempts)'
    assert error.sentence.mentions == (Mention("API Root"),)
    assert sentence_of(ValueError("x")) == Sentence(("x",))


@pytest.mark.parametrize(
    ("word", "wanted"),
    [("medum", "Medium"), ("HIGH", "High"), ("lowish", "Low"), ("verify", None), ("", None)],
)
def test_the_closest_word_ignores_case(word: str, wanted: str | None) -> None:
    assert closest(word, ["Negligible", "Low", "Medium", "High"]) == wanted
    assert did_you_mean(word, ["Low", "Medium", "High"]) == (f' Did you mean "{wanted}"?' if wanted else "")
