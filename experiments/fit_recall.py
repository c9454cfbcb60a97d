"""Fits the weights of the default recall and reports them on conversations that they have not seen.

    REMANENCE_DATA=... python experiments/fit_recall.py [--cache FILE] [--write]

Talk: LoCoMo (corrected labels), BEAM, LongMemEval, strangers (LongMemEval turns in one heap), LoCoMo with its turns
shuffled, where neighbours must not matter, and preferences (PrefEval). Only measured: heaps of twelve written stories,
whose questions use other words than their answers, and another writer's stories, one by one ("judging"). Documents:
passages (HotpotQA, MuSiQue), chapters (EPBench) and beliefs (PrecisionMemBench). Each of the two has its own weights.
A listwise softmax is fitted to the candidates of each question; folds hold out whole conversations of talk, and whole
sets of documents.

What users ask of their own chats ("I", "my") is put three ways, so that the weights do not rest on one: as it stands,
of a user with a name, and in keywords without a pronoun, where the fit is not told that the user asks. All three of
one question are in the same fold.
`--write` puts the weights into the package, as the fit "evidence".
"""

from __future__ import annotations

import argparse
import os
import pickle
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from story_pools import heaps, story_pools

from remanence.arena.catalogue import find_task
from remanence.arena.core.task import Pool
from remanence.memory.memory import Memory
from remanence.recall import expand, find, score
from remanence.recall.bridge import named_by_the_best
from remanence.recall.score import measured
from remanence.types import Cue, Hits, Where
from remanence.weights import Table, table, write

TALK = {"locomo": 2.0, "shuffled": 0.5, "beam": 5.0, "longmemeval": 5.0, "strangers": 5.0, "prefeval": 2.0}
MEASURED = {"heaps": 0.0, "judging": 0.0}
"""Talk that fits nothing: with it in the fit LoCoMo and BEAM lose what it gains (docs/log.d/recall.md)."""
DOCUMENTS = {"hotpotqa": 1.0, "musique": 1.0, "epbench": 0.35, "precisionmembench": 1.0}
SETS = TALK | MEASURED | DOCUMENTS
"""How much one question of each set weighs in the fit."""
OWN = ("beam", "longmemeval", "strangers", "prefeval")
"""Sets in which users ask of their own chats."""
PHRASINGS = ("", "named", "keywords")
"""The ways to put such a question; each has a third of its weight."""
PEOPLE = ("Dana", "Marcus", "Priya", "Elena", "Tobias", "Noor", "Hugo", "Ingrid", "Felix", "Aisha")
NAMES = tuple(score.TALK.weights)
DOCUMENT_NAMES = ("cosine", "words")
HOPS = ("standing", "name held", "name is topic")
"""A passage's logit by the shipped weights of documents, and what the names in those that stand best add to it."""
COLUMNS = (*NAMES, *HOPS)
FOLDS = 5


@dataclass
class Asked:
    """One question: its candidates' measures, float32 [N, F], which of them are evidence, and how many there are.

    phrasing is one of `PHRASINGS`.
    """

    set: str
    phrasing: str
    pool: str
    category: str
    measures: NDArray[np.float32]
    right: NDArray[np.bool_]
    evidence: int


def pools(name: str) -> Iterator[Pool]:
    """The conversations of one set."""
    if name in ("heaps", "judging"):
        yield from heaps("train", "near") if name == "heaps" else story_pools("fit", "judge")
        return
    if name != "shuffled":
        task = "longmemeval-strangers" if name == "strangers" else name
        yield from find_task(task).pools(os.environ["REMANENCE_DATA"])
        return
    for number, pool in enumerate(find_task("locomo").pools(os.environ["REMANENCE_DATA"])):
        order = np.random.default_rng(number).permutation(len(pool.records))
        start = min(record.at for record in pool.records if record.at is not None)
        records = tuple(
            replace(pool.records[old], session="heap", at=start + timedelta(minutes=new))
            for new, old in enumerate(order.tolist())
        )
        yield replace(pool, records=records)


def filled(pool: Pool) -> Memory:
    """A memory in RAM that holds the pool's records."""
    memory = Memory(":memory:", "plain")
    memory.remember([record.message() for record in pool.records])
    return memory


def named(text: str, name: str) -> str:
    """The question as somebody else would put it, about a user called `name`; the grammar may suffer."""
    for short, long in (("m", "is"), ("ve", "has"), ("d", "would"), ("ll", "will")):
        text = re.sub(rf"\bI['’]{short}\b", f"{name} {long}", text)
    text = re.sub(r"\b(?:[Mm]y|[Mm]ine|[Oo]urs?)\b", f"{name}'s", text)
    return re.sub(r"\b(?:I|me|myself|[Ww]e|us)\b", name, text)


def keywords(text: str) -> str:
    """The question without first-person pronouns."""
    return re.sub(r"\b(?:I(?:['’](?:m|ve|d|ll))?|me|myself|[Mm]y|[Mm]ine|[Ww]e|us|[Oo]urs?)\b", "", text)


