"""AdaMem: whose memory it is, when links are walked, and by which path."""

from __future__ import annotations

from dataclasses import replace

import pytest

from remanence import recipes
from remanence.recall import find

TALK = [
    {"who": "Alice", "text": "My favourite drink is green tea with mint.", "session": "1"},
    {"who": "Bob", "text": "I mostly drink black coffee.", "session": "1"},
    {"who": "Alice", "text": "The roof leaked all night.", "session": "2"},
    {"who": "Alice", "text": "We put buckets on the floor.", "session": "2"},
    {"who": "Alice", "text": "Finally a carpenter called Ruth came by.", "session": "2"},
]


@pytest.fixture
def memory(composed):
    memory = composed("adamem")
    memory.remember(TALK)
    memory.sleep()
    return memory


def test_a_question_about_bob_never_returns_what_alice_said(memory, composed):
    """Though hers is nearer in words; without the narrowing, the twin, hers comes first."""
    cue = "What is Bob's favourite drink?"
    open_to_all = composed(
        replace(recipes.get("adamem"), recall=find.vectors(kinds=("turn",)) + find.words(kinds=("turn",)))
    )
    open_to_all.remember(TALK)

    assert {"Bob"} == {hit.item.who for hit in memory.recall(cue)}
    assert "Alice" == open_to_all.recall(cue)[0].item.who


def test_a_single_hop_question_walks_no_link(memory):
    """No hit was reached by a link."""
    hits = memory.recall("What does Bob drink?")

    assert "hops" not in hits.channels
    assert not hits.paths


def test_evidence_two_links_away_is_found_with_its_path(memory, composed):
    """Two `next` links from the leak to the carpenter; one hop alone, the twin, does not get there."""
    cue = "Who came after the roof leaked all night?"
    short = composed(replace(recipes.get("adamem", k=1, hops=1)))
    short.remember(TALK)
    long = composed(replace(recipes.get("adamem", k=1, hops=2)))
    long.remember(TALK)

    found = {hit.text: hit.why for hit in long.recall(cue)}
    ruth = "Finally a carpenter called Ruth came by."

    assert ruth in found
    assert 2 == str(found[ruth]).count("next ")
    assert ruth not in {hit.text for hit in short.recall(cue)}
