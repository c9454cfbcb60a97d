"""What a recall leaves for later, reads less often or reads without looking through it, and that nothing changes by it.

Each is held against the plain way: the confidence against one that is looked at at once, marks and orders against those
of all hits, evidence against the items themselves, the search for credentials against one text at a time.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from remanence import Memory
from remanence.language import secrets
from remanence.memory.reading import MARKED
from remanence.models.static import StaticEmbedder
from remanence.recall.find import DERIVED
from remanence.stage.standing import marked
from remanence.types import Cue, Hits, Item, Where
from remanence.types.hits import _order

TALK = tuple(
    {"who": who, "text": text, "session": f"s{place // 4}", "at": f"2024-0{1 + place // 4}-0{1 + place % 4}"}
    for place, (who, text) in enumerate(
        (
            ("Ann", "My sister Mara lives in Bruges."),
            ("Ben", "Where do you work, Ann?"),
            ("Ann", "I work as a baker in Ghent."),
            ("Ben", "I live in Oslo and my dog is called Rex."),
            ("Ann", "I moved to Lille in March."),
            ("Ben", "I no longer live in Oslo, I moved to Turku."),
            ("Ann", "My favourite colour is green."),
            ("Ben", "My new job is driving a tram."),
            ("Ann", "Actually, my favourite colour is blue."),
            ("Ben", "My dog Rex died."),
            ("Ann", "My sister Mara moved to Antwerp."),
            ("Ben", "I quit the tram, I work as a cook now."),
        )
    )
)
QUESTIONS = ("Where does Ben live?", "What is Ann's favourite colour?", "Where does Mara live?", "What is Ben's job?")


class Counting(StaticEmbedder):
    """The shipped embedder, and the texts that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def embed(self, texts):
        self.texts += texts
        return super().embed(texts)


@pytest.fixture
def slept(tmp_path):
    embedder = Counting()
    with Memory(tmp_path / "space.db", embedder=embedder) as memory:
        memory.remember(TALK)
        memory.sleep()
        embedder.texts.clear()
        yield memory


def test_a_recall_reads_no_sentence_until_its_confidence_is_looked_at(slept):
    """Neither does a context; its sentences are embedded for the confidence alone."""
    hits, context = slept.recall(QUESTIONS[0]), slept.context(QUESTIONS[0])
    unlooked = [text for text in slept.embedder.texts if text.endswith(".")]
    sure = hits.confidence

    assert not unlooked
    assert sure == context.confidence
    assert [text for text in slept.embedder.texts if text.endswith(".")]


def test_a_confidence_is_that_of_its_recall_whatever_happens_before_it_is_looked_at(slept):
    """More is said, a hit is erased, the space is closed: it was as sure as it was."""
    at_once = [slept.recall(question).confidence for question in QUESTIONS]
    later = [slept.recall(question) for question in QUESTIONS]
    slept.remember([{"who": "Cem", "text": f"Ben lives in a tent in town {n}, says Cem."} for n in range(30)])
    slept.erase(later[0][0].item.id)
    changed = slept.recall(QUESTIONS[0]).confidence
    slept.close()

    assert [hits.confidence for hits in later] == at_once
    assert changed != at_once[0]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(
    "filters", [{}, {"kinds": ("fact", "turn"), "ended": True}, {"kinds": ("fact",), "ended": True}]
)
def test_few_hits_carry_the_marks_that_they_carry_among_many(slept, question, filters):
    """So do facts that are hits themselves, whose marks come first."""
    many = slept.recall(question, k=MARKED, **filters)
    wanted = [(hit.item.id, hit.marks) for hit in many]

    assert any(marks for _, marks in wanted)
    for k in (1, 2, 3, 5):
        assert [(hit.item.id, hit.marks) for hit in slept.recall(question, k=k, **filters)] == wanted[:k]


def test_marks_of_hits_that_are_not_shown_are_not_looked_for(slept):
    """Of plain turns only the first are looked at; a fact behind them still is, as it is told first."""

    def look(ctx):
        cue = Cue("anything", slept.clock())
        rows = ctx.rows(Where(ended=True))
        hits = Hits(ctx, rows, np.linspace(1, 0.1, len(rows), dtype=np.float32))
        told = marked(hits, cue, slept._ctx(), len(rows), 1)
        kinds = {row: item.kind for row, item in zip(rows.tolist(), ctx.items(rows), strict=True)}
        return told.marks.keys(), kinds, rows.tolist()

    marks, kinds, rows = slept.look(look)

    assert marks
    assert all(row == rows[0] or kinds[row] == "fact" for row in marks)


def test_the_grounds_of_what_is_derived_are_its_evidence(slept):
    """In its order, as rows that are visible; asked twice they are the same."""

    def look(view):
        where = Where(ended=True)
        rows = view.rows(where)
        rows = rows[view.columns.of_kinds(rows, DERIVED)]
        items = view.items(rows)
        own = [view.rows_of([one.id for one in item.evidence], where) for item in items]
        plain = [(f"{item.kind} {item.id}", each[each >= 0].tolist()) for item, each in zip(items, own, strict=True)]
        return plain, *([(name, each.tolist()) for name, each in view.grounds(rows, where)] for _ in range(2))

    plain, first, again = slept.look(look)

    assert len(plain) > 5
    assert first == again == plain


def test_the_order_of_hits_is_the_same_with_and_without_equals():
    """A quick order is only taken where no two of the best are equal."""
    chance = random.Random(5)
    for _ in range(300):
        count = chance.randrange(1, 12)
        rows = np.array(chance.sample(range(100), count))
        scores = np.array([chance.choice((0.1, 0.2, 0.3, chance.random())) for _ in rows], np.float32)
        k = chance.randrange(1, 14)
        plain = sorted(range(count), key=lambda place: (-scores[place], rows[place]))[:k]

        assert _order(None, rows, scores, k).tolist() == plain


WORDS = ("tea", "2024-05-08T13:56:00+00:00", "a_b", "key=", "ghp_16C7e42F292c6912E7710c838347Ae178B4a", "x" * 30)
SPACES = (" ", "\n", "\t", "\u2003", "\x1c", "")


def test_items_are_hidden_as_each_of_their_texts_is():
    """Texts, values in lists and in objects; an item without a credential stays the same object."""
    chance, held = random.Random(6), 0
    for _ in range(300):
        texts = ["".join(chance.choice(WORDS) + chance.choice(SPACES) for _ in range(4)) for _ in range(4)]
        data = {"caption": texts[1], "several": [texts[2], 5, None, True], "inner": {"deep": (texts[3],)}}
        items = [Item("turn", texts[0], data=data), Item("turn", "tea")]
        shown = secrets.hidden_each(items)
        found = [secrets.mask(text) for text in texts]
        held += found != texts

        assert [shown[0].text, *secrets.strings_of(shown[0].data)] == found
        assert shown[1] is items[1]
        assert (shown[0] is items[0]) == (found == texts)
    assert 50 < held < 290


def test_whether_a_text_is_worth_reading_is_what_its_runs_say():
    """A run of twelve without spaces that holds a digit, a colon, an equals sign or a low line."""
    chance = random.Random(7)
    told = set()
    for _ in range(2_000):
        text = "".join(chance.choice("aB1_:= \n\u2003.") for _ in range(chance.randrange(30)))
        plain = any(len(run) >= secrets.LEAST and any(c in run for c in "1_:=") for run in text.split())
        told.add(plain)

        assert secrets._worth_reading(text) == plain
    assert told == {True, False}