def asked_of(pool: Pool, phrasing: str, name: str) -> Pool:
    """The pool with its questions put the other way, and its user renamed if they are named."""
    if not phrasing:
        return pool
    put = (lambda text: named(text, name)) if phrasing == "named" else keywords
    questions = tuple(replace(question, text=put(question.text)) for question in pool.questions)
    who = name if phrasing == "named" else None
    records = tuple(replace(one, who=who) if who and one.role == "user" else one for one in pool.records)
    return replace(pool, questions=questions, records=records)


def collect() -> list[Asked]:
    """Every answerable question of every set."""
    found: list[Asked] = []
    for name in SETS:
        for number, pool in enumerate(pools(name)):
            for phrasing in PHRASINGS if name in OWN else ("",):
                found += measure(name, phrasing, asked_of(pool, phrasing, PEOPLE[number % len(PEOPLE)]))
        print(f"{name}: {sum(asked.set == name and not asked.phrasing for asked in found)} questions", flush=True)
    return found


def measure(name: str, phrasing: str, pool: Pool) -> Iterator[Asked]:
    """Every answerable question of one conversation."""
    candidates = (find.vectors() | find.words() | find.time()) >> expand.sources()
    memory = filled(pool)
    sources = {item.source: item.id for item in memory.list(limit=0)}
    for question in pool.questions:
        ids = [sources[source] for source in question.evidence if source in sources]
        if not ids or not question.answerable or (name != "beam" and question.category == "adversarial"):
            continue
        ctx = memory._ctx()
        cue = Cue(question.text, question.at or memory.clock(), Where())
        hits, measures = measured(cue, candidates(cue, Hits(ctx.store), ctx), ctx)
        right = np.isin(hits.rows, ctx.store.rows_of(ids))
        if name in DOCUMENTS:
            measures["standing"] = standing(measures, len(hits))
            measures |= named_by_the_best(cue, hits.rows, measures["standing"], ctx)
        matrix = np.stack([measures.get(m, np.zeros(len(hits), np.float32)) for m in COLUMNS], axis=1)
        yield Asked(name, phrasing, pool.id, question.category, matrix, right, len(ids))
    memory.close()


def standing(measures: dict[str, NDArray[np.float32]], count: int) -> NDArray[np.float32]:
    """Logits [N] by the shipped weights of documents."""
    total = np.full(count, score.DOCUMENTS.bias, np.float32)
    for name, weight in score.DOCUMENTS.weights.items():
        total += np.float32(weight) * measures.get(name, np.zeros(count, np.float32))
    return total


def shipped() -> NDArray[np.float32]:
    """The weights [F] of talk that the package has."""
    return np.array([score.TALK.weights.get(name, 0.0) for name in NAMES], np.float32)


def importance(one: Asked) -> float:
    """How much the question counts in the fit."""
    return SETS[one.set] / (len(PHRASINGS) if one.set in OWN else 1)


