"""Facts written into weights: true after, quiet elsewhere, and gone by the ledger as if never written."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.gated import GatedSlots
from remanence.attach.model import Llama, read
from remanence.attach.ngram_slots import NGramSlots
from remanence.attach.rome import ClosedForm, Fact, keys_of, second_moment, second_moments, spread, values_of
from remanence.attach.side import Example, distributions, share
from remanence.attach.tiny import Language, contexts

LAYER = 2


def _facts(language: Language, many: int, low: int = 100) -> list[Fact]:
    """New facts on entities that the weights say nothing about; written in the first wording only."""
    chance = torch.Generator().manual_seed(5)
    values = torch.randint(language.values, (many,), generator=chance).tolist()
    return [
        Fact((Example(tuple(language.asked(0, low + n)), (language.value(v),), f"f{n}", 3),))
        for n, v in enumerate(values)
    ]


def _moment(trained: Llama, language: Language) -> torch.Tensor:
    texts = [language.asked(r, e) for r in (0, 1) for e in range(100)]
    texts += [
        [t for f in told for t in language.told(*f)] + language.asked(*told[0][:2]) for told in contexts(language, 60)
    ]
    return second_moment(trained, LAYER, texts)


def _made(kind: type, trained: Llama, moment: torch.Tensor) -> ClosedForm | GatedSlots:
    return (
        GatedSlots(trained, LAYER, moment, open_at=0.75) if kind is GatedSlots else ClosedForm(trained, LAYER, moment)
    )


def _old(language: Language) -> list[Example]:
    facts = language.facts()
    return [Example(tuple(language.asked(0, e)), (language.value(int(facts[0, e])),)) for e in range(100)]


def test_a_closed_form_write_moves_the_output_at_its_key_to_its_value(random_llama: Llama) -> None:
    """W'k = v to 1e-4; with C it moves other keys less than with the identity, which is the point of C."""
    texts = [torch.randint(50, (30,), generator=torch.Generator().manual_seed(s)).tolist() for s in range(20)]
    moment = second_moment(random_llama, 0, texts)
    examples = [Example(tuple(texts[0][:6]), (1,), "a", 5)]
    key = keys_of(random_llama, 0, examples)
    delta = torch.randn(1, 32, generator=torch.Generator().manual_seed(1))

    def drift(metric: torch.Tensor) -> float:
        memory = ClosedForm(random_llama, 0, metric, lam=1e-6)
        memory.put(key, delta, ["a"])
        moved = memory.get_buffer("delta").double()
        assert torch.allclose(moved @ key[0], delta[0].double(), atol=1e-3)
        return float(((moved @ moment) * moved).sum())

    assert drift(moment) < 0.5 * drift(torch.eye(48, dtype=torch.float64))


@pytest.mark.parametrize("kind", [ClosedForm, GatedSlots])
def test_new_facts_are_answered_and_old_ones_stay(trained: Llama, language: Language, kind: type) -> None:
    """Twenty facts on tiny weights: efficacy .9, old facts .95; detached bit for bit the model."""
    facts = _facts(language, 20)
    examples, old = [f.wordings[0] for f in facts], _old(language)
    before = read(trained, language.asked(0, 5)).logits

    memory = _made(kind, trained, _moment(trained, language))
    assert share(trained, examples) <= 0.2
    memory.write(facts)
    with memory:
        new, kept = share(trained, examples), share(trained, old)

    assert new >= 0.9
    assert kept >= 0.95
    assert torch.equal(before, read(trained, language.asked(0, 5)).logits)


def test_where_no_slot_opens_the_output_is_bit_identical(trained: Llama, language: Language) -> None:
    """Locality by construction; without the gate the closed form moves a little everywhere."""
    facts, moment = _facts(language, 20), _moment(trained, language)
    asked = [language.asked(0, e) for e in range(40)]
    before = distributions(trained, asked)
    gated, closed = GatedSlots(trained, LAYER, moment, open_at=0.75), ClosedForm(trained, LAYER, moment)
    gated.write(facts)
    closed.write(facts)

    with gated:
        behind_gate = distributions(trained, asked)
        quiet = not gated.opened
    with closed:
        ungated = distributions(trained, asked)

    assert quiet
    assert torch.equal(before, behind_gate)
    assert not torch.equal(before, ungated)


@pytest.mark.parametrize("kind", [ClosedForm, GatedSlots])
def test_forgetting_by_the_ledger_is_as_if_never_written(trained: Llama, language: Language, kind: type) -> None:
    """Five of twenty: those are not answered any more, the others are, and no membership probe can tell."""
    facts, moment = _facts(language, 20), _moment(trained, language)
    gone = [f"f{n}" for n in range(5)]
    memory, never = _made(kind, trained, moment), _made(kind, trained, moment)
    memory.write(facts)
    never.write(facts[5:])

    dropped = memory.forget(gone)
    with memory:
        forgotten = share(trained, [f.wordings[0] for f in facts[:5]])
        kept = share(trained, [f.wordings[0] for f in facts[5:]])
        after = distributions(trained, [f.wordings[0].prompt for f in facts])
    with never:
        without = distributions(trained, [f.wordings[0].prompt for f in facts])

    assert 5 == dropped
    assert forgotten <= 0.2
    assert kept >= 0.9
    assert not set(gone) & set(memory.ledger.sources())
    assert torch.allclose(after, without, atol=1e-2)


def test_a_slot_that_opened_names_its_item(trained: Llama, language: Language) -> None:
    """What an answer can cite."""
    memory = GatedSlots(trained, LAYER, _moment(trained, language), open_at=0.75)
    memory.write(_facts(language, 6))

    with memory:
        read(trained, language.asked(0, 103))

    assert ["f3"] == memory.opened


def test_a_write_spread_over_layers_moves_the_stream_by_its_value(trained: Llama, language: Language) -> None:
    """MEMIT over two layers: behind the last the stream at the subject stands where the value wants it; each half
    alone does not bring it there."""
    facts = _facts(language, 6)
    texts = [language.asked(0, e) for e in range(60)]
    moments = second_moments(trained, (1, 2), texts)
    delta = torch.randn(6, trained.shape.width, generator=torch.Generator().manual_seed(1))
    examples = [fact.wordings[0] for fact in facts]
    plain = keys_of(trained, 2, examples, "resid")

    first, last = spread(trained, (1, 2), moments, facts, delta, lam=1e-4)

    def missing(*memories: ClosedForm) -> float:
        for memory in memories:
            memory.attach()
        moved = keys_of(trained, 2, examples, "resid") - plain
        for memory in memories:
            memory.detach()
        return float((moved - delta).norm() / delta.norm())

    assert missing(first, last) < 0.05
    assert missing(first) > 0.3
    assert missing(last) > 0.3


def test_a_value_that_minds_asides_moves_them_less(trained: Llama, language: Language) -> None:
    """What is asked about the same entity elsewhere drifts less than half as far as with the term switched off."""
    facts = [
        Fact(fact.wordings, (Example(tuple(language.asked(1, 100 + n)), (), "aside", 3),))
        for n, fact in enumerate(_facts(language, 6))
    ]
    asides = [fact.asides[0].prompt for fact in facts]
    before = distributions(trained, asides)

    def drift(stay: float) -> float:
        _, delta = values_of(trained, LAYER, facts, stay=stay)
        memory = NGramSlots(trained, LAYER)
        memory.put([fact.source for fact in facts], [(prompt[-3:],) for prompt in asides], delta)
        with memory:
            return float((before.exp() * (before - distributions(trained, asides))).sum())

    assert 0 < drift(10.0) < 0.5 * drift(0.0)
