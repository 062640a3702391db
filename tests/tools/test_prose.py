"""The prose linter finds the words of the vocabulary in prose and in names, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.tools.loading import ROOT, load_tool

prose = load_tool("prose")

TABLES: dict[str, Any] = {
    "files": {"english": ["*.md", "docs/**/*.md", "src/**/*.py"], "french": ["docs/fr/**/*.md"], "exclude": []},
    "english": {"mails": "emails", "let(s|ting)? go": "close", "(a|each) mail(?! server)": "an email", "anew": "again"},
    "french": {"mur du dossier": "mur des cas", "sandbox": "bac à sable"},
    "names": {
        "loop_variables": ["one", "more"],
        "nouns": ["setting"],
        "classes": {"Waiting": "PendingRecord", "Tally": "CycleCounters"},
        "identifiers": {"generation": "version", "sweeping": "polling"},
    },
    "exceptions": [{"path": "docs/history.md", "words": "mails", "reason": "a quotation"}],
}


def check(path: str, text: str) -> list[tuple[int, str, str]]:
    matches = prose.Vocabulary.of(TABLES).check(path, text)
    assert all(match.path == path for match in matches)
    return [(match.line, match.word, match.replacement) for match in matches]


def test_a_match_is_printed_with_its_file_line_word_and_replacement() -> None:
    (match,) = prose.Vocabulary.of(TABLES).check("README.md", "Title\n\nTwo mails.\n")
    assert str(match) == "README.md:3: mails → emails"


# Markdown


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mails arrive.\n", [(1, "Mails", "emails")]),
        ("He lets\n  go of it.\n", [(1, "lets go", "close")]),
        ("A mail server and a mail.\n", [(1, "a mail", "an email")]),
        ("| mails | anew |\n", [(1, "anew", "again"), (1, "mails", "emails")]),
        ("[the mails](a.md)\n", [(1, "mails", "emails")]),
        ("```sh\ncat mails\n```\n\nanew\n", [(5, "anew", "again")]),
        ("1. Step:\n\n   ```sh\n   cat mails\n   ```\n\nanew\n", [(7, "anew", "again")]),
        ("Run `mails`, then ``x ` mails``.\n", []),
        ("[text](mails.md#mails) <https://example.com/mails> https://example.com/mails\n", []),
        ("<!-- mails\n -->\nanew\n", [(3, "anew", "again")]),
        ("emails, mailsort, e_mails, renewanew\n", []),
    ],
)
def test_markdown_is_checked_outside_code(text: str, found: list[tuple[int, str, str]]) -> None:
    assert check("docs/guide/page.md", text) == found


def test_french_pages_have_their_own_words() -> None:
    text = "Le mur du dossier, le sandbox, mails.\n"
    assert check("docs/fr/guide/page.md", text) == [
        (1, "mur du dossier", "mur des cas"),
        (1, "sandbox", "bac à sable"),
    ]
    assert check("docs/guide/page.md", text) == [(1, "mails", "emails")]


def test_an_exception_allows_its_words_in_its_files_only() -> None:
    assert check("docs/history.md", "mails anew\n") == [(1, "anew", "again")]
    assert check("docs/other.md", "mails\n") == [(1, "mails", "emails")]


# Python


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Two mails."""\n', [(1, "mails", "emails")]),
        ('def f() -> None:\n    """One line.\n\n    Two mails.\n    """\n', [(4, "mails", "emails")]),
        ("x = 1  # two mails\n", [(1, "mails", "emails")]),
        ("# lets\n# go\n", [(1, "lets go", "close")]),
        ("# lets\n\n# go\n", []),
        ("x = 1  # noqa: mails anew\n", []),
        ('raise ValueError("two mails")\n', [(1, "mails", "emails")]),
        ('x = f"{count} mails"\n', [(1, "mails", "emails")]),
        ('x = f"let {count} go"\n', []),
        ("x = f\"{mails!r:>8} {data['mails']} kept\"\n", []),
        ("x = f\"{'two mails'}\"\n", [(1, "mails", "emails")]),
        ('x = (\n    "nothing "\n    "here, mails "\n    "there"\n)\n', [(3, "mails", "emails")]),
        ('x = (\n    f"{count} lets"\n    " go"\n)\n', [(2, "lets go", "close")]),
        ('x = "first\\nsecond mails"\n', [(1, "mails", "emails")]),
        ('"""The `mails` folder."""\n', []),
        ('x = ["mails", "a/mails", b"two mails"]\n', []),
        ("mails = data.mails\n", []),
        ("def test_two_mails_arrive() -> None: ...\n", [(1, "mails", "emails")]),
        ("def two_mails() -> None: ...\n", []),
    ],
)
def test_python_is_checked_in_comments_strings_and_test_names(source: str, found: list[tuple[int, str, str]]) -> None:
    assert check("src/module.py", source) == found


