"""What people own and lose, where they move in, what it costs, who brings what, votes, ports and limits."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stating import SAID, told

from remanence.language.statements.read import read

RIGHT = [
    ("I'm a tall man with red hair", ("Mo", "looks", "red hair", 1)),
    ("I feed my pet fish at nine", ("Mo", "pets", "fish", 1)),
    ("the Corsa failed its MOT again", ("Mo", "owns", "Corsa", 1)),
    ("my new bike is a green Brompton", ("Mo", "owns", "green Brompton", 1)),
    ("gave the drum kit away", ("Mo", "over", "drum kit", -1)),
    ("bike's gone, someone cut the lock", ("Mo", "over", "bike", -1)),
    ("I teach chemistry at Saltmarsh College in Grimsby", ("Mo", "employer", "Saltmarsh College", 1)),
    ("we bought a house! in Frome", ("Mo", "home", "Frome", 1)),
    ("i live in ohio with my cat", ("Mo", "home", "ohio", 1)),
    ("i drive a honda civic", ("Mo", "car", "honda civic", 1)),
    ("Ana said she'd bring the cake", ("Ana", "brings", "cake", 1)),
    ("my vote: pizza", ("Mo", "vote", "pizza", 1)),
    ("tickets are 35 each", ("Mo", "price of tickets", "35 each", 1)),
    ("120 a night for the cabin", ("Mo", "price of cabin", "120 a night", 1)),
    ("don't call, email is best", ("Mo", "contact", "email", 1)),
    ("you can reach me on 0151 496 0000", ("Mo", "phone", "0151 496 0000", 1)),
    ("the refund was 48.20", ("Mo", "refund", "48.20", 1)),
    ("renamed the flag to --dry-run", ("Mo", "flag", "dry-run", 1)),
    ("we use pnpm, not npm", ("Mo", "uses", "pnpm", 1)),
    ("timeout goes down to 20 s", ("Mo", "timeout", "20", 1)),
    ("BP was 128/82", ("Mo", "blood pressure", "128/82", 1)),
    ("started bouldering with Ana", ("Mo", "hobby", "bouldering", 1)),
    ("picnic moved to the 21st", ("Mo", "date of picnic", "the 21st (21 May 2025)", 1)),
    ("I finally bought a car, a tiny red Panda", ("Mo", "car", "red Panda", 1)),
    ("traded the Golf in for a Leaf", ("Mo", "owns", "Leaf", 1)),
    ("got a new phone btw, it's a Pixel 8", ("Mo", "owns", "Pixel 8", 1)),
    ("my laptop died. new one is a ThinkPad", ("Mo", "owns", "ThinkPad", 1)),
    ("keys in hand!! 12 Elm Grove is ours", ("Mo", "home", "12 Elm Grove", 1)),
    ("I'm moving to Exeter in spring", ("Mo", "home", "Exeter", 1)),
    ("back living with my parents in Derby", ("Mo", "home", "Derby", 1)),
    ("we've settled on the flat in Govanhill", ("Mo", "home", "flat in Govanhill", 1)),
    ("rent's 820 now", ("Mo", "rent", "820", 1)),
    ("they dropped the rent to 700", ("Mo", "rent", "700", 1)),
    ("I'm bringing salad", ("Mo", "brings", "salad", 1)),
    ("can do dessert", ("Mo", "brings", "dessert", 1)),
    ("Lee's on drinks", ("Lee", "brings", "drinks", 1)),
    ("I've got the tent covered", ("Mo", "brings", "tent", 1)),
    ("my vote's for the lake", ("Mo", "vote", "lake", 1)),
    ("changed my mind, pizza", ("Mo", "vote", "pizza", 1)),
    ("bump node to 22", ("Mo", "version of node", "22", 1)),
    ("default branch is develop now", ("Mo", "default branch", "develop", 1)),
    ("we switched from jest to vitest", ("Mo", "uses", "vitest", 1)),
    ("staging lives on stage2.example.org", ("Mo", "staging url", "stage2.example.org", 1)),
    ("door code changed, it's 5528", ("Mo", "door code", "5528", 1)),
    ("wifi is now sunflower42", ("Mo", "wifi password", "sunflower42", 1)),
    ("new number: 07700 900123", ("Mo", "phone", "07700 900123", 1)),
    ("Noah's 74 cm now", ("Noah", "height", "74 cm", 1)),
    ("I'm seeing someone, Marcus", ("Mo", "partner", "Marcus", 1)),
    ("we got a kitten! called Pip", ("Mo", "pets", "Pip", 1)),
    ("our dog Rex died", ("Mo", "pets", "Rex (dog)", -1)),
    ("I owe Lee 24.10, sending tonight", ("Mo", "debt", "24.10 to Lee", 1)),
    ("sent you the 24.10 yesterday", ("Mo", "debt", "24.10", -1)),
    ("taking up the ukulele", ("Mo", "hobby", "ukulele", 1)),
    ("I play squash on Tuesdays", ("Mo", "hobby", "squash, Tuesdays", 1)),
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
    ("the dashboard listens on 9110", ("dashboard", "port", "9110", 1)),
    ("`max-workers` is 12 on the box", ("Mo", "max workers", "12", 1)),
    ("she talked me into 96 columns", ("Mo", "line length", "96", 1)),
    ("new repo, kelpgrid. parses buoys", ("Mo", "working on", "kelpgrid", 1)),
    ("doing life drawing instead, wednesdays", ("Mo", "learning", "life drawing, wednesdays", 1)),
    ("please text me, don't ring, I'm on nights", ("Mo", "contact", "text", 1)),
    ("Hugo ordered a lamp, HX-20711, same address", ("Hugo", "order number", "HX-20711", 1)),
    ("I'll close case 71-2209 then", ("Mo", "over", "71-2209", -1)),
]
SILENT = [
    ("the flight from Boston to Orlando was late", "home"),
    ("we switched from Word to Scrivener", "home"),
    ("I worry about the cost of living in Toronto", "home"),
    ("my grandparents live in Orlando", "home"),
    ("I'll go with my chicken and rice bowl", "pets"),
    ("I have a rather sensitive nose", "pets"),
    ("found a house for $350,000", "rent"),
    ("up to 1 hour from the flat to 1", "rent"),
    ("it's over, once it's over I'll sleep", "over"),
    ("I'm not going to let anything spoil it", "over"),
    ("it looks great with your skin", "looks"),
    ("I just got my hair cut", "looks"),
    ("I got a personalised baby blanket for Ana", "children"),
    ("the flat was 640 back then", "refund"),
    ("I live in the moment", "home"),
    ("i live in fear of mondays", "home"),
    ("gave it all away", "over"),
    ("started bouldering with Ana", "employer"),
    ("started bouldering with Ana", "partner"),
    ("I have a first date with Rachel", "partner"),
    ("looking for a treat for Max", "partner"),
    ("we might be moving to Exeter", "home"),
    ("the meeting is moving to Monday", "home"),
    ("taking up too much space", "hobby"),
    ("I owe you an apology", "debt"),
    ("I owe you 30 hours of sleep", "debt"),
    ("sent you the 30 photos", "debt"),
    ("seeing someone about the boiler", "partner"),
    ("the new one is a mess", "owns"),
    ("I can do maths", "brings"),
    ("Lee's on holiday", "brings"),
    ("living with my parents", "condition"),
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


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("my lab will be in room 114", "pets"),
        ("I adopted a greyhound, 5 years old, ex racer", "age"),
        ("landlord said ok for 25 a month more", "rent"),
        ("csv in windows-1252 please", "version of windows"),
        ("I cook lunch at noon", "employer"),
    ],
)
def test_what_reads_like_somebody_s_own_and_is_not_says_nothing(text: str, attribute: str) -> None:
    """A room for work, the age of an animal, a rise, a character set."""
    assert attribute not in [one[1] for one in told(text)]


def test_a_drug_that_he_or_she_takes_is_not_the_speaker_s() -> None:
    """The twin: "I" takes it oneself."""
    found = told("no wine for Omar since he's on antibiotics"), told("I'm on antibiotics")

    assert [["Omar"], ["Mo"]] == [[one[0] for one in some if one[1] == "medicine"] for some in found]
