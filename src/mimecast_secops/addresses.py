"""Checks of email addresses and domains that a user enters, before anything is sent.

Accepted are the forms that a policy or a search can act on, not every form that RFC 5321 allows: no quoted local parts,
no address literals, no comments. An address that matches more than it shows, or that looks like another address, is
rejected: wildcards, invisible characters, variant forms of characters, and letters of scripts that are not customarily
combined.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_LOCAL: Final = re.compile(r"[^\s\x00-\x1f\x7f<>()\[\]\\,;:@\"*%?]{1,64}\Z")
_LABEL: Final = re.compile(r"(?!-)[^\W_](?:[\w-]{0,61}[^\W_])?\Z|[^\W_]\Z")
_MAX_DOMAIN: Final = 253
_WILDCARDS: Final = "*%?"
# Control, format (bidi, zero width), surrogate, private use, unassigned, line and paragraph separators.
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# The scripts that names, words and email addresses in Chinese, Japanese and Korean combine.
_CUSTOMARY: Final = frozenset({"Latin", "Han", "Hiragana", "Katakana", "Bopomofo", "Hangul"})
_SCRIPT_OF_NAME: Final = {"Cjk": "Han", "Ideographic": "Han", "Katakana-Hiragana": "Katakana", "Modifier": ""}


def is_domain(text: str) -> bool:
    """Whether `text` is a domain name of at least two labels, none of which mixes scripts."""
    return _has_form_of_domain(text) and (text.isascii() or not any(map(_mixture, text.split("."))))


def is_address(text: str) -> bool:
    """Whether `text` is one plain email address: a local part, one `@`, a domain."""
    local, at, domain = text.rpartition("@")
    if not at or not _LOCAL.match(local) or ".." in local or not is_domain(domain):
        return False
    return text.isascii() or not character_problem(text)


def character_problem(text: str) -> str:
    """Describe a problem with the characters of an address or a domain.

    The function does not check the form: a text without a problem is not necessarily an address.

    Returns:
        A clause such as `it has the wildcard "*"`; "" if there is no problem.
    """
    for character in text:
        if character in _WILDCARDS:
            return f'it has the wildcard "{character}"'
        if not character.isascii() or not character.isprintable():
            problem = _problem_of(character, in_address="@" in text)
            if problem:
                return problem
    return "" if text.isascii() else _script_problem(text)


def domain_of(address: str) -> str:
    """The domain of `address` in lower case; "" if it has none."""
    return address.rpartition("@")[2].strip().lower() if "@" in address else ""


def _has_form_of_domain(text: str) -> bool:
    labels = text.split(".")
    return (
        len(text) <= _MAX_DOMAIN
        and len(labels) > 1
        and all(_LABEL.match(label) and "_" not in label for label in labels)
        and not labels[-1].isdigit()
    )


def _problem_of(character: str, *, in_address: bool) -> str:
    import unicodedata  # noqa: PLC0415 -- needed only for addresses and domains that are not ASCII

    name = f"U+{ord(character):04X} {unicodedata.name(character, '(no name)')}"
    if unicodedata.category(character) in _INVISIBLE:
        return f"it has the invisible or unassigned character {name}"
    plain = unicodedata.normalize("NFKC", character)
    # In a domain without a local part, these are mapped before anything is compared or sent.
    if in_address and plain != unicodedata.normalize("NFC", character):
        return f'it has {name}, a variant form of "{plain}"'
    return ""


def _script_problem(text: str) -> str:
    """Describe a mixture of scripts, as a clause; "" if there is none.

    Compared are the letters of the local part, of each label of the domain, and of a local part that is not ASCII
    together with the domain. A local part in ASCII can have a domain in any script, and the last label is not compared
    with the rest.
    """
    local, _, domain = text.rpartition("@")
    labels = domain.split(".")
    whole = [] if local.isascii() else ["".join((local, *labels[:-1]))]
    mixtures = (_mixture(part) for part in (local, *labels, *whole))
    return next((mixture for mixture in mixtures if mixture), "")


def _mixture(part: str) -> str:
    """Describe the scripts that the letters of a part mix, as a clause; "" if they are customarily combined."""
    if part.isascii():
        return ""
    letters: dict[str, str] = {}
    for character in part:
        script = _script(character)
        if script:
            letters.setdefault(script, character)
    if len(letters) < 2 or letters.keys() <= _CUSTOMARY:
        return ""
    scripts = _listed(f"{script} (U+{ord(letter):04X})" for script, letter in sorted(letters.items()))
    return f"it mixes letters of the scripts {scripts}"


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}"


@lru_cache(maxsize=4096)
def _script(character: str) -> str:
    """The script of a letter, from its Unicode name; "" for digits, punctuation and combining marks."""
    if character.isascii():
        return "Latin" if character.isalpha() else ""
    import unicodedata  # noqa: PLC0415 -- needed only for addresses and domains that are not ASCII

    plain = unicodedata.normalize("NFKC", character)[:1]
    if not unicodedata.category(plain).startswith("L"):
        return ""
    word = unicodedata.name(plain, "").partition(" ")[0].title()
    return _SCRIPT_OF_NAME.get(word, word)
