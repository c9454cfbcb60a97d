"""Recipes take part: a memory as a system, shared prefixes, and what the ledger says that they must show."""

from __future__ import annotations

import json

import pytest

from remanence.arena.catalogue import find_system, find_task
from remanence.arena.core.system import Setting
from remanence.arena.core.task import GENERATED, Pool, Question, Record, Task
from remanence.arena.run import Plan, run
from remanence.arena.systems.recipes import RecipeMaker, recipe_maker, recipe_names
from remanence.models.hashing import HashingEmbedder


@pytest.fixture
def setting(tmp_path):
    return Setting(HashingEmbedder(), "hashing", tmp_path)


def play(tmp_path, task, *systems):
    plan = Plan((task,), systems, tmp_path / "runs", embedder="hashing")
    return {cell.system: cell for cell in run(plan)}


def test_every_recipe_can_be_asked_for_by_name():
    """Recipes need no registration in the arena; a baseline's name is not a recipe's."""
    assert {"default", "plain"} <= set(recipe_names())
    assert isinstance(find_system("plain"), RecipeMaker)
    assert not {"bm25", "dense", "rrf", "grep"} & set(recipe_names())


def test_a_memory_answers_with_the_sources_it_was_given(setting):
    """Results, context and confidence of one memory, at the question's own time."""
    system = recipe_maker("plain")(setting)
    system.add([Record("a", "The kite is red.", who="Ann"), Record("b", "My boat sank.", who="Bob")])

    found = system.search(Question("q", "What colour is the kite?"), 5)
    packed = system.context(Question("q", "What colour is the kite?"), 200)

    assert ("a", "The kite is red.") == (found[0].source, found[0].text)
    assert "a" in packed.sources
    assert "red" in packed.text
    assert 0.0 <= system.confidence(Question("q", "What colour is the kite?")) <= 1.0
    assert system.cost()["bytes"] > 0
    system.close()


def test_a_blank_question_finds_nothing(setting):
    """Some published cases ask an empty string."""
    system = recipe_maker("plain")(setting)
    system.add([Record("a", "The kite is red.")])

    assert [] == system.search(Question("q", " "), 5)
    assert "" == system.context(Question("q", " "), 100).text
    system.close()


def test_a_memory_of_talk_is_skipped_on_passages_and_says_why(tmp_path):
    """Zeros would read as if it had tried; a memory that reads passages is measured."""
    asked = (Question("q", "What colour is the kite?", answers=("red",), evidence=("a",)),)
    passages = (Record("a", "The kite is red.", kind="chunk"), Record("b", "The boat sank.", kind="chunk"))
    task = Task("passages", lambda files: [Pool("p", passages, asked)], "passages", GENERATED, ("turn",), "fraction@5")

    cells = play(tmp_path, task, "plain", "mem0")

    assert 1.0 == cells["plain"].summary["all"]["fraction@5"]["mean"]
    assert cells["mem0"].skipped.startswith("it reads talk; all records of p are of kind chunk")


def test_recipes_with_the_same_form_fill_one_space(tmp_path):
    """Ingest and embedding are paid once; the second row says that it shared them, and is told their whole price."""
    makers = [recipe_maker(name) for name in ("plain", "plain")]
    assert makers[0].prefix() == makers[1].prefix()

    cells = play(tmp_path, "growing:sizes=1+3,histories=1", "plain", "plain@hashing")

    shared = {
        name: [told["prefix_shared"] for told in json.loads(c.path.read_text())["pools"]] for name, c in cells.items()
    }
    assert {"plain": [False, False], "plain@hashing": [True, True]} == shared
    assert cells["plain"].summary["all"] == cells["plain@hashing"].summary["all"]
    one, two = (cell.summary["cost"]["items_per_cpu_second"] for cell in cells.values())
    assert one == two
    assert 0.0 == cells["plain"].summary["cost"]["sleep_cpu_ms_per_item"]


def test_sleep_is_told_apart_from_taking_in(tmp_path):
    """A recipe that works at sleep says what that took; one without sleep says nothing."""
    cells = play(tmp_path, "growing:sizes=3,histories=1", "default", "plain")

    slept = {name: cell.summary["cost"]["sleep_cpu_ms_per_item"] for name, cell in cells.items()}
    assert slept["default"] > 0.0 == slept["plain"]


def test_a_shared_space_gives_the_numbers_of_a_space_of_its_own(tmp_path):
    """Sharing is only a saving."""
    alone = play(tmp_path / "alone", "growing:sizes=3,histories=2", "plain")
    together = play(tmp_path / "together", "growing:sizes=3,histories=2", "default", "plain")

    assert alone["plain"].summary["all"] == together["plain"].summary["all"]


def test_recipes_keep_times_and_tell_which_came_first(tmp_path):
    """Near 1 with dates, one half for vectors alone; printed for each distance bin."""
    cells = play(tmp_path, "which-first:diaries=1,entries=60,count=40", "plain", "dense")

    assert cells["plain"].summary["all"]["choice"]["mean"] >= 0.95
    assert 0.5 == cells["dense"].summary["all"]["choice"]["mean"]
    assert 4 == len(cells["plain"].summary["categories"])


def test_a_verbatim_recipe_invents_nothing(tmp_path):
    """Zero invented memories, all true points held."""
    cells = play(tmp_path, "persona-timeline:people=1", "plain")

    scores = cells["plain"].summary["all"]
    assert (0.0, 1.0) == (scores["invented"]["mean"], scores["extracted"]["mean"])


def test_two_runs_give_equal_numbers(tmp_path):
    """Same data, same seed, same program."""
    first = play(tmp_path / "one", "dated-events:books=1", "default", "dense")
    second = play(tmp_path / "two", "dated-events:books=1", "default", "dense")

    for name in first:
        assert first[name].summary["all"] == second[name].summary["all"]


def test_recall_reads_less_than_full_context_when_history_grows(tmp_path):
    """Full context costs more with every conversation, a packed context does not."""
    cells = play(tmp_path, "growing:sizes=3+60,histories=1", "plain", "full-context")

    def tokens(name, budget):
        rows = json.loads(cells[name].path.read_text())["questions"]
        return [row["values"][f"tokens@{budget}"] for row in rows if f"tokens@{budget}" in row["values"]]

    full, packed = tokens("full-context", "full"), tokens("plain", "1000")
    assert full[-1] > 4 * full[0]
    assert max(packed) <= 1100
    assert full[-1] > packed[-1]


def test_streaming_pools_never_show_the_future(tmp_path):
    """A question of the first corridor is asked when only that corridor was walked."""
    cells = play(tmp_path, "t-maze:episodes=1,corridors=3", "plain")

    (first, *_) = json.loads(cells["plain"].path.read_text())["questions"]
    (pool,) = find_task("t-maze:episodes=1,corridors=3").pools()
    told = {record.source for record in pool.records[: pool.questions[0].after]}
    assert {source for source, _ in first["found"]} <= told
