"""Facts in rows addressed by their subject's n-gram: true where the name stands, the model bit for bit elsewhere."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.model import Llama, read
from remanence.attach.ngram_slots import NGramSlots, Phrase
from remanence.attach.rome import Fact
from remanence.attach.side import Example, distributions, share
from remanence.attach.tiny import Language
from remanence.errors import InvalidInput

LAYER, MANY, LOW = 2, 20, 100


def _facts(language: Language) -> list[Fact]:
    """New facts on entities that the weights say nothing about."""
    values = torch.randint(language.values, (MANY,), generator=torch.Generator().manual_seed(5)).tolist()
    return [
        Fact((Example(tuple(language.asked(0, LOW + n)), (language.value(v),), f"f{n}", 3),))
        for n, v in enumerate(values)
    ]


def _names(language: Language, words: int = 3) -> list[tuple[Phrase, ...]]:
    """Relation, entity and arrow: the last is the place of the subject; `words` cuts names from the left."""
    return [(tuple(language.asked(0, LOW + n)[-words:]),) for n in range(MANY)]


@pytest.fixture
def written(trained: Llama, language: Language) -> NGramSlots:
    memory = NGramSlots(trained, LAYER)
    memory.write(_facts(language), _names(language))
    return memory


def test_new_facts_are_answered_and_everybody_else_stays_bit_for_bit(
    trained: Llama, language: Language, written: NGramSlots
) -> None:
    """Others share the first and the last word of the name and open nothing, which no whitened key can promise."""
    asked = [fact.wordings[0] for fact in _facts(language)]
    others = [language.asked(r, e) for r, e in [(0, e) for e in range(LOW)] + [(1, LOW + n) for n in range(MANY)]]
    before = distributions(trained, others)
    assert share(trained, asked) <= 0.2

    with written:
        told, after = share(trained, asked), distributions(trained, others)

    assert told >= 0.9
    assert torch.equal(before, after)


def test_a_row_addressed_by_the_last_word_alone_speaks_for_everybody(
    trained: Llama, language: Language, written: NGramSlots
) -> None:
    """The twin: without the words before it the name is everyone's, and the slot moves them all."""
    memory = NGramSlots(trained, LAYER)
    memory.put(["f0"], [_names(language, words=1)[0]], written.values["f0"][None])
    others = [language.asked(0, e) for e in range(40)]
    before = distributions(trained, others)

    with memory:
        assert not torch.equal(before, distributions(trained, others))


def test_what_is_forgotten_is_gone_and_the_others_stay_bit_for_bit(trained: Llama, language: Language) -> None:
    """Five of twenty: their outputs are the plain model's, the others' what they were; the value's bytes are wiped."""
    memory, facts = NGramSlots(trained, LAYER), _facts(language)
    deltas = torch.randn(MANY, trained.shape.width, generator=torch.Generator().manual_seed(1))
    memory.put([f.source for f in facts], _names(language), deltas)
    prompts = [f.wordings[0].prompt for f in facts]
    plain, kept = distributions(trained, prompts), memory.values["f0"]
    with memory:
        known = distributions(trained, prompts)

    assert 5 == memory.forget([f"f{n}" for n in range(5)])
    with memory:
        after = distributions(trained, prompts)

    assert torch.equal(plain[:5], after[:5])
    assert torch.equal(known[5:], after[5:])
    assert not kept.any()
    assert [f"f{n}" for n in range(5, MANY)] == memory.ledger.sources()


def test_a_slot_that_opened_names_its_item(trained: Llama, language: Language, written: NGramSlots) -> None:
    """What an answer can cite."""
    with written:
        read(trained, language.asked(0, LOW + 3))
        assert ["f3"] == written.opened


def test_a_second_slot_for_one_name_is_refused(trained: Llama, language: Language, written: NGramSlots) -> None:
    """Two values would add up to neither fact."""
    with pytest.raises(InvalidInput, match="all its facts as one"):
        written.put(["again"], [_names(language)[0]], torch.zeros(1, trained.shape.width))
