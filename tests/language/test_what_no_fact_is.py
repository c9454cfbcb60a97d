"""What sounds like a statement and is none, of talk that was read one by one."""

from __future__ import annotations

import pytest
from stating import told

from remanence import Memory


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("number 9 is dead, contaminated w a yeast", "phone", "9 is dead"),
        ("And I'm 34 weeks in August", "age", "34 weeks"),
        ("my brother is a father", "job", None),
        ("Ann is a proud mother", "job", None),
        ("Assistant coach Dawn (Rhys's mum) takes over", "job", None),
        ("insurance is 1,600 tho so it just lives in the drive", "insurance", "1"),
        ("Corrected to £247.60, due 30 September.", "price of corrected", None),
        ("sold both for 2,000", "over", None),
        ("the plant dropped 6 leaves and we sold 44 kilos", "over", None),
        ("surgeon Miss Okafor-Lane, 6 may at the General", "age", None),
        ("Put the fish back, ring the library.", "pets", "Put"),
        ("cat Zwieback got fat, vet says 6.9 kg", "vet", None),
        ("That's a lamp.", "owns", None),
        ("Here's a photo of my horse painting", "pets", None),
        ("Only the dog, a spaniel of nine years, since Winifred died in 2022.", "place of death", None),
        ("She is happier and I am sleepier.", "job", None),
        ("It was in the mouse house. I send it by post from Uppsala, it is 3 degrees", "mouse house size", None),
        ("I have a Mrs Oyelowo in Hexham", "owns", None),
        ("I pay 130 a week", "salary", None),
        ("I pay 40 euros a month for the gym", "salary", None),
        ("teacher Mr Qasem 15 jd hour", "age", None),
        ("I accept £240. The mould is gone", "price of accept", None),
        ("Nadia and I split the kitchen", "partner", None),
        ("me and Nadia split the rent", "partner", None),
        ("You are allergic to nuts, remember", "allergy", None),
    ],
)
def test_it_states_no_such_thing(text, attribute, value):
    assert not [one for one in told(text) if one[1] == attribute and value in (None, one[2])]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("my nephew Wei Jie, 19, good boy", ("Mo", "relatives", "Wei Jie (nephew)", 1)),
        ("baked in my neighbour Ture's iron pot", ("Mo", "neighbour", "Ture", 1)),
        ("my son Tim, 6, and Ann", ("Tim", "age", "6", 1)),
        ("Rug's in my car", ("Mo", "owns", "car", 1)),
        ("they pay me 130 a week", ("Mo", "salary", "130 a week", 1)),
        ("Nadia and I split up", ("Mo", "partner", "Nadia", -1)),
        ("two kids, Lina 11 and Jules 7", ("Jules", "age", "7", 1)),
        ("Irini has seen it, she has a boyfriend, Mr Pantelis", ("Irini", "partner", "Mr Pantelis", 1)),
    ],
)
def test_it_states_this(text, said):
    assert said in told(text)


def test_a_greeting_is_no_reply():
    """Asked for an interval, "Hello Fabio. For gas it is 2,000" does not begin with it."""
    turns = (("Fabio", "What is the service interval?"), ("Petter", "Hello Fabio. For gas it is 2,000 hours."))
    with Memory(":memory:") as memory:
        for minute, (who, text) in enumerate(turns):
            memory.remember([{"who": who, "text": text, "at": f"2025-11-03T10:{minute:02d}", "session": "desk"}])
        memory.sleep()
        assert not [item for item in memory.list(kinds=["fact"]) if "Hello" in str(item.data.get("value"))]


def test_what_is_sold_is_not_owned():
    found = told("sold my scooter, Super Cub, 95,000 to Rina's brother")
    assert ("Mo", "owns", "scooter", -1) in found
    assert ("Mo", "owns", "scooter", 1) not in found
