"""MemGen: off it is the base; insertions stand at clause ends under the cap; masked latents give nothing."""

from __future__ import annotations

import torch

from remanence.attach.model import Llama, generate
from remanence.attach.tiny import ARROW, SEP, Language
from remanence.attach.weave import Weave, rendered

PROMPT = [3, 1, 4, 1, 5]


def _latents(model: Llama, many: int = 3) -> torch.Tensor:
    return torch.randn(many, model.shape.width, generator=torch.Generator().manual_seed(0)) * 0.02


def test_with_the_trigger_off_the_text_is_the_base_models(random_llama: Llama) -> None:
    """And with a weaver that has nothing to say, too."""
    plain = generate(random_llama, PROMPT, most=8)

    off = Weave(random_llama, lambda state: False, lambda ids: _latents(random_llama), delimiters=[1]).generate(
        PROMPT, most=8
    )
    silent = Weave(random_llama, lambda state: True, lambda ids: None, delimiters=[1]).generate(PROMPT, most=8)

    assert plain == off.ids == silent.ids
    assert [] == off.inserted == silent.inserted


def test_insertions_stand_at_the_start_or_after_delimiters_and_under_the_cap(random_llama: Llama) -> None:
    """Every token is a delimiter: at most two; none is: only the start. Each step scores a word, never a latent."""
    every = Weave(random_llama, lambda state: True, lambda ids: _latents(random_llama), delimiters=range(50), cap=2)
    never = Weave(random_llama, lambda state: True, lambda ids: _latents(random_llama), delimiters=[])

    many, once = every.generate(PROMPT, most=6), never.generate(PROMPT, most=6)

    assert [0, 1] == many.inserted
    assert [0] == once.inserted
    assert (6, 3) == (once.latents + 3, once.latents)
    assert (6, 50) == tuple(once.logits.shape)
    assert once.ids == once.logits.argmax(-1).tolist()


def test_masked_latents_give_nothing(random_llama: Llama) -> None:
    """Nobody may look at them: what comes is what comes where the last word merely stands later."""
    woven = Weave(random_llama, lambda state: True, lambda ids: _latents(random_llama), delimiters=[])
    masked = Weave(random_llama, lambda state: True, lambda ids: _latents(random_llama), delimiters=[], masked=True)
    later = random_llama.forward(torch.tensor([PROMPT]), positions=torch.tensor([0, 1, 2, 3, 7])).logits[0, -1]

    assert torch.allclose(later, masked.generate(PROMPT, most=1).logits[0], atol=1e-5)
    assert not torch.allclose(later, woven.generate(PROMPT, most=1).logits[0], atol=1e-3)


def test_a_fact_woven_in_at_a_question_is_answered_and_masked_it_is_not(trained: Llama, language: Language) -> None:
    """The weaver gives a fact's own embeddings when the text asks for its entity."""
    facts = [(0, 100 + n, 3 * n) for n in range(20)]
    told = {language.entity(e): language.told(r, e, v) for r, e, v in facts}

    def weaver(ids: list[int]) -> torch.Tensor | None:
        fact = next((told[t] for t in reversed(ids) if t in told), None)
        return None if fact is None else trained.embeddings()[torch.tensor(fact)]

    def recall(masked: bool, on: bool = True) -> float:
        weave = Weave(trained, lambda state: on, weaver, delimiters=[SEP], again=4, masked=masked)  # type: ignore[arg-type]
        return sum(weave.generate(language.asked(r, e), most=1).ids == [language.value(v)] for r, e, v in facts) / 20

    woven, masked, off = recall(False), recall(True), recall(False, on=False)

    assert woven >= masked + 0.5
    assert off <= 0.2
    assert ARROW not in told


def test_without_a_model_a_block_of_text_goes_in_at_clause_ends() -> None:
    """Under the cap; nothing recalled, nothing inserted."""
    assert "a, [memory: m] b. [memory: m] c." == rendered("a, b. c.", "m", cap=2)
    assert "a, b." == rendered("a, b.", "")


def test_masked_latents_stay_hidden_from_every_later_word(random_llama: Llama) -> None:
    """Four words on: each step is what a text without latents says at the later positions."""
    masked = Weave(random_llama, lambda state: True, lambda ids: _latents(random_llama), delimiters=[], masked=True)

    made = masked.generate(PROMPT, most=4)

    ids, places = [*PROMPT, *made.ids[:-1]], [0, 1, 2, 3, 7, 8, 9, 10]
    later = random_llama.forward(torch.tensor([ids]), positions=torch.tensor(places)).logits[0, -4:]
    assert torch.allclose(later, made.logits, atol=1e-5)
