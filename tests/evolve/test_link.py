"""Links between items."""

from __future__ import annotations

import pytest

from remanence.evolve import associate, link, merge, rewrite
from remanence.form import extract, points
from remanence.ingest.read import read


def test_turns_follow_one_another_across_batches_but_not_across_sessions(composed):
    """`next` joins a session's turns in order, also when they come one by one."""
    memory = composed(evolve=link.next())
    memory.remember(
        [{"text": "one", "session": "a"}, {"text": "two", "session": "a"}, {"text": "eins", "session": "b"}]
    )
    memory.remember({"text": "three", "session": "a"})

    names = {item.id: item.text for item in memory.list()}
    joined = memory.store.view(memory.scope).links(list(names), rels=("next",))

    assert [("one", "two"), ("two", "three")] == [(names[x.src], names[x.dst]) for x in joined]


def test_similar_items_are_joined_with_their_cosine(composed):
    """Alike from the floor on; strangers are not linked."""
    memory = composed(evolve=link.similar(floor=0.6, kinds=("turn",)))
    memory.remember(["my dog Rex likes long walks", "the dog Rex likes a long walk", "quarterly tax report"])

    names = {item.id: item.text for item in memory.list()}
    found = memory.store.view(memory.scope).links(list(names), rels=("similar",))

    assert [("the dog Rex likes a long walk", "my dog Rex likes long walks")] == [
        (names[x.src], names[x.dst]) for x in found
    ]
    assert 0.6 <= found[0].weight <= 1.0


def test_texts_are_linked_to_the_entities_that_they_name(composed):
    """One entity for a name, shared by sessions; both turns mention it."""
    memory = composed(form=extract.entities())
    memory.remember({"text": "We met in Lisbon.", "session": "a"})
    memory.remember({"text": "I flew back from Lisbon.", "session": "b"})

    entities = memory.list(kinds="entity")
    links = memory.store.view(memory.scope).links([entities[0].id], rels=("mentions",), direction="in")

    assert ["Lisbon"] == [item.text for item in entities]
    assert 2 == len(links)


def test_mentions_makes_no_entity_of_its_own(composed):
    """`link.mentions` only joins what is known."""
    memory = composed(evolve=link.mentions())
    memory.remember("We met in Lisbon.")

    assert [] == memory.list(kinds="entity")


def test_facts_are_about_their_subject(composed):
    """A fact links to the entity that it speaks of."""
    memory = composed(form=extract.entities() >> extract.facts(), evolve=link.about())
    memory.remember({"who": "Ann", "text": "Ann lives in Rome."})

    names = {item.id: item.text for item in memory.list()}
    found = memory.store.view(memory.scope).links(list(names), rels=("about",))

    assert {"Ann", "Rome"} == {names[x.dst] for x in found}


def test_spellings_of_one_name_become_synonyms(composed):
    """A synonym edge joins what separate texts spell differently."""
    memory = composed(form=extract.entities(), evolve=link.synonyms(floor=0.7))
    memory.remember("We saw the Pittsburgh Steelers play.")
    memory.remember("He loves the Pittsburg Steelers.")

    names = {item.id: item.text for item in memory.list(kinds="entity")}
    found = memory.store.view(memory.scope).links(list(names), rels=("same_as",))

    assert 1 == len(found)
    assert {"Pittsburgh Steelers", "Pittsburg Steelers"} == {names[found[0].src], names[found[0].dst]}


def test_links_that_a_graph_export_gives_become_links_between_its_entities(composed, tmp_path):
    """The MCP memory server's file: entities, a relation, and the statement that tells it."""
    file = tmp_path / "memory.jsonl"
    file.write_text(
        '{"type":"entity","name":"Ada","entityType":"person","observations":["likes maps"]}\n'
        '{"type":"entity","name":"Bridge Works","entityType":"company","observations":[]}\n'
        '{"type":"relation","from":"Ada","to":"Bridge Works","relationType":"works at"}\n',
        encoding="utf-8",
    )
    memory = composed(evolve=link.given())
    memory.remember(read(file))

    names = {item.id: item.text for item in memory.list()}
    joined = memory.store.view(memory.scope).links(list(names))

    assert {
        ("Ada", "works_at", "Bridge Works"),
        ("Ada works at Bridge Works", "about", "Ada"),
        ("Ada works at Bridge Works", "about", "Bridge Works"),
    } == {(names[x.src], x.rel, names[x.dst]) for x in joined}


