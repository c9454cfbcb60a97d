"""Statements that end, correct and repeat one another: after an erase all is as if the erased had never been said."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from remanence import Memory
from remanence.models.static import StaticEmbedder
from remanence.recipes import names
from remanence.testing import HandClock
from remanence.types import Item

EMBEDDER = StaticEmbedder()
PAIRS = (
    ("We are going to Oslo in August.", "Oslo is off."),
    ("My favourite colour is green.", "My favourite colour is blue now."),
    ("I live in Lund.", "I moved to Rome in March."),
    ("I work at the mill.", "I quit the mill, I work at the bakery now."),
    ("The review is on Friday at 9.", "The review moved to Monday."),
    ("My rent is 900 euros.", "They put the rent up to 950 euros."),
    ("I am allergic to peanuts and shellfish.", "I am not allergic to shellfish any more."),
    ("I have two cats, Miso and Tofu.", "Tofu died in spring."),
    ("We use Postgres for the shop.", "We switched from Postgres to DuckDB."),
    ("My boss is Arjun.", "My new boss is Kim."),
    ("I play chess and tennis.", "I don't play tennis any more."),
    ("My sister Clara lives in Bergen.", "Clara moved to Graz."),
    ("I drive a Skoda.", "I sold the Skoda."),
    ("I am married to Dev.", "Dev and I divorced last week."),
    ("The wedding is on 5 May.", "The wedding is on 12 May, not 5 May."),
    ("I ordered a cargo bike, it comes in June.", "The cargo bike is here."),
    ("I have a dentist appointment on 3 June.", "The dentist appointment is cancelled."),
    ("My phone number is 555 1234.", "My phone number is 555 9876 now."),
)
BETWEEN = (
    "The weather is awful today.", "I bought a kettle on Monday.", "Do you want tea?", "Thanks, that helps a lot!",
    "We watched a film about bees.", "I baked walnut bread with Ida.", "The ferry was late again.",
)  # fmt: skip
ASKED = ("When is the wedding?", "Where are we going in August?", "Which database do we use?", "Where does Ada work?")
NAMES = re.compile(r"\{[^{}]*\}")
"""Ids behind the lines of a profile."""
Told = tuple[str, str]
"""(who, what)."""


def talk_of(chance: random.Random) -> tuple[list[Told], list[range], list[int]]:
    """Eleven pairs in order with other talk between, some of the first ones said again; in parts; and what goes."""
    said: list[tuple[float, Told]] = []
    for first, second in chance.sample(PAIRS, 11):
        who, (start, end) = chance.choice(("Ada", "Bo")), sorted((chance.random(), chance.random()))
        said += [(start, (who, first)), (end, (who, second))]
        if chance.random() < 0.25:
            said.append((end + (1 - end) * chance.random(), (who, first)))
    said += [(chance.random(), (chance.choice(("Ada", "Bo")), text)) for text in BETWEEN]
    talk = [one for _, one in sorted(said)]
    cuts = sorted(chance.sample(range(1, len(talk)), 4))
    parts = [range(start, end) for start, end in zip([0, *cuts], [*cuts, len(talk)], strict=True)]
    return talk, parts, sorted(chance.sample(range(len(talk)), chance.choice((1, 2, 4))))


def told(recipe: str, talk: Sequence[Told], parts: Sequence[Sequence[int]], gone: Sequence[int], never: bool) -> Memory:
    """A memory that slept after each part; what is gone was never said, or erased at the end."""
    memory = Memory(":memory:", recipe, EMBEDDER, clock=HandClock(datetime(2025, 6, 1, tzinfo=UTC)), seed=1)
    ids: dict[int, str] = {}
    for part in parts:
        numbers = [n for n in part if not never or n not in gone]
        messages = [
            {"who": talk[n][0], "text": talk[n][1], "session": f"s{n // 8}", "at": f"2025-0{1 + n // 8}-{10 + n % 18}"}
            for n in numbers
        ]
        ids.update(zip(numbers, memory.remember(messages).ids, strict=False))
        memory.sleep()
    if not never:
        memory.erase([ids[n] for n in gone], force=True)
        memory.sleep()
    return memory


def known(memory: Memory) -> dict[str, Any]:
    """All items, how they are joined, what is recalled and answered, and who is known how; without ids."""
    items = memory.list(limit=0, ended=True, tiers=())
    name = {item.id: f"{item.kind} {item.text}" for item in items}
    links = memory.look(lambda view: view.links(list(name), direction="out"))
    found: dict[str, Any] = {
        "items": sorted(_said(item, name) for item in items),
        "links": sorted(str((name.get(one.src), one.rel, name.get(one.dst), one.at)) for one in links),
    }
    for question in ASKED:
        hits = memory.recall(question, 12)
        best = sorted((-round(hit.score, 4), hit.text, str([(m.value, m.now) for m in hit.marks])) for hit in hits)
        found[question] = best[:8], round(hits.confidence or 0.0, 4), memory.ask(question, threshold=0).short
    for who in ("Ada", "Bo", "Clara"):
        found[who] = [NAMES.sub("", line).strip() for line in str(memory.profile(who)).splitlines()]
    return found


def _said(item: Item, name: dict[str, str]) -> str:
    grounds = sorted(name.get(one.id, "gone") for one in item.evidence)
    return str((item.kind, item.text, item.who, item.at, item.until, round(item.trust, 3), item.tier, grounds))


def compared(recipe: str, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what a memory knows that never heard, that erased)."""
    talk, parts, gone = talk_of(random.Random(seed))
    return known(told(recipe, talk, parts, gone, never=True)), known(told(recipe, talk, parts, gone, never=False))


