"""TRIM-KV: the cache stays bounded, one beta for all is a window, room for all is full attention, gates can learn."""

from __future__ import annotations

import itertools

import pytest
import torch

from remanence.attach.model import ATTENTION, Llama, read
from remanence.attach.retention import Retention, crossing, fit
from remanence.attach.tiny import Language, batches
from remanence.errors import InvalidInput

IDS = torch.randint(50, (40,), generator=torch.Generator().manual_seed(0)).tolist()


def test_no_head_ever_keeps_more_than_its_room_and_the_buffer(random_llama: Llama) -> None:
    """M + buffer while a part is read, M between parts."""
    gate = Retention(random_llama)
    with torch.no_grad():
        gate.weight.normal_(generator=torch.Generator().manual_seed(1))

    _, state = gate.read(IDS, 10, buffer=4)

    assert state.kv is not None
    assert 10 == len(state.kv)
    assert state.largest <= 14


def test_with_room_for_all_it_is_full_attention(random_llama: Llama) -> None:
    """M >= L changes no logit; less room does."""
    gate = Retention(random_llama)
    full = read(random_llama, IDS).logits[0, -8:]

    roomy, _ = gate.read(IDS, 40, buffer=8)
    short, _ = gate.read(IDS, 10, buffer=8)

    assert torch.allclose(full, roomy.logits[0], atol=1e-5)
    assert not torch.allclose(full, short.logits[0], atol=1e-3)


def test_one_beta_for_all_is_a_sliding_window(random_llama: Llama) -> None:
    """The oldest goes first, for each head; with gates of their own tokens do not."""
    gate = Retention(random_llama)

    _, same = gate.read(IDS, 10, buffer=4)
    with torch.no_grad():
        gate.weight.normal_(generator=torch.Generator().manual_seed(1))
    _, own = gate.read(IDS, 10, buffer=4)

    assert same.born is not None
    assert own.born is not None
    assert bool((same.born == torch.arange(30, 40)).all())
    assert bool((own.born[0, 0] != torch.arange(30, 40)).any())


def test_a_slow_older_token_overtakes_a_fast_younger_one_when_the_formula_says() -> None:
    """0.9^a = 0.99^(a + 50) at a = 50 ln .99 / (ln .9 - ln .99), about 5.3 tokens."""
    age = crossing(0.99, 0.9, 50)

    assert abs(0.9**age - 0.99 ** (age + 50)) < 1e-12
    assert 5 < age < 6


def test_nothing_to_read_or_no_room_is_refused(random_llama: Llama) -> None:
    """A wrong size is told, not clipped."""
    with pytest.raises(InvalidInput):
        Retention(random_llama).read([], 4)
    with pytest.raises(InvalidInput):
        Retention(random_llama).read(IDS, 0)


def test_learned_gates_keep_facts_that_a_window_loses(trained: Llama, language: Language) -> None:
    """Facts first, fillers after, a question last: trained gates answer more than one beta for all."""
    gate = Retention(trained, bias=6.0)
    stream = itertools.islice(_with_fillers(language, seed=3), 60)

    told = fit(gate, list(stream), most=24, lr=0.1)

    learned, window = _recall(gate, language), _recall(Retention(trained), language)
    assert told[-1] < told[0]
    assert learned >= window + 0.2
    assert not trained.hooks


def _with_fillers(language: Language, seed: int):  # type: ignore[no-untyped-def]
    """Three facts, 32 fillers, then questions on them: [16, T] and what is scored."""
    chance = torch.Generator().manual_seed(seed)
    while True:
        rows, marks = [], []
        for _ in range(16):
            ids, scored = _story(language, chance)
            rows.append(ids)
            marks.append(scored)
        yield torch.tensor(rows), torch.tensor(marks)


def _story(language: Language, chance: torch.Generator) -> tuple[list[int], list[bool]]:
    chosen = (100 + torch.randperm(100, generator=chance)[:3]).tolist()
    values = torch.randint(language.values, (3,), generator=chance).tolist()
    ids = [t for e, v in zip(chosen, values, strict=True) for t in language.told(0, e, v)]
    ids += [1] * 32
    scored = [False] * len(ids)
    for entity, value in zip(chosen, values, strict=True):
        ids += [*language.asked(0, entity), language.value(value), 1]
        scored += [False] * 4 + [True, False]
    return ids, scored


def _recall(gate: Retention, language: Language) -> float:
    chance = torch.Generator().manual_seed(99)
    right = 0
    for _ in range(30):
        ids, _scored = _story(language, chance)
        upto = 12 + 32 + 4
        out, _ = gate.read(ids[:upto], 24, buffer=8)
        right += int(out.logits[0, -1].argmax()) == ids[upto]
    return right / 30


def test_batches_of_the_language_are_what_they_say(language: Language) -> None:
    """Every scored token follows from what stands before it or from the world."""
    ids, scored = next(batches(language, size=8, length=32, seed=1))

    assert (8, 32) == tuple(ids.shape) == tuple(scored.shape)
    assert 0 < int(scored.sum()) < 8 * 32


def test_crowding_by_hand(random_llama: Llama) -> None:
    """beta = .5, room for one: 1, 1.5 and 1.75 are expected; (0 / 1 + .5 / 2 + .75 / 3) / 3 = 1/6."""
    gate = Retention(random_llama)
    gate._gates = {0: torch.full((1, 1, 3), 0.5).log()}

    assert abs(float(gate.crowding(1)) - 1 / 6) < 1e-6


def test_gates_are_trained_to_the_room_that_there_is(trained: Llama, language: Language) -> None:
    """With the capacity loss fewer tokens are expected to be kept than without it."""
    stream = list(itertools.islice(_with_fillers(language, seed=3), 6))

    def crowded(weigh: float) -> float:
        gate = Retention(trained, bias=6.0)
        fit(gate, stream, most=8, lr=0.1, weigh=weigh)
        return float(gate.crowding(8).detach())

    assert crowded(5.0) < 0.9 * crowded(0.0)


@pytest.mark.parametrize("seed", range(3))
def test_attention_fades_with_age_while_gates_are_trained(random_llama: Llama, seed: int) -> None:
    """beta = .5 everywhere, by hand: a token of age a is looked at .5^a as much; detached it is as it was."""
    gate, place = Retention(random_llama, bias=0.0), (0, ATTENTION)
    ids = torch.randint(50, (1, 9), generator=torch.Generator().manual_seed(seed))
    plain = random_llama.forward(ids, watch=[place]).seen[place]

    laid = gate.soft()
    with torch.no_grad():
        faded = random_llama.forward(ids, watch=[place]).seen[place]
    for handle in laid:
        handle.detach()

    wanted = plain * 0.5 ** (torch.arange(9)[:, None] - torch.arange(9)).clamp_min(0)
    assert torch.allclose(wanted / wanted.sum(-1, keepdim=True), faded, atol=1e-6)
    assert torch.equal(plain, random_llama.forward(ids, watch=[place]).seen[place])
