"""Where people live, where the names of places have no capital: what is read and what is no place."""

from __future__ import annotations

import pytest
from stating import told

from remanence import Memory

RIGHT = [
    ("we moved to leeds in 2021, best thing we did", ("Mo", "home", "leeds", 1)),
    ("finally moved from hull to whitby last week!!", ("Mo", "home", "whitby", 1)),
    ("been living in bristol since 2019", ("Mo", "home", "bristol", 1)),
    ("we are based in st ives these days", ("Mo", "home", "st ives", 1)),
    ("we relocated to new york two years ago", ("Mo", "home", "new york", 1)),
    ("my brother lives in stoke-on-trent and hates it", ("Mo's brother", "home", "stoke-on-trent", 1)),
    ("my parents are living in spain these days", ("Mo's parents", "home", "spain", 1)),
    ("boxes everywhere. we're in otley now", ("Mo", "home", "otley", 1)),
    ("we're in york now! boxes in every room", ("Mo", "home", "york", 1)),
    ("i used to live in bath", ("Mo", "home", "bath", -1)),
    ("we moved away from ripon", ("Mo", "home", "ripon", -1)),
    ("we're moving to worthing in june", ("Mo", "home", "worthing", 1)),
    ("grew up in skipton", ("Mo", "from", "skipton", 1)),
    ("i'm originally from galway", ("Mo", "from", "galway", 1)),
]
NO_HOME = [
    "we're living in sin now lol",
    "i live in constant fear of the landlord",
    "i live in leggings",
    "our data lives in s3",
    "i was moved to tears",
    "the standup moved to tuesday",
    "we moved to postgres in 2021",
    "we moved to hetzner last year",
    "my boss moved to marketing",
    "we moved to a bigger office",
    "we moved to new offices",
    "Ben moved to left back",
    "thinking of moving to york",
    "if we moved to york we'd save a fortune",
    "do you live in leeds?",
    "we've settled in nicely",
    "Jitka moved to porcelain, her own corner, pays me 180",
    "we're in bed now, the house is quiet",
    "we're in york now, the hotel is nice, no boxes to carry",
    "im from work",
    "i grew up in poverty",
]


@pytest.mark.parametrize(("said", "what"), RIGHT, ids=[said for said, _ in RIGHT])
def test_a_place_in_small_letters_is_where_somebody_lives(said, what):
    """Chats are written without capitals; a frame of living or moving makes the word a place."""
    assert what in told(said)


@pytest.mark.parametrize("said", NO_HOME)
def test_what_is_no_place_is_no_home(said):
    """Software, moods, clothes, weekdays and wishes stand behind the same words."""
    assert not [one for one in told(said) if one[1] in ("home", "from")]


def test_a_home_in_small_letters_ends_the_one_before():
    """The home of 2021 is not told as the one of today."""
    with Memory(":memory:") as memory:
        memory.remember({"who": "user", "text": "we moved to leeds in 2021", "at": "2023-02-03", "session": "a"})
        later = "boxes everywhere. we're in otley now, tiny house but a garden"
        memory.remember({"who": "user", "text": later, "at": "2025-06-01", "session": "b"})
        memory.sleep()

        known = memory.profile("user", now="2025-06-02")
        short = memory.ask("Where do I live?", now="2025-06-02").short

    assert ["otley"] == [one.value for one in known.current["home"]]
    assert ["leeds"] == [one.value for one in known.history["home"]]
    assert "otley" == short
