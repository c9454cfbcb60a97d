"""Which way an amount of money went: what was paid is not what something was sold for, quoted or refunded."""

from __future__ import annotations

import pytest

from remanence.language.money import amounts_asked, is_called, other_amount, owed_by_another, role_told


@pytest.mark.parametrize(
    ("text", "amount", "role"),
    [
        ("sold the kayak on saturday, 340 euros", "340", "sold"),
        ("bought it for 520 and sold it for 340", "520", "paid"),
        ("bought it for 520 and sold it for 340", "340", "sold"),
        ("got 340 for the kayak", "340", "sold"),
        ("we paid the deposit for the flat, 1800 euros", "1800", "deposit"),
        ("rent is 920 a month", "920", "rent"),
        ("the plumber quoted 450, I paid 510 in the end", "450", "quote"),
        ("the plumber quoted 450, I paid 510 in the end", "510", "paid"),
        ("they gave me 130 back for the flight", "130", "refund"),
        ("the tent was 240 but with 20% off I paid 192", "240", ""),
        ("the tent was 240 but with 20% off I paid 192", "192", "paid"),
        ("I paid 20 as a tip", "20", "tip"),
        ("got 30 euros off the coat", "30", "saved"),
        ("the shop pays me 13.50 an hour", "13.50", "earned"),
        ("Sold the kayak! 340 euros.", "340", "sold"),
        ("the jacket was 89 euros", "89", ""),
    ],
)
def test_the_words_beside_an_amount_say_what_it_is(text, amount, role):
    start = text.index(amount)

    assert role == role_told(text, start, start + len(amount))


@pytest.mark.parametrize(
    ("text", "question", "amounts"),
    [
        ("sold the kayak, 340 euros", "What did I pay for the kayak?", []),
        ("sold the kayak to the student, 340 euros", "What did the student pay for the kayak?", ["340 euros"]),
        ("sold the kayak, 340 euros", "How much did I get for the kayak?", ["340 euros"]),
        ("rent 920, deposit 1800 euros", "How much is the rent?", ["920"]),
        ("rent 920, deposit 1800 euros", "How much was the deposit?", ["1800 euros"]),
        ("the jacket was 89 euros", "What did I earn at first?", []),
        ("it's 13.50 an hour", "What do I earn?", ["13.50"]),
        ("she said yes to 33,000 from May", "What do I earn a year?", ["33,000"]),
        ("the jacket was 89 euros", "What did I pay for the jacket?", ["89 euros"]),
        ("it was 240, with the discount I paid 192", "What was the price before the discount?", ["240"]),
        ("the airline refunded 130 euros", "How much was the flight?", []),
    ],
)
def test_an_amount_answers_for_what_it_is(text, question, amounts):
    assert amounts == [one.of(text) for one in amounts_asked(text, question)]


def test_no_rent_is_a_deposit():
    """Nor a price what something was sold for; the name of the statement is `attribute`."""
    text = "the deposit for the flat, 1800 euros, the rent 920"
    places = {amount: text.index(amount) for amount in ("1800", "920")}

    called = {amount: is_called("rent", text, at, at + len(amount)) for amount, at in places.items()}

    assert {"1800": False, "920": True} == called


@pytest.mark.parametrize(
    ("text", "question", "other_way"),
    [
        ("I lent Tom 80", "How much do I owe Tom?", True),
        ("I lent Tom 80", "How much does Tom owe me?", False),
        ("I owe Mira 45", "How much does Mira owe me?", True),
        ("I owe Mira 45", "How much does Nora owe Mira?", False),
        ("I borrowed 30 from Tom", "How much do I owe Tom?", False),
        ("Tom owes me 80", "How much did I lend Tom?", False),
        ("Tom owes me 80", "How much do I earn?", False),
    ],
)
def test_a_debt_has_a_direction(text, question, other_way):
    assert other_way is owed_by_another(text, "Nora", question, "Nora")


SOLD = "happens. I sold the Yamaha, 1,100, bought it for 1,600 in 2021"


@pytest.mark.parametrize(
    ("short", "text", "question", "right"),
    [
        ("1,600", SOLD, "What did I get for the Yamaha?", "1,100"),
        ("1,100", SOLD, "What did I get for the Yamaha?", None),
        ("1,100", SOLD, "What did I pay for the Yamaha?", "1,600"),
        ("a helmet", SOLD, "What did I get for the Yamaha?", None),
        ("1,600", "bought the Yamaha for 1,600", "What did I get for the Yamaha?", None),
    ],
)
def test_beside_an_amount_that_went_the_other_way_the_right_one_is_told(
    short: str, text: str, question: str, right: str | None
) -> None:
    assert right == other_amount(short, text, question)
