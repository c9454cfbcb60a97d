"""What a reading counts for among the hits, with a reader whose words and sureness are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from remanence import Memory
from remanence.compose.reading import USUAL, Read, _chance, chosen, is_over, when
from remanence.language.question import read as read_question
from remanence.models.reader.reading import Reading
from remanence.types import Hit, Item
from remanence.types.hits import Mark

NOTHING = Reading(0, 0, 0.0, 0.0, 0.0, 0.02, 0.0, 0.0)
"""What a reader says of a passage that does not answer."""


class Knows:
    """A reader that finds these words where they stand, each as sure as is said; of several turns at once nothing."""

    def __init__(self, sure: Mapping[str, float]) -> None:
        self.sure = sure

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        return [self._found(passage) for passage in passages]

    def _found(self, passage: str) -> Reading:
        if "\n" in passage:
            return NOTHING
        for words, sure in self.sure.items():
            place = passage.find(words)
            if place >= 0:
                return replace(NOTHING, start=place, end=place + len(words), answerable=sure)
        return NOTHING


def short(turns, question, sure):
    return told(turns, question, sure).short


def told(turns, question, sure):
    with Memory(":memory:", reader=Knows(sure)) as memory:
        for number, text in enumerate(turns, 1):
            memory.remember(
                {"who": "Jo", "text": text, "at": f"2025-03-{number:02d}T10:00:00Z", "session": str(number)}
            )
        memory.sleep()
        return memory.ask(question, threshold=0.0, now="2025-04-01T10:00:00Z")


def test_a_value_in_a_hit_without_a_word_of_the_question_counts_less_than_one_beside_such_a_word():
    turns = ("the rent went up to 1,040, sigh", "booked the cabin at the lake, 620")
    sure = {"1,040": 0.3, "620": 0.95}

    assert short(turns, "How much is the rent?", sure) == "1,040"
    assert short(turns, "How much is the cabin?", sure) == "620"


def test_a_value_without_its_currency_counts_less_than_one_with_it():
    turns = ("the tent stands as 47 on the list", "189 euros it was, the tent")

    assert short(turns, "How much was the tent?", {"47": 0.6, "189 euros": 0.5}) == "189 euros"


SOLD = "I sold the Yamaha, 1,100, bought it for 1,600 in 2021"
BIKES = "anouk rides a gravel bike, I have an old Peugeot from 1986"


@pytest.mark.parametrize(
    ("text", "question", "words", "told"),
    [
        (SOLD, "What did I get for the Yamaha?", "1,600", "1,100"),
        (SOLD, "What did I pay for the Yamaha?", "1,600", "1,600"),
        (BIKES, "What bike does Anouk have?", "an old Peugeot", "not in memory"),
        (BIKES, "What bike does Anouk have?", "a gravel bike", "a gravel bike"),
        ("the rent is 900 now", "What was the rent before?", "900", "not in memory"),
        ("the rent was 900 then", "What was the rent before?", "900", "900"),
        ("my niece Orla won the race", "How am I related to Orla?", "my niece", "my niece"),
    ],
)
def test_what_a_sure_reading_says_is_told_only_of_what_is_asked(text, question, words, told):
    """Of money that went the asked way, of the one who is asked about, of the time that is asked, no name for kin."""
    with Memory(":memory:", reader=Knows({words: 0.95})) as memory:
        memory.remember({"who": "Jo", "text": text, "at": "2025-03-01T10:00:00Z"})
        memory.sleep()
        assert told == memory.ask(question, now="2025-04-01T10:00Z", asker="Jo").short


def read_of(number, text, weight):
    item = Item("turn", text, f"i{number}", who="Jo", at=datetime(2025, 3, number, tzinfo=UTC))
    return Read(number, Hit(item, weight, {}), 0, len(text), text, 0.9, 0.0, 0.0, weight, False)


@pytest.mark.parametrize(("later", "place"), [("school gate", 0), ("school fair", 1)], ids=["of less", "of as much"])
def test_a_later_reading_takes_the_place_of_one_only_where_it_speaks_of_as_much(later, place):
    asked = read_question("What is painted for the school fair?", at=datetime(2025, 4, 1, tzinfo=UTC))
    reads = [
        read_of(1, "a dragon is painted for the school fair", 0.9),
        read_of(2, f"a lighthouse is painted for the {later}", 0.8),
    ]

    assert chosen(reads, asked) is reads[place]


def test_a_role_is_no_answer_to_who():
    with Memory(":memory:", reader=Knows({"user": 0.95})) as memory:
        memory.remember({"who": "user", "text": "the flour comes on a lorry at five"})
        named = memory.ask("Who brings the flour?", threshold=0.0).short

    assert named != "user"


@pytest.mark.parametrize(("state", "over"), [("disputed", False), ("ended", True)])
def test_what_is_disputed_is_not_over(state, over):
    asked = read_question("How much is the rent?", at=datetime(2025, 4, 1, tzinfo=UTC))
    hit = Hit(Item("turn", "the rent is 980", "i1"), 0.9, {}, (Mark("Jo", "rent", "980", state),))

    assert is_over(hit, asked) is over


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("What was my shift before the change at the mill?", 0),
        ("What is my shift at the mill?", 2),
        ("What shift did I have at the mill?", 1),
        ("What was my shift at the mill in early March 2025?", 0),
    ],
    ids=["before a change", "now", "past", "by a time that is over"],
)
def test_the_time_that_is_asked_about_chooses_among_close_readings(question, place):
    """Earliest, latest, likeliest, and the latest that was said by then."""
    asked = read_question(question, at=datetime(2025, 4, 1, tzinfo=UTC))
    reads = [
        read_of(20, "my shift at the mill is at six", 0.9),
        read_of(4, "my shift at the mill is at four", 0.7),
        read_of(28, "my shift at the mill is at nine", 0.7),
    ]
    expected = {0: reads[1], 1: reads[0], 2: reads[2]}[place]

    assert chosen(reads, asked) is expected


def test_what_you_said_is_looked_for_in_the_words_of_the_assistant():
    """The twin: asked of the user's own words the surer turn counts; without an assistant nothing changes."""
    user = {"who": "user", "text": "the raise came to 33,000 in the end"}
    sure = {"33,000": 0.9, "32,000": 0.6}

    def told(question, *turns):
        with Memory(":memory:", reader=Knows(sure)) as memory:
            memory.remember(list(turns))
            return memory.ask(question, threshold=0.0).short

    advice = {"who": "assistant", "text": "name 32,000 as the raise"}

    assert "32,000" == told("What raise did you tell me to name?", user, advice)
    assert "33,000" == told("What raise came in the end?", user, advice)
    assert "33,000" == told("What raise did you tell me to name?", user)


