"""Who died, ran away or was given away; nobody dies of a flat battery or of laughing."""

from __future__ import annotations

import pytest
from stating import told

RIGHT = [
    ("Tofu died last night. Kidneys.", ("Tofu", "died", "died", 1)),
    ("we had Rex put down on friday, he was 14", ("Rex", "died", "put down", 1)),
    ("had to have our dog Rex put to sleep", ("Rex", "died", "put to sleep", 1)),
    ("grandma Edith passed away on sunday", ("Edith", "died", "passed away", 1)),
    ("my uncle Fred, who died in May, left me a watch", ("Fred", "died", "died", 1)),
    ("our rabbit Nutmeg was run over", ("Nutmeg", "died", "was run over", 1)),
    ("my brother's dog Max died", ("Max", "died", "died", 1)),
    ("our old cat died", ("Mo's cat", "died", "died", 1)),
    ("Nan passed away", ("Mo's nan", "died", "passed away", 1)),
    ("Pip ran away, the hutch was open all night", ("Mo", "over", "Pip", -1)),
    ("we rehomed Pip", ("Mo", "over", "Pip", -1)),
    ("gave Ivy away, she kept fighting", ("Mo", "over", "Ivy", -1)),
    ("Ivy is back! sat on the stairs", ("Ivy", "back", "back", 1)),
    ("our cat came home last night", ("Mo's cat", "back", "came home", 1)),
    ("found Ivy in the shed", ("Ivy", "back", "found", 1)),
    ("I no longer play chess", ("Mo", "over", "chess", -1)),
    ("we don't do yoga anymore", ("Mo", "over", "yoga", -1)),
    ("no more chess club for me", ("Mo", "over", "chess club", -1)),
]
NOBODY = [
    "Ivy came back from Oslo",
    "Ivy is back at the office",
    "I nearly died laughing",
    "Ben died laughing",
    "Rex almost died of bloat",
    "If Rex died I'd be lost",
    "do you think Rex died?",
    "I don't think Rex died",
    "my phone died",
    "the Skoda died on the motorway",
    "Ida was put down for a nap",
    "put Ida to sleep at 8",
    "Leo ran off to the shop",
    "Leo ran away from the wasp",
]


@pytest.mark.parametrize(("said", "what"), RIGHT, ids=[said for said, _ in RIGHT])
def test_a_loss_is_read(said, what):
    """By name, or as "our cat" where no name is told."""
    assert what in told(said)


@pytest.mark.parametrize("said", NOBODY)
def test_nobody_is_lost(said):
    """Things, wishes, naps and manners of speaking."""
    assert not [one for one in told(said) if one[1] in ("died", "over") and one[3] == (1 if one[1] == "died" else -1)]


def test_names_take_the_kind_that_is_told_of_them():
    """ "three cats: Miso, Tofu and Bean" are three pets, not four."""
    said = "I have three cats: Miso, Tofu and Bean."

    assert ["Miso (cat)", "Tofu (cat)", "Bean (cat)"] == [one[2] for one in told(said) if one[1] == "pets"]
    assert ["Nutmeg (rabbit)", "Pip (rabbit)"] == sorted(
        one[2] for one in told("we have two rabbits called Pip and Nutmeg") if one[1] == "pets"
    )