def test_given_links_reach_entities_that_were_stored_before(composed):
    """By name in any case, also one by one and from another session; a second telling adds no second link."""
    memory = composed(evolve=link.given())
    memory.remember([{"kind": "entity", "text": name, "session": "a"} for name in ("Ada", "Lisbon")])
    for session in ("b", "c"):
        memory.remember(
            {
                "kind": "fact",
                "text": f"{session}: Ada lives in Lisbon",
                "session": session,
                "data": {"links": [{"src": "ADA", "rel": "lives in", "dst": "lisbon"}]},
            }
        )

    entities = memory.list(kinds="entity")
    joined = memory.store.view(memory.scope).links([item.id for item in entities], rels=("lives_in",))

    assert [(entities[0].id, entities[1].id)] == [(x.src, x.dst) for x in joined]


def test_given_links_with_a_missing_or_broken_end_are_left_out(composed):
    """The rest is kept, and the receipt names who is not known."""
    memory = composed(evolve=link.given())
    receipt = memory.remember(
        [
            {"kind": "entity", "text": "Ada"},
            {
                "kind": "fact",
                "text": "odd links",
                "data": {"links": [{"src": "Ada", "rel": "knows", "dst": "Nobody"}, {"src": "Ada"}, "x", None]},
            },
        ]
    )

    ada = memory.list(kinds="entity")[0]
    joined = memory.store.view(memory.scope).links([ada.id])

    assert ["about"] == [x.rel for x in joined]
    assert ("links to 1 unknown names were left out: Nobody",) == receipt.notes
    assert () == memory.remember("no links at all").notes


def test_the_default_recipe_links_an_imported_graph(composed):
    """Also through `Memory` as it comes, and what is found in texts later joins the same entity."""
    memory = composed("default")
    memory.remember(
        [
            {"kind": "entity", "text": "Ada", "data": {"label": "ada"}},
            {"kind": "entity", "text": "Lisbon", "data": {"label": "lisbon"}},
            {
                "kind": "fact",
                "text": "Ada lives in Lisbon",
                "data": {"links": [{"src": "Ada", "rel": "lives in", "dst": "Lisbon"}]},
            },
        ]
    )
    memory.remember({"who": "Bo", "text": "I met Ada in Lisbon."})
    memory.sleep()

    entities = {item.text: item.id for item in memory.list(kinds="entity")}
    joined = memory.store.view(memory.scope).links([entities["Ada"]])

    assert {"Ada", "Lisbon"} == set(entities)
    assert {"about", "lives_in", "mentions"} == {x.rel for x in joined}


@pytest.mark.parametrize(
    ("rel", "form", "stage"),
    [
        ("similar", None, link.similar(k=9, floor=0.0, kinds=("turn",))),
        ("associated", None, associate.upper_mode(first=2, kinds=("turn",))),
        ("same_as", points.key_points(), merge.near(threshold=0.5, kinds=("note",))),
        ("related", extract.notes(), rewrite.neighbours(floor=0.2)),
    ],
)
def test_a_likeness_is_kept_with_four_digits(composed, rel, form, stage):
    """What a processor makes of the seventh digit is no part of a store."""
    memory = composed(evolve=stage, **({"form": form} if form is not None else {}))
    animals = ("dog", "cat", "owl", "mole")
    memory.remember([f"the {one} likes a long walk" for one in animals] + ["taxes are due", "the roof leaks again"])

    found = memory.look(lambda view: view.links([item.id for item in memory.list(limit=0, tiers=())], rels=(rel,)))

    assert found
    assert [round(one.weight, 4) for one in found] == pytest.approx([one.weight for one in found], abs=1e-9)
    assert any(one.weight != round(one.weight, 3) for one in found)
