"""What the arena knows by name: the tasks, and the systems that can run on them.

A task is a row: name, loader, where its data comes from, measures, headline measure, what it is about. To add one,
write its loader in `tasks/` or `generators/` and its row here; another package announces a `Task` in the entry-point
group `remanence.tasks`, and a maker of systems in `remanence.systems`.
"""

from __future__ import annotations

from remanence.arena.core.system import Maker
from remanence.arena.core.task import GENERATED, Task
from remanence.arena.generators import abilities, events, growing, order, persona, platforms, rewriting
from remanence.arena.systems import BASELINES, PEERS
from remanence.arena.systems.recipes import recipe_maker, recipe_names
from remanence.arena.tasks import (
    babi,
    beam,
    booksort,
    convomem,
    epbench,
    everyday,
    halumem,
    lifebench,
    lmeb,
    locomo,
    locomo_plus,
    longmemeval,
    memdaily,
    memoryagentbench,
    multihop,
    personamem,
    precisionmembench,
    prefeval,
    proced,
    realtalk,
    vehiclemembench,
)
from remanence.errors import InvalidInput
from remanence.registry import Registry, near

__all__ = ["SYSTEMS", "TASKS", "find_system", "find_task"]

TASKS: Registry[Task] = Registry("task", group="remanence.tasks", values=True)
"""Every task by its name."""
SYSTEMS: Registry[Maker] = Registry("system", group="remanence.systems", values=True)
"""Baselines, peers and other packages' systems by name. A name that is not here is taken as a recipe."""

