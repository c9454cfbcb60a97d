"""What a sentence says beside a name is of that name only: what comes next, whose bakery it is, since when."""

from __future__ import annotations

import pytest
from stating import SAID, told

from remanence.language.statements.corrected import corrected
from remanence.language.statements.read import read
from remanence.language.statements.statement import Statement
from remanence.language.statements.talk.clause import is_name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("went to see dr Moe, the dentist, he says the tooth has to go", ("Mo", "dentist", "dr Moe", 1)),
        ("my new dentist is dr Moe", ("Mo", "dentist", "dr Moe", 1)),
        ("Jo (my flatmate) is allergic to wasps", ("Jo", "allergy", "wasps", 1)),
        ("Bruno is down to 29 kg", ("Bruno", "weight", "29 kg", 1)),
        ("vitamin d is up to 48", ("Mo", "vitamin d", "48", 1)),
        ("our doctor, Ida, has moved", ("Mo", "doctor", "Ida", 1)),
        ("we got a rabbit, he's called Hoppel", ("Mo", "pets", "Hoppel (rabbit)", 1)),
        ("my sister is pregnant. she's called Ida", ("Mo", "sister name", "Ida", 1)),
    ],
)
def test_it_is_said_of_that_name(text, said):
    assert said in told(text)


@pytest.mark.parametrize(
    ("text", "attribute", "value"),
    [
        ("took the little one to the doctor, Ida has an ear infection", "doctor", "Ida"),
        ("I'll own the importer, Bo does the api, Marek the frontend", "importer", "Bo"),
        ("my sister opened a bakery, it's called Tarte", "sister name", "Tarte"),
        ("my hamster Kiwi died last night btw", "pets", "hamster"),
        ("we got a rabbit, he's called Hoppel", "pets", "a rabbit"),
        ("our dog ran off at the beach", "pets", "dog"),
        ("anouk doesn't eat meat, and I can't do lactose", "diet", "meat"),
        ("Bruno is down to 29 kg", "bruno", "29 kg"),
        ("no more chess club for me, tuesdays I have the birth course", "time of more chess club", "tuesdays"),
    ],
)
def test_it_is_not_said_of_what_stands_beside_it(text, attribute, value):
    assert (attribute, value) not in [(one[1], one[2]) for one in told(text)]


def test_nobody_becomes_a_wife_by_a_later_day():
    """The day is of the child; she is his wife when he says so."""
    (one,) = (
        x for x in read("my wife Selin is due in the second week of july", speaker="Mo", at=SAID) if x.value == "Selin"
    )

    assert SAID == one.at


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("23rd it is", "23rd (23 May 2025)"),
        ("ok the 23rd it is then", "23rd (23 May 2025)"),
        ("friday it is!", "friday (9 May 2025)"),
    ],
)
def test_what_is_agreed_on_at_last_counts(text, day):
    last = Statement("Mo", "date of dinner", "22 May 2025", at=SAID)
    right = corrected(text, last, SAID)

    assert right is not None
    assert (day, "corrected") == (right.value, right.change)
    assert corrected("lovely it is", last, SAID) is None


def test_what_an_assistant_advises_is_no_dose():
    """What it set is kept."""
    advice = read("Rest the knee; ibuprofen 400 mg can help, at most three a day.", speaker="assistant", at=SAID)
    setting = read("The port is 8080 now.", speaker="assistant", at=SAID)

    assert [] == [one.value for one in advice]
    assert ["8080"] == [one.value for one in setting]


@pytest.mark.parametrize(
    "text",
    [
        "His weight is 80 kilos.", "Her salary is 3000 euros.", "Your bill is 90 euros.", "Their rent is 900 euros.",
        "She's got two dogs.", "They've got a dog.", "I'll visit Ida tomorrow.", "I became a mother.",
    ],
)  # fmt: skip
def test_what_is_of_nobody_who_is_named_is_not_of_who_says_it(text):
    """Nor is what somebody does a date, or a kin a trade."""
    assert [] == [one for one in told(text) if one[1] != "plan"]


@pytest.mark.parametrize("text", ["I have a brother called Max.", "I have a friend called Max.", "She has a new boss."])
def test_nobody_owns_somebody(text):
    assert "owns" not in [one[1] for one in told(text, about="Ida")]


def test_his_and_her_are_of_whom_the_talk_is():
    """The same words behind a name."""
    assert ("Miso", "weight", "5 kilos", 1) in told("My cat Miso is 4. Her weight is 5 kilos.")
    assert ("Bob", "salary", "3000 euros", 1) in told("Bob is a welder. His salary is 3000 euros.")
    assert ("Mo", "date of dentist visit", "Monday (12 May 2025)", 1) in told("I scheduled a dentist visit for Monday")


def test_here_is_not_he():
    """What is mine is so wherever it is said."""
    assert [("Mo", "pets", "horse", 1)] == told("Wow, great. Here's a photo of my horse", about="Bo")
    assert [("Mo", "pets", "horse", 1)] == told("here's a photo of my horse", about="Bo")


def test_what_an_assistant_calls_yours_is_of_whom_it_speaks_to():
    """A person's "your" is nobody's who is known."""
    said = [read("Your phone bill is 40 euros.", speaker=who, addressee="Mo", at=SAID) for who in ("assistant", "Bo")]

    assert [[("Mo", "phone bill", "40 euros")], []] == [
        [(x.subject, x.attribute, x.value) for x in one] for one in said
    ]


def test_a_word_that_is_two_is_no_name():
    """An apostrophe within a name is one of its letters."""
    assert not any(map(is_name, ("I'll", "She’d", "We've", "Don't", "They're")))
    assert is_name("O'Brien")
