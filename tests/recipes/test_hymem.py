"""HyMem: short keys answer alone when they can; a detail that they lack is read in the raw, and that shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from asking import found

from remanence import recipes
from remanence.recall import cascade, find

QUESTIONS = {
    "Petra mended the greenhouse roof with tar.": "Who mended the greenhouse roof?",
    "Eleven geese crossed the muddy lane.": "How many geese crossed the muddy lane?",
}


@pytest.fixture
def memory(composed):
    memory = composed("hymem")
    memory.remember(
        [
            {"who": "Ann", "text": " ".join(QUESTIONS), "session": "1"},
            {"who": "Bob", "text": "I live in Oslo.", "session": "1"},
            {"who": "Ann", "text": "The greenhouse heater is set to nine degrees.", "session": "1"},
        ]
    )
    memory.sleep()
    return memory


def test_an_easy_question_reads_nothing_raw(memory):
    """Level 1, keys only."""
    hits = memory.recall("How is the greenhouse heater set?")

    assert {"note"} == {hit.item.kind for hit in hits}
    assert {1.0} == set(hits.channels["level"].tolist())


def test_a_detail_that_no_key_holds_is_found_after_an_escalation(memory):
    """The level says so; keys alone, the twin, never find it."""
    kept = " ".join(item.text for item in memory.list(kinds="note", limit=0))
    ((lacking, question),) = [pair for pair in QUESTIONS.items() if pair[0] not in kept]

    hits = memory.recall(question)
    keys = found(memory, memory.recipe.recall.parts[0], question)

    assert any(lacking in hit.text for hit in hits)
    assert 2.0 in hits.channels["tried"].tolist()
    assert not any(lacking in hit.text for hit in keys)


def test_the_question_is_put_again_only_with_loops_left(composed):
    """With two rounds a third and fourth level are tried; with none they are not."""
    for loops, deepest in ((2, 4), (0, 2)):
        memory = composed(replace(recipes.get("hymem", loops=loops)))
        memory.remember({"who": "Bob", "text": "I live in Oslo."})
        memory.sleep()
        hits = memory.recall("Who repaired the submarine periscope?")

        assert deepest == np.nanmax(hits.channels["tried"])


def test_a_widened_question_finds_what_the_words_led_to(composed):
    """The telling words of the first hits are asked for too; the cue alone, the twin, misses it."""
    memory = composed(recall=find.words())
    memory.remember(["The ferry to Vis is called Petar.", "Petar was painted green in spring.", "The bus is late."])
    cue = "Which colour has the ferry to Vis?"

    plain = found(memory, find.words(), cue)
    wide = found(memory, find.words() >> cascade.widened(find.words()), cue)

    assert "Petar was painted green in spring." not in [hit.text for hit in plain]
    assert "Petar was painted green in spring." in [hit.text for hit in wide]