# fmt: off
_PUBLISHED = (
    ("babi", babi.babi, babi.WHERE, "turn answer", "all@5", "small stories, questions along the way"),
    ("beam", beam.beam, beam.WHERE, "turn context abstain groups order", "fraction@10",
     "long assistant turns, ten abilities"),
    ("booksort", booksort.booksort, booksort.WHERE, "choice", "choice", "which segment of a book came first"),
    ("convomem", convomem.convomem, convomem.WHERE, "turn session context abstain answer", "all@10",
     "six kinds of question among filler conversations"),
    ("epbench", epbench.epbench, epbench.WHERE, "turn abstain episodes", "simple_recall",
     "dated and placed events of a book"),
    ("everyday", everyday.everyday, everyday.WHERE, "turn session context abstain answer", "fraction@10",
     "short stories of daily talk in which things change, by sixteen types of question"),
    ("factconsolidation", memoryagentbench.factconsolidation, memoryagentbench.WHERE, "newest context answer",
     "newest@1", "contradicting facts, the newest wins; one fact or a chain"),
    ("halumem", halumem.halumem, halumem.WHERE, "session context answer points hygiene", "session_all@10",
     "operation-level hallucination in long dialogues"),
    ("hotpotqa", multihop.hotpotqa, multihop.WHERE, "turn context answer", "fraction@5", "two hops over passages"),
    ("lifebench", lifebench.lifebench, lifebench.WHERE, "turn context abstain answer choice", "fraction@10",
     "a year of phone and assistant data"),
    ("lmeb", lmeb.lmeb, lmeb.WHERE, "turn", "ndcg@10", "embedders on four types of memory"),
    ("lmeb-official", lmeb.lmeb_official, lmeb.WHERE, "turn", "ndcg@10", "embedders on the published LMEB tasks"),
    ("locomo", locomo.locomo, locomo.WHERE, locomo.MEASURES, "fraction@10", "long two-person talk, audited labels"),
    ("locomo-original", locomo.as_published, locomo.WHERE, locomo.MEASURES, "fraction@10",
     "long two-person talk, labels as published"),
    ("locomo-plus", locomo_plus.locomo_plus, locomo_plus.WHERE, "turn session context", "fraction@10",
     "something said in passing; the occasion does not resemble it"),
    ("longmemeval", longmemeval.longmemeval, longmemeval.WHERE, "turn session context abstain answer", "all@10",
     "assistant chats, one haystack a question"),
    ("longmemeval-strangers", longmemeval.strangers, longmemeval.WHERE, "turn context", "fraction@10",
     "turns of many chats shuffled into one memory: neighbours are strangers"),
    ("memdaily", memdaily.memdaily, memdaily.WHERE, "turn context answer choice", "fraction@10",
     "a person's daily messages, in Chinese"),
    ("memoryagentbench", memoryagentbench.memoryagentbench, memoryagentbench.WHERE, "newest context answer",
     "answer_in@2000", "four abilities over long contexts cut into chunks"),
    ("migres", multihop.migres, "samples as MuSiQue, HotpotQA and 2WikiMultihopQA publish them", "turn context answer",
     "fraction@5", "two to four hops over the paragraphs of all questions"),
    ("musique", multihop.musique, multihop.WHERE, "turn context answer", "fraction@5",
     "two to four hops over passages"),
    ("personamem", personamem.personamem, personamem.WHERE, "choice context", "choice",
     "preferences that change over time; multiple choice"),
    ("precisionmembench", precisionmembench.precisionmembench, precisionmembench.WHERE, "cases turn", "passed",
     "exact beliefs by alias, scope and currency"),
    ("prefeval", prefeval.prefeval, prefeval.WHERE, "turn session context choice", "fraction@10",
     "a preference stated far back; the question does not resemble it"),
    ("proced", proced.proced, proced.WHERE, "turn", "map", "procedures found by what they achieve"),
    ("realtalk", realtalk.realtalk, realtalk.WHERE, "turn session context answer", "fraction@10",
     "messages between real people"),
    ("sort-epbench", booksort.sort_epbench, epbench.WHERE, "choice", "choice", "which passage of a book came first"),
    ("sort-locomo", booksort.sort_locomo, locomo.WHERE, "choice", "choice", "which turn of a talk came first"),
    ("vehiclemembench", vehiclemembench.vehiclemembench, vehiclemembench.WHERE, "turn context", "fraction@10",
     "who likes what in a shared car"),
    ("2wiki", multihop.two_wiki, multihop.WHERE, "turn context answer", "fraction@5",
     "two to four hops over passages"),
)
_GENERATED = (
    ("abilities", abilities.abilities, "turn newest context", "newest@1",
     "retrieval, learning from examples, long range, conflict"),
    ("color-cubes", rewriting.color_cubes, "newest episode", "newest@1",
     "cubes teleport, announced or not; where is each now?"),
    ("dated-events", events.dated_events, "turn abstain episodes", "simple_recall",
     "dated and placed events, asked by time, place, person and content"),
    ("growing", growing.growing, "turn context abstain newest", "told@1000",
     "six kinds of question after 1 to 300 conversations, beside full context"),
    ("persona-timeline", persona.persona_timeline, "turn newest points hygiene", "newest@1",
     "extraction, update and answering with planted inventions and corrections"),
    ("platforms", platforms.platforms, "turn newest episode", "newest@1",
     "interleaved chat, ticket and commit events with conflicts"),
    ("t-maze", rewriting.t_maze, "choice episode", "episode", "each corridor's sign makes the last one worthless"),
    ("which-first", order.which_first, "choice", "choice", "which entry of a diary came first, by distance"),
)
# fmt: on
for _name, _load, _where, _measures, _headline, _about in _PUBLISHED:
    TASKS.add(_name, Task(_name, _load, _about, _where, tuple(_measures.split()), _headline))
for _name, _load, _measures, _headline, _about in _GENERATED:
    TASKS.add(_name, Task(_name, _load, _about, GENERATED, tuple(_measures.split()), _headline))
for _name, _maker in (BASELINES | PEERS).items():
    SYSTEMS.add(_name, _maker)


def find_task(name: str) -> Task:
    """A task by name, with its knobs if any: `locomo`, `growing:conversations=30,seed=2`."""
    base, _, rest = name.partition(":")
    task = TASKS.get(base)
    if not rest:
        return task
    pairs = [part.partition("=") for part in rest.split(",")]
    if any(not equals for _, equals, _ in pairs):
        raise InvalidInput(f"{name!r}: write knobs as name:knob=value,knob=value")
    return task.with_(**{knob.strip(): value.strip() for knob, _, value in pairs})


def find_system(name: str) -> Maker:
    """The maker of a baseline, a peer or a recipe, `name~stage` without a stage; `InvalidInput` names what is near."""
    if name in SYSTEMS:
        return SYSTEMS.get(name)
    if name.partition("~")[0] in recipe_names():
        return recipe_maker(name)
    raise InvalidInput(f"no system or recipe {name!r}; {near(name, [*SYSTEMS.names(), *recipe_names()])}")