@pytest.mark.parametrize(
    "source",
    [
        "for one in holds: ...\n",
        "for key, (one, two) in holds: ...\n",
        "async def f():\n async for one in holds: ...\n",
        "x = [one for one in holds]\n",
        "x = {one: 1 for one in holds}\n",
        "x = any(one.id for hold in holds for one in hold)\n",
        "x = sorted(holds, key=lambda one: one.id)\n",
    ],
)
def test_a_variable_that_does_not_name_the_thing_is_found(source: str) -> None:
    assert [word for _, word, _ in check("src/module.py", source)] == ["variable one"]


def test_a_function_parameter_or_an_assignment_may_have_such_a_name() -> None:
    assert check("src/module.py", "def f(one: int) -> int:\n    more = one\n    return more\n") == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("class Waiting: ...\n", [(1, "class Waiting", "PendingRecord")]),
        ("class _Tally: ...\n", [(1, "class _Tally", "CycleCounters")]),
        ("class Polling: ...\n", [(1, "class Polling", "a noun")]),
        ("class RecordWriting: ...\n", [(1, "class RecordWriting", "a noun")]),
        ("class WaitingRecord: ...\n", []),
        ("class TextSetting: ...\n", []),
    ],
)
def test_class_names_are_nouns_of_the_field(source: str, found: list[tuple[int, str, str]]) -> None:
    assert check("src/module.py", source) == found


@pytest.mark.parametrize(
    "source",
    [
        "def read_generation() -> None: ...\n",
        "def f(generation: int) -> None: ...\n",
        "API_GENERATION = 1\n",
        "self.generation = 1\n",
        "class A:\n    generation: int\n",
    ],
)
def test_a_word_of_a_defined_name_is_found(source: str) -> None:
    ((_, word, replacement),) = check("src/module.py", source)
    assert word.startswith("name ")
    assert replacement == "version"


def test_the_use_of_a_name_is_not_reported_again() -> None:
    assert check("src/module.py", "print(client.generation, generation)\n") == []


def test_a_module_is_named_by_a_noun() -> None:
    assert check("src/delivering.py", "") == [(1, "module delivering", "a noun")]
    assert check("src/api/sweeping.py", "") == [
        (1, "module sweeping", "a noun"),
        (1, "name sweeping", "polling"),
    ]
    assert check("src/setting.py", "") == []
    assert check("tests/test_delivering.py", "") == []


# Other formats


def test_html_is_checked_outside_tags_scripts_and_templates() -> None:
    text = '<p title="mails">Two\nmails {{ mails }}</p>\n<script>let go; mails</script>{% if mails %}\n'
    assert check("src/page.html", text) == [(2, "mails", "emails")]


def test_other_files_are_checked_in_their_comments() -> None:
    assert check("Makefile", "mails: anew  ## Two mails\n\tlet go\n") == [(1, "mails", "emails")]


# Globs, and the program


@pytest.mark.parametrize(
    ("path", "glob", "expected"),
    [
        ("README.md", "*.md", True),
        ("docs/a.md", "*.md", False),
        ("docs/a.md", "docs/**/*.md", True),
        ("docs/fr/guide/a.md", "docs/**/*.md", True),
        ("docs/_build/a/b.md", "docs/_build/**", True),
        ("src/axpy", "src/*.py", False),
    ],
)
def test_globs(path: str, glob: str, *, expected: bool) -> None:
    assert prose.matches(path, [glob]) is expected


def test_the_projects_vocabulary_is_valid_and_reaches_code_and_both_languages() -> None:
    vocabulary = prose.Vocabulary.read()
    files = prose.listed(vocabulary.files)
    assert {"README.md", "docs/index.md", "docs/fr/index.md", "Makefile", "src/mimecast_secops/api/auth.py"} <= set(
        files
    )
    assert not any(name.startswith("docs/_build") for name in files)
    assert [match.word for match in vocabulary.check("README.md", "Nobody mails.\n")] == ["Nobody", "mails"]
    assert [match.word for match in vocabulary.check("docs/fr/a.md", "Le mur du dossier.\n")] == ["mur du dossier"]


def test_no_replacement_is_itself_in_the_vocabulary() -> None:
    vocabulary = prose.Vocabulary.read()
    tables = prose.tomllib.loads(prose.VOCABULARY.read_text(encoding="utf-8"))
    for path, table in (("a.md", tables["english"]), ("docs/fr/a.md", tables["french"])):
        for replacement in table.values():
            assert vocabulary.check(path, replacement) == []


def test_the_program_exits_with_1_and_names_the_place(tmp_path: Path) -> None:
    for name in ("prose.py", "vocabulary.toml"):
        target = tmp_path / "tools" / name
        target.parent.mkdir(exist_ok=True)
        target.write_text((ROOT / "tools" / name).read_text(encoding="utf-8"), encoding="utf-8")

    def run(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "README.md").write_text(text, encoding="utf-8")
        command = [sys.executable, str(tmp_path / "tools" / "prose.py"), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    bad = run("Fine.\nTwo mails.\n")
    assert (bad.returncode, bad.stdout) == (1, "README.md:2: mails → emails, messages\n")
    assert run("Two mails.\n", "README.md").returncode == 1
    assert run("Two mails.\n", "LICENSE").returncode == 0
    good = run("Two emails.\n")
    assert (good.returncode, good.stdout) == (0, "")
