"""What each benchmark is there to show: a mechanism wins on it, and loses when it is switched off."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from remanence import recipes
from remanence.arena.catalogue import find_task
from remanence.arena.core.metrics import contains
from remanence.arena.core.system import Found, Packed
from remanence.arena.generators import ORACLES
from remanence.arena.generators.words import SLOTS, chatter
from remanence.arena.report.page import crossover, write_report
from remanence.arena.run import Plan, run
from remanence.arena.systems.recipes import RecipeMaker, RecipeSystem
from remanence.errors import ModelMissing
from remanence.form import extract
from remanence.memory.memory import Memory
from remanence.models import by_name
from remanence.models.hashing import HashingEmbedder
from remanence.recall import dated, find
from remanence.stage import nothing, writes
from remanence.testing import HandClock
from remanence.types import Evidence, Item

NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def arena(tmp_path):
    """`arena(task, "plain", mine=maker)` runs systems on a task: system -> its run file."""

    def play(task, *systems, data=None, embedder="hashing", limit=None, out="runs", **makers):
        plan = Plan((task,), (*systems, *makers), tmp_path / out, data, embedder, limit=limit, makers=makers)
        cells = list(run(plan))
        assert not [cell.skipped for cell in cells if cell.skipped]
        return {cell.system: json.loads(cell.path.read_text()) for cell in cells}

    return play


@pytest.fixture
def space():
    """`space("newest")`: a memory of one recipe under a clock that stands still."""
    opened = []

    def make(recipe):
        opened.append(Memory(":memory:", recipe, HashingEmbedder(), clock=HandClock(NOON + timedelta(days=9))))
        return opened[-1]

    yield make
    for memory in opened:
        memory.close()


CONTROLS = ("plain", "bm25", "bm25-newest", "dense", "rrf")
"""What can be had without a mechanism: likeness by words and by meaning, and the newest of what is alike."""


def append_only(setting):
    """The recipe `newest` without its mechanism: statements pile up."""
    return RecipeMaker("append_only", replace(recipes.get("newest"), evolve=nothing()))(setting)


class Oracle:
    """Answers by the generator's own grammar from what it was told, and says nothing where that gives nothing."""

    name = "oracle"

    def __init__(self, task):
        self.solve = ORACLES[task]
        self.records = []

    def add(self, records):
        self.records += records

    def _answer(self, question):
        return self.solve(self.records, question)

    def search(self, question, k):
        cue = " ".join(question.data.get("cues", ()))
        parts = self._answer(question).split("; ") if cue else [self._answer(question)]
        return [Found(f"o{n}", 1.0, f"{cue} {part}") for n, part in enumerate(parts) if part]

    def context(self, question, budget):
        return Packed(self._answer(question), ())

    def confidence(self, question):
        return float(bool(self._answer(question)))

    def answer(self, question):
        return self._answer(question)

    def held(self):
        return []

    def cost(self):
        return {}

    def close(self):
        pass


def mean(run, metric):
    return run["summary"]["all"][metric]["mean"]


def episodes(run):
    return [told["state"]["episode"] for told in run["pools"]]


def texts(hits):
    return [hit.text for hit in hits]


# --- every generator -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "metric"),
    [
        ("growing:sizes=1+10", "newest@1"),
        ("persona-timeline:people=2", "newest@1"),
        ("platforms:projects=2", "newest@1"),
        ("abilities:histories=1", "newest@1"),
        ("dated-events:books=1", "simple_recall"),
        ("t-maze:episodes=1", "choice"),
        ("color-cubes:episodes=1", "newest@1"),
    ],
)
def test_an_oracle_gets_every_point(arena, task, metric):
    """What is read off its results is right for each question, so whatever a system loses, it lost itself."""
    made = arena(task, oracle=lambda setting: Oracle(task.partition(":")[0]))

    assert 1.0 == mean(made["oracle"], metric)


# --- Memory Rewriting ----------------------------------------------------------------------------


