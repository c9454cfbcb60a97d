"""The runner: baselines on small pools, resuming, skipping, and what a run's file says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from remanence.arena.catalogue import find_system
from remanence.arena.core.ask import earlier
from remanence.arena.core.cell import load
from remanence.arena.core.contexts import runs, told, told_share
from remanence.arena.core.score import Outcome, choose, summarise
from remanence.arena.core.system import Found, Held, Packed, Setting
from remanence.arena.core.task import Question, Record, Skipped
from remanence.arena.report.compare import as_data, markdown_table, tables, text_table
from remanence.arena.run import Plan, run
from remanence.arena.systems.baselines import Baseline, FullContext
from remanence.arena.systems.indexes import Words
from remanence.arena.systems.lines import Lines, beginning
from remanence.errors import InvalidInput
from remanence.language.tokens import count_tokens

TASK = "growing:sizes=1+3,histories=2"


def plan(out, *systems, task=TASK, **more):
    return Plan((task,), systems or ("bm25", "dense"), out, embedder="hashing", **more)


class Slots:
    """A memory that keeps one text for each subject: what supersession does, in the smallest form."""

    name = "slots"

    def __init__(self) -> None:
        self.held_texts = {}

    def add(self, records):
        for record in records:
            if not record.text.endswith("?"):
                self.held_texts[" ".join(record.text.split()[:4])] = (len(self.held_texts), record)

    def search(self, question, k):
        words = set(question.text.lower().rstrip("?").split())
        ranked = sorted(self.held_texts.values(), key=lambda held: -len(words & set(held[1].text.lower().split())))
        return [Found(record.source, 1.0, record.text, record.at, order) for order, record in ranked[:k]]

    def context(self, question, budget):
        return Packed("", ())

    def confidence(self, question):
        return None

    def answer(self, question):
        return None

    def held(self):
        return [Held(record.text) for _, record in self.held_texts.values()]

    def cost(self):
        return {}

    def close(self):
        self.held_texts = {}


SLOTS = {"slots": lambda setting: Slots()}


def test_a_run_writes_one_file_with_what_is_needed_to_make_it_again(tmp_path):
    """Versions, commit, machine, knobs, seed, data fingerprint, command; every question with its results."""
    cells = list(run(plan(tmp_path)))

    document = json.loads(cells[0].path.read_text())
    assert {"system": "bm25", "seed": 0, "embedder": "hashing"}.items() <= document["made"].items()
    assert {"versions", "commit", "platform", "processor", "data_fingerprint", "command", "key"} <= set(
        document["made"]
    )
    assert 24 == len(document["questions"])
    assert {"found", "evidence", "evidence_text", "packed", "values", "ms"} <= set(document["questions"][0])
    assert 0 < document["summary"]["all"]["fraction@10"]["mean"] <= 1
    assert document["summary"]["cost"]["items_per_second"] > 0


def test_a_quick_look_takes_questions_from_everywhere_and_pools_that_a_longer_one_takes_too(tmp_path):
    """A limit spreads over a pool's questions; a larger draw of pools holds the smaller one; both are in the file."""
    task = "growing:sizes=1+3,histories=3"
    whole = pools_of(tmp_path / "whole", task=task)
    few = {count: pools_of(tmp_path / str(count), task=task, pools=count, limit=4) for count in (2, 3)}

    assert set(few[2]) < set(few[3]) < set(whole)
    for name, asked in few[3].items():
        assert 4 == len(asked)
        assert [whole[name][at * len(whole[name]) // 4] for at in range(4)] == asked


def pools_of(out, **more):
    """The ids of the questions asked, by pool, as the run's file has them."""
    (cell,) = run(plan(out, "bm25", **more))
    document = json.loads(cell.path.read_text())
    assert (more.get("pools"), more.get("limit")) == (document["made"]["pools"], document["made"]["limit"])
    found = {}
    for row in document["questions"]:
        found.setdefault(row["pool"], []).append(row["id"])
    return found


def test_only_the_wanted_measures_are_taken(tmp_path):
    """No context is packed when only ranks are asked for, and the command says so."""
    (cell,) = run(plan(tmp_path, "bm25", measures=("turn",), budgets=(300,)))

    document = json.loads(cell.path.read_text())
    assert "fraction@10" in cell.summary["all"]
    assert not [name for name in cell.summary["all"] if name.startswith("told@")]
    assert "--measures turn --budgets 300" in document["made"]["command"]


def test_a_finished_run_is_not_made_twice(tmp_path):
    """The same plan reuses the file; another seed makes it again."""
    list(run(plan(tmp_path)))

    again = list(run(plan(tmp_path)))
    other = list(run(plan(tmp_path, seed=1)))

    assert [True, True] == [cell.reused for cell in again]
    assert [False, False] == [cell.reused for cell in other]


def test_a_stopped_run_goes_on_where_it_was(tmp_path):
    """Pools that were finished before Ctrl-C are not asked again, and the numbers are those of one run."""
    whole = list(run(plan(tmp_path / "whole", "bm25")))
    told = []

    def stop(text):
        told.append(text.split()[2])
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(run(plan(tmp_path / "stopped", "bm25"), stop))
    resumed = list(run(plan(tmp_path / "stopped", "bm25"), stop))

    assert ["1/0", "1/1", "3/0", "3/1"] == told
    assert whole[0].summary["all"] == resumed[0].summary["all"]
    assert whole[0].summary["categories"] == resumed[0].summary["categories"]


def test_missing_data_is_a_skipped_cell_and_not_an_error(tmp_path):
    """With the reason and where to get it; other tasks go on."""
    cells = list(run(plan(tmp_path, "bm25", task="locomo")))

    assert ["no data folder given (--data DIR)"] == [cell.skipped for cell in cells]
    assert "github.com" in cells[0].where


def test_a_peer_that_is_not_installed_is_skipped_with_its_reason(tmp_path, monkeypatch):
    """The other rows are made."""
    monkeypatch.setattr("remanence.arena.systems.peers.find_spec", lambda name: None)

    cells = {
        cell.system: cell for cell in run(plan(tmp_path, "bm25", "chroma", "mem0ai", "lancedb", "txtai", "langgraph"))
    }

    assert {"": 1} == {"": sum(not cell.skipped for cell in cells.values())}
    assert "chromadb is not installed" == cells["chroma"].skipped
    assert "pip install mem0ai" == cells["mem0ai"].where


def test_an_unknown_system_names_what_is_near():
    """Before anything runs."""
    with pytest.raises(InvalidInput, match="near: bm25"):
        find_system("bm52")


def test_a_superseding_store_walks_the_maze_and_a_similarity_search_does_not(tmp_path):
    """Twenty corridors: all turns right against nearly none; that is the trap of the task."""
    cells = {
        cell.system: cell.summary["all"] for cell in run(plan(tmp_path, "slots", "bm25", task="t-maze", makers=SLOTS))
    }

    assert 1.0 == cells["slots"]["episode"]["mean"]
    assert 0.0 == cells["bm25"]["episode"]["mean"]


def test_an_order_tells_which_came_first_and_its_absence_is_a_coin_toss(tmp_path):
    """A system that keeps the order is right; vectors alone cannot say and get one half."""
    how = {"task": "which-first:diaries=1", "makers": SLOTS}
    cells = {cell.system: cell.summary for cell in run(plan(tmp_path, "slots", "dense", **how))}

    assert cells["slots"]["all"]["choice"]["mean"] > 0.95
    assert 0.5 == cells["dense"]["all"]["choice"]["mean"]
    assert 4 == len(cells["dense"]["categories"])


def test_times_of_records_come_back_with_what_a_baseline_finds():
    """A date that was given is known to every system, not to recipes alone."""
    found = find_system("bm25")(Setting(None, "", None))
    days = [datetime(2024, 5, day, tzinfo=UTC) for day in (1, 2)]
    found.add([Record("a", "the red kite", at=days[0]), Record("b", "the blue boat", at=days[1])])
    asked = Question("q", "Which came first?", choices=("the blue boat", "the red kite"), correct=1)

    assert days[1] == found.search(Question("q", "boat"), 1)[0].at
    assert 1 == earlier(found, asked)


def test_the_newest_row_puts_what_is_new_first_among_what_is_alike():
    """Equal matches: the last one; a poor match stays behind however new it is."""
    found = find_system("bm25-newest")(Setting(None, "", None))
    found.add([Record("a", "the door is red"), Record("b", "the door is blue"), Record("c", "a red house")])

    assert ["b", "a"] == [one.source for one in found.search(Question("q", "Which colour is the door?"), 2)]


def test_a_context_holds_whole_records_and_skips_what_is_too_long():
    """A long record in between does not end the packing; the first one alone is cut when nothing fits."""
    lines = Lines()
    lines.add([Record("a", "one two three"), Record("b", "word " * 300), Record("c", "four five six")])

    assert ("a", "c") == lines.pack([0, 1, 2], 40).sources
    assert ("b",) == lines.pack([1, 0], 40).sources[:1]


def test_appending_loses_state_questions_that_superseding_wins(tmp_path):
    """Platforms: the state is what the last event says; rereading an event counts."""
    cells = {cell.system: cell.summary["all"] for cell in run(plan(tmp_path, "bm25", task="platforms:projects=2"))}

    assert cells["bm25"]["stale@1"]["mean"] > 0.1
    assert 0 < cells["bm25"]["redundancy"]["mean"] < 1


def test_full_context_holds_everything_while_it_fits(tmp_path):
    """Its `full` column is 1 and costs more tokens the longer the history; it has no ranks."""
    cells = list(run(plan(tmp_path, "full-context", task="growing:sizes=1+30,histories=1")))

    values = [row["values"] for row in json.loads(cells[0].path.read_text())["questions"] if row["answerable"]]
    assert {1.0} == {value["told@full"] for value in values}
    assert values[-1]["tokens@full"] > 5 * values[0]["tokens@full"]
    assert not any("fraction@10" in value for value in values)


def test_a_context_never_costs_more_than_its_budget():
    """Whole lines while they fit, then the beginning of the next."""
    lines = Lines()
    lines.add([Record(f"r{n}", "one two three four five six seven eight", who="Ann") for n in range(50)])

    packed = lines.pack(range(50), 100)

    assert count_tokens(packed.text) <= 100
    assert 9 <= len(packed.sources) <= 10
    assert "one two" == beginning("one two three", 2)


def test_bm25_ranks_rare_words_above_frequent_ones():
    """And finds nothing for words that are not there."""
    found = Baseline("bm25", Words(), scale=10.0)
    found.add([Record("a", "the kite is red"), Record("b", "red red car"), Record("c", "red house")])

    assert "a" == found.search(Question("q", "Where is the red kite?"), 3)[0].source
    assert [] == found.search(Question("q", "zebra"), 3)
    assert 0.0 == found.confidence(Question("q", "zebra"))


def test_full_context_keeps_the_end_when_it_does_not_fit():
    """The most recent records that fit."""
    system = FullContext()
    system.add([Record(f"r{n}", f"entry number {n}") for n in range(100)])

    packed = system.context(Question("q", "?"), 40)

    assert "r99" == packed.sources[-1]
    assert "r0" not in packed.sources


def test_the_told_share_counts_runs_of_six_words():
    """Half of the runs of a record stand in the text."""
    record = "a b c d e f g h"
    shown = runs("said: a b c d e f g")

    assert 2 / 3 == told_share(shown, record)
    assert 1.0 == told_share(runs("Yes, sure"), "yes sure")
    assert 0.0 == told_share(shown, "x y z")


def test_a_short_choice_is_read_off_the_first_result_that_names_one():
    """A result that names both decides nothing."""
    hits = [Found("1", 1.0, "left or right"), Found("2", 0.9, "it points right"), Found("3", 0.8, "left")]

    assert 1 == choose(hits, ("left", "right"))
    assert choose([], ("left", "right")) is None


def test_the_table_shows_letters_intervals_costs_and_duels(tmp_path):
    """Text, Markdown and plain data of the same table."""
    list(run(plan(tmp_path, "bm25", "grep", "full-context")))

    (table,) = tables(load(tmp_path), columns=["fraction@10", "told@1000"])

    assert "growing:histories=2,sizes=1+3" == table.task
    assert "bm25" in text_table(table)
    assert "| bm25 |" in markdown_table(table)
    row = next(row for row in as_data(table)["rows"] if row["system"] == "bm25")
    assert 20 == row["values"]["fraction@10"]["n"]
    assert row["values"]["fraction@10"]["low"] <= row["values"]["fraction@10"]["mean"]
    assert ("bm25", "grep") in {tuple(sorted(pair)) for pair in table.duels}


def test_rows_of_other_data_are_called_not_comparable(tmp_path):
    """A limit or another fingerprint is noted under the table."""
    list(run(plan(tmp_path, "bm25")))
    list(run(plan(tmp_path, "grep", limit=2)))

    (table,) = tables(load(tmp_path))

    assert ["some rows were made with another limit: they are not comparable"] == table.notes


def test_a_folder_without_runs_says_how_to_make_some(tmp_path):
    """The message names the command."""
    with pytest.raises(InvalidInput, match="remanence bench run"):
        load(tmp_path)


def test_skipped_tells_reason_and_place():
    """Both are in its text."""
    assert "SKIPPED (no key); get it: there" == str(Skipped("no key", "there"))


def test_evidence_is_told_when_its_words_of_the_answer_are_there():
    """However it is cut and whoever is cited; text beside the answer tells nothing."""
    evidence = ("Well, as I said, we moved to Lisbon in May because of the sea and the long evenings", "")
    answers = ("They moved to Lisbon",)

    assert told("[3] In May they moved, Lisbon.", evidence, answers, 0.0)
    assert not told("because of the sea and the long evenings in May", evidence, answers, 0.6)


def test_evidence_without_a_word_of_the_answer_is_told_by_half_of_its_text():
    """A yes, a count: nothing of it stands in the evidence."""
    evidence = ("I swam across the bay twice this year", "")

    assert told("I swam across the bay twice this year", evidence, ("yes",), 1.0)
    assert not told("I swam", evidence, ("yes",), 0.2)


def test_a_caption_can_hold_the_answer():
    """What stands beside the text counts as well."""
    assert told("a photo of a red kite", ("look at this", "look at this a photo of a red kite"), ("red kite",), 0.0)


def test_a_sure_wrong_answer_is_badly_calibrated():
    """Being sure and right everywhere is 0; sure and wrong, or sure of what nobody said, counts against it."""

    def outcome(confidence, right, answerable=True):
        question = Question("q", "?", ("a",), answerable=answerable)
        return Outcome("p", question, [], confidence=confidence, values={"holds": float(right)})

    assert 0.0 == summarise([outcome(1.0, True)] * 4)["all"]["ece"]["mean"]
    assert 1.0 == summarise([outcome(1.0, False)] * 4)["all"]["ece"]["mean"]
    assert 0.5 == summarise([outcome(1.0, True), outcome(1.0, True, answerable=False)])["all"]["ece"]["mean"]
