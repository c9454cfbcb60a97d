"""Measures, what is allowed or open, cars, homes and bills in other languages, moved dates, who comes when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from remanence.language.statements.read import read

SAID = datetime(2024, 5, 3, 12, tzinfo=UTC)  # a Friday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I weigh 72 kg now.", ("Nora", "weight", "72 kg", 1)),
        ("Otto weighs 11 kilos already.", ("Otto", "weight", "11 kilos", 1)),
        ("Parking is not allowed.", ("Parking", "allowed", "allowed", -1)),
        ("The sauna is closed.", ("sauna", "closed", "closed", 1)),
        ("I drive a blue Fiesta.", ("Nora", "car", "blue Fiesta", 1)),
        ("J'habite à Rennes.", ("Nora", "home", "Rennes", 1)),
        ("Ich bin nach Bremen gezogen.", ("Nora", "home", "Bremen", 1)),
        ("Mi alquiler es de 610 euros.", ("Nora", "rent", "610 euros", 1)),
        ("Meine Schwester heißt Wiebke.", ("Nora", "schwester", "Wiebke", 1)),
        ("The rehearsal has been moved to 20 June.", ("Nora", "date of rehearsal", "20 June (20 June 2024)", 1)),
        ("Wilma is visiting on the 9th.", ("Wilma", "date of visiting", "the 9th (9 May 2024)", 1)),
    ],
)
def test_it_is_stated(text: str, expected: tuple[str, str, str, int]) -> None:
    found = read(text, speaker="Nora", at=SAID)

    assert expected in [(one.subject, one.attribute, one.value, one.polarity) for one in found]


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("The sauna is closed on Mondays.", "closed"),
        ("Is parking allowed?", "allowed"),
        ("I drive my kids to Fiesta Park.", "car"),
        ("I might weigh 72 kg.", "weight"),
    ],
)
def test_it_is_not_stated(text: str, attribute: str) -> None:
    """A habit, a question, another object, a guess."""
    assert attribute not in [one.attribute for one in read(text, speaker="Nora", at=SAID)]


@pytest.mark.parametrize(
    "text", ["my dog, We're off", "hiding in my book club reading. We're the Dog-Eared, my cat, I'm told"]
)
def test_a_pronoun_with_its_verb_is_nobodys_name(text):
    assert not [one.value for one in read(text, speaker="Mara") if one.attribute == "pets"]


@pytest.mark.parametrize(
    ("text", "told"), [("they'd pay 780k, so they say", []), ("I'd earn 50k there", []), ("they pay me 50k", ["50k"])]
)
def test_what_somebody_would_pay_is_no_salary(text, told):
    assert told == [one.value for one in read(text, speaker="Mara") if one.attribute == "salary"]