def test_a_sentence_that_asks_without_a_mark_counts_less():
    turns = ("when do i get the money for the bike", "the money for the bike came on friday")
    sure = {"the bike": 0.5}

    with Memory(":memory:", reader=Knows({"get the money": 0.6, "on friday": 0.5} | sure)) as memory:
        memory.remember([{"who": "Jo", "text": text} for text in turns])

        assert "on friday" in memory.ask("Which way did the money for the bike come?", threshold=0.0).text


def test_a_hit_of_which_nothing_is_known_is_evidence_as_often_as_any() -> None:
    """Without a channel that says so, and where that channel did not see the hit; else what it says."""
    likely = np.array([0.25, np.nan], np.float32)

    assert [USUAL, 0.25, USUAL] == [_chance(None, 0), _chance(likely, 0), _chance(likely, 1)]


def of_the_user(question, sure):
    with Memory(":memory:", reader=Knows(sure)) as memory:
        for number, text in enumerate(("I work at Acme now", "met Tom for lunch", "I live in Oslo"), 1):
            memory.remember({"who": "user", "text": text, "at": f"2025-03-{number:02d}T10:00:00Z"})
        memory.sleep()
        return memory.ask(question, threshold=0.0, now="2025-04-01T10:00:00Z").short


@pytest.mark.parametrize("sure", [{}, {"Acme": 0.35, "Tom": 0.9}, {"Tom for lunch": 0.3}])
def test_what_is_stated_is_told_where_a_reading_bears_it_out_or_none_is_surer(sure):
    assert of_the_user("Where do I work?", sure) == "Acme"


def test_what_is_stated_gives_way_where_the_reader_is_sure_of_other_words_alone():
    assert of_the_user("Where do I work?", {"Oslo": 0.9}) == "Oslo"


