"""kNN-LM and what imitates it: off it is the base, deleted it is gone, imitated it needs no store."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.imitators import MemoryDecoder, MLPMemory, teacher
from remanence.attach.knn import Datastore, hidden, mix, perplexity
from remanence.attach.model import Llama, Shape
from remanence.attach.tiny import Language, tiny
from remanence.errors import InvalidInput


def _texts(many: int, seed: int, length: int = 24) -> list[list[int]]:
    """A small world with habits: each word is followed by one of two, so that past text tells what comes next."""
    chance = torch.Generator().manual_seed(1)
    follow = torch.randint(50, (50, 2), generator=chance)
    own = torch.Generator().manual_seed(seed)
    made = []
    for _ in range(many):
        ids = [int(torch.randint(50, (1,), generator=own))]
        while len(ids) < length:
            which = int(torch.rand(1, generator=own) < 0.2)
            ids.append(int(follow[ids[-1], which]))
        made.append(ids)
    return made


def _store(model: Llama, many: int = 30) -> tuple[Datastore, list[list[int]]]:
    store, texts = Datastore(model, (1, "ffn_in"), k=8), _texts(many, 2)
    for number, ids in enumerate(texts):
        store.add(ids, f"t{number}")
    return store, texts


def test_mixed_by_nothing_it_is_the_base_and_mixed_it_sums_to_one(random_llama: Llama) -> None:
    """lam 0 changes no bit; a closed gate changes no bit; else a distribution that fits better."""
    store, _ = _store(random_llama)
    ids = torch.tensor(_texts(4, 9))
    base = random_llama.forward(ids).logits.log_softmax(-1)

    off, gated, mixed = store.mixed(ids, lam=0.0), store.mixed(ids, lam=0.5, gate=-1.0), store.mixed(ids, lam=0.5)

    assert torch.equal(base, off)
    assert torch.equal(base, gated)
    assert torch.allclose(mixed.exp().sum(-1), torch.ones(4, 24), atol=1e-3)
    assert perplexity(mixed, ids) < 0.7 * perplexity(base, ids)


def test_mixing_by_hand() -> None:
    """0.75 * 0.2 + 0.25 * 0.6 = 0.3."""
    made = mix(torch.tensor([[0.2, 0.8]]).log(), torch.tensor([[0.6, 0.4]]), 0.25)

    assert torch.allclose(made.exp(), torch.tensor([[0.3, 0.7]]), atol=1e-6)


def test_deleting_rows_forgets_exactly_what_they_said(random_llama: Llama) -> None:
    """As if the text had never been added."""
    store, texts = _store(random_llama, 6)
    never = Datastore(random_llama, (1, "ffn_in"), k=8)
    for number, ids in enumerate(texts):
        if number != 2:
            never.add(ids, f"t{number}")

    gone = store.forget("t2")

    ids = torch.tensor(_texts(3, 9))
    assert 23 == gone
    assert torch.equal(never.mixed(ids, lam=0.5), store.mixed(ids, lam=0.5))
    assert "t2" not in store.ledger.sources()
    with pytest.raises(InvalidInput):
        store.add([1])


def test_facts_are_recalled_from_the_store_and_a_gate_keeps_old_ones(trained: Llama, language: Language) -> None:
    """New facts by lookup, old ones untouched where the gate rejects; without rows they are not known."""
    store = Datastore(trained, (2, "ffn_in"), k=1)
    chance = torch.Generator().manual_seed(5)
    values = torch.randint(language.values, (20,), generator=chance).tolist()
    for n, v in enumerate(values):
        store.add([*language.asked(0, 100 + n), language.value(v)], f"f{n}")
    asked = torch.tensor([language.asked(0, 100 + n) for n in range(20)])
    old = torch.tensor([language.asked(0, e) for e in range(50)])
    want = torch.tensor([language.value(v) for v in values])

    said = store.mixed(asked, lam=0.75, gate=1e-3)[:, -1].argmax(-1)
    kept = store.mixed(old, lam=0.75, gate=1e-3)[:, -1]
    for n in range(10):
        store.forget(f"f{n}")
    after = store.mixed(asked, lam=0.75, gate=1e-3)[:, -1].argmax(-1)

    assert bool((said == want).all())
    assert torch.equal(trained.forward(old).logits[:, -1].log_softmax(-1), kept)
    assert float((after[:10] == want[:10]).float().mean()) <= 0.2
    assert bool((after[10:] == want[10:]).all())


def test_a_memory_decoder_imitates_the_store_better_than_the_texts_alone_do(random_llama: Llama) -> None:
    """KL to the teacher below an equal student's; it helps two bases; no store is opened; others are refused."""
    store, texts = _store(random_llama)
    told = teacher(store, texts)
    small = Shape(50, 16, 1, 2, 1, 32)
    imitator, control = MemoryDecoder(Llama(small, seed=1)), MemoryDecoder(Llama(small, seed=1))
    imitator.learn(texts, told, alpha=1.0, steps=80)
    control.learn(texts, told, alpha=0.0, steps=80)
    opened, held = store.opened, torch.tensor(_texts(8, 9))
    wanted = store.says(_states(store, held))[0]

    def divergence(memory: MemoryDecoder) -> float:
        log = memory.student.forward(held).logits.log_softmax(-1).flatten(0, 1)
        return float(torch.nn.functional.kl_div(log, wanted, reduction="batchmean"))

    assert divergence(imitator) < divergence(control)
    opened = store.opened
    for seed in (3, 4):
        base = Llama(random_llama.shape, seed=seed).requires_grad_(False)
        plain = perplexity(base.forward(held).logits.log_softmax(-1), held)
        assert perplexity(imitator.mixed(base, held), held) < 0.8 * plain
    assert opened == store.opened
    with pytest.raises(InvalidInput, match="own tokenizer"):
        imitator.mixed(tiny(), held)


