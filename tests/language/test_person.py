"""The first and second person become names."""

from __future__ import annotations

import pytest

from remanence.language.person import resolve


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("I moved to Rome", "Caroline moved to Rome"),
        ("I'm a nurse and I love my cats.", "Caroline is a nurse and Caroline loves Caroline's cats."),
        (
            "I've lived here, and I live and work in Oslo.",
            "Caroline has lived here, and Caroline lives and works in Oslo.",
        ),
        ("I don't know. Do I need it?", "Caroline doesn't know. Does Caroline need it?"),
        ("You were great when you moved.", "Melanie was great when Melanie moved."),
        ("See you tomorrow!", "See Melanie tomorrow!"),
        ("If you need me, I'll be there for you", "If Melanie needs Caroline, Caroline will be there for Melanie"),
        ("Your dog is cute. What are you doing?", "Melanie's dog is cute. What is Melanie doing?"),
        (
            "My sister and I went to Spain. I really enjoy hiking.",
            "Caroline's sister and Caroline went to Spain. Caroline really enjoys hiking.",
        ),
        ("I'd never been there. I'd go.", "Caroline had never been there. Caroline would go."),
        ("Is this it?", "Is this it?"),
        ("i) first, i.e. the I.B.M. thing", "i) first, i.e. the I.B.M. thing"),
    ],
)
def test_pronouns_become_names_and_verbs_agree(said: str, expected: str) -> None:
    """ "I" is the speaker, "you" the addressee; am, have, do and common verbs follow."""
    assert expected == resolve(said, "Caroline", "Melanie").text


def test_quoted_words_are_left_as_they_were_said() -> None:
    """Another's "I" is not the speaker."""
    assert 'She said "I love you" to Caroline.' == resolve('She said "I love you" to me.', "Caroline", "Melanie").text


def test_without_an_addressee_you_stays() -> None:
    """What cannot be resolved is not guessed."""
    assert "Ann told you" == resolve("I told you", "Ann").text


def test_mentions_point_at_the_pronouns() -> None:
    """Each replaced pronoun is reported with its span in the source."""
    text = "My dog and I"

    found = [(text[m.start : m.end], m.who, m.text) for m in resolve(text, "James").mentions]

    assert [("My", "James", "James'"), ("I", "James", "James")] == found
