"""The base class of objects that keep a file open."""

from __future__ import annotations

import pytest

from mimecast_secops.stores.closeable import Closeable


class Recorder(Closeable):
    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


def test_the_end_of_the_context_closes_the_object_once() -> None:
    with Recorder() as recorder:
        assert recorder.closed == 0
    assert recorder.closed == 1


def test_an_exception_closes_the_object_and_is_raised() -> None:
    recorder = Recorder()
    with pytest.raises(KeyError), recorder:
        raise KeyError
    assert recorder.closed == 1


def test_close_has_to_be_implemented() -> None:
    class Incomplete(Closeable):
        pass

    with pytest.raises(TypeError, match="close"):
        Incomplete()  # type: ignore[abstract]
