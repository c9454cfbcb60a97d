"""Heads that copy: found by what they look at, needed for recall, named in citations; they decide conflicts."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.blocks import Source, from_ids
from remanence.attach.heads import Conflict, Copying, Masked, cited, copy_scores, leanings, ranked, sides
from remanence.attach.model import ATTENTION, Llama, read
from remanence.attach.tiny import Language, contexts, in_context
from remanence.errors import InvalidInput


def _cases(language: Language, many: int = 60) -> list[Copying]:
    made = []
    for number, told in enumerate(contexts(language, many, facts=6, seed=41, low=100)):
        relation, entity, value = told[number % 6]
        ids = [t for fact in told for t in language.told(*fact)] + language.asked(relation, entity)
        made.append(Copying(tuple(ids), (language.value(value),), (4 * (number % 6) + 2,)))
    return made


def test_masked_heads_are_silent_and_unmasked_ones_bit_identical(random_llama: Llama) -> None:
    """A mask changes the output, and comes off without a trace."""
    before = read(random_llama, [1, 2, 3]).logits

    with Masked(random_llama, [(0, 1), (1, 3)]):
        during = read(random_llama, [1, 2, 3]).logits

    assert not torch.equal(before, during)
    assert torch.equal(before, read(random_llama, [1, 2, 3]).logits)
    assert not random_llama.hooks


def test_silencing_copying_heads_destroys_recall_and_others_do_not(trained: Llama, language: Language) -> None:
    """Recall from the context .95 to under .1; as many heads of the last layer leave it."""
    scores = copy_scores(trained, _cases(language))
    copying = [head for head in ranked(scores) if scores[head] > 0.5]
    last = trained.shape.layers - 1
    others = [(last, h) for h in range(4) if (last, h) not in copying][: len(copying)]

    whole = in_context(trained, language, low=100)
    with Masked(trained, copying):
        without = in_context(trained, language, low=100)
    with Masked(trained, others):
        control = in_context(trained, language, low=100)

    assert bool(((scores >= 0) & (scores <= 1)).all())
    assert 1 <= len(copying) <= 6
    assert whole >= 0.95
    assert without < 0.1
    assert control >= 0.9


def test_their_attention_names_the_item_that_an_answer_comes_from(trained: Llama, language: Language) -> None:
    """For 60 contexts of six items; heads with the lowest score name it hardly more often than chance."""
    scores = copy_scores(trained, _cases(language))
    best, worst = ranked(scores)[:2], ranked(scores)[-2:]

    def share(heads: list[tuple[int, int]]) -> float:
        right = 0
        for number, told in enumerate(contexts(language, 60, facts=6, seed=43, low=100)):
            ids = [t for fact in told for t in language.told(*fact)]
            block = from_ids(trained, ids, sources=tuple(Source(f"i{n}", 1, 4 * n, 4 * n + 4) for n in range(6)))
            relation, entity, _ = told[number % 6]
            found = cited(trained, block, language.asked(relation, entity), heads)
            right += found is not None and found.id == f"i{number % 6}"
        return right / 60

    assert share(best) >= 0.9
    assert share(worst) <= 0.5
    with pytest.raises(InvalidInput):
        cited(trained, from_ids(trained, [1]), [2], [])


def test_cases_that_are_answered_wrongly_say_nothing(random_llama: Llama) -> None:
    """A head cannot be seen copying where nothing is copied."""
    with pytest.raises(InvalidInput, match="no head"):
        copy_scores(random_llama, [Copying((1, 2, 3), (49,), (0,)), Copying((4, 5), (48,), (1,))])


def test_the_answer_to_a_conflict_moves_with_the_heads_that_push_it(trained: Llama, language: Language) -> None:
    """Without context heads answers come from the weights; without a memory head, torn answers go to the context."""
    facts = language.facts()
    made = []
    for number, told in enumerate(contexts(language, 60, facts=4, seed=47)):
        known = [(r, e % 100, v) for r, e, v in told]
        relation, entity, value = known[number % 4]
        if int(facts[relation, entity]) == value:
            continue
        ids = [t for fact in known for t in language.told(*fact)] + language.asked(relation, entity)
        made.append(Conflict(tuple(ids), language.value(value), language.value(int(facts[relation, entity]))))
    lean = leanings(trained, made)
    lean[0] = float("-inf")  # the first layer only looks back; without it nothing is answered
    context_heads = ranked(lean)[:2]

    plain = sides(trained, made)
    with Masked(trained, context_heads):
        to_memory = sides(trained, made)
    with Masked(trained, context_heads[:1]):
        torn = sides(trained, made)
        memory_head = ranked(-leanings(trained, made))[0]
        with Masked(trained, [memory_head]):
            to_context = sides(trained, made)

    assert to_memory.context < 0.1 < 0.9 < plain.context
    assert to_memory.memory > plain.memory + 0.2
    assert to_context.memory < torn.memory - 0.05
    assert to_context.context >= torn.context
    assert sides(trained, made) == plain


@pytest.mark.parametrize("seed", range(3))
def test_a_long_answer_counts_a_share_a_token_and_a_wrong_one_nothing(
    trained: Llama, language: Language, seed: int
) -> None:
    """Strings that repeat, three tokens on: by a loop over tokens and heads; a case with another answer is left out."""
    chance = torch.Generator().manual_seed(seed)
    cases = []
    for _ in range(12):
        string = (8 + torch.randperm(language.vocab - 8, generator=chance)[:9]).tolist()
        cases.append(Copying((*string, *string[:4]), tuple(string[4:7]), (4, 5, 6)))
    wrong = Copying(cases[0].ids, (cases[0].ids[0], *cases[0].answer[1:]), (4, 5, 6))

    hits, counted = torch.zeros(3, 4), 0
    for case in cases:
        out = trained.forward(
            torch.tensor([[*case.ids, *case.answer[:-1]]]), watch=[(n, ATTENTION) for n in range(3)], keep=3
        )
        if out.logits[0].argmax(-1).tolist() == list(case.answer):
            counted += 1
            for layer in range(3):
                for head in range(4):
                    rows = out.seen[layer, ATTENTION][0, head, -3:].argmax(-1).tolist()
                    hits[layer, head] += sum(row == place for row, place in zip(rows, case.places, strict=True)) / 3

    assert counted >= 4
    assert torch.allclose(hits / counted, copy_scores(trained, [*cases, wrong]))


@pytest.mark.parametrize(("layer", "head"), [(0, 1), (1, 3), (1, 0)])
def test_a_mask_silences_its_head_and_no_other(random_llama: Llama, layer: int, head: int) -> None:
    """Before the output projection: nought for that head, or half of it; the others bit for bit."""
    place, ids = (layer, "heads"), torch.tensor([[1, 2, 3]])
    plain = random_llama.forward(ids, watch=[place]).seen[place]

    with Masked(random_llama, [(layer, head)]):
        silent = random_llama.forward(ids, watch=[place]).seen[place]
    with Masked(random_llama, [(layer, head)], scale=0.5):
        half = random_llama.forward(ids, watch=[place]).seen[place]

    others = [n for n in range(4) if n != head]
    assert not silent[:, :, head].any()
    assert torch.equal(plain[:, :, head] / 2, half[:, :, head])
    assert torch.equal(plain[:, :, others], silent[:, :, others])


@pytest.mark.parametrize("seed", range(3))
def test_a_head_cites_what_it_looks_at_itself(random_llama: Llama, seed: int) -> None:
    """For each head alone: the item of six with most of its attention."""
    chance = torch.Generator().manual_seed(seed)
    ids, asked = (torch.randint(50, (n,), generator=chance).tolist() for n in (24, 5))
    block = from_ids(random_llama, ids, sources=tuple(Source(f"i{n}", 1, 4 * n, 4 * n + 4) for n in range(6)))
    places = [(layer, ATTENTION) for layer in range(2)]
    seen = random_llama.forward(torch.tensor([ids + asked]), watch=places).seen

    for layer, place in enumerate(places):
        for head in range(4):
            looked = seen[place][0, head, -1, :24].view(6, 4).sum(1)
            found = cited(random_llama, block, asked, [(layer, head)])
            assert found is not None
            assert f"i{int(looked.argmax())}" == found.id
