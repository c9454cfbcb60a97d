"""Temporal memory: sequences, surprise, relearning, and its index against a naive count."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from remanence.bio.encoders import CategoryEncoder
from remanence.bio.temporal import TemporalMemory
from remanence.errors import InvalidInput

SYMBOLS = "ABCDXYEFG"


@pytest.fixture
def columns() -> dict[str, NDArray[np.int64]]:
    """Forty random columns of 1,024 per symbol."""
    rng = np.random.default_rng(0)
    return {symbol: np.sort(rng.choice(1024, 40, replace=False)) for symbol in SYMBOLS}


def memory(**knobs: float) -> TemporalMemory:
    return TemporalMemory(columns=1024, cells=16, seed=1, **knobs)  # type: ignore[arg-type]


def replay(tm: TemporalMemory, columns: dict[str, NDArray[np.int64]], word: str, learn: bool = True) -> list[float]:
    tm.reset()
    return [tm.step(columns[symbol], learn=learn) for symbol in word]


def expects(tm: TemporalMemory, columns: dict[str, NDArray[np.int64]], word: str) -> set[str]:
    """Symbols of which most columns are predicted after the word."""
    replay(tm, columns, word, learn=False)
    predicted = tm.predicted_columns()
    return {symbol for symbol in SYMBOLS if np.isin(columns[symbol], predicted).mean() > 0.8}


def test_the_first_symbol_decides_how_a_shared_middle_ends(columns: dict[str, NDArray[np.int64]]) -> None:
    """ABCD and XBCY share BC: after training, ABC expects D alone and XBC expects Y alone."""
    tm = memory()

    for _ in range(20):
        replay(tm, columns, "ABCD")
        replay(tm, columns, "XBCY")

    assert {"D"} == expects(tm, columns, "ABC")
    assert {"Y"} == expects(tm, columns, "XBC")


def test_one_cell_per_column_cannot_keep_the_context(columns: dict[str, NDArray[np.int64]]) -> None:
    """The control: without cells for contexts, both endings are expected after either beginning."""
    tm = TemporalMemory(columns=1024, cells=1, seed=1)

    for _ in range(20):
        replay(tm, columns, "ABCD")
        replay(tm, columns, "XBCY")

    assert {"D", "Y"} == expects(tm, columns, "ABC")


def test_repeats_take_the_surprise_from_one_to_zero(columns: dict[str, NDArray[np.int64]]) -> None:
    """A sequence never seen bursts everywhere; learned by heart it surprises only at its first symbol."""
    tm = memory()

    first = replay(tm, columns, "ABCD")
    for _ in range(8):
        last = replay(tm, columns, "ABCD")

    assert [1.0, 1.0, 1.0, 1.0] == first
    assert [1.0, 0.0, 0.0, 0.0] == last


def test_without_learning_repeats_stay_surprising(columns: dict[str, NDArray[np.int64]]) -> None:
    """The control: with learning off, the tenth time surprises like the first."""
    tm = memory()

    for _ in range(10):
        seen = replay(tm, columns, "ABCD", learn=False)

    assert [1.0, 1.0, 1.0, 1.0] == seen
    assert 0 == tm.segment_count()


def test_a_swapped_sequence_is_learned_anew_without_a_reset(columns: dict[str, NDArray[np.int64]]) -> None:
    """In a running stream ABCD, XBCY turn into ABCY, XBCD: the last symbols surprise, and soon do so no more."""
    rng = np.random.default_rng(4)
    tm = memory()

    def surprise_at_the_end(words: list[str]) -> float:
        ends = []
        for word in words:
            ends.append([tm.step(columns[symbol]) for symbol in word][-1])
            tm.step(np.sort(rng.choice(1024, 40, replace=False)))  # noise between the sequences
        return float(np.mean(ends))

    learned = [surprise_at_the_end(["ABCD", "XBCY"]) for _ in range(20)][-1]
    swapped = surprise_at_the_end(["ABCY", "XBCD"])
    relearned = [surprise_at_the_end(["ABCY", "XBCD"]) for _ in range(20)]

    assert 0.0 == learned
    assert swapped > 0.9
    assert max(relearned[8:]) < 0.1


def test_merging_contexts_closes_a_loop_in_a_few_laps(columns: dict[str, NDArray[np.int64]]) -> None:
    """An endless ABCDE: with merge nothing surprises after five laps; without, some symbol still does."""
    merging, plain = memory(merge=True), memory()

    for _ in range(8):
        merged = [merging.step(columns[symbol]) for symbol in "ABCDE"]
        apart = [plain.step(columns[symbol]) for symbol in "ABCDE"]

    assert 0.0 == max(merged)
    assert 1.0 == max(apart)


def test_merging_contexts_costs_the_first_symbol(columns: dict[str, NDArray[np.int64]]) -> None:
    """The price of merging: trained on ABCD and XBCY, ABC expects D and Y alike; without merging D alone."""
    expected = {}
    for merge in (True, False):
        tm = memory(merge=merge)
        for _ in range(20):
            replay(tm, columns, "ABCD")
            replay(tm, columns, "XBCY")
        expected[merge] = expects(tm, columns, "ABC")

    assert {"D", "Y"} == expected[True]
    assert {"D"} == expected[False]


def test_both_continuations_are_expected_until_the_evidence_comes(columns: dict[str, NDArray[np.int64]]) -> None:
    """After A came B as often as X: both are predicted, and neither surprises."""
    tm = memory()

    for _ in range(10):
        replay(tm, columns, "AB")
        replay(tm, columns, "AX")

    assert {"B", "X"} == expects(tm, columns, "A")
    assert 0.0 == replay(tm, columns, "AB", learn=False)[1]


def test_losing_forty_percent_of_the_cells_leaves_it_able_to_learn(
    columns: dict[str, NDArray[np.int64]],
) -> None:
    """Killing segments at random hurts gently, and training heals it."""
    tm = memory()
    for _ in range(10):
        replay(tm, columns, "ABCD")
    state = tm.state()
    rng = np.random.default_rng(3)
    dead = rng.random(len(state["owner"])) < 0.4
    source = state["source"].astype(np.int32)
    source[dead] = np.where(source[dead] >= 0, -(source[dead] + 2), source[dead])
    owner = state["owner"].astype(np.int64)
    owner[dead] = -1
    tm.restore({**state, "source": source, "owner": owner, "spare": np.flatnonzero(dead)})

    hurt = replay(tm, columns, "ABCD", learn=False)
    for _ in range(10):
        healed = replay(tm, columns, "ABCD")

    assert 0.1 < np.mean(hurt[1:]) < 0.8
    assert [0.0, 0.0, 0.0] == healed[1:]


def test_the_index_finds_exactly_the_segments_that_a_full_count_finds() -> None:
    """Naive and fast form agree: active and matching segments equal a dense count over every synapse."""
    rng = np.random.default_rng(5)
    tm = TemporalMemory(columns=64, cells=4, activation=4, minimum=3, grow=8, synapses=10, punish=0.05, seed=2)
    patterns = [np.sort(rng.choice(64, 10, replace=False)) for _ in range(12)]

    for _ in range(250):
        tm.step(patterns[int(rng.integers(12))])
        held = tm.segments
        heard = np.isin(tm._source[:held], tm.active_cells) & (tm._source[:held] >= 0)
        strong = heard & (tm._permanence[:held] >= tm.connected)

        assert np.flatnonzero(heard.sum(axis=1) >= 3).tolist() == tm._matching_segments.tolist()
        assert np.flatnonzero(strong.sum(axis=1) >= 4).tolist() == tm._active_segments.tolist()
    assert tm._load.sum() == tm.segment_count()


def test_a_restored_memory_goes_on_exactly_as_the_original() -> None:
    """State, context and random draws survive: both copies give the same surprise for ever."""
    rng = np.random.default_rng(6)
    patterns = [np.sort(rng.choice(128, 12, replace=False)) for _ in range(20)]
    order = rng.integers(20, size=160).tolist()
    tm = TemporalMemory(columns=128, cells=4, activation=5, minimum=4, grow=10, synapses=16, seed=2)
    for i in order[:80]:
        tm.step(patterns[i])

    copy = TemporalMemory(columns=128, cells=4, activation=5, minimum=4, grow=10, synapses=16, seed=2)
    copy.restore({name: array.copy() for name, array in tm.state().items()})

    assert [tm.step(patterns[i]) for i in order[80:]] == [copy.step(patterns[i]) for i in order[80:]]
    assert (tm._source[: tm.segments] == copy._source[: copy.segments]).all()


def test_segments_stay_within_their_bound() -> None:
    """An endless stream of news replaces the segments that were silent the longest."""
    rng = np.random.default_rng(7)
    tm = TemporalMemory(columns=64, cells=4, activation=4, minimum=3, grow=8, synapses=8, max_segments=200)

    for _ in range(150):
        tm.step(np.sort(rng.choice(64, 8, replace=False)))

    assert tm.segment_count() <= 200
    assert len(tm._owner) <= 1024


def test_an_empty_input_surprises_nobody() -> None:
    """No active column: anomaly 0, and the stream goes on."""
    tm = TemporalMemory(columns=64, cells=2, activation=2, minimum=1, grow=4, synapses=4)

    assert 0.0 == tm.step(np.zeros(0, dtype=np.int64))
    assert 1.0 == tm.step(np.array([1, 2, 3]))


def test_sizes_that_cannot_work_are_refused() -> None:
    """The message names the sizes."""
    with pytest.raises(InvalidInput, match="minimum <= activation <= synapses"):
        TemporalMemory(activation=40, synapses=32)


def test_category_codes_drive_the_memory_like_columns() -> None:
    """Words encoded as bits can be fed straight in: the day of the week is predicted."""
    encoder = CategoryEncoder(size=512, active=20)
    tm = TemporalMemory(columns=512, cells=4, activation=10, minimum=8, grow=16, merge=True, seed=1)
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    for _ in range(12):
        seen = [tm.step(encoder.encode(day)) for day in week]

    assert max(seen) < 0.1