def test_twenty_corridors_need_a_memory_that_overwrites(arena):
    """Superseding walks every maze to its end; likeness, the newest of what is alike, and facts piled up walk none."""
    made = arena("t-maze:episodes=2,corridors=20", "newest", *CONTROLS, append_only=append_only)

    assert [1.0, 1.0] == episodes(made["newest"])
    assert 1.0 == mean(made["newest"], "choice")
    for name in (*CONTROLS, "append_only"):
        assert [0.0, 0.0] == episodes(made[name])
        assert mean(made[name], "choice") <= 0.75


def test_a_teleport_updates_one_location_only(space):
    """One fact ends; the other cubes are where they were."""
    memory = space("newest")
    memory.remember(
        [
            {"text": f"The {c} cube is at row {n} column {n}.", "at": NOON}
            for n, c in enumerate(("red", "blue", "green"))
        ]
    )

    told = memory.remember([{"text": "The blue cube is at row 5 column 5 now.", "at": NOON + timedelta(minutes=1)}])

    assert 1 == told.superseded
    found = {c: memory.recall(f"Where is the {c} cube?", k=1)[0].text for c in ("red", "blue", "green")}
    assert {
        "red": "The red cube is at row 0 column 0",
        "blue": "The blue cube is at row 5 column 5 now",
        "green": "The green cube is at row 2 column 2",
    } == found
    assert [] == [text for text in texts(memory.list(kinds="fact", limit=0)) if "row 1" in text]


def test_one_sighting_settles_where_the_others_are(space):
    """Two unnamed moves leave two possibilities each; seeing one cube tells of the other."""
    memory = space("belief_set")

    def say(minute, text):
        return memory.remember([{"text": text, "at": NOON + timedelta(minutes=minute)}])

    say(0, "The red cube is at row 0 column 0.")
    say(1, "The blue cube is at row 1 column 1.")
    say(2, "Cubes now stand at row 3 column 3, row 4 column 4.")
    before = memory.recall("Where is the red cube?", k=1)[0].text
    say(3, "The blue cube is at row 3 column 3.")

    assert "The red cube is at row 3 column 3 or at row 4 column 4." == before
    assert "The red cube is at row 4 column 4." == memory.recall("Where is the red cube?", k=1)[0].text
    assert "The blue cube is at row 3 column 3." == memory.recall("Where is the blue cube?", k=1)[0].text


def test_an_impossible_sighting_is_said_and_changes_nothing(space):
    """Three places for two cubes agree with no assignment; the turn itself is kept."""
    memory = space("belief_set")
    memory.remember([{"text": "The red cube is at row 0 column 0.", "at": NOON}])

    told = memory.remember([{"text": "Cubes now stand at row 3 column 3, row 4 column 4.", "at": NOON}])

    assert any("was not used" in note for note in told.notes)
    assert "The red cube is at row 0 column 0." == memory.recall("Where is the red cube?", k=1)[0].text
    assert 2 == len(memory.list(kinds="turn"))


def test_unnamed_moves_need_a_set_of_beliefs(arena):
    """In the extreme grade newest-wins alone knows only cubes that never moved; beliefs know all."""
    made = arena("color-cubes:episodes=1", "belief_set", "newest", *CONTROLS)

    assert 1.0 == mean(made["belief_set"], "newest@1")
    grades = {name: made["newest"]["summary"]["categories"][name]["newest@1"] for name in ("medium", "extreme")}
    assert 1.0 == grades["medium"]
    assert grades["extreme"] < 0.5
    for name in CONTROLS:
        rows = made[name]["summary"]["categories"]
        assert rows["medium"]["newest@1"] < 0.5
        assert rows["extreme"]["newest@1"] < 0.5


# --- MEMTRACK ------------------------------------------------------------------------------------


def test_state_spread_over_platforms_needs_supersession(arena):
    """Chat, tickets and commits word a field differently; the latest wins, and append-only recalls stale states."""
    made = arena("platforms:projects=2", "newest", *CONTROLS, append_only=append_only)

    for field in ("status", "assignee", "due"):
        assert 1.0 == made["newest"]["summary"]["categories"][field]["newest@1"]
    assert [1.0, 1.0] == episodes(made["newest"])
    for name in (*CONTROLS, "append_only"):
        assert mean(made[name], "newest@1") <= 0.8
        assert [0.0, 0.0] == episodes(made[name])


