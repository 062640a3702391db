"""IDs of parametrized tests."""

from __future__ import annotations


def plain_id(value: object) -> str:
    r"""The value as an ID that pytest keeps.

    pytest escapes backslashes and letters outside ASCII in the IDs that a function returns. When one process collects
    the tests again, pytest escapes them once more: mutmut then runs tests whose IDs do not exist, and counts the error
    as a detected mutant.
    """
    return ascii(value).replace("\\", "")