def fit(asked: list[Asked], names: tuple[str, ...], ridge: float) -> NDArray[np.float32]:
    """The weights [F] under which evidence is likeliest among its question's candidates."""
    kept = [one for one in asked if one.right.any()]
    columns = [COLUMNS.index(name) for name in names]
    most = max(len(one.right) for one in kept)
    x = torch.zeros(len(kept), most, len(names))
    y = torch.zeros(len(kept), most)
    gone = torch.ones(len(kept), most, dtype=torch.bool)
    for place, one in enumerate(kept):
        x[place, : len(one.right)] = torch.tensor(one.measures[:, columns])
        if one.phrasing == "keywords":
            x[place, :, [names.index(name) for name in names if name.startswith("user ")]] = 0
        y[place, : len(one.right)] = torch.tensor(one.right / one.right.sum())
        gone[place, : len(one.right)] = False
    share = torch.tensor([importance(one) for one in kept])
    theta = torch.zeros(len(names), requires_grad=True)
    optimiser = torch.optim.LBFGS([theta], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        chance = torch.log_softmax((x @ theta).masked_fill(gone, -1e9), dim=1)
        total = -(share * (y * chance).sum(dim=1)).sum() / share.sum() + ridge * (theta**2).sum()
        total.backward()
        return total

    optimiser.step(loss)
    return theta.detach().numpy()


def scale(asked: list[Asked], theta: NDArray[np.float32], names: tuple[str, ...]) -> tuple[float, float]:
    """(a, b) so that sigmoid(a * score + b) is the chance of being evidence."""
    columns = [COLUMNS.index(name) for name in names]
    s = torch.tensor(np.concatenate([one.measures[:, columns] @ theta for one in asked]))
    y = torch.tensor(np.concatenate([one.right for one in asked]).astype(np.float32))
    weight = torch.tensor(np.concatenate([np.full(len(one.right), importance(one), np.float32) for one in asked]))
    ab = torch.tensor([1.0, -5.0], requires_grad=True)
    optimiser = torch.optim.LBFGS([ab], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        total = torch.nn.functional.binary_cross_entropy_with_logits(ab[0] * s + ab[1], y, weight=weight)
        total.backward()
        return total

    optimiser.step(loss)
    return ab[0].item(), ab[1].item()


def title(one: Asked) -> str:
    """The set, and how the question was put."""
    return f"{one.set} {one.phrasing}".strip()


def judged(
    asked: list[Asked], theta: NDArray[np.float32], names: tuple[str, ...], k: int
) -> list[tuple[str, str, float]]:
    """(set and phrasing, category, share of the evidence in the first k) of each question."""
    columns = [COLUMNS.index(name) for name in names]
    out = []
    for one in asked:
        top = np.argsort(-(one.measures[:, columns] @ theta), kind="stable")[:k]
        out.append((title(one), one.category, float(one.right[top].sum()) / one.evidence))
    return out


def crossed(asked: list[Asked], names: tuple[str, ...], ridge: float, k: int = 10) -> str:
    """fraction@k / all@k of each set of talk, every question judged by weights that never saw its conversation."""
    groups = sorted(
        {(one.set.replace("shuffled", "locomo").replace("strangers", "longmemeval"), one.pool) for one in asked}
    )
    seen = {group: sum(g[0] == group[0] for g in groups[:place]) % FOLDS for place, group in enumerate(groups)}

    def fold(one: Asked) -> int:
        if one.set == "strangers":
            return 0
        return seen[(one.set.replace("shuffled", "locomo"), one.pool)]

    results: list[tuple[str, str, float]] = []
    for number in range(FOLDS):
        train = [one for one in asked if fold(one) != number and not (one.set == "strangers" and number != 0)]
        train = [one for one in train if number != 0 or one.set != "longmemeval"] if number == 0 else train
        results += judged([one for one in asked if fold(one) == number], fit(train, names, ridge), names, k)
    return told(results)


def left_out(asked: list[Asked], names: tuple[str, ...], ridge: float, k: int = 10) -> str:
    """fraction@k / all@k of each set of documents, judged by weights fitted on the other sets."""
    results: list[tuple[str, str, float]] = []
    for name in DOCUMENTS:
        theta = fit([one for one in asked if one.set != name], names, ridge)
        results += judged([one for one in asked if one.set == name], theta, names, k)
    return told(results)


def told(results: list[tuple[str, str, float]]) -> str:
    """One line of fractions and alls by set, with multi-hop of LoCoMo."""
    parts = []
    for name in dict.fromkeys(name for name, _, _ in results):
        values = [value for set_, _, value in results if set_ == name]
        parts.append(f"{name} {100 * np.mean(values):.1f}/{100 * np.mean([v >= 1 for v in values]):.1f}")
        hops = [value for set_, category, value in results if set_ == name == "locomo" and "multi" in category]
        if hops:
            parts[-1] += f" (multi-hop {100 * np.mean(hops):.1f})"
    return " | ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--ridge", type=float, default=1e-3)
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.cache and given.cache.exists():
        asked: list[Asked] = pickle.loads(given.cache.read_bytes())
    else:
        asked = collect()
        if given.cache:
            given.cache.write_bytes(pickle.dumps(asked))
    reached = [(title(one), one.category, float(one.right.sum()) / one.evidence) for one in asked]
    print("among the candidates   ", told(reached))
    talk = [one for one in asked if one.set in TALK]
    print("by the shipped weights ", told(judged([one for one in asked if one.set in MEASURED], shipped(), NAMES, 10)))
    documents = [one for one in asked if one.set in DOCUMENTS]
    for label, names in (
        ("cosine", ("cosine",)),
        ("words", ("words",)),
        ("cosine and words", ("cosine", "words", "coverage")),
        (
            "and who, when",
            tuple(n for n in NAMES if not n.endswith(("before", "after", "around")) or n == "soon after")[:8],
        ),
        (
            "without the text",
            tuple(n for n in NAMES if n not in ("is question", "answers", "names a time", "names a number")),
        ),
        ("everything", NAMES),
    ):
        print(f"{label:23s}", crossed(talk, names, given.ridge), flush=True)
    for label, names in (
        ("cosine", ("cosine",)),
        ("words", ("words",)),
        ("cosine and words", DOCUMENT_NAMES),
        ("and names, coverage", (*DOCUMENT_NAMES, "named", "coverage")),
        ("as they stand", HOPS[:1]),
        ("and another hop", HOPS),
    ):
        print(f"{label:23s}", left_out(documents, names, given.ridge), flush=True)
    if given.write:
        tables = {}
        for which, names, some in (("talk", NAMES, talk), ("documents", DOCUMENT_NAMES, documents)):
            theta = fit(some, names, given.ridge)
            a, b = scale(some, theta, names)
            print("seen by the fit        ", told(judged(some, theta, names, 10)))
            kept = table("evidence", which).weights
            fresh = {name: round(float(a * value), 2) for name, value in zip(names, theta, strict=True)}
            tables[which] = Table({**kept, **fresh}, round(float(b), 2))
        theta = fit(documents, HOPS, given.ridge)
        hops = {name: round(float(value / theta[0]), 2) for name, value in zip(HOPS[1:], theta[1:], strict=True)}
        tables["names"] = Table(hops)
        write("evidence", tables, date=f"{datetime.now(UTC):%Y-%m-%d}")


if __name__ == "__main__":
    main()
