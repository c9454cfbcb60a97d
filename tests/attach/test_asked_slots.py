"""Facts in slots behind two gates: the subject was named, and this fact of it is asked for."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.asked_slots import GATE, AskedSlots, asides
from remanence.attach.bench_weights import worded
from remanence.attach.model import Llama, read
from remanence.attach.ngram_slots import Phrase, spellings
from remanence.attach.rome import Fact, second_moments
from remanence.attach.side import Example, distributions, share
from remanence.attach.stories import another, facts, paragraph
from remanence.attach.tiny import Language
from remanence.errors import InvalidInput

LAYER, MANY, LOW = 2, 20, 100


def _facts(language: Language) -> list[Fact]:
    """New facts of the first relation on entities that the weights say nothing about; the second is the aside."""
    values = torch.randint(language.values, (MANY,), generator=torch.Generator().manual_seed(5)).tolist()
    return [
        Fact(
            (Example(tuple(language.asked(0, LOW + n)), (language.value(v),), f"f{n}"),),
            (Example(tuple(language.asked(1, LOW + n)), ()),),
        )
        for n, v in enumerate(values)
    ]


def _names(language: Language) -> list[tuple[Phrase, ...]]:
    """The entity alone: what both questions about it say."""
    return [(tuple(language.asked(0, LOW + n)[-2:-1]),) for n in range(MANY)]


@pytest.fixture
def written(trained: Llama, language: Language) -> AskedSlots:
    texts = [language.asked(r, e) for r in (0, 1) for e in range(100)]
    memory = AskedSlots(trained, LAYER, second_moments(trained, (LAYER,), texts, GATE)[LAYER])
    memory.write(_facts(language), _names(language))
    return memory


def test_a_fact_is_answered_and_other_questions_about_its_subject_stay_bit_for_bit(
    trained: Llama, language: Language, written: AskedSlots
) -> None:
    """So does everybody else; the twin whose second gate always opens speaks in every question about the subject."""
    asked = [fact.wordings[0] for fact in _facts(language)]
    elsewhere = [language.asked(1, LOW + n) for n in range(MANY)]
    others = [language.asked(r, e) for r in (0, 1) for e in range(LOW)]
    before, plain = distributions(trained, elsewhere), distributions(trained, others)
    assert share(trained, asked) <= 0.2

    with written:
        told, after = share(trained, asked), distributions(trained, elsewhere)
        assert torch.equal(plain, distributions(trained, others))
    written.open_at = -1e9
    with written:
        ungated = distributions(trained, elsewhere)

    assert told >= 0.9
    assert torch.equal(before, after)
    assert (ungated.argmax(-1) != before.argmax(-1)).float().mean() > 0.5


def test_a_name_that_stands_too_far_before_opens_nothing(
    trained: Llama, language: Language, written: AskedSlots
) -> None:
    """The last token stands one behind the name: within a reach of one it is moved, of none it is not."""
    asked, place = torch.tensor([language.asked(0, LOW)]), (LAYER, "ffn_out")

    def last(reach: int) -> torch.Tensor:
        written.reach = reach
        with torch.no_grad(), written:
            return trained.forward(asked, watch=[place]).seen[place][0, -1]

    with torch.no_grad():
        plain = trained.forward(asked, watch=[place]).seen[place][0, -1]
    assert torch.equal(plain, last(0))
    assert not torch.equal(plain, last(1))


def test_what_is_forgotten_is_as_if_never_written(trained: Llama, language: Language, written: AskedSlots) -> None:
    """Five of twenty: the plain model's outputs again, the others' what they were; values and detectors are wiped."""
    prompts = [fact.wordings[0].prompt for fact in _facts(language)]
    plain, slot = distributions(trained, prompts), written.slots["f0"]
    with written:
        known = distributions(trained, prompts)

    assert 5 == written.forget([f"f{n}" for n in range(5)])
    with written:
        after = distributions(trained, prompts)

    assert torch.equal(plain[:5], after[:5])
    assert torch.equal(known[5:], after[5:])
    assert not slot.value.any()
    assert not slot.detector.any()
    assert [f"f{n}" for n in range(5, MANY)] == written.ledger.sources()


def test_a_slot_that_opened_names_its_item(trained: Llama, language: Language, written: AskedSlots) -> None:
    """What an answer can cite."""
    with written:
        read(trained, language.asked(0, LOW + 3))
        assert ["f3"] == written.opened


def test_two_slots_of_one_source_or_a_fact_without_asides_are_refused(
    trained: Llama, language: Language, written: AskedSlots
) -> None:
    """Without other questions there is nothing to tell the fact from."""
    fact, name = _facts(language)[0], _names(language)[0]
    with pytest.raises(InvalidInput, match="forget it first"):
        written.put([fact], [name], torch.zeros(1, trained.shape.width))
    written.forget(["f0"])
    with pytest.raises(InvalidInput, match="without asides"):
        written.put([Fact(fact.wordings)], [name], torch.zeros(1, trained.shape.width))
    with pytest.raises(InvalidInput, match="second moment"):
        AskedSlots(trained, LAYER, None).put([fact], [name], torch.zeros(1, trained.shape.width))


def test_on_a_real_model_other_questions_about_the_same_person_stay(smollm: Llama) -> None:
    """Six facts, answered also in wordings never written; with the second gate open they answer everything."""
    told = facts(6, 31)
    held = [smollm.encode(" ".join(text for text, _ in paragraph(facts(8, 60 + n), seed=n))) for n in range(2)]
    memory = AskedSlots(smollm, 22, second_moments(smollm, (22,), held, GATE)[22])
    wordings = [tuple(worded(smollm, fact, w) for w in (0, 1)) for fact in told]
    written = [Fact(own, asides(smollm, fact.who)) for own, fact in zip(wordings, told, strict=True)]
    asked = [own[0] for own in wordings]
    reworded = [worded(smollm, fact, w) for fact in told for w in (2, 3)]
    elsewhere = [worded(smollm, another(fact), w).prompt for fact in told for w in (0, 3)]

    with torch.no_grad():
        before = distributions(smollm, elsewhere).argmax(-1)
    memory.write(written, [spellings(smollm, fact.who) for fact in told], steps=20)
    with memory, torch.no_grad():
        known, also = share(smollm, asked), share(smollm, reworded)
        after = distributions(smollm, elsewhere).argmax(-1)
    memory.open_at = -1e9
    with memory, torch.no_grad():
        ungated = distributions(smollm, elsewhere).argmax(-1)

    assert known >= 0.95
    assert also >= 0.6
    assert (after == before).float().mean() >= 0.8
    assert (ungated == before).float().mean() <= 0.4
