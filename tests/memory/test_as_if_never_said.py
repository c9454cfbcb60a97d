"""A longer talk, slept over in parts: after an erase every recipe answers as if the erased had never been said."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from remanence import Memory
from remanence.models.static import StaticEmbedder
from remanence.recipes import names
from remanence.testing import HandClock

EMBEDDER = StaticEmbedder()
TALK = [
    ("Ada", "Hey Bo! How is the bakery going? I want to tell you about my kiln."),
    ("Bo", "The bakery is doing great, we sell walnut bread now. What about the kiln?"),
    ("Ada", "It cracked last week, so I cannot fire the vases for the museum shop."),
    ("Bo", "Oh no! Can I help you to find a new one?"),
    ("Ada", "Thanks, a potter in Bergen sells me his old kiln in May."),
    ("Bo", "Bergen is far. My sister Clara lives there and plays the cello."),
    ("Ada", "I would love to meet Clara. I play the cello too, badly."),
    ("Bo", "She moved there from Graz because of the orchestra."),
    ("Ada", "Hello again! The new kiln is here and it works."),
    ("Bo", "Wonderful! What do you make first?"),
    ("Ada", "Two hundred cups for a café in Oslo, they ordered blue ones."),
    ("Bo", "That is a lot. Have you got help?"),
    ("Ada", "My neighbour Dev glazes them on Sundays."),
    ("Bo", "I quit the bakery by the way, I work at a mill now."),
    ("Ada", "Really? Why did you leave the bakery?"),
    ("Bo", "The nights were too long. The mill starts at eight."),
]
ASKED = ["Where does Bo work?", "Who plays the cello?", "What happened to the kiln?", "Why did Bo leave?", "blue cups"]
GONE = (3, 9, 11)
"""Places of what is erased: in the middle of three parts."""
THINGS = ("the kiln", "the bakery", "the ferry", "the cello", "the orchard", "the mill", "the harbour")
SAYINGS = (
    "{thing} opens at {n} now.", "I repaired {thing} with Dev on Sunday.", "I love {thing} in the morning.",
    "{thing} cost me {n} crowns.", "My sister Clara painted {thing} blue.", "Do you know {thing} near Bergen?",
    "I work at {thing} now.", "I live near {thing}.", "I no longer work at {thing}.",
    "I promised Ida to show her {thing} on {n} May.",
)  # fmt: skip
ASKED_OF_THE_LONG = [
    *ASKED, "When does the ferry open?", "Where does Ada live?", "What did Clara paint?", "Who repaired the mill?",
    "What did I promise Ida?",
]  # fmt: skip


def long_talk(chance: random.Random) -> list[tuple[str, str]]:
    """The talk and thirty more turns of few forms, so that much is alike and is fused, linked and grouped."""
    talk = list(TALK)
    for _ in range(36):
        text = chance.choice(SAYINGS).format(thing=chance.choice(THINGS), n=chance.randrange(2, 28))
        text = text[0].upper() + text[1:]
        if text not in {said for _, said in talk}:
            talk.append((chance.choice(("Ada", "Bo")), text))
    return talk


def told(
    recipe: str,
    gone: Sequence[int],
    *,
    never: bool,
    talk: Sequence[tuple[str, str]] = TALK,
    parts: Sequence[range] = (range(5), range(5, 11), range(11, len(TALK))),
) -> Memory:
    """A memory that slept after each part of the talk; what is `gone` was never said, or erased at the end."""
    memory = Memory(":memory:", recipe, EMBEDDER, clock=HandClock(datetime(2025, 6, 1, tzinfo=UTC)), seed=1)
    ids: list[str] = []
    for part in parts:
        messages = [
            {"who": talk[n][0], "text": talk[n][1], "session": f"s{n // 8}", "at": f"2025-0{1 + n // 8}-{10 + n % 18}"}
            for n in part
            if not never or n not in gone
        ]
        ids += memory.remember(messages).ids[: len(messages)]
        memory.sleep()
    if not never:
        memory.erase([ids[n] for n in gone], force=True)
        memory.sleep()
    return memory


def answers(memory: Memory, asked: Sequence[str] = ASKED) -> list[object]:
    """What is recalled, shown and answered; equal scores in the order of the texts."""
    found: list[object] = []
    for question in asked:
        hits = memory.recall(question, 12)
        best = sorted((-round(hit.score, 4), hit.item.kind, hit.text) for hit in hits)[:8]
        shown = sorted(_NAMES.sub("", line) for line in str(memory.context(question, ROOM)).splitlines())
        found.append([best, round(hits.confidence or 0.0, 4), memory.ask(question, threshold=0).short, shown])
    return found


ROOM = 8_000
"""Tokens for everything: ids differ, and so does how many lines fit."""
_NAMES = re.compile(r"^\d+\. |\{[^{}]*\}|id=\"\w+\"")
"""Numbers of lines, where equal ones stand in any order, and ids."""


@pytest.mark.parametrize("recipe", names())
def test_after_an_erase_the_answers_are_those_of_a_memory_that_never_heard_it(recipe: str) -> None:
    """Pieces of a session are cut as they would have been, and what stayed is told as it would have been."""
    never, memory = told(recipe, GONE, never=True), told(recipe, GONE, never=False)

    assert answers(never) == answers(memory)


def _compared_on_a_long_talk(recipe: str, seed: int) -> tuple[list[object], list[object]]:
    """(answers of a memory that never heard, of one that erased) one to five turns, from anywhere in a long talk."""
    chance = random.Random(seed)
    talk = long_talk(chance)
    cuts = sorted(chance.sample(range(1, len(talk)), 4))
    parts = [range(start, end) for start, end in zip([0, *cuts], [*cuts, len(talk)], strict=True)]
    gone = sorted(chance.sample(range(len(talk)), chance.choice((1, 2, 5))))
    never, memory = (told(recipe, gone, never=never, talk=talk, parts=parts) for never in (True, False))
    return answers(never, ASKED_OF_THE_LONG), answers(memory, ASKED_OF_THE_LONG)


@pytest.mark.parametrize("recipe", names())
def test_so_they_are_after_a_long_talk_in_which_much_is_alike(recipe: str) -> None:
    """Words that went from note to note, statements that were fused, and groups and quotas are as they would be."""
    never, erased = _compared_on_a_long_talk(recipe, seed=names().index(recipe))

    assert never == erased


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(100, 110))
@pytest.mark.parametrize("recipe", names())
def test_so_they_are_after_many_long_talks(recipe: str, seed: int) -> None:
    """Ten talks, cuts and choices of what goes."""
    never, erased = _compared_on_a_long_talk(recipe, seed)

    assert never == erased


@pytest.mark.parametrize("recipe", names())
def test_no_word_of_what_is_erased_stays_with_what_is_left(recipe: str) -> None:
    """Key words, tags, summaries and links of other items hold none that only the erased message held."""
    memory = told(recipe, (12,), never=False)
    items = memory.list(limit=0, ended=True, tiers=())
    versions = [version for item in items for version in memory.history(item.id)]

    assert not [
        one for one in versions if "glaze" in f"{one.text} {one.data}" or "neighbour" in f"{one.text} {one.data}"
    ]


def test_the_next_turn_follows_the_one_before_the_gap() -> None:
    """The chain of a session is closed over what was erased, and over what is hidden while it is."""
    memory = told("adamem", (), never=False)
    turns = memory.list(kinds="turn", session="s0", limit=0)
    first, second, third, fourth = (turn.id for turn in turns[:4])

    def follows() -> set[tuple[str, str]]:
        return {(link.src, link.dst) for link in memory.look(lambda view: view.links([first, fourth], rels=("next",)))}

    memory.forget([second, third])
    hidden = follows()
    memory.restore([second, third])
    back = follows()
    memory.erase([second, third])

    assert (first, fourth) in hidden
    assert (first, fourth) not in back
    assert {(first, second), (third, fourth)} <= back
    assert (first, fourth) in follows()


@pytest.mark.parametrize("recipe", ["em_llm", "longmemeval"])
def test_what_was_forgotten_and_slept_over_comes_back_as_it_was(recipe: str) -> None:
    """All pieces of its session are there again, and those that were cut meanwhile are not."""
    before, memory = told(recipe, (), never=False), told(recipe, (), never=False)
    turns = [turn.id for turn in memory.list(kinds="turn", limit=0)]

    memory.forget([turns[n] for n in GONE])
    memory.sleep()
    hidden = answers(memory)
    memory.restore([turns[n] for n in GONE])
    memory.sleep()

    assert answers(before) == answers(memory) != hidden


def test_what_repeated_the_erased_counts_once_it_is_gone() -> None:
    """A statement that was left out as known is made when the one that made it known goes."""
    said = {"who": "Ada", "text": "I live in a lighthouse near Bergen.", "session": "s"}
    with Memory(":memory:", "nemori", EMBEDDER, clock=HandClock(), seed=1) as memory:
        first = memory.remember(said).ids[0]
        memory.sleep()
        memory.remember({**said, "session": "t"})
        memory.sleep()
        before = memory.count(kinds="note")

        memory.erase(first)
        memory.sleep()

        assert (1, 1) == (before, memory.count(kinds="note"))


def test_a_note_that_is_trusted_less_rewrites_none_that_is_trusted_more() -> None:
    """Words of a report do not become what a person's own note is found by."""
    with Memory(":memory:", "a_mem", EMBEDDER, clock=HandClock(), seed=1) as memory:
        mine = memory.remember({"who": "Ada", "text": "My kiln stands in the garden shed."}).ids[0]
        before = [item.data for item in memory.list(kinds="note")]
        memory.remember({"role": "tool", "text": "The kiln in the garden shed is a Voltex oven."}, trust="external")
        after = [item.data for item in memory.list(kinds="note") if mine in {one.id for one in item.evidence}]

    assert before == after


def test_among_equals_a_later_version_keeps_the_place_of_its_first() -> None:
    """What an erased statement had ended comes back as a later version: it must not fall behind its equals by that."""
    memory = Memory(":memory:", "plain", EMBEDDER)
    first, *_ = memory.remember(
        [{"who": name, "text": "The kiln is hot.", "at": "2025-06-01"} for name in ("Ada", "Bo", "Cy")]
    ).ids

    before = [hit.id for hit in memory.recall("Is the kiln hot?")]
    memory.update(first, data={"seen": "by Dev"})

    assert first == before[0]
    assert before == [hit.id for hit in memory.recall("Is the kiln hot?")]
