"""What stands far down in a long text is read: the reader looks round the sentence that says most of the question."""

from __future__ import annotations

import pytest

from remanence import Memory

FILLER = "The committee met again and talked about the weather, the harbour wall and the price of paint for an hour. "
MINUTES = FILLER * 40 + "The new harbour master is Edda Vinter, who starts in March. " + FILLER * 10
LOG = "\n".join(f"2024-05-05 10:{n:02d}:00 INFO node-{n % 4} ready" for n in range(50))
LOG += "\n2024-05-05 10:51:07 ERROR node-3 lost its lease on /srv/queue\n"


@pytest.mark.parametrize(
    ("text", "question", "short"),
    [
        (MINUTES, "Who is the new harbour master?", "Edda Vinter"),
        (LOG, "Which node lost its lease on the queue?", "node-3"),
    ],
)
def test_what_stands_far_down_is_the_answer(text, question, short):
    with Memory(":memory:") as memory:
        memory.remember(text)
        told = memory.ask(question, threshold=0.0)

    assert (told.in_memory, told.short) == (True, short)
    assert short in told.text.split(": ", 1)[-1]


def test_a_short_text_is_read_from_its_start():
    with Memory(":memory:") as memory:
        memory.remember("Edda Vinter is the harbour master. " + FILLER)

        assert memory.ask("Who is the harbour master?").short == "Edda Vinter"
