"""Recipes by name, their cards and their differences."""

from __future__ import annotations

import importlib.metadata
import itertools

import pytest

from remanence import recipes
from remanence.compose.listing import listing
from remanence.errors import BadKnob, RecipeError, UnknownRecipe
from remanence.recall import find
from remanence.stage import Recipe

CARD = {
    "Family": "test",
    "Form": "flat",
    "Function": "factual",
    "Dynamics": "verbatim",
    "Control": "rule",
    "Memory": "explicit, text",
    "Octant": "personal, non-parametric, long",
}


@pytest.fixture(autouse=True)
def put_back():
    """Recipes that a test registers are gone after it."""
    before = recipes.names()
    recipes.RECIPES.remove("guest")  # so that what other packages announce is looked at anew
    yield
    for name in set(recipes.RECIPES.known()) - set(before):
        recipes.RECIPES.remove(name)


def made(**fields):
    """A maker whose docstring is this card; a field given as None is left out."""

    def maker():
        return Recipe(recall=find.words(), compose=listing())

    card = {name: value for name, value in {**CARD, **fields}.items() if value is not None}
    maker.__doc__ = "Find words.\n\n" + "\n".join(f"{name}: {value}" for name, value in card.items())
    return maker


def test_every_module_of_the_folder_is_a_recipe():
    """No list is kept by hand."""
    assert {"a_mem", "default", "hipporag2", "mem0", "memorybank", "plain"} <= set(recipes.names())


def test_an_unknown_name_is_answered_with_near_ones():
    """The cure is in the message."""
    with pytest.raises(UnknownRecipe, match=r"no recipe 'hipporag3'; near: hipporag, hipporag2"):
        recipes.get("hipporag3")


def test_an_unknown_knob_is_answered_with_those_there_are():
    """A misspelled setting is never ignored."""
    with pytest.raises(BadKnob, match="passage_weight"):
        recipes.get("hipporag2", passage_wieght=0.1)


@pytest.mark.parametrize("missing", sorted(CARD))
def test_a_recipe_without_a_field_of_its_card_does_not_register(missing):
    """Form, function, dynamics, control and family are what the taxonomy page is made of."""
    with pytest.raises(RecipeError, match=missing.lower()):
        recipes.recipe("incomplete")(made(**{missing: None}))
    assert "incomplete" not in recipes.names()


def test_a_card_uses_the_taxonomys_words():
    """Filters work because nobody writes synonyms."""
    with pytest.raises(RecipeError, match="planar"):
        recipes.recipe("wordy")(made(Form="graphlike"))


def test_what_is_lost_must_be_said():
    """An approximation without `lost` is refused."""
    with pytest.raises(RecipeError, match="lost"):
        recipes.recipe("vague")(made(Faithful="approximate(no-llm)"))


@pytest.mark.parametrize("field", ["Graph", "Operators"])
def test_a_graph_says_its_kind_and_how_it_is_read(field):
    """A flat memory need not."""
    graph = {"Form": "planar", "Graph": "knowledge", "Operators": "traversal"}

    with pytest.raises(RecipeError, match=field.lower()):
        recipes.recipe("graph")(made(**{**graph, field: None}))
    assert recipes.recipe("graph")(made(**graph))


@pytest.mark.parametrize("octant", ["personal, long", "personal, system, non-parametric, long"])
def test_an_octant_names_one_of_each_pair(octant):
    """Neither none nor both."""
    with pytest.raises(RecipeError, match="octant"):
        recipes.recipe("nowhere")(made(Octant=octant))


def test_an_unknown_field_is_answered_with_near_ones():
    """A misspelled field is never ignored."""
    with pytest.raises(RecipeError, match="near: dynamics"):
        recipes.recipe("misspelled")(made(Dinamics="verbatim"))


def test_a_long_field_goes_on_further_in():
    """And is one text."""
    made_ = recipes.recipe("long")(made(Lost="much,\n    and more"))

    assert "much, and more" == recipes.card("long").lost
    assert made_


def test_a_taken_name_is_refused():
    """Two makers cannot share one name."""
    with pytest.raises(RecipeError, match="already registered"):
        recipes.recipe("plain")(made())


def test_cards_can_be_filtered():
    """The cards answer which systems are graphs."""
    assert "hipporag2" in [card.name for card in recipes.cards(form="planar")]
    assert "plain" not in [card.name for card in recipes.cards(form="planar")]
    with pytest.raises(BadKnob):
        recipes.cards(colour="red")