def _states(store: Datastore, ids: torch.Tensor) -> torch.Tensor:
    out = store.model.forward(ids, watch=[store.place])
    return out.seen[store.place].flatten(0, 1)


def test_an_mlp_memory_mixes_no_tokens_and_knows_when_it_is_stale(random_llama: Llama) -> None:
    """One state in, one distribution out; no store opened; what is added after training is flagged."""
    store, texts = _store(random_llama)
    memory = MLPMemory(store, hidden=32)
    memory.learn(texts, teacher(store, texts), steps=60)
    held, opened = torch.tensor(_texts(8, 9)), store.opened

    some, none = (perplexity(memory.mixed(held, lam=lam), held) for lam in (0.9, 0.0))
    fresh = memory.stale
    store.add([1, 2, 3, 4], "later")

    states = torch.randn(5, 32, generator=torch.Generator().manual_seed(0))
    assert some < none
    assert opened + 0 == store.opened
    assert (False, True) == (fresh, memory.stale)
    assert torch.allclose(memory(states)[3], memory(states[3:4])[0], atol=1e-6)


def test_a_tied_memory_begins_as_the_model_and_learns_what_the_store_says(random_llama: Llama) -> None:
    """Mixed by any share it changes nothing before it has learnt; afterwards it beats the model, in batches too."""
    store, texts = _store(random_llama)
    memory, held = MLPMemory(store, hidden=32, tied=True), torch.tensor(_texts(8, 9))
    plain = perplexity(memory.mixed(held, lam=0.0), held)
    assert abs(perplexity(memory.mixed(held, lam=0.9), held) / plain - 1) < 1e-3

    memory.learn(texts, teacher(store, texts), steps=60, batch=64)

    assert perplexity(memory.mixed(held, lam=0.9), held) < 0.95 * plain


def test_a_blend_of_four_tenths_beats_none_and_all_and_later_facts_are_not_recalled(
    trained: Llama, language: Language
) -> None:
    """Questions on old facts and on those of the store, in orders not seen; facts added later stay unknown."""
    chance = torch.Generator().manual_seed(5)
    values = torch.randint(language.values, (30,), generator=chance).tolist()
    new = [[*language.asked(0, 100 + n), language.value(v), 1] for n, v in enumerate(values)]
    facts = language.facts()
    old = [[*language.asked(0, e), language.value(int(facts[0, e])), 1] for e in range(40)]
    store = Datastore(trained, (2, "ffn_in"), k=4)
    taught, later = new[:20], new[20:]
    for ids in taught:
        store.add(ids)
    memory = MLPMemory(store, hidden=64)
    one_hot = [torch.nn.functional.one_hot(torch.tensor(ids[1:]), language.vocab).float() for ids in taught]
    memory.learn(taught, one_hot, steps=150)

    def cost(lam: float, asked: list[list[int]]) -> float:
        ids = torch.tensor(asked)
        picked = memory.mixed(ids, lam=lam)[:, 3].gather(-1, ids[:, 4:5])
        return float(torch.exp(-picked.mean()))

    mixed = taught + old[:20]
    for ids in later:
        store.add(ids)
    said = memory.mixed(torch.tensor(later), lam=0.9)[:, 3].argmax(-1)

    assert cost(0.4, mixed) < cost(0.0, mixed)
    assert cost(0.4, mixed) < cost(1.0, mixed)
    assert float((said == torch.tensor(later)[:, 4]).float().mean()) <= 0.2
    assert memory.stale


def test_the_teacher_leaves_the_very_token_out(random_llama: Llama) -> None:
    """With it the teacher would be the text itself; and only the store's own texts can be taught."""
    store, texts = _store(random_llama, 4)

    told = teacher(store, texts)
    with_self = store.says(_states(store, torch.tensor(texts[:1]))[:-1])[0]

    assert (23, 50) == tuple(told[0].shape)
    own = with_self[torch.arange(23), torch.tensor(texts[0][1:])].mean()
    without = told[0][torch.arange(23), torch.tensor(texts[0][1:])].mean()
    assert own > without
    with pytest.raises(InvalidInput, match="their order"):
        teacher(store, [*texts, texts[0]])


@pytest.mark.parametrize("seed", range(3))
def test_an_mlp_memory_follows_the_teacher_or_the_texts_as_it_is_told(random_llama: Llama, seed: int) -> None:
    """Alone, either fits what it was given better than the other does; with states that are not its own, neither."""
    store, texts = _store(random_llama)
    told = teacher(store, texts)
    p, targets = torch.cat(told), torch.tensor([t for ids in texts for t in ids[1:]])
    states = torch.cat([hidden(random_llama, torch.tensor([ids]), store.place)[0, :-1] for ids in texts])

    def misses(alpha: float) -> tuple[float, float, float]:
        memory = MLPMemory(store, hidden=32, seed=seed)
        memory.learn(texts, told, alpha=alpha, steps=80)
        with torch.no_grad():
            log, strange = memory(states), memory(states.flip(0))
        kl = torch.nn.functional.kl_div(log, p, reduction="batchmean")
        return float(kl), *(float(torch.nn.functional.nll_loss(x, targets)) for x in (log, strange))

    imitator, reader = misses(1.0), misses(0.0)

    assert imitator[0] < 0.98 * reader[0]
    assert reader[1] < 0.98 * imitator[1]
    assert reader[1] < 0.8 * reader[2]