class Reader(Oracle):
    """Reads one event for each question: always the same one, or always another one."""

    def __init__(self, same):
        super().__init__("platforms")
        self.same = same
        self.reads = 0

    def search(self, question, k):
        self.reads += 1
        return [Found("e0" if self.same else f"e{self.reads}", 1.0, self._answer(question))]


def test_redundancy_counts_events_that_are_read_again(arena):
    """Of eighteen reads of one event seventeen are redundant; of eighteen events none."""
    made = arena("platforms:projects=1", same=lambda setting: Reader(True), other=lambda setting: Reader(False))

    assert 17 / 18 == made["same"]["pools"][0]["state"]["redundancy"]
    assert 0.0 == made["other"]["pools"][0]["state"]["redundancy"]


# --- SORT ----------------------------------------------------------------------------------------


class Shuffled(RecipeSystem):
    """A memory that is told everything, but in another order."""

    def add(self, records):
        super().add(random.Random(1).sample(list(records), len(records)))


def test_which_came_first_needs_the_order_in_which_things_were_told(arena):
    """A book has no dates: recipes keep its order and are near 1 at each distance; an index is at one half, and so is
    the same recipe when the order is lost."""

    def shuffled(setting):
        return Shuffled("shuffled", Memory(setting.folder / "m.db", "plain", setting.embedder))

    made = arena("which-first:diaries=1,entries=60,count=40", *CONTROLS, "newest", shuffled=shuffled)

    for name in ("plain", "newest"):
        assert mean(made[name], "choice") >= 0.95
        bins = made[name]["summary"]["categories"]
        assert 4 == len(bins)
        assert all(row["choice"] >= 0.9 for row in bins.values())
    for name in set(CONTROLS) - {"plain"}:
        assert 0.5 == mean(made[name], "choice")
    assert 0.25 <= mean(made["shuffled"], "choice") <= 0.75


def test_the_report_prints_accuracy_for_each_distance(arena, tmp_path):
    """One column a bin, as in the paper."""
    arena("which-first:diaries=1,entries=40,count=20", "plain", "dense")

    write_report(tmp_path / "runs", tmp_path / "arena.html")

    page = (tmp_path / "arena.html").read_text()
    assert page.count("<th>distance to") >= 4


def test_a_real_book_is_put_in_order(arena, data):
    """Passages of the EpBench book."""
    made = arena("sort-epbench:count=20", "plain", "dense", data=data)

    assert mean(made["plain"], "choice") >= 0.95
    assert 0.5 == mean(made["dense"], "choice")


# --- EpBench -------------------------------------------------------------------------------------

CUES = {"time": " on ", "place": " in ", "person": " with "}


NOTED = replace(recipes.get("plain", k=300), form=extract.dates(kinds=("chunk",)))
"""Dates are read from each text and noted, and nothing looks at them."""
DATED = replace(NOTED, recall=dated.within(NOTED.recall, top=300))
"""A day that the question names lets in only what speaks of that day."""


def test_events_are_found_by_time_place_and_person(arena):
    """Place and person are words; a day that is written otherwise needs dates that were read."""
    wanted = {"mine": RecipeMaker("mine", DATED), "noted": RecipeMaker("noted", NOTED)}
    wanted["astray"] = lambda setting: Astray()
    made = arena("dated-events:books=1,count=96", *CONTROLS, embedder="static", **wanted)

    def by(name, word):
        rows = [row for row in made[name]["questions"] if f"events{word}" in row["question"] and row["answers"]]
        assert len(rows) >= 8
        return sum(row["values"]["item_f1"] for row in rows) / len(rows)

    for word in CUES.values():
        assert by("mine", word) >= 0.9
    for name in (*CONTROLS, "noted"):
        assert by(name, CUES["time"]) <= 0.7
    assert mean(made["mine"], "simple_recall") >= 0.9
    assert mean(made["astray"], "simple_recall") < 0.4


def test_latest_state_and_order_of_events_are_reported(arena):
    """Kendall's tau and the latest state for each recipe."""
    task = "dated-events:books=1,count=192,seed=5"
    made = arena(task, "newest", embedder="static", astray=lambda setting: Astray())

    for name in ("newest",):
        assert mean(made[name], "chronology") >= 0.8
        assert made[name]["summary"]["categories"]["Spaces latest"]["item_f1"] >= 0.8
    assert mean(made["astray"], "chronology") <= 0.0


