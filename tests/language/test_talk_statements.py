"""Talk as people write it - fragments, changes, ends, corrections - is read for statements."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language.statements.read import read
from remanence.language.statements.statement import Statement
from remanence.language.statements.talk.reader import talk_statements
from remanence.language.statements.values import alike

SAID = datetime(2025, 3, 12, 9, tzinfo=UTC)


def told(text: str, speaker: str = "Ann", about: str = "") -> list[Statement]:
    return talk_statements(text, speaker, SAID, about=about)


def short(text: str, about: str = "") -> set[tuple[str, str, str, int]]:
    return {(one.subject, one.attribute, one.value, one.polarity) for one in told(text, about=about)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rent went up to 940 a month, ugh", ("Ann", "rent", "940 a month", 1)),
        ("new boss is called Henrike", ("Ann", "boss", "Henrike", 1)),
        ("tonight Pavel (my manager) kept us late", ("Ann", "boss", "Pavel", 1)),
        ("still welding at Brandt & Sons", ("Ann", "employer", "Brandt & Sons", 1)),
        ("starting as an apprentice joiner at Kestrel Boats", ("Ann", "employer", "Kestrel Boats", 1)),
        ("i quit the print shop", ("Ann", "employer", "print shop", -1)),
        ("I'm not a shift supervisor anymore", ("Ann", "job", "shift supervisor", -1)),
        ("WE LIVE IN BERGEN!!", ("Ann", "home", "BERGEN", 1)),
        ("locker code is 2291 btw", ("Ann", "locker code", "2291", 1)),
        ("they reshuffled the lockers so mine's 8810 now", ("Ann", "locker code", "8810", 1)),
        ("bump python 3.13, the server has it", ("Ann", "version of python", "3.13", 1)),
        ("Theo: 21.4 kg, growing like mad", ("Theo", "weight", "21.4 kg", 1)),
        ("loratadine 10 mg every morning from today", ("Ann", "loratadine", "10 mg every morning", 1)),
        ("my sister Mara is allergic to latex", ("Mara", "allergy", "latex", 1)),
        ("aisle seat for me from now on", ("Ann", "prefers", "aisle", 1)),
        ("ok I change my vote to the lake", ("Ann", "vote", "lake", 1)),
        ("ich wohne jetzt in Graz", ("Ann", "home", "Graz", 1)),
        ("Finn yoga tuesdays 18:30", ("Finn", "time of yoga", "tuesdays 18:30", 1)),
        ("me and Jonah broke up", ("Ann", "partner", "Jonah", -1)),
        ("boss: Ilse", ("Ann", "boss", "Ilse", 1)),
        ("age 43", ("Ann", "age", "43", 1)),
        ("my uncle is 71 years old", ("Ann's uncle", "age", "71", 1)),
        ("Nadia grew up in Turku", ("Nadia", "from", "Turku", 1)),
        ("diagnosed with a trapped nerve", ("Ann", "condition", "trapped nerve", 1)),
        ("they put me on pantoprazole", ("Ann", "medicine", "pantoprazole", 1)),
        ("bricklayer... no, glazier by trade: barista by trade", ("Ann", "job", "barista", 1)),
        ("I report to Ilse", ("Ann", "boss", "Ilse", 1)),
        ("Ilse took over from Bruno as my manager", ("Ann", "boss", "Ilse", 1)),
        ("she studies at Turku University", ("Bea", "education", "Turku University", 1)),
        ("we adopted a grey whippet", ("Ann", "pets", "grey whippet", 1)),
        ("dyed my hair teal", ("Ann", "hair", "teal", 1)),
        ("the wifi password is otter-77-lamp", ("Ann", "wifi password", "otter-77-lamp", 1)),
        ("my rent isn't 940 a month", ("Ann", "rent", "940 a month", -1)),
        ("I used to live in Turku", ("Ann", "home", "Turku", -1)),
    ],
)
def test_a_way_of_saying_gives_its_statement(text: str, expected: tuple[str, str, str, int]) -> None:
    """Without a subject, in small letters or shouted, of the speaker or of somebody named."""
    assert expected in short(text, about="Bea")


@pytest.mark.parametrize(
    "text",
    [
        "did the rent go up to 940 a month?",
        "if the rent goes up to 940 a month I move out",
        "I wish I lived in Bergen",
        "they offered 31,000 but who knows",
        "I applied for a job as a shift supervisor at Kestrel Boats",
        "viewing a flat on Tuesday, 940 a month",
        "the code is bad",
        "I left it on the bus",
        "```\nport 8080\n```",
    ],
)
def test_what_is_asked_supposed_wished_or_pasted_states_nothing(text: str) -> None:
    """A statement that was not made is worse than none."""
    assert [] == [one for one in told(text) if one.holds and one.sure]


def test_he_is_whom_the_text_or_the_talk_before_named() -> None:
    """Without anybody, the clause is left out."""
    assert ("Omar", "job", "night nurse", 1) in short("Omar visits on Friday, he's a night nurse")
    assert ("Omar", "job", "night nurse", 1) in short("he's a night nurse", about="Omar")
    assert set() == short("he's a night nurse")


def test_what_follows_without_a_subject_is_about_whom_the_sentence_began_with() -> None:
    """ "turned 41" is Nadia's, and whoever only says it is not whom it is about."""
    assert ("Nadia", "age", "41", 1) in short("Nadia's party was loud, turned 41, can you believe it")
    assert ("Theo", "spray", "1 puff at night", 1) in short("Theo: Halloran says spray only 1 puff at night")


