"""The descriptions of the samples, and what they must not contain."""

from __future__ import annotations

import re

import pytest

from tests.samples import DATA

# The domains that are reserved for examples, and Mimecast's own hosts.
ALLOWED_DOMAIN = re.compile(rb"(?:.*\.)?example(?:\.(?:com|org|net))?|(?:.*\.)?mimecast\.com", re.IGNORECASE)


@pytest.mark.parametrize("kind", ["mail", "mimecast"])
def test_every_sample_has_a_description_and_every_description_a_sample(kind: str) -> None:
    described = re.findall(r"^\| `([^`]+)` \|", (DATA / kind / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    files = sorted(path.name for path in (DATA / kind).iterdir() if path.name != "README.md")
    assert files
    assert described == files


@pytest.mark.parametrize("kind", ["mail", "mimecast"])
def test_no_sample_has_an_address_of_a_real_domain(kind: str) -> None:
    for path in sorted((DATA / kind).iterdir()):
        domains = re.findall(rb"[\w.+-]@([\w-]+(?:\.[\w-]+)+)", path.read_bytes())
        assert [domain for domain in domains if not ALLOWED_DOMAIN.fullmatch(domain)] == [], path.name


def test_line_ends_survive_a_checkout() -> None:
    names = [path.name for path in (DATA / "mail").glob("*.eml")]
    bare = {name for name in names if re.search(rb"(?<!\r)\n", (DATA / "mail" / name).read_bytes())}
    assert bare == {
        "attachment-name-encoded-word-unquoted.eml",
        "attachment-pdf-lf.eml",
        "attachment-pdf-raw-subject-lf.eml",
        "content-disposition-twice-invalid.eml",
        "plain-lf.eml",
        "references-with-invalid-id.eml",
    }
