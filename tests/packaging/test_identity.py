"""Names and texts of the integration."""

from __future__ import annotations

import re

from mimecast_secops.packaging import identity


def test_the_version_on_the_platform_is_far_above_that_of_the_marketplace() -> None:
    assert re.fullmatch(r"\d+\.0", identity.VERSION)
    assert float(identity.VERSION) >= 100.0


def test_names_and_texts_are_what_the_platform_accepts() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,150}", identity.IDENTIFIER)
    assert re.fullmatch(r"[A-Za-z0-9 -]{1,150}", identity.NAME)
    assert re.fullmatch(r"[A-Za-z0-9 -]{1,150}", identity.CONNECTOR)
    assert 0 < len(identity.DESCRIPTION) <= 2050
    assert identity.DOCUMENTATION.startswith("https://")
