"""Generated benchmarks: an oracle answers each question, and the traps that they set are there."""

from __future__ import annotations

import pytest

from remanence.arena.catalogue import TASKS, find_task
from remanence.arena.core.points import Held, write_scores
from remanence.arena.generators import ORACLES, rewriting
from remanence.errors import BadKnob


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_an_oracle_answers_every_generated_question(name):
    """From the records told so far, by the generator's own grammar, without looking at the key."""
    asked = 0
    for pool in find_task(name).pools():
        for question in pool.questions:
            right = question.choices[question.correct] if question.choices else "; ".join(question.answers)

            assert right == ORACLES[name](pool.records[: question.after], question)
            asked += 1

    assert asked >= 60


def test_every_generated_task_has_an_oracle():
    """A generator without one is not a benchmark."""
    find_task("growing")

    assert {name for name, task in TASKS.items() if task.generated} == set(ORACLES)


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_the_same_seed_draws_the_same_benchmark(name):
    """And another seed another one."""
    first, again = list(find_task(name).pools()), list(find_task(name).pools())
    other = list(find_task(f"{name}:seed=1").pools())

    assert again == first
    assert other != first


@pytest.mark.parametrize("name", sorted(ORACLES))
def test_labels_point_at_records_that_were_told_before_the_question(name):
    """Sources are unique in a pool and evidence is never in the future."""
    for pool in find_task(name).pools():
        sources = [record.source for record in pool.records]
        assert len(sources) == len(set(sources))
        for question in pool.questions:
            assert set(question.evidence) <= set(sources[: question.after])


def test_histories_grow_and_hold_all_six_kinds():
    """Each size asks each kind of question as often."""
    pools = list(find_task("growing:sizes=1+10,histories=2").pools())

    assert [1, 1, 10, 10] == [pool.data["size"] for pool in pools]
    assert len(pools[-1].records) > 2 * len(pools[0].records)
    for pool in pools:
        assert 6 == len({question.category for question in pool.questions})
        assert 1 == sum(not question.answerable for question in pool.questions)


def persona() -> tuple:
    pool = next(iter(find_task("persona-timeline:people=1").pools()))
    guessed = next(row for row in pool.data["points"] if row["invented"])
    changed = next(row for row in pool.data["points"] if row["old"])
    return pool, guessed, changed


def test_a_verbatim_memory_invents_nothing():
    """The assistant's wrong guess is kept as what was said, not as a memory."""
    pool, _, _ = persona()

    scores = write_scores([Held(record.text) for record in pool.records], pool)

    assert (1.0, 0.0, 0.0) == (scores["extracted"], scores["invented"], scores["missed_updates"])


def test_a_planted_invention_is_counted_at_extraction():
    """A derived memory that states the turned-down guess."""
    pool, guessed, _ = persona()
    held = [Held(f"My {guessed['slot']} is {guessed['invented'][0]}.", derived=True)]

    assert 1.0 == write_scores(held, pool)["invented"]


def test_a_missed_correction_is_counted_at_update():
    """A derived memory that still believes the old value; with the new one beside it, a contradiction."""
    pool, _, changed = persona()
    old = Held(f"My {changed['slot']} is {changed['old'][0]}.", derived=True)
    new = Held(f"My {changed['slot']} is {changed['value']}.", derived=True)

    stale = write_scores([old], pool)
    both = write_scores([old, new], pool)
    right = write_scores([Held(old.text, derived=True, current=False), new], pool)

    assert (1.0, 0.0) == (stale["missed_updates"], stale["contradictions_left"])
    assert (1.0, 1.0) == (both["missed_updates"], both["contradictions_left"])
    assert (0.0, 0.0) == (right["missed_updates"], right["contradictions_left"])
    assert right["updated"] > stale["updated"]


def test_a_teleport_changes_one_location_only():
    """The other cubes stay where they were."""
    beliefs = rewriting.Beliefs()
    for colour, cell in (("red", (0, 0)), ("blue", (1, 1)), ("green", (2, 2))):
        beliefs.sight(colour, cell)

    beliefs.sight("blue", (5, 5))

    assert [{(0, 0)}, {(5, 5)}, {(2, 2)}] == [beliefs.where(c) for c in ("red", "blue", "green")]


def test_one_unnamed_move_is_inferred_by_elimination():
    """Who is missing from its cell stands at the new one."""
    beliefs = rewriting.Beliefs()
    beliefs.sight("red", (0, 0))
    beliefs.sight("blue", (1, 1))

    beliefs.occupied([(0, 0), (3, 3)])

    assert [{(0, 0)}, {(3, 3)}] == [beliefs.where("red"), beliefs.where("blue")]


def test_two_unnamed_moves_leave_a_set_that_one_sighting_collapses():
    """Beliefs are permutations: seeing one cube tells where the other is."""
    beliefs = rewriting.Beliefs()
    beliefs.sight("red", (0, 0))
    beliefs.sight("blue", (1, 1))

    beliefs.occupied([(3, 3), (4, 4)])
    before = beliefs.where("red")
    beliefs.sight("blue", (3, 3))

    assert {(3, 3), (4, 4)} == before
    assert {(4, 4)} == beliefs.where("red")


def test_the_length_of_a_corridor_does_not_change_the_maze():
    """Fixed and uniform lengths ask the same number of questions; another word is refused."""
    fixed, uniform = (list(find_task(f"t-maze:lengths={one}").pools()) for one in ("fixed", "uniform"))

    assert [len(pool.questions) for pool in fixed] == [len(pool.questions) for pool in uniform]
    with pytest.raises(BadKnob, match="fixed or uniform"):
        list(find_task("t-maze:lengths=odd").pools())
