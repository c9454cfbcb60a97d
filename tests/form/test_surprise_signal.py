"""Episodes cut where a memory is surprised."""

from __future__ import annotations

import pytest

from remanence.bio.surprise import Surprise
from remanence.form import segment
from remanence.stage import at_sleep

GARDEN = [f"The garden {word} need water and sun." for word in ("tomatoes", "beans", "herbs", "roses", "peas", "leeks")]
MUSIC = [f"The orchestra plays {word} in the hall." for word in ("Mahler", "Bach", "Ravel", "Brahms", "Haydn", "Verdi")]


@pytest.mark.parametrize("method", ["distance", "hopfield", "htm"])
def test_a_new_topic_surprises_and_begins_an_episode(composed, method):
    """Six turns on the garden, six on the orchestra: two episodes, whichever memory is surprised."""
    memory = composed(form=at_sleep(segment.episodes(signal=Surprise(method), threshold=2.0)))
    memory.remember([{"text": text, "session": "s"} for text in GARDEN + MUSIC])
    memory.sleep()

    turns = {item.id: item.text for item in memory.list(kinds="turn")}
    assert [GARDEN, MUSIC] == [[turns[id] for id in one.data["turns"]] for one in memory.list(kinds="episode")]


def test_stages_with_the_same_surprise_are_equal_and_tell_it():
    """So that the arena computes what two recipes share only once."""
    one, same, other = (segment.episodes(signal=Surprise(m)) for m in ("hopfield", "hopfield", "htm"))

    assert (one, hash(one)) == (same, hash(same))
    assert one != other
    assert "Surprise(method='hopfield'" in repr(one)
