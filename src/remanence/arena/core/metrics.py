"""What is measured: rank, packed context, answers, abstention, order, episodes and write hygiene.

Every function takes plain values and returns plain numbers in [0, 1] (higher is better unless it says
otherwise), so that each can be checked by hand. `found` is a list of sources, best first.
"""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

import numpy as np
import snowballstemmer

DEPTHS = (1, 5, 10, 20, 50)
"""Cut-offs k of the rank measures."""
BUDGETS = (500, 1000, 2000, 4000)
"""Token budgets of the packed context, by the ruler of `remanence.language.tokens` for every system."""


# --- rank ----------------------------------------------------------------------------------------


def unique(found: Iterable[str]) -> list[str]:
    """Each source once, at its best rank."""
    return list(dict.fromkeys(found))


def recall_any(found: Sequence[str], evidence: Iterable[str], k: int) -> float:
    """1 when at least one piece of evidence is among the first k."""
    return float(bool(set(unique(found)[:k]) & set(evidence)))


def recall_all(found: Sequence[str], evidence: Iterable[str], k: int) -> float:
    """1 when every piece of evidence is among the first k."""
    return float(set(evidence) <= set(unique(found)[:k]))


def fraction(found: Sequence[str], evidence: Iterable[str], k: int) -> float:
    """The share of the evidence that is among the first k."""
    wanted = set(evidence)
    return len(wanted & set(unique(found)[:k])) / len(wanted)


def precision(found: Sequence[str], evidence: Iterable[str], k: int) -> float:
    """The share of the first k places that hold evidence; a place left empty holds none."""
    return len(set(unique(found)[:k]) & set(evidence)) / k


def reciprocal_rank(found: Sequence[str], evidence: Iterable[str]) -> float:
    """1 / rank of the first piece of evidence, 0 when there is none."""
    wanted = set(evidence)
    return next((1 / rank for rank, source in enumerate(unique(found), 1) if source in wanted), 0.0)


def average_precision(found: Sequence[str], evidence: Iterable[str]) -> float:
    """Mean over all evidence of the precision at its rank; what is not found counts 0 (MAP, one query)."""
    wanted = set(evidence)
    hits, total = 0, 0.0
    for rank, source in enumerate(unique(found), 1):
        if source in wanted:
            hits += 1
            total += hits / rank
    return total / len(wanted)


def ndcg(found: Sequence[str], gains: Mapping[str, float], k: int) -> float:
    """Discounted gain over the best possible one with all evidence, not only with what was found.

    DCG = sum gain_i / log2(i + 1) (Järvelin and Kekäläinen 2002).
    """
    seen = sum(gains.get(one, 0.0) / math.log2(at + 1) for at, one in enumerate(unique(found)[:k], 1))
    top = sorted(gains.values(), reverse=True)[:k]
    best = sum(gain / math.log2(at + 1) for at, gain in enumerate(top, 1))
    return seen / best if best else 0.0


# --- the packed context --------------------------------------------------------------------------


def told(text: str, record: str, run: int = 6) -> bool:
    """True when a run of `run` words of a record (or all of a shorter one) stands in the text."""
    said, inside = words(record), f" {' '.join(words(text))} "
    if not said:
        return False
    return any(f" {' '.join(said[at : at + run])} " in inside for at in range(max(1, len(said) - run + 1)))


def words(text: str) -> list[str]:
    """Lower-case words, without marks."""
    return re.findall(r"\w+", text.lower())


# --- answers -------------------------------------------------------------------------------------

_ARTICLES = re.compile(r"\b(a|an|the|and)\b")
_REFUSALS = ("no information available", "not mentioned", "not in memory")


def normalise(text: str) -> str:
    """Lower case without commas, punctuation and articles, as the LoCoMo scorer does."""
    text = text.replace(",", "").lower()
    text = "".join(letter for letter in text if letter not in string.punctuation)
    return " ".join(_ARTICLES.sub(" ", text).split())


@lru_cache(maxsize=1 << 16)
def _stem(word: str) -> str:
    return str(_PORTER.stemWord(word))


_PORTER = snowballstemmer.stemmer("porter")


def token_f1(answer: str, golden: str) -> float:
    """F1 over stemmed tokens, counted with multiplicity."""
    left = [_stem(word) for word in normalise(answer).split()]
    right = [_stem(word) for word in normalise(golden).split()]
    same = sum((Counter(left) & Counter(right)).values())
    if not same:
        return 0.0
    return 2 * same / (len(left) + len(right))


def multi_f1(answer: str, golden: str) -> float:
    """F1 of a list answer: each golden part takes its best match among the answer's comma-separated parts."""
    parts = [part.strip() for part in answer.split(",")]
    wanted = [part.strip() for part in golden.split(",")]
    return sum(max(token_f1(part, gold) for part in parts) for gold in wanted) / len(wanted)


