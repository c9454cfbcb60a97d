"""Eviction: every policy keeps what it says, and knowing what was stated saves recall that chance loses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from remanence.attach.blocks import Block, from_ids
from remanence.attach.evict import BLIND, SINKS, attended, question_aware, statements
from remanence.attach.model import Llama, read
from remanence.attach.stories import ATTRIBUTES, facts, paragraph
from remanence.attach.tiny import Language, contexts
from remanence.errors import InvalidInput

IDS = torch.randint(50, (60,), generator=torch.Generator().manual_seed(0)).tolist()


@pytest.mark.parametrize("name", BLIND)
def test_a_policy_keeps_its_share_in_order_and_all_of_it_changes_nothing(random_llama: Llama, name: str) -> None:
    """A quarter is a quarter; the first tokens stay but under the two controls."""
    block = from_ids(random_llama, IDS)

    quarter, whole = BLIND[name](random_llama, block, 0.5), BLIND[name](random_llama, block, 1.0)

    assert 30 == len(quarter)
    assert 60 == quarter.kv.end
    assert sorted(quarter.kept) == list(quarter.kept)
    assert (name in ("recent", "random")) or quarter.kept[:SINKS] == tuple(range(SINKS))
    assert torch.equal(read(random_llama, [1, 2], block.kv).logits, read(random_llama, [1, 2], whole.kv).logits)


def test_attention_received_sums_to_the_attention_given(random_llama: Llama) -> None:
    """Every token gives one in all, shared over the heads of a key head."""
    block = from_ids(random_llama, IDS)

    own, last, asked = (attended(random_llama, block, *more) for more in ((), ((), 16), (IDS[:5],)))

    assert (2, 2, 60) == tuple(own.shape)
    assert torch.allclose(own.sum(-1), torch.full((2, 2), 60.0), atol=1e-3)
    assert torch.allclose(last.sum(-1), torch.full((2, 2), 16.0), atol=1e-3)
    assert bool((asked.sum(-1) < 5).all())


def test_a_block_that_lost_tokens_is_not_thinned_again(random_llama: Llama) -> None:
    """Scores would speak of tokens that are gone."""
    block = BLIND["h2o"](random_llama, from_ids(random_llama, IDS), 0.5)

    with pytest.raises(InvalidInput, match="from the whole"):
        BLIND["h2o"](random_llama, block, 0.5)
    with pytest.raises(InvalidInput, match="share"):
        BLIND["sinks"](random_llama, from_ids(random_llama, IDS), 1.5)


def _inside(model: Llama, share: float, spans: list[tuple[int, int]], give: float) -> list[int]:
    """How many tokens of each span stay."""
    kept = set(statements(model, from_ids(model, IDS), share, spans, give=give).kept)
    assert round(share * len(IDS)) == len(kept)
    return sorted(len(kept & set(range(*span))) for span in spans)


def test_a_span_loses_a_little_before_any_span_goes(random_llama: Llama) -> None:
    """Twenty tokens of room for 24: each of three spans keeps most of itself; where none may give, one goes."""
    spans = [(10, 18), (30, 38), (50, 58)]

    assert 6 <= _inside(random_llama, 0.4, spans, 0.25)[0]
    assert [8, 8] == _inside(random_llama, 0.4, spans, 0.0)[1:]
    assert 4 >= _inside(random_llama, 0.4, spans, 0.0)[0]


def test_far_too_little_room_keeps_the_spans_that_draw_most_attention(random_llama: Llama) -> None:
    """Eight tokens of room for three spans that may each lose a quarter: one stays, none in halves."""
    inside = _inside(random_llama, 0.2, [(10, 18), (30, 38), (50, 58)], 0.25)

    assert [0, 0, 8] == inside


def _story(language: Language, told: list[tuple[int, int, int]]) -> tuple[list[int], list[tuple[int, int]]]:
    """Facts of four tokens, eight fillers after each, and the spans of the facts."""
    ids, spans = [1] * 4, []
    for fact in told:
        spans.append((len(ids), len(ids) + 4))
        ids += language.told(*fact) + [1] * 8
    return ids, spans


def _recall(
    trained: Llama, language: Language, keep: Callable[[Block, list[tuple[int, int]], list[int]], Block]
) -> float:
    right = 0
    for told in contexts(language, 30, facts=4, seed=31, low=100):
        ids, spans = _story(language, told)
        relation, entity, value = told[1]
        asked = language.asked(relation, entity)
        kept = keep(from_ids(trained, ids), spans, asked)
        right += int(read(trained, asked, kept.kv).logits[0, -1].argmax()) == language.value(value)
    return right / 30


def test_knowing_what_was_stated_keeps_recall_that_chance_loses(trained: Llama, language: Language) -> None:
    """At 40 % of the tokens: spans without the question as good as the question; lots and recency are not."""
    full = _recall(trained, language, lambda block, spans, asked: block)
    known = _recall(trained, language, lambda block, spans, asked: statements(trained, block, 0.4, spans))
    asked_for = _recall(trained, language, lambda block, spans, asked: question_aware(trained, block, 0.4, asked))
    lots = _recall(trained, language, lambda block, spans, asked: BLIND["random"](trained, block, 0.4))

    assert full >= 0.9
    assert known >= 0.95 * full
    assert asked_for >= lots + 0.2
    assert known >= lots + 0.2


def test_invented_facts_are_each_persons_own_and_asked_in_four_ways() -> None:
    """Names are unique, the sentence ends in the value, and small talk states nothing about them."""
    told = facts(50, seed=3)

    told_text = paragraph(told, talk=2)

    assert 50 == len({fact.who for fact in told})
    assert 150 == len(told_text)
    assert all(fact.text.endswith(f" {fact.value}.") for fact in told)
    assert all(4 == len({fact.prompt(n) for n in range(4)}) for fact in told)
    assert 5 == len(ATTRIBUTES)
    assert not any(fact.who in text for fact in told for text, states in told_text if not states)