def test_items_stand_in_the_order_of_telling_and_those_without_a_time_first() -> None:
    """Of one time by their ids, so that the order never hangs on anything else."""
    told = [("d", 3), ("b", None), ("a", 2), ("e", 2), ("c", None), ("f", 1)]
    items = [Item("turn", id, id, at=datetime(2025, 1, day, tzinfo=UTC) if day else None) for id, day in told]

    assert ["b", "c", "f", "a", "e", "d"] == [item.id for item in sorted(items, key=when)]


@pytest.mark.parametrize(
    ("later", "words", "told"),
    [
        ("monday is full, for the choir on friday suits us", "friday", "7 March 2025"),
        ("for the choir the 18th suits us", "the 18th", "the 18th"),
        ("the choir, what a day it was", "what a day", "3 June 2025"),
        ("the choir from all saints on, yes", "all saints", "1 November 2024"),
        ("the choir, noon as always", "noon", "noon"),
    ],
)
def test_a_day_is_told_by_the_readers_words_where_they_name_one(later, words, told):
    """A weekday or a number; by the first day of the best hit where they name none."""
    first = "we want to sing again, 3 june maybe, the choir"
    assert told == short([first, later], "When is the choir?", {words: 0.95, "3 june": 0.5})


@pytest.mark.parametrize(
    ("turn", "question", "words", "told"),
    [
        (
            'bravo! we sell the truck. "Taco Belleza" goes to Nacho for 19 thousand. we had put 26 into it',
            "For how much did we sell the truck?",
            "19 thousand",
            "19 thousand",
        ),
        (
            "I left early. the campsite had an ant situation, so I drove home on friday",
            "Why did I leave the campsite early?",
            "an ant situation",
            "an ant situation",
        ),
    ],
)
def test_an_amount_or_a_reason_is_in_the_readers_words_where_these_are_likelier_right(turn, question, words, told):
    other = "the campsite and the truck: because it was cheap, 40 thousand in all"
    assert told == short([turn, other], question, {words: 0.97})


def test_rules_tell_a_reason_where_the_reader_finds_no_words():
    """A value before its sentence; the sentence alone is a quote."""
    turn = "I left the campsite early because of the ants, so I drove home on friday"

    assert told([turn], "Why did I leave the campsite early?", {"the campsite": 0.9}).text.startswith(
        "ants, so I drove home"
    )


class Counts(Knows):
    """Writes down what it reads."""

    def __init__(self, sure: Mapping[str, float]) -> None:
        super().__init__(sure)
        self.passages: set[str] = set()

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        self.passages |= {one for one in passages if "\n" not in one}
        return super().read(question, passages)


@pytest.mark.parametrize(
    ("likely", "last", "read"),
    [
        (0.9, "the choir sings of 9 boats", 8),
        (0.3, "the choir sings of 9 boats", 14),
        (0.9, "no wait, the choir sings of 9 boats", 9),
    ],
)
def test_only_where_none_of_eight_hits_answers_the_others_are_read(likely, last, read):
    """But for one that sets something right, wherever among them it stands."""
    turns = [f"the choir sings of {number} boats, of {'the sea, ' * number}" for number in range(2, 14)]
    reader = Counts({"2 boats": likely})
    with Memory(":memory:", reader=reader) as memory:
        for number, text in enumerate([*turns, last + ", of the sea" * 14], 1):
            memory.remember(
                {"who": "Jo", "text": text, "at": f"2025-03-{number:02d}T10:00:00Z", "session": str(number)}
            )
        memory.remember({"who": "Jo", "text": "the choir, of the sea" + ", the sea" * 20, "session": "x"})
        memory.ask("What does the choir sing of?", threshold=0.0, now="2025-04-01T10:00:00Z")

    assert len(reader.passages) == read


@pytest.mark.parametrize(
    ("text", "question", "told"),
    [
        ("Holub can't deliver in april, Sedlar does it then", "Who delivers eggs in April?", "Sedlar"),
        ("Holub can't deliver in april, Sedlar does it then", "Who does not deliver eggs in April?", "Holub"),
        ("Holub can deliver in april, Sedlar does it then", "Who delivers eggs in April?", "Holub"),
    ],
)
def test_who_is_said_not_to_do_it_is_not_who_does(text: str, question: str, told: str) -> None:
    assert told == short([text, "eggs in april: Sedlar said yes"], question, {"Holub": 0.95, "Sedlar": 0.4})
