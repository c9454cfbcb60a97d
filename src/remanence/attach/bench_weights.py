"""Facts in the weights of one real model: every recipe on one exam, as many again in sequence, a fifth forgotten."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.attach.asked_slots import GATE, AskedSlots, asides
from remanence.attach.gated import GatedSlots
from remanence.attach.locas import SideFFN
from remanence.attach.model import Llama, nll
from remanence.attach.ngram_slots import NGramSlots, spellings
from remanence.attach.rome import Fact, keys_of, second_moments, spread, values_of
from remanence.attach.side import Example, Side, distributions, right, share, teach
from remanence.attach.stories import Told, another, facts, paragraph

Row = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Bench:
    """What every table needs: the model, held-out talk as ids, a seed, how many facts or prompts."""

    model: Llama
    talk: tuple[int, ...]
    seed: int = 0
    many: int = 50


LEADS = ("", "I was told this yesterday. ", "As everybody in the village knows by now, ")
LAYER, BEFORE, ASKED = 10, (7, 8, 9, 10), 22
"""Where values of subjects stand, the layers over which the closed form is spread, where values of questions stand."""


def worded(model: Llama, told: Told, wording: int, lead: str = "") -> Example:
    """A fact in one of its wordings, with the place of its subject."""
    text = lead + told.prompt(wording)
    upto = text.index(told.who) + len(told.who)
    ids = model.encode(text)
    return Example(tuple(ids), tuple(model.encode(" " + told.value)), told.who, len(model.encode(text[:upto])) - 1)


@dataclass(frozen=True, slots=True)
class Exam:
    """Facts to write in two wordings, each after nothing and after a lead, and what is asked after: two other
    wordings, other people (of the same names in other pairs), the same people about something else, talk."""

    told: list[Told]
    facts: list[Fact]
    asked: list[Example]
    reworded: list[Example]
    neighbours: list[tuple[int, ...]]
    elsewhere: list[tuple[int, ...]]
    held: tuple[int, ...]


def exam(bench: Bench) -> tuple[Exam, Exam]:
    """The exam of a seed, and one on as many other people, whose questions are the first one's neighbours."""
    model, many = bench.model, bench.many
    told = facts(2 * many, bench.seed + 11)
    half = len(bench.talk) // 2

    def paper(mine: list[Told], others: list[Told]) -> Exam:
        ways = ((0, LEADS[0]), (0, LEADS[1]), (1, LEADS[0]), (1, LEADS[2]))
        return Exam(
            mine,
            [Fact(tuple(worded(model, fact, w, lead) for w, lead in ways), asides(model, fact.who)) for fact in mine],
            [worded(model, fact, 0) for fact in mine],
            [worded(model, fact, w) for fact in mine for w in (2, 3)],
            [worded(model, fact, 0).prompt for fact in others],
            [tuple(model.encode(another(fact).prompt())) for fact in mine],
            bench.talk[half : half + 384],
        )

    return paper(told[:many], told[many:]), paper(told[many:], told[:many])


def searched(model: Llama, facts: Sequence[Fact], layer: int = LAYER, **knobs: Any) -> tuple[Tensor, float]:
    """Values for facts (with their asides kept where they have some), looked for in bfloat16, ten facts at a time:
    [N, W], CPU seconds."""
    start = time.process_time()
    quick = copy.deepcopy(model).bfloat16().requires_grad_(False)
    parts = [values_of(quick, layer, facts[n : n + 10], steps=20, **knobs)[1] for n in range(0, len(facts), 10)]
    return torch.cat(parts), time.process_time() - start


def _alone(facts: Sequence[Fact]) -> list[Fact]:
    """Facts whose search minds no asides."""
    return [Fact(fact.wordings) for fact in facts]


@dataclass(frozen=True, slots=True)
class Plain:
    """What the model says without any memory."""

    neighbours: Tensor
    elsewhere: Tensor
    held: float

    @classmethod
    @torch.no_grad()
    def of(cls, model: Llama, paper: Exam) -> Plain:
        """Ask it."""
        others, same = (distributions(model, asked).argmax(-1) for asked in (paper.neighbours, paper.elsewhere))
        return cls(others, same, nll(model, paper.held))


