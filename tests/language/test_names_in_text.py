"""Names, titles, addresses and amounts are found by rules."""

from __future__ import annotations

import pytest

from remanence.language.entities import aliases, find, norm


def named(text: str, *labels: str) -> list[str]:
    return [e.text for e in find(text) if not labels or e.label in labels]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hey Mel! Max and I went to New York City with J. R. Smith.", ["Mel", "Max", "New York City", "J. R. Smith"]),
        ("The University of Pisa and Caroline's LGBTQ group", ["University of Pisa", "Caroline", "LGBTQ"]),
        ("Yep! Bye Joanna. Plus, woah.", ["Joanna"]),
        ("We read A Wizard of Earthsea by Ursula K. Le Guin", ["A Wizard of Earthsea", "Ursula K. Le Guin"]),
        ("Philip IV of France met Martin Luther King Jr.", ["Philip IV of France", "Martin Luther King Jr."]),
        ("The Society for the Study of Evolution", ["Society for the Study of Evolution"]),
        ("I bought an iPhone 15 Pro", ["iPhone 15 Pro"]),
        ("José went to Łódź", ["José", "Łódź"]),
        ("Running is fun. Thanks! Wow, that's great.", []),
        ("I'm happy on Friday in May", []),
    ],
)
def test_names_are_runs_of_capitals_without_the_talk_around_them(text: str, expected: list[str]) -> None:
    """Greetings, pronouns and calendar words are stripped; "X and I" is one name."""
    assert expected == named(text)


def test_tags_addresses_titles_and_amounts_have_their_label() -> None:
    """Each sort of mention says what it is."""
    text = 'Mail a.b@c.org about #pride, see https://x.org/a?b, ask @jon, read "Becoming Nicole", pay $2,000 for 5 km.'

    found = [(e.text, e.label) for e in find(text) if e.label != "name"]

    assert [
        ("a.b@c.org", "email"), ("#pride", "hashtag"), ("https://x.org/a?b", "url"), ("@jon", "handle"),
        ("Becoming Nicole", "title"), ("$2,000", "quantity"), ("5 km", "quantity"),
    ] == found  # fmt: skip


def test_the_store_decides_about_a_single_first_word() -> None:
    """At the start of a sentence a capital proves nothing, but the store may know better."""
    text = "Pottery is fun."

    assert ["Pottery"] == [e.text for e in find(text, known=lambda name: name == "pottery")]
    assert [] == find(text, known=lambda name: False)


def test_spellings_of_a_name_share_a_norm() -> None:
    """Case, accents, articles and possessives do not matter."""
    assert norm("The Beatles") == norm("beatles'") or norm("The Beatles") == norm("Beatles")
    assert "rogerio ceni" == norm("Rogério Ceni")
    assert "us" == norm("U.S.")
    assert norm("Caroline's") == norm("caroline")


def test_a_name_has_short_forms() -> None:
    """First names, nicknames and initials are likely mentions."""
    assert {"melanie smith", "melanie", "mel", "smith"} <= aliases("Melanie Smith")
    assert "nyc" in aliases("New York City")
    assert "mercury" in aliases("Mercury (planet)")


def test_a_measure_is_no_part_of_a_name_nor_is_a_verb_before_it() -> None:
    """Ida is 134 cm tall; Apollo 11 is a name."""
    found = [e.text for e in find("Use Redis. Ida 134 cm now, I saw Apollo 11 lift off.") if e.label == "name"]

    assert ["Redis", "Apollo 11"] == found or ["Redis", "Ida", "Apollo 11"] == found
