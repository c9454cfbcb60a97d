"""What the best hits say together: read in order of time as one passage, by a reader whose words are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from test_what_a_reading_counts import NOTHING

from remanence import Memory
from remanence.compose import together
from remanence.models.reader.reading import Reading

NOW = "2025-04-01T10:00:00Z"


class Cabins:
    """A reader that takes any "Cabin N" for an answer, and of a passage with several the one that `takes` says."""

    def __init__(self, takes: int = -1, sure: float = 0.9) -> None:
        self.takes, self.sure = takes, sure
        self.passages: list[str] = []

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        self.passages += passages
        return [self._found(passage) for passage in passages]

    def _found(self, passage: str) -> Reading:
        places = [n for n in range(len(passage)) if passage.startswith("Cabin ", n)]
        if not places:
            return NOTHING
        place = places[self.takes if len(places) > 1 else 0]
        end = place + len("Cabin ") + len(passage[place + 6 :].split()[0].rstrip(".,"))
        return replace(NOTHING, start=place, end=end, answerable=self.sure if len(places) > 1 else 0.9)


def asked(reader: Cabins, *turns: str, question: str = "Where does Jo sleep on the ship?", order: int = 1) -> str:
    with Memory(":memory:", reader=reader) as memory:
        for day, text in list(enumerate(turns, 1))[::order]:
            memory.remember({"who": "Jo", "text": text, "at": f"2025-03-{day:02d}T10:00:00Z", "session": str(day)})
        return memory.ask(question, threshold=0.0, now=NOW).short


TURNS = ("I sleep on the ship in Cabin 14, at the back.", "lunch was soup", "moved on the ship, I sleep in Cabin 9")


def test_what_the_hits_say_together_is_the_answer_and_not_what_the_first_of_them_says() -> None:
    """The reader takes the last of several; each by itself is as sure as the other."""
    assert asked(Cabins(-1), *TURNS) == "Cabin 9"
    assert asked(Cabins(0), *TURNS) == "Cabin 14"


def test_they_are_read_in_the_order_in_which_they_were_said_whichever_came_in_first() -> None:
    reader = Cabins()

    asked(reader, *TURNS, order=-1)

    (both,) = [passage for passage in reader.passages if passage.count("Cabin ") > 1]
    assert both.index("Cabin 14") < both.index("Cabin 9")
    assert both.startswith("Jo: I sleep")


def test_the_words_of_a_long_turn_are_read_round_what_it_says() -> None:
    """The span is found again in the whole text, however much stands before it."""
    long = "We talked of this and that. " * 40 + "On the ship I sleep in Cabin 9 now." + " And so on and on." * 40

    reader = Cabins()

    assert asked(reader, TURNS[0] + " And so on and on." * 60, "soup again", long) == "Cabin 9"
    assert max(len(one) for one in reader.passages if one.count("Cabin ") > 1) < 2 * together.LONG + 20


def test_where_nothing_is_read_together_the_hits_cannot_tell() -> None:
    """The twin: each by itself the reader's choice among them changes nothing, and neither does a doubtful one."""
    assert asked(Cabins(0, sure=0.05), *TURNS) == asked(Cabins(-1, sure=0.05), *TURNS)


def test_a_long_turn_that_begins_with_what_it_says_is_read_from_its_beginning() -> None:
    """Its first letter included, and with who says it before it."""
    reader = Cabins()
    long = "Cabin 9 on the ship is where I sleep now." + " And so on and on." * 40

    assert "Cabin 9" == asked(reader, TURNS[0] + " And so on and on." * 60, "soup again", long)
    assert any("\nJo: Cabin 9 on the ship" in passage for passage in reader.passages)