@pytest.mark.parametrize("recipe", names())
def test_after_an_erase_all_is_as_if_it_had_never_been_said(recipe: str) -> None:
    """In every recipe: items, links, answers, marks and profiles."""
    never, erased = compared(recipe, 1)

    assert never == erased


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("recipe", names())
def test_so_it_is_after_ten_talks(recipe: str, seed: int) -> None:
    """Other pairs, parts and choices of what goes."""
    never, erased = compared(recipe, seed)

    assert never == erased


FEW: dict[str, tuple[list[str], list[list[int]], int]] = {
    "what a correction corrected": (
        ["The wedding is on 5 May.", "The wedding is on 12 May, not 5 May."], [[0], [1]], 0,
    ),
    "what a cancellation cancelled": (["We are going to Oslo in August.", "Oslo is off."], [[0], [1]], 0),
    "what was said beside a cancellation": (
        ["We are going to Oslo in August.", "I bought a kettle.", "Oslo is off."], [[0], [1, 2]], 1,
    ),
    "what was said beside a switch": (
        ["We use Postgres for the shop.", "I bought a kettle.", "We switched from Postgres to DuckDB.",
         "We use Postgres for the shop."], [[0], [1, 2], [3]], 1,
    ),
    "what was said beside what was ended and said again": (
        ["I bought a kettle.", "We use Postgres for the shop.", "We switched from Postgres to DuckDB.",
         "We use Postgres for the shop."], [[0, 1], [2], [3]], 0,
    ),
    "who was lost and is back": (["our cat Ivy is 6", "Ivy ran away", "Ivy is back!"], [[0], [1], [2]], 0),
    "the loss of who is back": (["our cat Ivy is 6", "Ivy ran away", "Ivy is back!"], [[0, 1, 2]], 1),
    "the first of two losses": (
        ["our cat Ivy is 6", "Ivy ran away", "Ivy is back!", "Ivy ran away again", "Ivy is back!"],
        [[0], [1], [2], [3], [4]], 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("recipe", ["default", "newest", "mem0", "himem", "mem0_graph"])
@pytest.mark.parametrize("case", FEW)
def test_what_leaned_on_the_erased_goes_and_what_did_not_stays(case: str, recipe: str) -> None:
    """Statements that mean something only through another one, and those that were read again beside it."""
    said, parts, gone = FEW[case]
    talk = [("Ada", text) for text in said]

    never, erased = (known(told(recipe, talk, parts, [gone], never=never)) for never in (True, False))

    assert never == erased


@pytest.mark.parametrize("n", [0, 1])
def test_who_is_back_follows_what_is_changed(n: int) -> None:
    """Where the loss, or who was lost, is another now, nothing of before is said again."""
    said, other = ["our cat Ivy is 6", "Ivy ran away", "Ivy is back!"], "The ferry was late again."
    changed = [other if place == n else text for place, text in enumerate(said)]

    with told("default", [("Ada", text) for text in said], [[0], [1], [2]], [], never=False) as memory:
        turns = [item for item in memory.list(limit=0) if item.kind == "turn"]
        memory.update(turns[n].id, text=other)
        memory.sleep()
        found = known(memory)
    with told("default", [("Ada", text) for text in changed], [[0], [1], [2]], [], never=False) as memory:
        expected = known(memory)

    facts, now = ([one for one in some["items"] if one.startswith("('fact'")] for some in (expected, found))
    assert facts == now
    assert expected["Ada"] == found["Ada"]


@pytest.mark.parametrize("recipe", names())
@pytest.mark.parametrize("text", ["Oslo is off.", "The wedding is on 12 May, not 5 May.", "No, 12 not 15."])
def test_what_corrects_or_cancels_nothing_is_remembered_all_the_same(text: str, recipe: str) -> None:
    """Its statement says nothing alone and is left out, along with the names that rest on it; the words stay."""
    with Memory(":memory:", recipe, EMBEDDER, clock=HandClock(), seed=1) as memory:
        memory.remember({"who": "Ada", "text": text})
        memory.sleep()

        assert text in [item.text for item in memory.list(limit=0, tiers=())]


def test_what_stepped_back_for_the_erased_is_at_hand_again() -> None:
    """`memos` keeps twenty turns at hand."""
    talk = [("Ada", f"Thanks, number {n} is fine.") for n in range(30)]

    never, erased = (known(told("memos", talk, [range(30)], [12, 25, 29], never=never)) for never in (True, False))

    assert never["items"] == erased["items"]
