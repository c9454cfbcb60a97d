"""CA3 memory: one-shot binding, forgetting by relearning, recall from any fragment, and its spiking form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.bio.ca3 import CA3
from remanence.bio.spiking import SpikingCA3
from remanence.errors import InvalidInput


def test_a_cue_brings_back_its_bits_after_one_showing() -> None:
    """Learn (3, {1, 4, 7}); recall 3 gives {1, 4, 7}."""
    memory = CA3(cues=8, bits=10)

    memory.learn(3, [1, 4, 7])

    assert {1, 4, 7} == memory.recall(3)
    assert set() == memory.recall(2)


def test_learning_a_cue_again_replaces_its_bits() -> None:
    """Relearn 3 with {2}: no union with the old bits, and the old bits no longer lead to 3."""
    memory = CA3(cues=8, bits=10)
    memory.learn(3, [1, 4, 7])

    memory.learn(3, [2])

    assert {2} == memory.recall(3)
    assert [] == memory.cues_of([4])


def test_more_bits_of_a_fragment_narrow_the_answer() -> None:
    """{4} fits every cue that holds 4; {1, 4} fits one."""
    memory = CA3(cues=8, bits=10)
    memory.learn(3, [1, 4, 7])
    memory.learn(5, [4, 8])

    assert {3: {1, 4, 7}, 5: {4, 8}} == memory.complete([4])
    assert {3: {1, 4, 7}} == memory.complete([1, 4])
    assert {} == memory.complete([1, 8])


@settings(max_examples=40)
@given(
    st.dictionaries(st.integers(0, 49), st.sets(st.integers(0, 29), min_size=1, max_size=12), min_size=1, max_size=50)
)
def test_shared_bits_corrupt_no_other_memory(contents: dict[int, set[int]]) -> None:
    """Whatever overlaps, recall by cue is exact, and fragments find what an inverted index finds."""
    memory = CA3(cues=50, bits=30)
    for cue, bits in contents.items():
        memory.learn(cue, bits)

    assert contents == {cue: memory.recall(cue) for cue in contents}
    for bits in contents.values():
        fragment = set(sorted(bits)[:2])
        indexed = [cue for cue in sorted(contents) if fragment <= contents[cue]]

        assert indexed == memory.cues_of(fragment)


def test_forgetting_a_cue_leaves_the_others() -> None:
    """Only the named entry goes."""
    memory = CA3(cues=4, bits=6)
    memory.learn(0, [1, 2])
    memory.learn(1, [2, 3])

    memory.forget(0)

    assert set() == memory.recall(0)
    assert [1] == memory.cues_of([2])


def test_a_faulty_fragment_finds_the_nearest_entry() -> None:
    """One wrong bit fits no entry exactly; `closest` still names the right one, and None where nothing shares."""
    memory = CA3(cues=4, bits=12)
    memory.learn(0, [1, 2, 3, 4])
    memory.learn(1, [5, 6, 7, 8])

    assert [] == memory.cues_of([1, 2, 3, 9])
    assert 0 == memory.closest([1, 2, 3, 9])
    assert memory.closest([10, 11]) is None


def test_numbers_out_of_range_and_empty_contents_are_refused() -> None:
    """The message names the range, and the way to drop an entry."""
    memory = CA3(cues=4, bits=4)

    with pytest.raises(InvalidInput, match="between 0 and 3"):
        memory.learn(4, [0])
    with pytest.raises(InvalidInput, match="between 0 and 3"):
        memory.learn(0, [7])
    with pytest.raises(InvalidInput, match="forget"):
        memory.learn(0, [])


def test_a_saved_memory_comes_back_whole(tmp_path: Path) -> None:
    """Save, load, recall."""
    memory = CA3(cues=8, bits=10)
    memory.learn(3, [1, 4, 7])
    memory.save(tmp_path / "ca3.npz")

    assert {1, 4, 7} == CA3.load(tmp_path / "ca3.npz").recall(3)


def test_spiking_cells_give_the_same_answers_within_seven_milliseconds() -> None:
    """Cue, relearning and fragments: what fires equals what the matrices say, in order along the path."""
    rng = np.random.default_rng(0)
    plain, spiking = CA3(cues=12, bits=20), SpikingCA3(cues=12, bits=20)
    for cue in [*range(12), 3, 7]:
        content = rng.choice(20, 5, replace=False).tolist()
        plain.learn(cue, content)
        spiking.learn(cue, content)

    for cue in range(12):
        fired = spiking.recall(cue)
        fragment = sorted(plain.recall(cue))[:3]
        cue_times, bit_times = spiking.complete(fragment)

        assert plain.recall(cue) == set(fired)
        assert plain.cues_of(fragment) == sorted(cue_times)
        assert set().union(*plain.complete(fragment).values()) == set(bit_times)
        assert max(cue_times.values()) < min(bit_times.values()) < 7.0
        assert 3.0 < min(fired.values()) <= max(fired.values()) < 6.0


def test_synapses_learn_by_the_timing_of_spikes() -> None:
    """Content within 2 ms after its cue is wired from cue to content; earlier or later content is not."""
    wired = {}
    for lag in (-2.0, 0.0, 1.0, 4.0):
        memory = SpikingCA3(cues=3, bits=6)
        memory.learn(1, [2, 4], lag_ms=lag)
        wired[lag] = (set(np.flatnonzero(memory.forward[1]).tolist()), bool(memory.backward.any()))

    assert ({2, 4}, True) == wired[0.0]
    assert ({2, 4}, False) == wired[1.0]
    assert (set(), True) == wired[-2.0]
    assert (set(), False) == wired[4.0]


def test_content_that_fires_too_early_unwires_what_was_learned() -> None:
    """The same pair told in the wrong order: the synapse from cue to content is lost again."""
    memory = SpikingCA3(cues=3, bits=6)
    memory.learn(1, [2, 4])
    memory.learn(1, [2, 4], lag_ms=-2.0)

    assert not memory.forward.any()
