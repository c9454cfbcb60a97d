"""What somebody is to somebody, in the words of who told it."""

from __future__ import annotations

import pytest

from remanence import Memory


@pytest.mark.parametrize(
    ("who", "text", "question", "short"),
    [
        ("Una", "Dermot's playing second bailiff, his wife Noreen does costumes", "Who is Noreen?", "Dermot's wife"),
        (
            "Mirela",
            "I put him through to Fidelma (my manager, she fears nothing). how's single life",
            "Who is Fidelma to Mirela?",
            "Mirela's manager",
        ),
        ("Bo", "my boss is Kim, she's fine", "Who is Kim?", "Bo's boss"),
        ("Bo", "my wife is off, my manager is Kim, no supervisor", "Who is Kim?", "Bo's manager"),
        ("Bo", "no supervisor here, my boss is Kim", "Who is Kim?", "Bo's boss"),
        ("Bo", "a supervisor quit, my manager is Kim", "Who is Kim?", "Bo's manager"),
        (
            "Bo",
            "my boss is Kim, she's fine. it rained all through the week that we were there, and the manager slept",
            "Who is Kim?",
            "Bo's boss",
        ),
    ],
)
def test_a_relation_is_called_what_its_source_calls_it(who: str, text: str, question: str, short: str) -> None:
    """A wife is stored as a partner and a manager as a boss; a word elsewhere in the text is somebody else's."""
    with Memory(":memory:") as memory:
        memory.remember({"who": who, "text": text, "at": "2026-01-02T10:00Z"})
        memory.sleep()

        assert short == memory.ask(question, now="2026-02-01T10:00Z").short
