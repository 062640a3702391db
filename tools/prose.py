"""Checks prose and names against the project's vocabulary, tools/vocabulary.toml.

`python tools/prose.py [FILE …]` prints `file:line: word → replacement` for each match and exits with 1 if there is one.
Without files it reads the files that the vocabulary lists.

Checked are Markdown outside code, HTML outside tags, and in Python the comments, the string literals that contain a
space, the names of test functions, and the names that the `[names]` tables describe. Other code is never matched.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
VOCABULARY = Path(__file__).with_name("vocabulary.toml")
# Stands for the value that an f-string inserts: not a word, so that no phrase matches across it.
_VALUE = "\N{OBJECT REPLACEMENT CHARACTER}"
_FENCE = re.compile(r"^( *)(`{3,}|~{3,}).*?^ *\2`*~* *$", re.MULTILINE | re.DOTALL)
_MARKDOWN_CODE = re.compile(
    r"<!--.*?-->|(`+)(?!`).+?(?<!`)\1(?!`)|(?<=\])\([^)\s]*\)|<https?:[^>]*>|https?://\S+", re.DOTALL
)
_HTML_CODE = re.compile(r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_PYTHON_CODE = re.compile(r"`[^`\n]+`|https?://\S+")
_DIRECTIVE = re.compile(r"#\s*(noqa|type:|pragma:|pyrefly:|fmt:)")


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A word that the vocabulary replaces, and where it is."""

    path: str
    line: int
    word: str
    replacement: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.word} → {self.replacement}"


@dataclass(frozen=True, slots=True)
class Prose:
    """A piece of text to check.

    Attributes:
        text: the text.
        starts: offsets in `text`, ascending, the first is 0.
        lines: for each offset, the line number in the file that the text from there on has.
    """

    text: str
    starts: Sequence[int]
    lines: Sequence[int]

    @classmethod
    def of_lines(cls, lines: Sequence[str], numbers: Sequence[int]) -> Prose:
        """A text whose lines have the given line numbers in the file."""
        starts = [0, *accumulate(len(line) + 1 for line in lines[:-1])]
        return cls("\n".join(lines), starts, numbers)

    def line_at(self, offset: int) -> int:
        """The line number in the file of an offset in the text."""
        return self.lines[bisect_right(self.starts, offset) - 1]


class Words:
    """The words of one language, compiled into one pattern."""

    def __init__(self, replacements: Mapping[str, str]) -> None:
        self._replacements = list(replacements.values())
        # One group per entry: its number leads to the replacement. Groups within an entry do not capture.
        entries = [_without_captures(pattern).replace(" ", r"\s+") for pattern in replacements]
        self._pattern = re.compile("|".join(rf"((?<!\w)(?:{entry})(?!\w))" for entry in entries), re.IGNORECASE)

    def search(self, prose: Prose) -> Iterator[tuple[int, str, str]]:
        """Line, word and replacement of each match."""
        for match in self._pattern.finditer(prose.text):
            assert match.lastindex is not None
            word = " ".join(match.group().split())
            yield prose.line_at(match.start()), word, self._replacements[match.lastindex - 1]