def test_a_difference_is_told_slot_by_slot():
    """Only what differs is marked."""
    found = {one.slot: one for one in recipes.diff("hipporag2", recipes.get("hipporag2", synonym_floor=0.9))}

    assert ("form.extract.triples", ()) != found["form"].left
    assert ((), ()) == (found["form"].left, found["form"].right)
    assert (("link.synonyms()",), ("link.synonyms(floor=0.9)",)) == (found["evolve"].left, found["evolve"].right)
    assert ["evolve  - link.synonyms()", "        + link.synonyms(floor=0.9)"] == str(found["evolve"]).splitlines()
    assert "form    = extract.triples(" in str(found["form"])


FAMILIES = [
    pair
    for family in {recipes.card(name).family for name in recipes.names()}
    for pair in itertools.combinations([card.name for card in recipes.cards(family=family)], 2)
]


def test_every_two_of_a_family_differ_in_a_few_lines():
    """Each slot is told, something differs, and all of it fits a narrow window."""
    for one, two in FAMILIES:
        told = recipes.diff(one, two)
        lines = "\n".join(map(str, told)).splitlines()

        assert any(slot.left or slot.right for slot in told), (one, two)
        assert ["form", "evolve", "recall", "compose"] == [line.split()[0] for line in lines if line[0] != " "]
        assert len(lines) <= 18, (one, two)
        assert max(map(len, lines)) <= 120, (one, two)


def test_neighbours_that_run_at_the_same_time_stand_under_one_word():
    """What runs when is read once."""
    told = str(recipes.diff("bi_mem", "plain")[0])

    assert 1 == told.count("at_sleep(")
    assert " >> " in told


def test_a_union_in_a_chain_stands_in_brackets():
    """As printed without them, the last of the finders alone would be what the rest of the chain gets."""
    told = str(recipes.diff("plain", "default")[2])

    assert "+ (find.vectors() | find.words() | find.time() | find.stated()) >> expand.sources() >>" in told


@pytest.mark.parametrize("name", recipes.names())
def test_five_lines_say_what_makes_a_recipe_different(name):
    """What it does, then which stages form, evolve, recall and compose, each line within a window."""
    first, *slots = recipes.show(name).splitlines()[:5]

    assert f"{name}: {recipes.card(name).says}" == first
    assert ["form", "evolve", "recall", "compose"] == [line.split()[0] for line in slots]
    assert max(map(len, [first, *slots])) <= 120


def test_the_five_lines_name_stages_by_room_and_by_time():
    """Without their knobs; what does not fit is said to be left out."""
    lines = recipes.show("superlocal").splitlines()[1:5]

    assert "  form    at sleep: extract.entities/dates/facts, scenes.by_links" == lines[0]
    assert "; after a recall: strengthen.on_use, precision.restored" in lines[1]
    assert lines[2].endswith(" ...")


@pytest.mark.parametrize("name", recipes.names())
def test_a_recipe_shows_its_card_and_its_stages(name):
    """Every slot is printed."""
    text = recipes.show(name)

    assert text.startswith(f"{name}: ")
    assert all(f"\n{slot}:\n" in text for slot in ("form", "evolve", "recall", "compose"))


def test_two_makings_of_a_recipe_are_equal():
    """Stages are data, so the arena can share what agrees."""
    for name in recipes.names():
        assert recipes.get(name) == recipes.get(name)


class Point:
    def __init__(self, name, load):
        self.name, self.value, self.load = name, f"{name}:make", load


def test_other_packages_add_recipes(monkeypatch):
    """An entry point is loaded once and registers itself."""
    points = [Point("guest", lambda: recipes.recipe("guest")(made()))]
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points)

    assert "guest" in recipes.names()
    assert "guest" == recipes.get("guest").name


def test_a_broken_plug_in_is_named(monkeypatch):
    """The message says which package to repair."""

    def broken():
        raise ImportError("no module named 'guest'")

    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: [Point("guest", broken)])

    with pytest.raises(RecipeError, match="guest"):
        recipes.names()


def test_every_card_tells_a_number_of_ours():
    """What was measured on this code stands beside what the paper says; `plain` is what the others are held against."""
    assert ["plain"] == [card.name for card in recipes.cards() if not card.reproduced]
