"""A turn that takes back an earlier one counts, whatever the reader makes of both; what was called off never was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from remanence import Memory
from remanence.compose.corrections import _just_behind, amount_set_right, as_corrected
from remanence.compose.reading import Read, chosen
from remanence.language.question import read as read_question
from remanence.language.statements.corrects import sets_right, turned_down
from remanence.types import Hit, Item

NOW = datetime(2024, 9, 30, 12, tzinfo=UTC)
TALK = [
    ("Ida", "2024-05-02T09:00", "The barbecue for Nils is on the 8th of June, in the yard."),
    ("Ida", "2024-05-02T09:01", "Bring chairs if you have some."),
    ("Ole", "2024-05-03T10:00", "The new boiler weighs 48 kg, says the plumber."),
    ("Ida", "2024-05-20T09:00", "hm. I had that wrong, the 8th is the christening, the barbecue is the 15th."),
    ("Ole", "2024-05-21T10:00", "no wait, I misread the boiler's label. it's 84 kg, not 48"),
    ("Ida", "2024-06-01T10:00", "We booked the ferry to Bornholm for July."),
    ("Ida", "2024-06-20T10:00", "Bornholm is off, Nils has a fever and the doctor says no."),
    ("Ole", "2024-07-20T10:00", "We spent two days in Lund instead."),
]


def reading(number: int, turn: tuple[str, str, str], said: str, likely: float) -> Read:
    who, at, text = turn
    item = Item("turn", text, f"i{number}", who=who, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    start = text.index(said)
    return Read(number, Hit(item, likely, {}), start, start + len(said), said, likely, 0.0, 0.0, likely, False)


def told(memory: Memory, question: str) -> str:
    return memory.ask(question, now=NOW, threshold=0.0).short


@pytest.fixture
def talk(tmp_path):
    with Memory(tmp_path / "m.db") as memory:
        memory.remember([{"who": who, "at": at, "text": text, "session": at[:10]} for who, at, text in TALK])
        yield memory


def test_a_day_that_was_taken_back_gives_way_to_the_right_one(talk):
    """The correcting turn names both days; the one in the clause that is asked for counts."""
    assert "15 June" in told(talk, "What day is the barbecue for Nils?")


def test_readings_alone_would_tell_the_day_that_was_taken_back():
    """The twin: what the reader makes of each hit by itself picks the earlier turn, and the correction turns it."""
    old, new = TALK[0], TALK[3]
    asked = read_question("What day is the barbecue for Nils?", at=NOW, people=("Ida", "Ole"))
    alone = [reading(0, old, "8th of June", 0.9), reading(1, new, "christening", 0.4)]
    corrected = as_corrected(alone, asked)

    assert chosen(alone, asked).said == "8th of June"
    assert chosen(corrected, asked).said == "15 June 2024"


def test_a_number_that_was_taken_back_gives_way_to_the_right_one(talk):
    short = told(talk, "How much does the boiler weigh?")

    assert "84" in short
    assert "48 kg" not in short


CLASS = ("Ida", "2024-05-02T09:00", "school from thursday, Nils gets Mrs Okonjo for class 4, he ran in")
BAREFOOT = ("Ida", "2024-05-20T10:00", "no wait, Nils had his slippers on. barefoot he's 120 cm")
WAITS = ("Ida", "2024-05-02T09:00", "I'd try three times with waits of 2 and 4 seconds")
MAIL = ("Ida", "2024-05-20T10:00", "wait no, misread the mail. the freeze starts on tuesday")
CODE = ("Ida", "2024-05-02T09:00", "key safe of class 4, code 7315. left of the woodshed")
TYPED = ("Ida", "2024-05-03T10:00", "argh I typed it wrong. 7351. not 7315")
THURSDAY = ("Ida", "2024-05-02T09:00", "Nils gets Mrs Okonjo from thursday on")
LETTER = ("Ida", "2024-05-20T10:00", "no wait, misread the letter. class 4 begins at nine with Nils")
CLASS_AGAIN = ("Ida", "2024-05-20T10:00", "no wait, misread the letter. class 4 gets Mr Lindgren, Nils is glad")


@pytest.mark.parametrize(
    ("turn", "said", "likely", "whom"),
    [
        (BAREFOOT, "barefoot he's 120 cm", 0.4, "Mrs Okonjo"),
        (BAREFOOT, "barefoot he's 120 cm", 0.7, "barefoot he's 120 cm"),
        (CLASS_AGAIN, "Mr Lindgren", 0.5, "Mr Lindgren"),
        (CLASS_AGAIN, "Mr Lindgren", 0.2, "Mrs Okonjo"),
    ],
)
def test_a_turn_that_sets_something_else_right_takes_nothing_back(turn, said, likely, whom):
    """It must answer nearly as well itself, or half as well where it speaks of the topic too."""
    reads = [reading(0, CLASS, "Mrs Okonjo", 0.9), reading(1, turn, said, likely)]

    asked = read_question("Who teaches Nils in class 4?", at=NOW, people=("Nils",))

    assert chosen(as_corrected(reads, asked), asked).said == whom


def test_a_turn_that_names_the_wrong_number_sets_it_right_however_little_it_answers():
    reads = [reading(0, CODE, "7315", 0.9), reading(1, TYPED, "7351", 0.1)]

    asked = read_question("Which code opens the safe?", at=NOW)

    assert chosen(as_corrected(reads, asked), asked).said == "7351"


def test_a_word_of_the_question_counts_where_what_is_taken_back_holds_it_too():
    reads = [reading(0, THURSDAY, "Mrs Okonjo", 0.9), reading(1, LETTER, "begins at nine", 0.4)]

    asked = read_question("Who teaches Nils in class 4?", at=NOW, people=("Nils",))

    assert chosen(as_corrected(reads, asked), asked).said == "Mrs Okonjo"


def test_the_words_that_say_something_was_wrong_are_no_topic():
    reads = [reading(0, WAITS, "2 and 4 seconds", 0.9), reading(1, MAIL, "the mail", 0.4)]

    asked = read_question("What waits between tries did you propose?", at=NOW, people=())

    assert chosen(as_corrected(reads, asked), asked).said == "2 and 4 seconds"


def test_what_is_stored_is_told_as_it_was_set_right(tmp_path):
    """A rent that sleep has made a fact of, and a later turn that it made nothing of."""
    with Memory(tmp_path / "m.db") as memory:
        memory.remember({"who": "Ida", "at": "2024-05-02T09:00", "text": "My rent is 940 a month."})
        memory.sleep()
        before = told(memory, "What is Ida's rent?")
        memory.remember({"who": "Ida", "at": "2024-05-20T09:00", "text": "the bank wrote: it's 960, I misread it"})
        after = told(memory, "What is Ida's rent?")

    assert "940" in before
    assert "960" in after
    assert "940" not in after


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("the bank wrote: it's 960, I misread the contract.", "960 a month"),
        ("the bank wrote: it's 12, I misread the contract.", "940 a month"),
        ("the bank wrote: it's 960, what a nice street.", "940 a month"),
    ],
)
def test_a_stored_amount_is_set_right_by_a_number_of_its_size(later, expected):
    """The twins: another size is of something else, and without words that take something back nothing is."""
    first = reading(0, ("Ida", "2024-05-02T09:00", "we signed, 940 a month"), "940 a month", 0.9)
    second = reading(1, ("Ida", "2024-05-20T09:00", later), later[:3], 0.2)

    right = amount_set_right("940 a month", first.hit.item, [first.hit.item, second.hit.item])

    assert expected == ("940 a month" if right is None else right[0])


def test_what_was_called_off_has_no_days(talk):
    assert told(talk, "How many days did we spend on Bornholm?") == "it was cancelled"


def test_what_a_plan_cost_is_still_asked_of_a_plan_that_was_called_off(talk):
    assert told(talk, "For when did we book the ferry to Bornholm?") != "it was cancelled"


def test_what_took_place_in_the_end_was_not_called_off(tmp_path):
    with Memory(tmp_path / "m.db") as memory:
        memory.remember({"who": "Ida", "at": "2024-06-20T10:00", "text": "Bornholm is off, Nils has a fever."})
        memory.remember({"who": "Ida", "at": "2024-08-20T10:00", "text": "We went to Bornholm after all, four days."})

        assert told(memory, "How many days did we spend on Bornholm?") != "it was cancelled"


@pytest.mark.parametrize(
    "text",
    [
        "no wait, it's the tall one",
        "I got the gate code wrong. 2280.",
        "wait no, misread the mail. it starts on friday",
        "nein warte, er kommt am Montag",
        "lo puse al revés: son 31",
        "je me suis trompé, c'est mardi",
        "不对，是星期三",
    ],
)
def test_announcing_a_mistake_is_heard(text):
    assert sets_right(text) is not None


@pytest.mark.parametrize("text", ["I can't wait for Monday", "did I get that wrong?", "the wrong trousers, great film"])
def test_words_that_only_look_so_are_not(text):
    assert sets_right(text) is None


def test_what_is_named_as_wrong_is_told_apart():
    text = "it's 84 kg, not 48"

    assert turned_down(text, text.index("48", 12))
    assert not turned_down(text, text.index("84"))


def test_a_correction_is_as_good_a_find_as_what_it_takes_back():
    """Recall finds the turn that names the topic; the one that sets it right names it seldom."""
    old, new = TALK[2], TALK[4]
    asked = read_question("How much does the new boiler weigh?", at=NOW, people=("Ida", "Ole"))
    alone = [replace(reading(0, old, "48 kg", 0.9), found=0.7), replace(reading(1, new, "84 kg", 0.4), found=0.01)]

    right = chosen(as_corrected(alone, asked), asked)

    assert ("84 kg", 0.7) == (right.said, right.found)


@pytest.mark.parametrize(
    ("who", "seconds", "behind"),
    [
        ("Ida", 1, True), ("Ida", 86_400, True), ("Ida", 2 * 86_400, True), ("Ida", 2 * 86_400 + 1, False),
        ("Ida", 0, False), ("Ida", -1, False), ("Ole", 60, False),
    ],
)  # fmt: skip
def test_a_turn_just_behind_is_the_same_speakers_of_two_days(who: str, seconds: int, behind: bool) -> None:
    """Not at the same time, not before, and of nobody else."""
    old = Item("turn", "The barbecue is on the 8th.", "a", who="Ida", at=NOW)
    new = Item("turn", "no wait, the 15th", "b", who=who, at=NOW + timedelta(seconds=seconds))

    assert behind == _just_behind(new, old)


def amount(later: str, *between: str, short: str = "940 a month") -> str:
    """What becomes of an amount that Ida told, after what she said since."""
    texts = ("we signed, 940 a month", *between, later)
    items = [
        Item("turn", text, f"i{day}", who="Ida", at=datetime(2024, 5, day, tzinfo=UTC))
        for day, text in enumerate(texts, 1)
    ]
    right = amount_set_right(short, items[0], items)
    return short if right is None else right[0]


def test_what_is_said_between_an_amount_and_its_correction_changes_nothing() -> None:
    """A turn that sets nothing right is passed over, and so is one that names another number as wrong."""
    right = "the bank wrote: it's 960, I misread the contract."

    assert "960 a month" == amount(right, "soup again", "the yard is 12 m long")
    assert "960 a month" == amount(right, "the yard is 1280, not 1320", "the yard is 1320")
    assert "955 a month" == amount("argh, misread it again, it's 955", right)


@pytest.mark.parametrize(
    ("said", "put"), [("899", True), ("600", True), ("599", False), ("1350", False), ("90", False), ("none", False)]
)
def test_a_number_sets_another_right_that_is_no_more_than_a_third_smaller(said: str, put: bool) -> None:
    """Of as many digits; a smaller or longer one is of something else."""
    told = amount(f"it's {said}, I misread the contract.", short="900 a month")

    assert (f"{said} a month" if put else "900 a month") == told


DATED = ("Ida", "2024-05-02T09:00", "The viewing is on 9 May. The barbecue for Nils is on 8 June, in the yard.")


@pytest.mark.parametrize(
    ("later", "day"),
    [
        ("no wait, I was wrong, the barbecue is on 15 June", "15 June 2024"),
        ("no wait, the barbecue had 8 June, the barbecue is on 15 June", "15 June 2024"),
        ("no wait, the barbecue is on 15 June, the card still has 8 June", "15 June 2024"),
        ("16 June is mine. no wait, the barbecue is on 15 June", "15 June 2024"),
        ("no wait, I misread. It rained. The barbecue is on 15 June", "15 June 2024"),
    ],
)
def test_of_two_days_in_a_correction_the_one_that_was_not_told_before_counts(later: str, day: str) -> None:
    """The clause that is asked for, not the day that it takes back, and rather what stands behind the words."""
    asked = read_question("What day is the barbecue for Nils?", at=NOW, people=("Ida", "Ole"))
    reads = [reading(0, DATED, "8 June", 0.9), reading(1, ("Ida", "2024-05-20T09:00", later), "no wait", 0.6)]

    assert day == chosen(as_corrected(reads, asked), asked).said


@pytest.mark.parametrize(
    ("sessions", "who", "taken"),
    [
        (("a", "a"), ("Ida", "Ida"), True),
        (("a", "b"), ("Ida", "Ida"), False),
        ((None, None), ("Ida", "Ida"), True),
        (("a", "a"), ("Ida", "Ole"), False),
    ],
)
def test_a_correction_without_a_shared_word_takes_back_its_own_speakers_of_its_session(sessions, who, taken) -> None:
    """Without sessions all is one."""
    old = reading(0, (who[0], "2024-05-02T09:00", "the boiler weighs 48 kilos"), "48 kilos", 0.9)
    new = reading(1, (who[1], "2024-05-02T09:05", "no wait, 84 kg it says"), "84 kg", 0.9)
    reads = [
        replace(one, hit=replace(one.hit, item=replace(one.hit.item, scope=replace(one.hit.item.scope, session=each))))
        for one, each in zip((old, new), sessions, strict=True)
    ]
    told = as_corrected(reads, read_question("How much does the boiler weigh?", at=NOW))

    assert taken == any(one.corrects for one in told)


def set_right(old: str, said: str, new: str, instead: str, question: str, *, sessions: tuple[str, str]) -> bool:
    """Whether what Ole says sets right what Ida said, both as sure of the answer."""
    first, last = (
        reading(0, ("Ida", "2024-05-02T09:00", old), said, 0.9),
        reading(1, ("Ole", "2024-05-02T09:05", new), instead, 0.9),
    )
    reads = [
        replace(one, hit=replace(one.hit, item=replace(one.hit.item, scope=replace(one.hit.item.scope, session=each))))
        for one, each in zip((first, last), sessions, strict=True)
    ]
    asked = read_question(question, at=NOW, people=("Nils",))
    return any(one.corrects for one in as_corrected(reads, asked))


@pytest.mark.parametrize(("sessions", "right"), [(("a", "a"), True), (("a", "b"), False)])
def test_in_one_session_a_shared_name_is_enough(sessions: tuple[str, str], right: bool) -> None:
    """Of another day somebody may say anything of Nils."""
    old, new = "Nils gets Mrs Okonjo", "no wait, for Nils it's Mr Lindgren"

    assert right == set_right(old, "Mrs Okonjo", new, "Mr Lindgren", "Who teaches Nils?", sessions=sessions)


@pytest.mark.parametrize(
    ("new", "right"),
    [
        ("no wait, Bo brought the boiler", True),
        ("no wait, I misread. It was late. Bo brought the boiler", True),
        ("no wait, I misread. It was late. Soup again. Bo brought the boiler", False),
        ("The boiler is warm. No wait, Bo has the tent", False),
    ],
)
def test_what_is_set_right_stands_in_the_correcting_sentence_or_the_two_behind_it(new: str, right: bool) -> None:
    """Not in what was said before it."""
    old, question = "Kim brought the boiler", "Who brought the boiler?"

    assert right == set_right(old, "Kim", new, "Bo", question, sessions=("a", "b"))


def test_of_two_corrections_the_one_that_says_more_of_what_is_asked_counts() -> None:
    """The names of persons are words of it; of two that say as much the later counts."""
    asked = read_question("What day is the barbecue for Nils?", at=NOW, people=("Nils",))
    turns = (
        ("Ida", "2024-05-20T09:00", "no wait, the barbecue for Nils is on 15 June"),
        ("Ida", "2024-05-21T09:00", "no wait, the barbecue is on 22 June"),
        ("Ida", "2024-05-22T09:00", "no wait, the barbecue for Nils is on 29 June"),
    )
    reads = [reading(0, TALK[0], "8th of June", 0.9)]
    reads += [reading(n, turn, turn[2][-7:], 0.6) for n, turn in enumerate(turns, 1)]

    assert "15 June 2024" == chosen(as_corrected(reads[:3], asked), asked).said
    assert "29 June 2024" == chosen(as_corrected(reads, asked), asked).said
