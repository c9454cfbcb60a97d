"""A sentence says that it happened, that it is over, was planned or called off, or only asks."""

from __future__ import annotations

import pytest

from remanence.language.statements.happened import happened, share


@pytest.mark.parametrize(
    ("sentence", "asked", "how"),
    [
        ("We hiked up Ben Lomond on Sunday.", ("hike", "ben", "lomond"), "affirmed"),
        ("We wanted to hike up Ben Lomond on Sunday.", ("hike", "ben", "lomond"), "planned"),
        ("I booked the ferry to Arran.", ("ferry", "arran"), "planned"),
        ("We meant to see the falcons but it's off, too windy.", ("falcons",), "cancelled"),
        ("I said no to the falcon job.", ("falcon", "job"), "cancelled"),
        ("She turned the falcon job down.", ("falcon", "job"), "cancelled"),
        ("The falcon show got cancelled.", ("falcon", "show"), "cancelled"),
        ("Did you see the falcons?", ("falcons",), "asked"),
        ("I sold the kayak to Nils.", ("kayak",), "over"),
        ("I don't eat cheese.", ("eat", "cheese"), "denied"),
        ("I paid the plumber, don't ask how much.", ("pay", "plumber"), "affirmed"),
        ("We didnt eat cheese.", ("eat", "cheese"), "denied"),
        ("We went to Lund for an important event.", ("go", "lund"), "affirmed"),
        ("The students went to the restaurant.", ("student", "restaurant"), "affirmed"),
        ("No worries, I fed the hens.", ("feed", "hens"), "affirmed"),
    ],
)
def test_a_sentence_is_read_for_what_became_of_it(sentence: str, asked: tuple[str, ...], how: str) -> None:
    assert happened(sentence, asked) == how


def test_the_share_of_a_question_counts_forms_of_a_word_as_one() -> None:
    """ "went" is "go", "sold" is "sell", a plural is its singular."""
    assert share("She went skating and sold skates", ("go", "skate", "sell", "bike")) == pytest.approx(3 / 4)
