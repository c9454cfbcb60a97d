"""Work with its subject left out, in several languages; who teaches, reviews, covers and is away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from stating import SAID, told

from remanence.language.statements.read import read

RIGHT = [
    ("they hired me!! the bookshop on Mill Road", ("Mo", "employer", "bookshop", 1)),
    ("my last day at Aldi was friday", ("Mo", "employer", "Aldi", -1)),
    ("not at Aldi anymore, btw", ("Mo", "employer", "Aldi", -1)),
    ("no longer team lead, back to developer", ("Mo", "job", "developer", 1)),
    ("my boss is leaving, Farid takes over", ("Mo", "boss", "Farid", 1)),
    ("new manager: Farid", ("Mo", "boss", "Farid", 1)),
    ("I get 16.50 an hour now", ("Mo", "salary", "16.50 an hour", 1)),
    ("they're paying me 42k", ("Mo", "salary", "42k", 1)),
    ("Hana reviews now, not Odo", ("Mo", "reviewer", "Hana", 1)),
    ("Tess is on holiday until the 9th", ("Tess", "status", "on holiday", 1)),
    ("ich hab einen neuen Job bei Siemens", ("Mo", "employer", "Siemens", 1)),
    ("dejé el trabajo ayer", ("Mo", "over", "employer", -1)),
    ("i work at nasa", ("Mo", "employer", "nasa", 1)),
    ("i do not . i work for ibm in ohio", ("Mo", "employer", "ibm", 1)),
    ("i do not work but my boyfriend works at google !", ("Mo's boyfriend", "employer", "google", 1)),
    ("new job!! museum front desk, from the 4th", ("Mo", "employer", "museum", 1)),
    ("I've been made team lead", ("Mo", "job", "team lead", 1)),
    ("my contract at Norvik ended yesterday", ("Mo", "employer", "Norvik", -1)),
    ("I'm with the fire service now", ("Mo", "employer", "fire service", 1)),
    ("working part-time at a garden centre these days", ("Mo", "employer", "garden centre", 1)),
    ("ich habe bei Bosch gekündigt", ("Mo", "employer", "Bosch", -1)),
    ("ahora trabajo en un hospital", ("Mo", "employer", "hospital", 1)),
    ("j'ai quitté Renault", ("Mo", "over", "Renault", -1)),
    ("wir ziehen im Mai nach Graz", ("Mo", "home", "Graz", 1)),
    ("me mudo a Valencia en junio", ("Mo", "home", "Valencia", 1)),
    ("mudei-me para o Porto", ("Mo", "home", "Porto", 1)),
    ("mein neuer Chef heißt Jonas", ("Mo", "boss", "Jonas", 1)),
    ("mi alquiler subió a 650", ("Mo", "rent", "650", 1)),
    ("Mrs Pell is teaching year 2 from September", ("year 2", "teacher", "Mrs Pell", 1)),
    ("Lily has Mr Grant for maths now", ("Lily", "teacher", "Mr Grant, maths", 1)),
    ("Ida gets Mrs Pell for class 4", ("class 4", "teacher", "Mrs Pell", 1)),
    ("swapped dentists, I'm with Dr Rao now", ("Mo", "dentist", "Dr Rao", 1)),
    ("Bex is taking over the on-call rota from Sam", ("Mo", "on-call rota", "Bex", 1)),
    ("Kemi replaced Dan as our tutor", ("Mo", "tutor", "Kemi", 1)),
    ("Sam is off on paternity leave until May", ("Sam", "status", "on paternity leave", 1)),
    (
        "I got the job!! city library, archives team. can't believe it",
        ("Mo", "employer", "city library, archives team", 1),
    ),
    ("got the job! at Harrow Mills", ("Mo", "employer", "Harrow Mills", 1)),
    ("going freelance in June", ("Mo", "job", "freelance", 1)),
    ("gave notice, from 1 July freelance", ("Mo", "job", "freelance", 1)),
    ("ab 1. August arbeite ich freiberuflich", ("Mo", "job", "freiberuflich", 1)),
    ("ab 1. Juni arbeitet sie in einer Kanzlei in Bonn", ("Tess", "employer", "Kanzlei in Bonn", 1)),
    ("ich habe gestern bei Nordwind angefangen", ("Mo", "employer", "Nordwind", 1)),
    ("empecé en Correos", ("Mo", "employer", "Correos", 1)),
    ("je travaille chez Renard", ("Mo", "employer", "Renard", 1)),
    ("lavoro per Moretti", ("Mo", "employer", "Moretti", 1)),
    ("comecei na Vidago", ("Mo", "employer", "Vidago", 1)),
    ("ik werk bij Brouwer", ("Mo", "employer", "Brouwer", 1)),
    ("ich arbeite nicht mehr bei Nordwind", ("Mo", "employer", "Nordwind", -1)),
    ("ya no trabajo en Correos", ("Mo", "employer", "Correos", -1)),
    ("je ne travaille plus chez Renard", ("Mo", "employer", "Renard", -1)),
    ("non lavoro più da Moretti", ("Mo", "employer", "Moretti", -1)),
    ("não trabalho mais na Vidago", ("Mo", "employer", "Vidago", -1)),
    ("ik werk niet meer bij Brouwer", ("Mo", "employer", "Brouwer", -1)),
    ("ich wohne nicht mehr in Kassel", ("Mo", "home", "Kassel", -1)),
    ("je n'habite plus à Nantes", ("Mo", "home", "Nantes", -1)),
    ("non abito più a Lecce", ("Mo", "home", "Lecce", -1)),
    ("não moro mais em Braga", ("Mo", "home", "Braga", -1)),
    ("ik woon niet meer in Delft", ("Mo", "home", "Delft", -1)),
    ("por fin tengo piso!! en Gracia, tercero", ("Mo", "home", "Gracia", 1)),
    ("From Thursday year 3 has Ms Aldous", ("year 3", "teacher", "Ms Aldous", 1)),
    ("I've taken over from Tess as she has moved to our billing team", ("Tess", "team", "billing team", 1)),
    ("I've taken over from Tess as she has moved to our billing team", ("Mo", "over", "Tess", -1)),
    ("Tess is on parental leave til spring", ("Tess", "status", "on parental leave", 1)),
    ("send the invoices to Odile from now on", ("Mo", "invoices", "Odile", 1)),
]
SILENT = [
    ("I'll start with The Alchemist", "employer"),
    ("we joined a gym", "employer"),
    ("I'm also excited to guide people", "job"),
    ("I attended a literary festival at the university", "education"),
    ("I attend Zumba on Saturdays", "education"),
    ("my boss is leaving", "boss"),
    ("i work at home", "employer"),
    ("i work at night", "employer"),
    ("a workshop on Mill Road hired them", "employer"),
    ("we had a holiday until the 9th", "status"),
    ("I work in the hotel industry", "employer"),
    ("Sam is off on paternity leave until May", "over"),
    ("I'm with the kids now", "employer"),
    ("Lily has Mr Grant to thank for it", "teacher"),
    ("I got the job! Thanks for the tip", "employer"),
    ("did you get the job? city library?", "employer"),
    ("I might go freelance one day", "job"),
    ("the freelance market is slow", "job"),
    ("je travaille chez moi", "employer"),
    ("class 4 has a trip on Monday", "teacher"),
    ("we moved to our seats, the team cheered", "team"),
    ("she took over from the left lane", "over"),
    ("the leave request is on my desk", "status"),
    ("I sent the invoices to Odile yesterday", "invoices"),
]


@pytest.mark.parametrize(("text", "expected"), RIGHT)
def test_it_is_stated(text: str, expected: tuple[str, str, str, int]) -> None:
    """Of the speaker where nobody else is named, of the last one named where a pronoun stands."""
    assert expected in told(text, about="Tess")


@pytest.mark.parametrize(("text", "attribute"), SILENT)
def test_what_only_looks_like_it_says_nothing(text: str, attribute: str) -> None:
    """A question, a wish, thanks, a thing of the same name."""
    assert attribute not in [one[1] for one in told(text, about="Tess")]


def test_a_pronoun_is_not_given_to_a_title_that_it_does_not_fit() -> None:
    """ "He" is not Mrs Okoro; "she" may be."""
    other = read("he has two dogs and is allergic to nuts", speaker="Mo", at=SAID, about="Mrs Okoro")
    same = read("she is allergic to nuts", speaker="Mo", at=SAID, about="Mrs Okoro")

    assert "allergy" not in [one.attribute for one in other]
    assert ["Mrs Okoro"] == [one.subject for one in same if one.attribute == "allergy"]


def test_the_dot_of_a_date_ends_no_sentence() -> None:
    """ "30. Juni, ab 1. Juli" is one sentence, and the rate is no November."""
    found = read("mein Stundensatz ist seit 1. Februar 61. keiner klagt", speaker="Mo", at=SAID)

    assert [("hourly rate", "61", datetime(2025, 2, 1, tzinfo=UTC))] == [(s.attribute, s.value, s.at) for s in found]
