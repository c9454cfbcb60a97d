"""Facts in the weights of one real model: every recipe on one exam, as many again in sequence, a fifth forgotten."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.attach.asked_slots import GATE, AskedSlots, asides
from remanence.attach.gated import GatedSlots
from remanence.attach.locas import SideFFN
from remanence.attach.model import Llama, nll
from remanence.attach.ngram_slots import NGramSlots, Phrase, spellings
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


def searched(model: Llama, paper: Exam, *, mindful: bool = False) -> tuple[Tensor, float]:
    """Values for all facts, looked for in bfloat16, ten facts at a time: [N, W], CPU seconds; `mindful` keeps what is
    said in asides."""
    start = time.process_time()
    quick = copy.deepcopy(model).bfloat16().requires_grad_(False)
    facts = [fact if mindful else Fact(fact.wordings) for fact in paper.facts]
    parts = [values_of(quick, LAYER, facts[n : n + 10], steps=20)[1] for n in range(0, len(facts), 10)]
    return torch.cat(parts), time.process_time() - start


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
    """All recipes on one exam with the same values; a fifth forgotten by the ledger; as many again in sequence."""
    model, (paper, more) = bench.model, exam(bench)
    plain = Plain.of(model, paper)
    deltas, spent = searched(model, paper)
    names = [[spellings(model, told.who) for told in half.told] for half in (paper, more)]

    ngram = NGramSlots(model, LAYER)
    ngram.put([f.source for f in paper.facts], names[0], deltas)
    yield {"recipe": "n-gram slots", **marks(model, paper, plain, ngram), "search_seconds": spent}

    yield from _asked(bench, paper, plain, names[0])
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
    later, spent = searched(model, more)
    for n in range(0, bench.many, 10):
        ngram.put([f.source for f in more.facts[n : n + 10]], names[1][n : n + 10], later[n : n + 10])
    yield {"recipe": f"n-gram slots, {2 * bench.many} in sequence", **sequence(model, (paper, more), plain, ngram)}


def _asked(bench: Bench, paper: Exam, plain: Plain, names: list[tuple[Phrase, ...]]) -> Iterator[Row]:
    """Recipes that know other questions about the subject: values that keep asides, and slots that must be asked."""
    model, sources = bench.model, [fact.source for fact in paper.facts]
    mindful = NGramSlots(model, LAYER)
    deltas, spent = searched(model, paper, mindful=True)
    mindful.put(sources, names, deltas)
    yield {"recipe": "n-gram slots, mindful values", **marks(model, paper, plain, mindful), "search_seconds": spent}
    start = time.process_time()
    asked = AskedSlots(model, ASKED, second_moments(model, (ASKED,), protected(bench), GATE)[ASKED])
    asked.write(paper.facts, names, steps=20)
    spent = time.process_time() - start
    yield {"recipe": "asked slots", **marks(model, paper, plain, asked), "search_seconds": spent}


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


def forgetting(bench: Bench, halves: tuple[Exam, Exam], memory: NGramSlots, count: int) -> Row:
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