class Astray(Oracle):
    """Finds the events that are not asked for."""

    def __init__(self):
        super().__init__("dated-events")

    def search(self, question, k):
        (cue,) = question.data["cues"]
        return [Found(r.source, 1.0, r.text, r.at) for r in self.records if cue not in r.text][:k]


# --- MemoryAgentBench ----------------------------------------------------------------------------


def test_conflicting_facts_need_the_newest(arena):
    """Four abilities are scored for each recipe; only superseding resolves conflicts."""
    made = arena("abilities:histories=1,noise=60", "newest", *CONTROLS, append_only=append_only, embedder="static")

    for one in made.values():
        assert 4 == len(one["summary"]["categories"])
    conflict = {name: one["summary"]["categories"]["conflict resolution"]["newest@1"] for name, one in made.items()}
    assert conflict["newest"] >= 0.85
    assert all(conflict[name] <= 0.65 for name in (*CONTROLS, "append_only"))


def test_the_published_conflicts_are_resolved(data):
    """FactConsolidation single-hop, 6k: plain recall gets about one half."""
    pool = next(pool for pool in find_task("factconsolidation:sizes=6k").pools(data) if "_sh_" in pool.id)
    right = {}
    for name in ("newest", "plain"):
        with Memory(":memory:", name, by_name("static")) as memory:
            memory.remember([record.message() for record in pool.records])
            found = [(q.answers, memory.recall(q.text, 1, now=q.at)) for q in pool.questions]
        right[name] = sum(contains(hits[0].text, answers) for answers, hits in found) / len(found)

    assert right["newest"] >= 0.85
    assert 0.35 <= right["plain"] <= 0.65


# --- HaluMem -------------------------------------------------------------------------------------


@writes
def believing(change, ctx):
    """A fact of everything that anybody says or asks."""
    puts = [
        ctx.put(Item("fact", item.text, at=item.at, evidence=(Evidence(item.id),), trust=item.trust))
        for item in change.fresh
        if item.kind == "turn"
    ]
    return change.plus(puts=puts)


def test_inventions_and_missed_corrections_are_counted_where_they_happen(arena):
    """Believing a wrong guess is an invention at extraction, keeping a corrected value a miss at update."""
    made = arena(
        "persona-timeline:people=2",
        "plain",
        "newest",
        append_only=append_only,
        credulous=RecipeMaker("credulous", replace(recipes.get("newest"), form=believing(), evolve=nothing())),
    )
    invented, missed = (
        {name: mean(one, metric) for name, one in made.items()} for metric in ("invented", "missed_updates")
    )

    assert 0.0 == invented["plain"]
    assert 1.0 == mean(made["plain"], "extracted")
    assert 4.0 == invented["credulous"]
    assert 0.0 == invented["newest"]
    assert 4.0 == missed["credulous"]
    assert missed["append_only"] >= 3.0
    assert missed["newest"] <= 0.5


# --- ConvoMem ------------------------------------------------------------------------------------


def test_the_report_says_from_where_on_recall_beats_full_context(arena, tmp_path):
    """Evidence and tokens of both over the size of the history, and the crossing in words."""
    made = arena("growing:sizes=1+10+40,histories=1", "default", "full-context", embedder="static")

    write_report(tmp_path / "runs", tmp_path / "arena.html", tmp_path / "arena.md", tmp_path / "plots")

    (line,) = crossover(list(made.values()))
    assert "default: reads less than full context at 95% of its evidence from" in line
    assert "no measured size" not in line
    assert line in (tmp_path / "arena.md").read_text()
    drawn = " ".join(path.name for path in (tmp_path / "plots").iterdir())
    assert "growth-quality" in drawn
    assert "growth-tokens" in drawn

    def tokens(name, budget):
        rows = [row["values"].get(f"tokens@{budget}") for row in made[name]["questions"]]
        return [value for value in rows if value is not None]

    assert tokens("full-context", "full")[-1] > 8 * tokens("full-context", "full")[0]
    assert tokens("default", "1000")[-1] < tokens("full-context", "full")[-1] / 2


