"""Recipes by name, their cards and their differences."""

from __future__ import annotations

import importlib.metadata

import pytest

from remanence import recipes
from remanence.compose.listing import listing
from remanence.errors import BadKnob, RecipeError, UnknownRecipe
from remanence.recall import find
from remanence.stage import Recipe

CARD = {"family": "test", "form": "flat", "function": "factual", "dynamics": "verbatim", "control": "rule"}


@pytest.fixture(autouse=True)
def put_back():
    """Recipes that a test registers are gone after it."""
    before = recipes.names()
    recipes.RECIPES.remove("guest")  # so that what other packages announce is looked at anew
    yield
    for name in set(recipes.RECIPES.known()) - set(before):
        recipes.RECIPES.remove(name)


def made(**knobs):
    """Find words."""
    return Recipe(recall=find.words(), compose=listing())


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
    card = {name: value for name, value in CARD.items() if name != missing}

    with pytest.raises(RecipeError, match=missing):
        recipes.recipe("incomplete", **card)(made)
    assert "incomplete" not in recipes.names()


def test_a_card_uses_the_taxonomys_words():
    """Filters work because nobody writes synonyms."""
    with pytest.raises(RecipeError, match="planar"):
        recipes.recipe("wordy", **{**CARD, "form": "graphlike"})(made)


def test_what_is_lost_must_be_said():
    """An approximation without `lost` is refused."""
    with pytest.raises(RecipeError, match="lost"):
        recipes.recipe("vague", **CARD, faithful="approximate(no-llm)")(made)


def test_a_taken_name_is_refused():
    """Two makers cannot share one name."""
    with pytest.raises(RecipeError, match="already registered"):
        recipes.recipe("plain", **CARD)(made)


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
    assert "  + link.synonyms(floor=0.9)" in str(found["evolve"])


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
    points = [Point("guest", lambda: recipes.recipe("guest", **CARD)(made))]
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
