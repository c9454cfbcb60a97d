"""Talk cut into episodes, long texts into passages."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.algo.boundaries import cuts
from remanence.errors import BadKnob, InvalidInput
from remanence.form import segment
from remanence.stage import at_sleep

GARDEN = [
    "The tomatoes in my garden are ripe now.",
    "Garden tomatoes need a lot of water in summer.",
    "I water the garden tomatoes every evening.",
    "My garden soil is good for tomatoes.",
]
MUSIC = [
    "The orchestra plays Mahler on Friday.",
    "I love how that orchestra plays Mahler symphonies.",
    "The Mahler concert of the orchestra is sold out.",
    "That orchestra has a new conductor for the concert.",
]


def episodes(memory):
    return memory.list(kinds="episode")


def turns(memory):
    return {item.id: item.text for item in memory.list(kinds="turn")}


def talk(texts, session="s", minutes=1):
    return [{"text": t, "session": session, "at": f"2024-01-01T10:{n * minutes:02d}:00"} for n, t in enumerate(texts)]


@pytest.mark.parametrize("by", ["topic", "surprise"])
def test_a_change_of_topic_begins_an_episode(composed, by):
    """Four turns on the garden and four on the concert are two episodes, and every turn is in exactly one."""
    memory = composed(form=at_sleep(segment.episodes(by=by)))
    memory.remember(talk(GARDEN + MUSIC))
    memory.sleep()

    found = episodes(memory)
    assert [GARDEN, MUSIC] == [[turns(memory)[id] for id in one.data["turns"]] for one in found]
    links = memory.store.view(memory.scope).links(list(turns(memory)), rels=("part_of",), direction="out")
    assert sorted(turns(memory)) == sorted(link.src for link in links)


def test_an_episode_is_told_in_the_turns_own_sentences(composed):
    """The summary is extractive, and the evidence names every turn with its whole span."""
    memory = composed(form=at_sleep(segment.episodes(summary_sentences=2)))
    memory.remember(talk(GARDEN))
    memory.sleep()

    one = episodes(memory)[0]
    assert 2 == sum(text in one.text for text in GARDEN)
    assert [(id, 0, len(text)) for id, text in turns(memory).items()] == [(e.id, e.start, e.end) for e in one.evidence]


def test_a_long_pause_begins_an_episode(composed):
    """By time alone: a gap longer than `gap_hours` cuts, a shorter one does not."""
    memory = composed(form=at_sleep(segment.episodes(by="time", gap_hours=0.5)))
    memory.remember(talk(GARDEN[:2]))
    memory.remember([{"text": text, "session": "s", "at": "2024-01-01T15:00:00"} for text in GARDEN[2:]])
    memory.sleep()

    assert [2, 2] == [len(one.data["turns"]) for one in episodes(memory)]


def test_sessions_are_never_mixed(composed):
    """Turns of two chats that arrive interleaved are two episodes."""
    memory = composed(form=at_sleep(segment.episodes()))
    both = [row for pair in zip(talk(GARDEN, "a"), talk(MUSIC, "b"), strict=True) for row in pair]
    memory.remember(both)
    memory.sleep()

    assert [GARDEN, MUSIC] == [[turns(memory)[id] for id in one.data["turns"]] for one in episodes(memory)]


def test_an_endless_episode_is_cut_by_force(composed):
    """After `max_turns` a new episode begins."""
    memory = composed(form=at_sleep(segment.episodes(max_turns=25)))
    memory.remember(talk(["the same words again"] * 30))
    memory.sleep()

    assert [25, 5] == [len(one.data["turns"]) for one in episodes(memory)]


def test_any_function_of_the_vectors_may_be_the_signal(composed):
    """A signal is a name or a function; a wrong shape is refused."""

    def spike(vectors):
        series = np.zeros(len(vectors))
        series[3] = 1.0
        return series

    memory = composed(form=at_sleep(segment.episodes(by="surprise", signal=spike)))
    memory.remember(talk(GARDEN + MUSIC))
    memory.sleep()
    assert [3, 5] == [len(one.data["turns"]) for one in episodes(memory)]

    with pytest.raises(InvalidInput, match="one number a step"):
        memory.change(segment.episodes(signal=lambda vectors: vectors), list(turns(memory)))
    with pytest.raises(BadKnob, match="contrast"):
        memory.change(segment.episodes(signal="htm?"), list(turns(memory)))


def test_the_threshold_is_mean_plus_deviations():
    """mean .2, deviation .3: at threshold 2 only the .8... spike of .95 cuts; at 3 nothing does."""
    series = [0.0, 0.1, 0.1, 0.1, 0.95, 0.1, 0.1, 0.1]
    near = np.array(series[1:])

    assert near.mean() + 2 * near.std() < 0.95 < near.mean() + 3 * near.std()
    assert [0, 4] == cuts(series, threshold=2)
    assert [0] == cuts(series, threshold=3)


def test_a_flat_series_is_one_stretch():
    """No change, no cut."""
    assert [0] == cuts([0.5] * 20)
    assert [] == cuts([])


def test_long_texts_become_passages_of_whole_sentences(composed):
    """Each passage is a span of its text within the bound; they follow one another and are part of it."""
    text = " ".join(f"Sentence number {n} tells of the long voyage." for n in range(40))
    memory = composed(form=segment.passages(tokens=60))
    memory.remember([text, "A short one."])

    pieces = memory.list(kinds="chunk")
    assert text == " ".join(piece.text for piece in pieces)
    assert all(text[one.evidence[0].start : one.evidence[0].end] == one.text for one in pieces)
    view = memory.store.view(memory.scope)
    ids = [piece.id for piece in pieces]
    assert len(pieces) - 1 == len(view.links(ids, rels=("next",)))
    assert len(pieces) == len(view.links(ids, rels=("part_of",), direction="out"))