def _without_captures(pattern: str) -> str:
    return re.sub(r"\((?!\?)", "(?:", pattern)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Words that are right in some files."""

    path: str
    words: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The content of vocabulary.toml."""

    english: Words
    french: Words
    names: Names
    files: Mapping[str, Sequence[str]]
    exceptions: Sequence[Allowance] = field(default=())

    @classmethod
    def read(cls, path: Path = VOCABULARY) -> Vocabulary:
        """Read a vocabulary file.

        Raises:
            tomllib.TOMLDecodeError: the file is not TOML.
            KeyError: a table is missing.
            re.error: a key is not a regular expression.
        """
        return cls.of(tomllib.loads(path.read_text(encoding="utf-8")))

    @classmethod
    def of(cls, tables: Mapping[str, Any]) -> Vocabulary:
        """Read the tables of a vocabulary file."""
        names = tables["names"]
        return cls(
            english=Words(tables["english"]),
            french=Words(tables["french"]),
            names=Names(
                loop_variables=frozenset(names["loop_variables"]),
                nouns=frozenset(names["nouns"]),
                classes=names["classes"],
                identifiers=names["identifiers"],
            ),
            files=tables["files"],
            exceptions=[
                Allowance(entry["path"], re.compile(entry["words"], re.IGNORECASE))
                for entry in tables.get("exceptions", [])
            ],
        )

    def check(self, path: str, text: str) -> list[Match]:
        """Every match in a file, in the order of its lines.

        Args:
            path: the path relative to the root, with forward slashes; it decides the language and the format.
            text: the content.
        """
        words = self.french if matches(path, self.files["french"]) else self.english
        found = [(line, word, new) for prose in prose_of(path, text) for line, word, new in words.search(prose)]
        if path.endswith(".py"):
            found += self.names.check(path, ast.parse(text))
        return sorted(Match(path, line, word, new) for line, word, new in found if not self._allows(path, word))

    def _allows(self, path: str, word: str) -> bool:
        return any(matches(path, [entry.path]) and entry.words.fullmatch(word) for entry in self.exceptions)


def matches(path: str, globs: Sequence[str]) -> bool:
    """Whether a path matches one of the globs; `**/` stands for any number of folders."""
    return any(re.fullmatch(_regex(glob), path) for glob in globs)