def test_two_people_of_one_name_are_told_apart_by_the_word_before_it() -> None:
    """ "choir Sam" is another Sam than "flatmate Sam"."""
    found = short("choir Sam works as a midwife. flatmate Sam works at Kestrel Boats")

    assert {("Sam (choir)", "job", "midwife", 1), ("Sam (flatmate)", "employer", "Kestrel Boats", 1)} <= found


def test_a_line_headed_by_a_name_is_about_that_person() -> None:
    """Until the next head."""
    found = short("Theo: weight 21.4 kg. me: weight 70 kg")

    assert {("Theo", "weight", "21.4 kg", 1), ("Ann", "weight", "70 kg", 1)} <= found


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("the rent is 940 a month now", "changed"),
        ("rent is 940 a month", ""),
        ("allergic to cashews too", "added"),
        ("no wait, the locker code is 2219", "corrected"),
    ],
)
def test_the_words_say_what_they_do_to_what_was_known(text: str, change: str) -> None:
    """Now, too, no wait."""
    assert change in {one.change for one in told(text)}


def test_one_number_in_the_place_of_another_is_a_correction() -> None:
    """Of what, the store knows."""
    (one,) = [one for one in told("argh, it's 2219, not 2291") if one.attribute == "corrected"]

    assert ("2219", "2291", "corrected") == (one.value, one.replaces, one.change)
    assert "corrected" in {one.attribute for one in told("typed it wrong. 2219. not 2291")}


def test_what_stands_in_the_diary_has_its_day_and_ends_with_it() -> None:
    """ "moved to" means the event that was spoken of."""
    found = told("dentist is Tuesday 18 March 9:15. they rang, moved to Friday 21 March")

    assert [("dentist", "18 March 2025"), ("dentist", "21 March 2025")] == [
        (one.attribute.removeprefix("date of "), one.value.split("(")[1].rstrip(")")) for one in found
    ]
    assert ["", "changed"] == [one.change for one in found]
    assert datetime(2025, 3, 22, tzinfo=UTC) == found[1].until


def test_a_course_ends_by_itself() -> None:
    """ "for 5 days" counts from the first."""
    (one,) = told("azelastine 2 drops twice a day for 5 days")

    assert datetime(2025, 3, 17, 9, tzinfo=UTC) == one.until


def test_spans_lie_in_the_text() -> None:
    """Each statement cites its words."""
    text = "evening all. my boss is Henrike. rent went up to 940 a month"

    assert all(one.value.split()[0] in text[one.start : one.end] for one in told(text))


def test_an_assistants_settings_are_taken_and_its_claims_about_people_are_not() -> None:
    """It repeats what it was told, and guesses."""
    found = read("Done, port 8090 is set. You work at Kestrel Boats.", speaker="assistant", at=SAID)

    assert [("user", "port", "8090")] == [(one.subject, one.attribute, one.value) for one in found]


def test_a_learned_reader_joins_in_and_the_surer_reading_stays() -> None:
    """What both say is said once."""

    class Learned:
        def statements(self, text: str, speaker: str) -> list[Statement]:
            return [
                Statement(speaker, "rent", "940", certainty=0.99, start=0, end=4),
                Statement(speaker, "mood", "cross", certainty=0.8, start=0, end=4),
            ]

    found = read("rent is 940 now", speaker="Ann", at=SAID, reader=Learned())

    assert [("mood", 0.8), ("rent", 0.99)] == sorted((one.attribute, one.certainty) for one in found)
    assert "changed" == next(one.change for one in found if one.attribute == "rent")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("640", "640 a month", True),
        ("the choir", "choir", True),
        ("640", "725", False),
        ("5 mg", "2.5 mg", False),
        ("Kestrel Boats", "Kestrel", True),
        ("Rome", "Oslo", False),
    ],
)
def test_values_are_alike_when_the_shorter_is_in_the_longer(left: str, right: str, same: bool) -> None:
    """And their numbers agree."""
    assert same == alike(left, right)
