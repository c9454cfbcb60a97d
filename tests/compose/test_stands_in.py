"""Who stands in for somebody who is away is told, until the one who was away is back."""

from __future__ import annotations

import pytest

from remanence import Memory

CONTACT = "the customer contact is Mrs Haddad at Corvid"


@pytest.mark.parametrize(
    ("later", "question", "short"),
    [
        ("Haddad is on leave, until further notice talk to Mr Lind", "Who is the customer contact now?", "Mr Lind"),
        ("Haddad left, Mr Lind takes over", "Who is the customer contact?", "Mr Lind"),
        ("Haddad is out until monday, ask Mr Lind", "Who is the customer contact?", "Mrs Haddad"),
        ("Haddad was here, talk to Mr Lind about the lamps", "Who is the customer contact?", "Mrs Haddad"),
        ("Haddad is on leave, talk to Mr Lind", "Who was the customer contact before?", "Mrs Haddad"),
    ],
)
def test_the_one_who_stands_in_is_told(later, question, short):
    with Memory(":memory:") as memory:
        for day, text in ((3, CONTACT), (9, later)):
            memory.remember({"who": "Bo", "text": text, "at": f"2025-02-{day:02d}T10:00Z", "session": str(day)})
        memory.sleep()

        assert short in memory.ask(question, now="2025-04-01T10:00Z", asker="Bo").short
