"""How a context is laid out: both ends for the strongest, aspects for long texts, layers that fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remanence.compose.layers import layers
from remanence.compose.listing import listing
from remanence.compose.order import both_ends, reorder
from remanence.compose.structured import Aspect, Sentence, Structure, structure_of, structured
from remanence.recall import find
from remanence.types import Item


@pytest.mark.parametrize("length", range(12))
def test_the_strongest_stand_at_both_ends(length):
    """Ranks 1 to 5 become 1, 3, 5, 4, 2; the best two at the ends, and nothing is lost."""
    order = both_ends(range(1, length + 1))

    assert sorted(order) == list(range(1, length + 1))
    if length >= 2:
        assert (1, 2) == (order[0], order[-1])
    if length == 5:
        assert [1, 3, 5, 4, 2] == order
    if length == 1:
        assert [1] == order


@pytest.mark.parametrize("recipe", ["newest", "plain", "scm"])
def test_a_list_says_what_is_over(composed, recipe):
    """With until when and what holds instead, as far as the recipe knows it."""
    memory = composed(recipe)
    memory.remember([{"who": "Ada", "text": "I live in Rome.", "at": "2023-01-10"}])
    memory.remember([{"who": "Ada", "text": "I moved to Oslo.", "at": "2023-06-10"}])

    told = memory.context("Where does Ada live?", 500).text

    assert ("newest" == recipe) is ("Rome. (until 10 Jun 2023, now Oslo)" in told)


TEXTS = [f"The boat number {n} has {n} sails." for n in range(1, 7)]


def test_below_the_threshold_the_order_is_untouched(composed):
    """Three lines stay best first; six are reordered; what is told is what a list tells."""
    few, many = composed(compose=reorder(least=7)), composed(compose=reorder(least=4))
    plain = composed(compose=listing())
    for memory in (few, many, plain):
        memory.remember(TEXTS)
    cue = "boat sails number 3"
    ranked = [hit.text for hit in plain.context(cue).hits]

    assert ranked == [hit.text for hit in few.context(cue).hits]
    assert both_ends(ranked) == [hit.text for hit in many.context(cue).hits]


PASSAGE = (
    "The garden beans need water every evening. Garden tomatoes need water too. "
    "The opera tenor sings tonight. Tickets for the opera tenor are dear. "
    "Rust eats the old bicycle. The bicycle chain is full of rust."
)


@pytest.fixture
def laid(composed):
    memory = composed(recall=find.vectors(), compose=structured())
    memory.remember({"text": PASSAGE, "source": "p1"})
    ctx = memory._ctx()
    return memory, structure_of(memory.list(kinds="turn"), ctx), ctx


def test_every_sentence_stands_under_exactly_one_aspect(laid):
    """All six, once each, verbatim."""
    _, structure, _ = laid

    said = [one.text for aspect in structure.aspects for one in aspect.sentences]

    assert sorted(said) == sorted(part.strip() + "." for part in PASSAGE.split(".") if part.strip())
    assert 1 < len(structure.aspects) < 6


def test_each_aspect_points_at_a_span_of_the_text(laid):
    """The characters there are its name, or its first sentence."""
    memory, structure, _ = laid

    for aspect in structure.aspects:
        id, start, end = aspect.span
        assert memory.get(id).text[start:end].lower() in (aspect.name.lower(), aspect.sentences[0].text.lower())


@given(st.text("ab c", min_size=1, max_size=12), st.text("ab c", max_size=8), st.text("ABab", min_size=1, max_size=3))
def test_the_span_of_an_aspect_is_where_its_name_first_stands(said: str, before: str, name: str) -> None:
    """In whatever case of letters, counted from the beginning of the item; else all of its first sentence."""
    item = Item("turn", before + said + said, "i")
    cut = len(before), len(before) + len(said)
    halves = Sentence(item, *cut), Sentence(item, cut[1], len(item.text))
    place = said.lower().find(name.lower())

    found = Aspect(name, halves).span

    start = len(before) + place if place >= 0 else cut[0]
    assert ("i", start, start + len(name) if place >= 0 else cut[1]) == found


def test_expanding_one_aspect_tells_its_sentences_alone(laid):
    """The others are named with how many they have."""
    _, structure, _ = laid
    first = structure.aspects[0]

    lines = "\n".join(structure.outline(expand=first.name))

    assert all(one.text in lines for one in first.sentences)
    assert not any(one.text in lines for aspect in structure.aspects[1:] for one in aspect.sentences)


def test_merging_keeps_the_aspects_of_both(laid):
    """And no sentence twice."""
    memory, structure, ctx = laid
    memory.remember({"text": "The kettle whistles. The kettle is made of copper.", "source": "p2"})
    other = structure_of(memory.list(kinds="turn")[1:], memory._ctx())

    both = structure.merged(other).merged(structure)

    assert {a.name.lower() for a in (*structure.aspects, *other.aspects)} == {a.name.lower() for a in both.aspects}
    assert sum(len(a.sentences) for a in both.aspects) == sum(
        len(a.sentences) for a in (*structure.aspects, *other.aspects)
    )
    assert ctx.store.count()


@pytest.mark.parametrize("budget", [40, 80, 400])
def test_an_outline_fits_and_tells_the_nearest_aspect_first(laid, budget):
    """What does not fit is named."""
    memory, _, _ = laid

    told = memory.context("Who sings at the opera?", budget_tokens=budget)

    assert told.tokens <= budget
    if budget == 400:
        assert told.text.index("tenor sings") < told.text.index("bicycle")


def test_layers_tell_the_gist_first_and_the_last_turns_last(composed):
    """In a budget that holds all."""
    memory = composed(compose=layers(general=("note",), last=1))
    memory.remember([{"text": "All about boats.", "kind": "note"}, *TEXTS, "And then we ate."])

    told = memory.context("boat sails number 3", budget_tokens=600)

    assert "All about boats." == told.hits[0].text
    assert "And then we ate." == told.hits[-1].text


def test_an_outline_numbers_its_aspects_and_opens_the_one_that_is_asked_for():
    """By name in any case; the others stay one line each."""
    item = Item("turn", "Tea is hot. Tea is dear. Rain <falls>.", "i1", source="a/1")
    first, second, third = (Sentence(item, *span) for span in ((0, 11), (12, 24), (25, 38)))
    held = Structure("tea & rain", (Aspect("tea", (first, second)), Aspect("rain", (third,))))

    assert ["About: tea & rain", "1. tea (2)", "2. rain (1)"] == held.outline()
    assert [
        "About: tea & rain", "1. tea (2)", "   - Tea is hot. {a/1}", "   - Tea is dear. {a/1}", "2. rain (1)",
    ] == held.outline(expand="TEA")  # fmt: skip
