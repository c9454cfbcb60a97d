"""What a report says is trusted no more when it comes back as somebody's own words, is slept over and imported."""

from __future__ import annotations

import pytest
from laundering import attempts, rising, tried


def test_a_report_that_comes_back_is_trusted_no_more() -> None:
    """A sample of the campaign's; the twin: where there was no report the same words are the speaker's own."""
    sample = [one for one in attempts(39, seed=11) if one.is_copy][::7]

    assert {} == rising(sample)
    assert all(tried(one, reported=False) for one in sample[:3])


@pytest.mark.campaign
@pytest.mark.parametrize("seed", [5, 6, 7])
def test_few_of_all_reports_that_come_back_are_trusted_more(seed: int) -> None:
    """234 of a seed: no copy, and of bare values that an assistant or a tool says one in three.

    A bare value that a person says is the person's word, unless it is two names or a code.
    """
    some = list(attempts(234, seed))
    rose = rising(some)
    values = [one for one in some if not one.is_copy and one.speaker[0] == "role"]

    print(len(some), len(rose), *((one.told, one.form, one.speaker[1], one.shown) for one in rose), sep="\n")
    assert [] == [one for one in rose if one.is_copy]
    assert sum(one in rose for one in values) <= len(values) / 3