def locomo_f1(answer: str, golden: str, category: str) -> float:
    """F1 by LoCoMo's rules: lists for multi-hop, the part before `;` for open-domain, refusal for adversarial."""
    if category == "adversarial":
        return float(any(refusal in answer.lower() for refusal in _REFUSALS))
    if category == "multi-hop":
        return multi_f1(answer, golden)
    return token_f1(answer, golden.split(";")[0] if category == "open-domain" else golden)


def exact_match(answer: str, accepted: Iterable[str]) -> float:
    """1 when the answer equals an accepted one after normalising."""
    return float(normalise(answer) in {normalise(one) for one in accepted})


def contains(answer: str, accepted: Iterable[str]) -> float:
    """1 when an accepted answer stands in the reply as whole words (substring exact match)."""
    inside = f" {normalise(answer)} "
    return float(any(f" {normalise(one)} " in inside for one in accepted if normalise(one)))


# --- abstention and calibration ------------------------------------------------------------------


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Chance that an answerable question gets more confidence than an unanswerable one; ties count half.

    NaN when one of the two sides is empty.
    """
    values = np.asarray(scores, dtype=np.float64)
    marks = np.asarray(labels, dtype=bool)
    yes, no = int(marks.sum()), int((~marks).sum())
    if not yes or not no:
        return float("nan")
    order = np.argsort(values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    for value in np.unique(values):  # ties share their mean rank
        same = values == value
        ranks[same] = ranks[same].mean()
    return float((ranks[marks].sum() - yes * (yes + 1) / 2) / (yes * no))


def calibration_error(scores: Sequence[float], labels: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins: mean |confidence - share that is right|; lower is better."""
    if not len(scores):
        return float("nan")
    values = np.clip(np.asarray(scores, dtype=np.float64), 0.0, 1.0)
    marks = np.asarray(labels, dtype=np.float64)
    at = np.minimum((values * bins).astype(int), bins - 1)
    error = 0.0
    for one in np.unique(at):
        inside = at == one
        error += inside.mean() * abs(values[inside].mean() - marks[inside].mean())
    return float(error)


# --- order and episodes --------------------------------------------------------------------------


def kendall_tau(ranked: Sequence[str], true: Sequence[str]) -> float:
    """Kendall's tau-a in [-1, 1] between two orders of the same things; things missing from `ranked` are left out.

    NaN with fewer than two common things.
    """
    place = {name: at for at, name in enumerate(unique(ranked))}
    common = [place[name] for name in unique(true) if name in place]
    pairs = [(a, b) for at, a in enumerate(common) for b in common[at + 1 :]]
    if not pairs:
        return float("nan")
    return sum(1 if a < b else -1 for a, b in pairs) / len(pairs)


def set_f1(answer: Iterable[str], golden: Iterable[str]) -> float:
    """F1 between two sets of items; an empty answer to an empty key is right, inventing one is not."""
    left, right = {normalise(one) for one in answer}, {normalise(one) for one in golden}
    if not left and not right:
        return 1.0
    same = len(left & right)
    return 2 * same / (len(left) + len(right)) if same else 0.0


EPISODE_BINS = ("0", "1", "2", "3-5", "6+")


def episode_bin(count: int) -> str:
    """The answer-count bin of the episodic memory benchmark."""
    if count < 3:
        return str(count)
    return "3-5" if count < 6 else "6+"


def simple_recall(scores: Mapping[str, Sequence[float]]) -> float:
    """Mean over answer-count bins of the mean F1 in the bin; empty bins are left out."""
    means = [sum(values) / len(values) for values in scores.values() if len(values)]
    return sum(means) / len(means) if means else float("nan")


# --- write hygiene -------------------------------------------------------------------------------


def hygiene(texts: Sequence[str], *, junk_below: int = 2, recalled: Iterable[str] = ()) -> dict[str, int]:
    """Counts over what a memory holds (lower is better): duplicates, junk, recalled text kept again as news.

    A duplicate repeats the words of an earlier text; junk has fewer than `junk_below` words;
    `recalled` are texts that the memory itself had given out before they came back.
    """
    seen: set[str] = set()
    duplicates = junk = 0
    for text in texts:
        said = words(text)
        key = " ".join(said)
        duplicates += key in seen
        junk += len(said) < junk_below
        seen.add(key)
    held = Counter(" ".join(words(text)) for text in texts)
    again = sum(held[" ".join(words(text))] > 0 for text in recalled)
    return {"held": len(texts), "duplicates": duplicates, "junk": junk, "re_ingested": again}