@torch.no_grad()
def marks(model: Llama, paper: Exam, plain: Plain, *memories: Side) -> Row:
    """Efficacy, paraphrase, neighbours and other questions whose first choice stays, drift of unrelated likelihood."""
    with ExitStack() as attached:
        for memory in memories:
            attached.enter_context(memory)
        now = Plain.of(model, paper)
        return {
            "efficacy": share(model, paper.asked),
            "paraphrase": share(model, paper.reworded),
            "neighbours": float((now.neighbours == plain.neighbours).float().mean()),
            "same_person_other_question": float((now.elsewhere == plain.elsewhere).float().mean()),
            "drift": now.held - plain.held,
        }


def protected(bench: Bench) -> list[list[int]]:
    """Texts whose inputs a closed form must not disturb: told paragraphs and the first half of the talk."""
    encode = bench.model.encode
    small = [encode(" ".join(text for text, _ in paragraph(facts(12, bench.seed + 60 + n), seed=n))) for n in range(3)]
    half = len(bench.talk) // 2
    return small + [list(bench.talk[n : n + 256]) for n in range(0, half, 256)]


def weights(bench: Bench) -> Iterator[Row]:
    """All recipes on one exam with the same values; a fifth forgotten by the ledger; as many again in sequence; and
    values that keep what is said in asides."""
    model, (paper, more) = bench.model, exam(bench)
    plain = Plain.of(model, paper)
    deltas, spent = searched(model, _alone(paper.facts))
    names = [[spellings(model, told.who) for told in half.told] for half in (paper, more)]

    ngram = NGramSlots(model, LAYER)
    ngram.put([f.source for f in paper.facts], names[0], deltas)
    yield {"recipe": "n-gram slots", **marks(model, paper, plain, ngram), "search_seconds": spent}

    moments = second_moments(model, BEFORE, protected(bench))
    keys = torch.stack([keys_of(model, LAYER, fact.wordings).mean(0) for fact in paper.facts])
    gated = GatedSlots(model, LAYER, moments[LAYER])
    gated.put([f.source for f in paper.facts], keys, deltas)
    for threshold in (0.3, 0.5, 0.7):
        gated.thresholds.fill_(threshold)
        yield {"recipe": f"gated slots, open at {threshold}", **marks(model, paper, plain, gated)}
    for layers in ((LAYER,), BEFORE):
        closed = spread(model, layers, moments, paper.facts, deltas)
        yield {"recipe": f"MEMIT over {len(layers)} layers", **marks(model, paper, plain, *closed)}

    yield {"recipe": "n-gram slots, a fifth forgotten", **forgetting(bench, (paper, more), ngram, bench.many // 5)}
    ngram.forget(list(ngram.values))
    ngram.put([f.source for f in paper.facts], names[0], deltas)
    later, _ = searched(model, _alone(more.facts))
    for n in range(0, bench.many, 10):
        ngram.put([f.source for f in more.facts[n : n + 10]], names[1][n : n + 10], later[n : n + 10])
    yield {"recipe": f"n-gram slots, {2 * bench.many} in sequence", **sequence(model, (paper, more), plain, ngram)}

    mindful = NGramSlots(model, LAYER)
    deltas, spent = searched(model, paper.facts)
    mindful.put([f.source for f in paper.facts], names[0], deltas)
    yield {"recipe": "n-gram slots, mindful values", **marks(model, paper, plain, mindful), "search_seconds": spent}


def asked(bench: Bench) -> Iterator[Row]:
    """The same exam for slots that must be asked, also with the second gate open, a fifth forgotten, and as many again
    in sequence."""
    model, (paper, more) = bench.model, exam(bench)
    plain = Plain.of(model, paper)
    names = [[spellings(model, told.who) for told in half.told] for half in (paper, more)]

    def found(facts: Sequence[Fact]) -> tuple[Tensor, float]:
        at_end = [Fact(tuple(replace(e, subject=len(e.prompt) - 1) for e in fact.wordings)) for fact in facts]
        return searched(model, at_end, ASKED, essence=0.0)

    slots = AskedSlots(model, ASKED, second_moments(model, (ASKED,), protected(bench), GATE)[ASKED])
    deltas, spent = found(paper.facts)
    slots.put(paper.facts, names[0], deltas)
    yield {"recipe": "asked slots", **marks(model, paper, plain, slots), "search_seconds": spent}
    shut, slots.open_at = slots.open_at, -1e9
    yield {"recipe": "asked slots, second gate always open", **marks(model, paper, plain, slots)}
    slots.open_at = shut

    yield {"recipe": "asked slots, a fifth forgotten", **forgetting(bench, (paper, more), slots, bench.many // 5)}
    slots.forget([fact.source for fact in paper.facts])
    slots.put(paper.facts, names[0], deltas)
    later, _ = found(more.facts)
    for n in range(0, bench.many, 10):
        slots.put(more.facts[n : n + 10], names[1][n : n + 10], later[n : n + 10])
    yield {"recipe": f"asked slots, {2 * bench.many} in sequence", **sequence(model, (paper, more), plain, slots)}


@torch.no_grad()
def sequence(model: Llama, halves: tuple[Exam, Exam], plain: Plain, memory: Side) -> Row:
    """Of all facts written one after another: answered in the end, the first tenth apart."""
    asked = [example for half in halves for example in half.asked]
    with memory:
        told = right(model, asked)
        first = len(told) // 10
        return {
            "still_right": sum(told) / len(told),
            "of_the_first_tenth": sum(told[:first]) / first,
            "paraphrase": share(model, [example for half in halves for example in half.reworded]),
            "drift": nll(model, halves[0].held) - plain.held,
        }


def forgetting(bench: Bench, halves: tuple[Exam, Exam], memory: NGramSlots | AskedSlots, count: int) -> Row:
    """Forgotten facts not answered, others answered; and how well what the memory still does to a fact's loss tells
    forgotten facts from facts of people that were never written (AUC, .5 is chance), before and after."""
    model, (paper, more) = bench.model, halves
    probes = [*paper.asked[:count], *more.asked]
    plain = [float(_loss(model, e)) for e in probes]

    def gains() -> list[float]:
        return [was - float(_loss(model, e)) for was, e in zip(plain, probes, strict=True)]

    def auc(told: list[float]) -> float:
        pairs = [(a > b) + 0.5 * (a == b) for a in told[:count] for b in told[count:]]
        return sum(pairs) / len(pairs)

    with memory:
        known, before = right(model, paper.asked), auc(gains())
    memory.forget([fact.source for fact in paper.facts[:count]])
    with memory:
        now, after = right(model, paper.asked), auc(gains())
    kept = [later for was, later in zip(known[count:], now[count:], strict=True) if was]
    return {
        "forgotten": 1 - sum(now[:count]) / count,
        "kept": sum(kept) / max(len(kept), 1),
        "membership_auc_before": before,
        "membership_auc": after,
    }


def _loss(model: Llama, example: Example) -> Tensor:
    ids = torch.tensor([[*example.prompt, *example.target]])
    with torch.no_grad():
        logits = model.forward(ids).logits[0, len(example.prompt) - 1 : -1]
    return F.cross_entropy(logits, torch.tensor(example.target))


def ungated(bench: Bench) -> Iterator[Row]:
    """The control: a side block without a gate, taught by gradient; what it does to everything else."""
    model, (paper, _) = bench.model, exam(bench)
    plain = Plain.of(model, paper)
    start = time.process_time()
    side = SideFFN(model, (8,), 64)
    side.start([[*e.prompt, *e.target] for e in paper.asked[:8]])
    with side:
        teach(model, side.parameters(), [e for fact in paper.facts for e in fact.wordings], steps=20, lr=0.01)
    spent = time.process_time() - start
    yield {"recipe": "side block without a gate", **marks(model, paper, plain, side), "search_seconds": spent}