def _regex(glob: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*)", glob)
    special = {"**/": r"(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return "".join(special.get(part, re.escape(part)) for part in parts)


# What is prose


def prose_of(path: str, text: str) -> Iterator[Prose]:
    """The prose of a file, by its format."""
    if path.endswith(".py"):
        yield from python_prose(text)
    elif path.endswith(".md"):
        yield _whole(_without(_MARKDOWN_CODE, _without(_FENCE, text)))
    elif path.endswith((".html", ".j2")):
        yield _whole(_without(_HTML_CODE, text))
    else:
        lines = enumerate(text.splitlines(), 1)
        yield from _comments((number, line[line.index("#") :]) for number, line in lines if "#" in line)


def _whole(text: str) -> Prose:
    lines = text.split("\n")
    return Prose.of_lines(lines, range(1, len(lines) + 1))


def _without(code: re.Pattern[str], text: str) -> str:
    """The same text with a placeholder instead of code. Line breaks stay, so that line numbers hold."""
    return code.sub(lambda match: _VALUE + "\n" * match.group().count("\n"), text)


def python_prose(source: str) -> Iterator[Prose]:
    """The comments, the string literals and the names of test functions of Python source."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    yield from _comments((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)
    tree, lines = ast.parse(source), source.splitlines()
    for node, text in _literals(tree):
        if re.search(r"\S\s+\S", text):
            yield _located(_without(_PYTHON_CODE, text), lines, node)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name.startswith("test_"):
            yield Prose.of_lines([function.name.replace("_", " ")], [function.lineno])


def _comments(comments: Iterator[tuple[int, str]]) -> Iterator[Prose]:
    """Comments on consecutive lines are one text: a phrase may continue on the next line."""
    block: list[str] = []
    numbers: list[int] = []
    for number, comment in comments:
        if numbers and number != numbers[-1] + 1:
            yield Prose.of_lines(block, numbers)
            block, numbers = [], []
        block.append("" if _DIRECTIVE.match(comment) else _without(_PYTHON_CODE, comment.lstrip("#")))
        numbers.append(number)
    if numbers:
        yield Prose.of_lines(block, numbers)


def _literals(tree: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """String literals, with adjacent ones joined and the values of f-strings replaced by a placeholder."""
    if isinstance(tree, ast.JoinedStr):
        yield tree, "".join(str(part.value) if isinstance(part, ast.Constant) else _VALUE for part in tree.values)
        # The format specification of a value (`:>8`) is a string too, but not prose.
        children: Iterator[ast.AST] = (part.value for part in tree.values if isinstance(part, ast.FormattedValue))
    else:
        if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
            yield tree, tree.value
        children = ast.iter_child_nodes(tree)
    for child in children:
        yield from _literals(child)


def _located(text: str, source: Sequence[str], node: ast.expr) -> Prose:
    """A literal with the line number of each word: its source may have escapes, or be broken into several parts."""
    written = source[node.lineno - 1 : node.end_lineno]
    line_starts = [0, *accumulate(len(line) + 1 for line in written)]
    joined, position = "\n".join(written), 0
    starts, lines = [0], [node.lineno]
    for word in re.finditer(r"\w+", text):
        found = joined.find(word.group(), position)
        position = found + len(word.group()) if found >= 0 else position
        starts.append(word.start())
        lines.append(node.lineno + bisect_right(line_starts, max(position - 1, 0)) - 1)
    return Prose(text, starts, lines)


# Names


@dataclass(frozen=True, slots=True)
class Names:
    """The rules for names in Python.

    Attributes:
        loop_variables: names that a loop, a comprehension or a lambda must not give to its variable.
        nouns: words in -ing that may end the name of a class or of a module.
        classes: class name → replacement.
        identifiers: word of a name in snake case → replacement.
    """

    loop_variables: frozenset[str]
    nouns: frozenset[str]
    classes: Mapping[str, str]
    identifiers: Mapping[str, str]

    def check(self, path: str, tree: ast.Module) -> Iterator[tuple[int, str, str]]:
        """Line, name and replacement of each name that breaks a rule."""
        yield from self._module(Path(path).stem, src=path.startswith("src/"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                yield from self._class(node)
            for name, line in _loop_variables(node):
                if name in self.loop_variables:
                    yield line, f"variable {name}", "the name of the thing"
            for name, line in _defined(node):
                yield from self._identifier(name, line)

    def _module(self, stem: str, *, src: bool) -> Iterator[tuple[int, str, str]]:
        yield from self._identifier(stem, 1)
        if src and stem.rpartition("_")[2].endswith("ing") and stem.rpartition("_")[2] not in self.nouns:
            yield 1, f"module {stem}", "a noun"

    def _class(self, node: ast.ClassDef) -> Iterator[tuple[int, str, str]]:
        name = node.name.lstrip("_")
        last = re.findall(r"[A-Z][a-z0-9]*", name)[-1:]
        if name in self.classes:
            yield node.lineno, f"class {node.name}", self.classes[name]
        elif last and last[0].endswith("ing") and last[0].lower() not in self.nouns:
            yield node.lineno, f"class {node.name}", "a noun"

    def _identifier(self, name: str, line: int) -> Iterator[tuple[int, str, str]]:
        for word in name.lower().split("_"):
            if word in self.identifiers:
                yield line, f"name {name}", self.identifiers[word]


def _loop_variables(node: ast.AST) -> Iterator[tuple[str, int]]:
    if isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        for target in ast.walk(node.target):
            if isinstance(target, ast.Name):
                yield target.id, target.lineno
    elif isinstance(node, ast.Lambda):
        for parameter in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
            yield parameter.arg, parameter.lineno


def _defined(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The name that a node defines. Test functions are prose, not names."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() if not node.name.startswith("test_"):
            yield node.name, node.lineno
        case ast.arg():
            yield node.arg, node.lineno
        case ast.Name(ctx=ast.Store()):
            yield node.id, node.lineno
        case ast.Attribute(ctx=ast.Store()):
            yield node.attr, node.lineno


# Files


def listed(files: Mapping[str, Sequence[str]], root: Path = ROOT) -> list[str]:
    """The files that the vocabulary lists, relative to the root."""
    globs = [*files["english"], *files["french"]]
    found = {path.relative_to(root).as_posix() for glob in globs for path in root.glob(glob) if path.is_file()}
    return sorted(path for path in found if not matches(path, files["exclude"]))


def main(arguments: Sequence[str]) -> int:
    vocabulary = Vocabulary.read()
    known = listed(vocabulary.files)
    chosen = [Path(argument).resolve().relative_to(ROOT).as_posix() for argument in arguments]
    count = 0
    for path in [path for path in known if path in chosen] if chosen else known:
        for match in vocabulary.check(path, (ROOT / path).read_text(encoding="utf-8")):
            print(match)
            count += 1
    if count:
        print(f"{count} words or names to replace; the vocabulary is tools/vocabulary.toml", file=sys.stderr)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
