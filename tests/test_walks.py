"""How far a verb walks through the code: calls from one source file into another only get fewer."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from remanence.types import micros, micros_each

SCRIPT = Path(__file__).parent.parent / "scripts" / "trace_walks.py"
REACHED = {
    "remember, 1 turn": 45,  # 44 before a commit was also kept beside the space, from where a lost log is noticed
    # 382 before whole clauses were read for facts, 440 before each sentence was read for what it says in passing
    "sleep, 7 turns": 450,
    "recall": 178,
    "context": 237,
    "ask": 279,
}
"""Lower a number when a walk got shorter; raise one only with a reason beside it."""


@pytest.fixture(scope="module")
def walks():
    spec = spec_from_file_location("trace_walks", SCRIPT)
    module = module_from_spec(spec)
    sys.modules["trace_walks"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("verb", REACHED)
def test_no_walk_is_longer_than_what_was_reached(walks, verb):
    """`python scripts/trace_walks.py VERB` shows every edge of a walk that grew."""
    walk = walks.walk_of(verb)

    assert walk.hops <= REACHED[verb], walk.edges.most_common(20)


def test_the_same_walk_has_the_same_edges_each_time(walks):
    """Nothing about it depends on time or chance."""
    first, again = walks.walk_of("recall"), walks.walk_of("recall")

    assert first.edges == again.edges


def test_a_call_for_each_item_is_counted_and_one_for_all_is_one(walks):
    """The twin of the bound: what the bound forbids, the tracer sees; calls within a file are none."""
    with walks.traced() as each:
        for _ in range(5):
            micros(None)
    with walks.traced() as batch:
        micros_each([None] * 5)

    assert {("-", "types/times", "micros"): 5} == each.edges
    assert {("-", "types/times", "micros_each"): 1} == batch.edges