# --- LMEB ----------------------------------------------------------------------------------------

PROCEDURES = {
    "Boil water, grind beans, pour slowly over the filter.": "make a cup of coffee",
    "Turn off the valve, unscrew the trap, clear the hair, screw it back.": "unblock a drain",
    "Loosen the nuts, jack up the car, swap the wheel, tighten crosswise.": "change a flat tyre",
    "Mix flour and yeast, let the dough rise, shape a loaf, heat the oven.": "bake bread",
    "Open the settings, choose network, type the password, connect.": "join the wireless network",
    "Sand the wood, wipe off dust, brush on varnish, let it dry.": "finish a wooden table",
    "Sow the seeds in moist soil, cover them, keep warm, water daily.": "grow tomatoes from seed",
    "Rinse the wound, press with clean cloth, put on a plaster.": "treat a small cut",
}


def write_lmeb(folder: Path) -> Path:
    """Four types of memory in the published layout, drawn from the generators and eight procedures."""
    drawn = {
        "episodic": next(iter(find_task("dated-events:books=1,count=24").pools())),
        "dialogue": next(iter(find_task("growing:sizes=10,histories=1").pools())),
        "semantic": next(iter(find_task("abilities:histories=1,noise=40").pools())),
    }
    tables = {
        kind: (
            {record.source: record.text for record in pool.records},
            {f"q{n}": (q.text, q.evidence) for n, q in enumerate(pool.questions) if q.evidence},
        )
        for kind, pool in drawn.items()
    }
    tables["procedural"] = (
        {f"p{n}": text for n, text in enumerate(PROCEDURES)},
        {f"q{n}": (f"How do I {goal}?", (f"p{n}",)) for n, goal in enumerate(PROCEDURES.values())},
    )
    for kind, (corpus, queries) in tables.items():
        home = folder / "lmeb" / kind / "drawn"
        home.mkdir(parents=True)
        (home / "corpus.jsonl").write_text("\n".join(json.dumps({"_id": k, "text": t}) for k, t in corpus.items()))
        (home / "queries.jsonl").write_text(
            "\n".join(json.dumps({"_id": k, "text": t}) for k, (t, _) in queries.items())
        )
        gains = [f"{k}\t{one}\t1" for k, (_, wanted) in queries.items() for one in wanted]
        (home / "qrels.tsv").write_text("\n".join(gains))
    return folder


def embedders():
    """Names of the embedders that are installed."""
    try:
        by_name("minilm")
    except ModelMissing:
        return ["hashing", "static"]
    return ["hashing", "static", "minilm"]


def test_embedders_are_scored_on_four_types_of_memory_and_twice_the_same(arena, tmp_path):
    """nDCG@10 for each type; a table of meaning beats hashed words; two runs agree to the digit."""
    folder = write_lmeb(tmp_path)
    names = [f"dense@{name}" for name in embedders()]

    made = arena("lmeb-official", *names, data=folder)
    again = arena("lmeb-official", *names, data=folder, out="again")

    for name in names:
        scores = {kind: row["ndcg@10"] for kind, row in made[name]["summary"]["categories"].items()}
        assert {"episodic", "dialogue", "semantic", "procedural"} == set(scores)
        assert all(0 < score <= 1 for score in scores.values())
        assert made[name]["summary"]["all"] == again[name]["summary"]["all"]
        assert made[name]["summary"]["categories"] == again[name]["summary"]["categories"]
    procedural = [made[name]["summary"]["categories"]["procedural"]["ndcg@10"] for name in names]
    assert procedural[1] > procedural[0]


# --- LongMemEval ---------------------------------------------------------------------------------


