"""The sample messages that ship with the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Final

SAMPLES: Final = Path(__file__).parents[1] / "samples"
"""The folder of the sample messages."""


class UnknownSample(ValueError):
    """The sample does not exist; the message lists the samples."""


def sample_names() -> list[str]:
    """The file names of the samples, sorted."""
    return sorted(path.name for path in SAMPLES.glob("*.eml"))


def read_sample(name: str) -> bytes:
    """The content of a sample.

    Raises:
        UnknownSample: there is no sample of that name.
    """
    names = sample_names()
    if name not in names:
        raise UnknownSample(f"There is no sample {name!r}. There are: {', '.join(names)}.")
    return (SAMPLES / name).read_bytes()
