"""What people own and lose, where they move in, what it costs, who brings what, votes, ports and limits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language.statements.read import read

SAID = datetime(2025, 5, 6, 12, tzinfo=UTC)  # a Tuesday

RIGHT = [
    ("I've a new car!! well, a 2012 Skoda, red. 2,900", ("Mo", "car", "red 2012 Skoda", 1)),
    ("we got a new van. it's a Berlingo", ("Mo", "car", "Berlingo", 1)),
    ("finally fixed the Clio, cost me a fortune", ("Mo", "owns", "Clio", 1)),
    ("bought a tandem bike, it's yellow", ("Mo", "owns", "yellow tandem bike", 1)),
    ("my scooter got stolen outside the pool", ("Mo", "over", "scooter", -1)),
    ("the old Fiesta was scrapped in April", ("Mo", "over", "old Fiesta", -1)),
    ("we're in! Leith since Sunday, boxes everywhere", ("Mo", "home", "Leith", 1)),
    ("picked up the keys to the flat in Dalston", ("Mo", "home", "flat in Dalston", 1)),
    ("my current room is 540", ("Mo", "rent", "540", 1)),
    ("love the flat. talked the landlady down to 880 a month", ("Mo", "rent", "880 a month", 1)),
    ("Zimmer in Ehrenfeld, 620 warm", ("Mo", "rent", "620 warm", 1)),
    ("I rent a locker at the gym, 12 a month", ("Mo", "price of locker", "12 a month", 1)),
    ("so that's 38 a head please", ("Mo", "price", "38 a head", 1)),
    ("that makes 214 in total", ("Mo", "total", "214", 1)),
    ("I'll bring the kettle and the mugs", ("Mo", "brings", "kettle and mugs", 1)),
    ("then you bring the firewood, Tess", ("Tess", "brings", "firewood", 1)),
    ("Tess brings a quiche", ("Tess", "brings", "quiche", 1)),
    ("I'll take the stove", ("Mo", "brings", "stove", 1)),
    ("ok fine, I switch, lighthouse, you were right", ("Mo", "vote", "lighthouse", 1)),
    ("I still say the castle", ("Mo", "vote", "castle", 1)),
    ("put me down for karaoke", ("Mo", "vote", "karaoke", 1)),
    ("port 3000 is taken by the wiki. use 3100", ("Mo", "port", "3100", 1)),
    ("the dashboard listens on 9110", ("Mo", "port", "9110", 1)),
    ("`max-workers` is 12 on the box", ("Mo", "max workers", "12", 1)),
    ("she talked me into 96 columns", ("Mo", "line length", "96", 1)),
    ("new repo, kelpgrid. parses buoys", ("Mo", "working on", "kelpgrid", 1)),
    ("doing life drawing instead, wednesdays", ("Mo", "learning", "life drawing, wednesdays", 1)),
    ("please text me, don't ring, I'm on nights", ("Mo", "contact", "text", 1)),
    ("Hugo ordered a lamp, HX-20711, same address", ("Hugo", "order number", "HX-20711", 1)),
    ("I'll close case 71-2209 then", ("Mo", "over", "71-2209", -1)),
]
SILENT = [
    ("I'd love a new car. well, a 2012 Skoda maybe", "car"),
    ("he fixed the problem with the door", "owns"),
    ("my heart got stolen by that dog", "over"),
    ("we're in! what a match", "home"),
    ("I'm in! count me in since Friday works", "home"),
    ("viewing a room tomorrow, 540", "rent"),
    ("that cake got me down to 3 kilos of flour", "rent"),
    ("that's 38 a week", "price"),
    ("I'll take the bus", "brings"),
    ("I'll take the blame for the salad", "brings"),
    ("I'll bring it up at the meeting", "brings"),
    ("I bring my dog to the beach every Sunday", "brings"),
    ("can you bring the wine?", "brings"),
    ("I switch off at six", "vote"),
    ("I'm focusing on the garden", "vote"),
    ("port 3000 collides with the wiki", "port"),
    ("I'll close case 71-2209 then", "case number"),
    ("port 3000 is already in use", "port"),
    ("the server was built in 2019", "port"),
    ("the table has 96 columns of data and three keys", "line length"),
    ("new repo or not, we ship", "working on"),
    ("das Zimmer war 25 warm", "rent"),
    ("my current mood is 540 degrees", "rent"),
]


def told(text: str, who: str = "Mo") -> list[tuple[str, str, str, int]]:
    return [(one.subject, one.attribute, one.value, one.polarity) for one in read(text, speaker=who, at=SAID)]


@pytest.mark.parametrize(("text", "expected"), RIGHT)
def test_it_is_stated(text: str, expected: tuple[str, str, str, int]) -> None:
    """In fragments, over several sentences, of the speaker or of somebody named."""
    assert expected in told(text)


@pytest.mark.parametrize(("text", "attribute"), SILENT)
def test_what_only_looks_like_it_says_nothing(text: str, attribute: str) -> None:
    """A wish, a habit, a question, another object, a value that is only in the way."""
    assert attribute not in [one[1] for one in told(text)]


def test_what_replaces_a_value_names_the_old_one() -> None:
    """The port that is taken is the one that is left."""
    (one,) = read("port 3000 clashes with the wiki, go 3100", speaker="Mo", at=SAID)

    assert ("3100", "3000", "changed") == (one.value, one.replaces, one.change)


def test_a_thing_brought_is_planned_and_a_sold_one_ends() -> None:
    """The reconciler reads both."""
    brought = next(one for one in read("I'll bring the stove", speaker="Mo", at=SAID) if one.attribute == "brings")
    gone = next(one for one in read("the van was sold", speaker="Mo", at=SAID) if one.attribute == "over")

    assert ("planned", "ended") == (brought.modality, gone.change)


def test_a_sum_is_no_event() -> None:
    """ "the 20 I still had for you" is money; "a walk I had last week" happened."""
    at = datetime(2025, 3, 2, tzinfo=UTC)
    sum_of = read("and here's the 20 I still had for you from november", speaker="Mo", at=at)
    walk = read("it was a walk I took last week", speaker="Mo", at=at)

    assert "event" not in [one.attribute for one in sum_of]
    assert "event" in [one.attribute for one in walk]


def test_a_loose_name_for_a_listed_attribute_is_not_told_twice() -> None:
    """ "My current hole is 540" is the rent, not a hole."""
    assert [("Mo", "rent", "540", 1)] == told("my current hole is 540")
