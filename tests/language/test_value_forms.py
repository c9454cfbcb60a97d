"""What form of value a question asks for, and which values of a text have that form."""

from __future__ import annotations

import pytest

from remanence.language.answer_type import expected
from remanence.language.value_forms import counted, value_form, values


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("At what time does the ferry leave?", "clock"),
        ("Um wie viel Uhr kommt der Bus?", "clock"),
        ("What is Ole's e-mail address?", "email"),
        ("What is the landlord's phone number?", "phone"),
        ("How much did the boiler cost?", "money"),
        ("price of the tent", "money"),
        ("How long was the drive to Lund?", "duration"),
        ("How many nights did we stay?", "duration"),
        ("How many chairs did Ida bring?", "count"),
        ("How heavy is the boiler?", "weight"),
        ("How tall is Nils?", "length"),
        ("What dose of the syrup does Nils get?", "dose"),
        ("Which port does the server listen on?", "code"),
        ("invoice number of the boiler", "code"),
        ("How much memory does the parser use?", "size"),
        ("How big is the backup?", "size"),
        ("How much space is there for guests?", ""),
        ("Who drove the car?", ""),
        ("What did Ole share with his team?", ""),
        ("What did she write about in her e-mail to Ole?", ""),
        ("How long is the rope?", ""),
        ("In what year did Ole start to sail?", ""),
    ],
)
def test_a_question_asks_for_a_form_of_value_or_for_none(question, form):
    assert value_form(question) == form


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("What time does it start?", "doors 19:30, show at 8, 25 euros", ["19:30", "8"]),
        ("What time does it start?", "half past six, they said", ["half past six"]),
        ("How much was the tent?", "the tent has 2 doors, 189 euros, from 2019", ["189 euros"]),
        ("How much was the tent?", "got it down to 1,050 on 14 May, tent 4 is nicer", ["1,050"]),
        ("How much was the tent?", "it came on 14 May at 10:30 with 3 pegs", []),
        ("How long did it take?", "took us about two and a half hours, 90 km", ["about two and a half hours"]),
        ("How long does she hold it?", "I hold it for 30-60 seconds", ["30-60 seconds"]),
        ("How many weeks did it take?", "a fortnight? no: 3 weeks, 2 days", ["3 weeks"]),
        ("How many bottles of red did we buy?", "6 bottles, 4 white 2 red", ["2"]),
        ("How many kittens were there?", "in 2024 there were five kittens in 2 boxes", ["five"]),
        ("How heavy is he?", "vet says 18.4 kilos and 40 cm", ["18.4 kilos"]),
        ("What is his e-mail?", "ole@example.org or the shop", ["ole@example.org"]),
        ("How much memory did it use?", "3.1 GB before 0.8.3, 240MB since, 12 s", ["3.1 GB", "240MB"]),
        ("What is the frame number?", "frame KTU 4471 B, paid 540", ["KTU 4471 B", "540"]),
    ],
)
def test_values_of_the_form_are_found_and_the_exact_ones_alone(question, text, found):
    asked = expected(question)
    assert [one.of(text) for one in values(text, asked.value, asked.counts)] == found


def test_what_is_counted_is_the_words_before_the_verb():
    assert counted("How many of Nils's teeth are out?") == "teeth"
    assert counted("How many spare adrenaline pens was I given?") == "pens"
    assert counted("How many bottles of red did we take?") == "bottles of red"
    assert counted("Where are the chairs?") == ""


def test_a_question_for_yes_or_no_asks_for_no_value():
    assert expected("Is the phone number on the card?").value == ""