def chats(number):
    """An instance as published: ten chats of two rounds about other things, one of which tells the user's own fact."""
    rng = random.Random(number)
    (slot, values), (missing, _) = rng.sample(SLOTS, 2)
    value = rng.choice(values)
    sessions = []
    for _ in range(10):
        turns = []
        for _ in range(2):
            said, reply = chatter(rng)
            turns += [{"role": "user", "content": said}, {"role": "assistant", "content": f"{reply} {chatter(rng)[1]}"}]
        sessions.append(turns)
    at = rng.randrange(10)
    sessions[at][2] = {
        "role": "user",
        "content": f"{chatter(rng)[0]} By the way, my {slot} is {value}.",
        "has_answer": True,
    }
    row = {
        "question_id": f"q{number}",
        "question_type": "single-session-user",
        "question": f"What is my {slot}?",
        "answer": value,
        "question_date": "2023/05/30 (Tue) 18:54",
        "haystack_dates": [f"2023/05/{day + 1:02d} (Mon) 10:00" for day in range(10)],
        "haystack_session_ids": [f"answer_{chat}" if chat == at else f"s{chat}" for chat in range(10)],
        "haystack_sessions": sessions,
        "answer_session_ids": [f"answer_{at}"],
    }
    absent = {**row, "question_id": f"q{number}_abs", "question": f"What is my {missing}?", "answer": "not said"}
    return row, absent


def test_questions_without_an_answer_are_scored_apart(arena, tmp_path):
    """They have no recall of their own and count for the confidence alone."""
    rows = [row for number in range(4) for row in chats(number)]
    (tmp_path / "longmemeval").mkdir()
    (tmp_path / "longmemeval" / "longmemeval_s.json").write_text(json.dumps(rows))

    made = arena("longmemeval", "longmemeval", data=tmp_path, embedder="static")["longmemeval"]

    assert 1.0 == mean(made, "all@10")
    assert 4 == made["summary"]["all"]["all@10"]["n"]
    assert 8 == made["summary"]["all"]["auroc"]["n"]
    absent = [row["values"] for row in made["questions"] if not row["answerable"]]
    assert 4 == len(absent)
    assert not [name for values in absent for name in values if "@" in name]


BOUGHT = [
    (2, "user", "I bought a copper kettle for the kitchen."),
    (2, "assistant", "A fine kettle will last for years."),
    (9, "user", "I bought two bikes for the children."),
    (9, "assistant", "Enjoy the ride."),
    (11, "user", "I bought a woollen scarf last Tuesday."),
    (11, "assistant", "That sounds warm."),
    (12, "user", "I bought a bike bell and one more bike."),
    (12, "assistant", "Ring it often."),
]
"""Day of January 2024 (the 2nd and the 9th are Tuesdays), who, what."""


def bought(space, recipe):
    memory = space(recipe)
    memory.remember(
        [
            {"text": text, "role": role, "at": NOON + timedelta(days=day - 1, minutes=n), "session": f"s{day}"}
            for n, (day, role, text) in enumerate(BOUGHT)
        ]
    )
    memory.sleep()
    return memory


def test_a_date_in_the_question_narrows_to_that_time(space):
    """Last Tuesday: what was said on that day, and what was said later about it; without the filter everything."""
    unfiltered = replace(
        recipes.get("longmemeval"), recall=find.vectors(k=50, kinds=("chunk",)) >> dated.expand_to_turns()
    )
    asked, now = "What did I buy last Tuesday?", datetime(2024, 1, 13, 12, tzinfo=UTC)

    found = bought(space, "longmemeval").recall(asked, 20, now=now)
    every = bought(space, unfiltered).recall(asked, 20, now=now)

    assert {text for day, _, text in BOUGHT if day in (9, 11)} == set(texts(found))
    assert {text for *_, text in BOUGHT} == set(texts(every))


def test_a_question_without_a_date_is_not_filtered(space):
    """How many bikes: rounds of all days are there."""
    found = bought(space, "longmemeval").recall("How many bikes do I own?", 20, now=datetime(2024, 1, 13, tzinfo=UTC))

    assert {text for *_, text in BOUGHT} == set(texts(found))


def test_a_fact_leads_to_the_round_that_told_it(space):
    """The key is short, the value is the whole round: question and reply."""
    memory = bought(space, "longmemeval")

    (first, second, *_) = texts(memory.recall("copper kettle", 4))
    keys = {item.text: item.data.get("keys", "") for item in memory.list(kinds="chunk")}

    assert [BOUGHT[0][2], BOUGHT[1][2]] == [first, second]
    assert "copper kettle" in keys[BOUGHT[0][2]]
