"""The sample messages."""

from __future__ import annotations

import pytest

from mimecast_secops.simulator.mail.parser import parse_email
from mimecast_secops.simulator.mail.samples import SAMPLES, UnknownSample, read_sample, sample_names


def test_each_sample_is_a_message_with_a_subject() -> None:
    assert len(sample_names()) == len(list(SAMPLES.iterdir()))
    assert all(parse_email(read_sample(name)).subject for name in sample_names())


@pytest.mark.parametrize("name", ["", "nonsense.eml", "../__init__.py", "/etc/hostname"])
def test_a_name_that_is_not_a_sample_reads_no_file(name: str) -> None:
    with pytest.raises(UnknownSample, match="01-overdue-invoice.eml"):
        read_sample(name)
