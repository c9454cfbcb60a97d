"""From what was found to what belongs to it."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest

from remanence.recall import expand, find, score
from remanence.types import Change, Cue, Evidence, Item, Link

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def turns(space, texts, **fields):
    return space(*({"text": text, "session": "s", **fields} for text in texts))


def coherent():
    """A long talk that stays on each topic for a while."""
    topics = (
        "The garden fence needs new cedar boards|The cedar boards for the fence are dear|Fence boards and nails came",
        "The kitten had a vaccination|The vet gave the kitten a vaccination|Our kitten sleeps after the vet",
        "The jazz concert is on Friday|Concert tickets for jazz cost forty|Jazz concert, third row tickets",
        "Bake the sourdough bread slowly|Sourdough bread needs a hot oven|That bread from the oven smells good",
        "The train to Oslo was late|Oslo trains are late in snow|Snow stopped the train again",
        "Her exam in chemistry is in June|Chemistry exam papers are hard|She passed the chemistry exam",
    )
    return [turn for topic in topics for turn in topic.split("|")]


def test_coherence_tells_a_talk_from_a_heap(space):
    """The same turns, shuffled, are strangers to each other."""
    texts = coherent()
    heap = texts[:]
    random.Random(4).shuffle(heap)
    cue = Cue("anything", NOW)

    assert score.coherence(cue, turns(space, texts).ctx()) > 0.8
    assert score.coherence(cue, turns(space, heap).ctx()) < 0.2


def test_neighbours_lend_their_score_where_talk_is_coherent(space):
    """A turn without a word of the cue rises because the turns round it speak of it."""
    memory = turns(space, coherent())
    plain = find.words()
    widened = plain >> expand.neighbours(share=0.5)

    alone = memory.told(plain, "kitten")
    together = memory.told(widened, "kitten")

    assert 3 == len(alone)
    assert set(alone) < set(together)


def test_strangers_lend_nothing(space):
    """In a heap of unrelated texts the stage changes no score and lets nothing in."""
    heap = coherent()
    random.Random(4).shuffle(heap)
    memory = turns(space, heap)
    before = memory.run(find.words(), "kitten vaccination")
    after = memory.run(find.words() >> expand.neighbours(share=0.05), "kitten vaccination")

    assert before.rows.tolist() == after.rows.tolist()[: len(before)]


def test_neighbours_of_another_session_are_not_let_in(space):
    """The talk before it in the file is not the talk before it in life."""
    texts = coherent()
    memory = space(*({"text": text, "session": f"s{n}"} for n, text in enumerate(texts)))

    assert memory.told(find.words(), "kitten") == memory.told(find.words() >> expand.neighbours(), "kitten")


def linked(space, *pairs, kind="turn"):
    """Turns a, b, c ... with `related` links between the pairs."""
    memory = space("alpha apples", "bravo bananas", "charlie cherries", "delta dates")
    ids = {item.text[0]: item.id for item in memory.memory.list()}
    change = Change(links=tuple(Link(ids[a], "related", ids[b]) for a, b in pairs), reason="test")
    memory.memory.store.apply(change, scope=memory.memory.scope)
    return memory


def test_activation_reaches_what_is_linked_to_a_hit(space):
    """From alpha over bravo to charlie; delta has no link."""
    memory = linked(space, "ab", "bc")
    hits = memory.run(find.words() >> expand.spread(rounds=3), "alpha apples")
    told = [hit.text for hit in hits]

    assert ["alpha apples", "bravo bananas", "charlie cherries"] == told
    assert ["spread"] == hits[1].why["path"]


def test_without_links_spreading_changes_nothing(space):
    """The hits come back as they were."""
    memory = linked(space)

    assert memory.told(find.words(), "alpha") == memory.told(find.words() >> expand.spread(), "alpha")


def test_one_link_carries_a_share_of_the_score(space):
    """`linked` goes one step, not two."""
    memory = linked(space, "ab", "bc")
    hits = memory.run(find.words() >> expand.linked(share=0.5), "alpha apples")

    assert ["alpha apples", "bravo bananas"] == [hit.text for hit in hits]
    assert pytest.approx(hits.scores[0] / 2) == hits.scores[1]


def put(memory, *items, links=()):
    memory.memory.store.apply(
        Change(puts=items, links=tuple(links), reason="test"),
        scope=memory.memory.scope,
        embed=memory.ctx().embed,
    )


def test_a_fact_gives_its_score_to_the_turn_it_came_from(space):
    """The turn says "there" and would not be found; the fact says where."""
    memory = space("I moved there last year.", "The weather was fine.")
    turn = memory.memory.list()[0]
    put(memory, Item("fact", "Ada lives in Lisbon", "fact-1", evidence=(Evidence(turn.id, 0, 24),)))
    hits = memory.run(find.words() >> expand.sources(), "Lisbon")

    assert ["I moved there last year."] == [hit.text for hit in hits]
    assert ["from fact fact-1"] == hits[0].why["path"]
    assert ["Ada lives in Lisbon"] == memory.told(find.words(), "Lisbon")


def test_a_derived_hit_goes_with_the_source_that_is_forgotten(space):
    """What rests on a message follows it, and comes back with it."""
    memory = space("I moved there last year.", "The weather was fine.")
    turn = memory.memory.list()[0]
    put(memory, Item("fact", "Ada lives in Lisbon", "fact-1", evidence=(Evidence(turn.id, 0, 24),)))
    memory.memory.forget(turn.id)
    hidden = memory.told(find.words() >> expand.sources(), "Lisbon")
    memory.memory.restore(turn.id)

    assert [] == hidden
    assert ["Ada lives in Lisbon"] == memory.told(find.words(), "Lisbon")


def test_pagerank_finds_the_passage_that_shares_no_word_with_the_cue(space):
    """Ada - Lisbon in one passage, Lisbon - Tagus in another: asking for Ada reaches the river."""
    memory = space("Ada moved to Lisbon.", "Lisbon lies on the Tagus.", "Bread needs yeast.")
    one, two, _ = (item.id for item in memory.memory.list())
    put(
        memory,
        Item("entity", "Ada", "e-ada"),
        Item("entity", "Lisbon", "e-lisbon"),
        links=[Link(one, "mentions", "e-ada"), Link(one, "mentions", "e-lisbon"), Link(two, "mentions", "e-lisbon")],
    )
    told = memory.told(find.words() >> expand.pagerank(rels=("mentions",)), "Ada")

    assert ["Ada moved to Lisbon.", "Lisbon lies on the Tagus."] == told


def test_without_an_entity_among_the_hits_pagerank_is_dense_retrieval(talk):
    """The fall-back gives exactly what came in."""
    before = talk.run(find.vectors(), "cedar boards")
    after = talk.run(find.vectors() >> expand.pagerank(), "cedar boards")

    assert before.rows.tolist() == after.rows.tolist()
    assert before.scores.tolist() == after.scores.tolist()


def test_siblings_share_a_whole(space):
    """Two parts of one episode call each other up."""
    memory = space("alpha apples", "bravo bananas", "charlie cherries")
    one, two, _ = (item.id for item in memory.memory.list())
    put(memory, Item("episode", "fruit", "whole"), links=[Link(one, "part_of", "whole"), Link(two, "part_of", "whole")])

    assert ["alpha apples", "bravo bananas"] == memory.told(find.words() >> expand.siblings(), "alpha")


def test_links_do_not_lead_out_of_the_filter(space):
    """A linked turn outside the asked time is not told."""
    memory = space({"text": "alpha apples", "at": "2024-05-01"}, {"text": "bravo bananas", "at": "2023-05-01"})
    a, b = (item.id for item in memory.memory.list())
    put(memory, links=[Link(a, "related", b)])
    stage = find.words() >> expand.spread() >> expand.linked()

    assert ["alpha apples"] == memory.told(stage, "alpha", since=NOW.replace(month=1))
