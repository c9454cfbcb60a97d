"""Links between items."""

from __future__ import annotations

from remanence.evolve import link
from remanence.form import extract


def test_turns_follow_one_another_across_batches_but_not_across_sessions(space):
    """`next` joins a session's turns in order, also when they come one by one."""
    memory = space(evolve=link.next())
    memory.remember(
        [{"text": "one", "session": "a"}, {"text": "two", "session": "a"}, {"text": "eins", "session": "b"}]
    )
    memory.remember({"text": "three", "session": "a"})

    names = {item.id: item.text for item in memory.list()}
    joined = memory.store.view(memory.scope).links(list(names), rels=("next",))

    assert [("one", "two"), ("two", "three")] == [(names[x.src], names[x.dst]) for x in joined]


def test_similar_items_are_joined_with_their_cosine(space):
    """Alike from the floor on; strangers are not linked."""
    memory = space(evolve=link.similar(floor=0.6, kinds=("turn",)))
    memory.remember(["my dog Rex likes long walks", "the dog Rex likes a long walk", "quarterly tax report"])

    names = {item.id: item.text for item in memory.list()}
    found = memory.store.view(memory.scope).links(list(names), rels=("similar",))

    assert [("the dog Rex likes a long walk", "my dog Rex likes long walks")] == [
        (names[x.src], names[x.dst]) for x in found
    ]
    assert 0.6 <= found[0].weight <= 1.0


def test_texts_are_linked_to_the_entities_that_they_name(space):
    """One entity for a name, shared by sessions; both turns mention it."""
    memory = space(form=extract.entities())
    memory.remember({"text": "We met in Lisbon.", "session": "a"})
    memory.remember({"text": "I flew back from Lisbon.", "session": "b"})

    entities = memory.list(kinds="entity")
    links = memory.store.view(memory.scope).links([entities[0].id], rels=("mentions",), direction="in")

    assert ["Lisbon"] == [item.text for item in entities]
    assert 2 == len(links)


def test_mentions_makes_no_entity_of_its_own(space):
    """`link.mentions` only joins what is known."""
    memory = space(evolve=link.mentions())
    memory.remember("We met in Lisbon.")

    assert [] == memory.list(kinds="entity")


def test_facts_are_about_their_subject(space):
    """A fact links to the entity that it speaks of."""
    memory = space(form=extract.entities() >> extract.facts(), evolve=link.about())
    memory.remember({"who": "Ann", "text": "Ann lives in Rome."})

    names = {item.id: item.text for item in memory.list()}
    found = memory.store.view(memory.scope).links(list(names), rels=("about",))

    assert {"Ann", "Rome"} == {names[x.dst] for x in found}


def test_spellings_of_one_name_become_synonyms(space):
    """A synonym edge joins what separate texts spell differently."""
    memory = space(form=extract.entities(), evolve=link.synonyms(floor=0.7))
    memory.remember("We saw the Pittsburgh Steelers play.")
    memory.remember("He loves the Pittsburg Steelers.")

    names = {item.id: item.text for item in memory.list(kinds="entity")}
    found = memory.store.view(memory.scope).links(list(names), rels=("same_as",))

    assert 1 == len(found)
    assert {"Pittsburgh Steelers", "Pittsburg Steelers"} == {names[found[0].src], names[found[0].dst]}
