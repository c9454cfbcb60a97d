"""How good and how fast the embedders are: recall@10 on LoCoMo and BEAM turns, texts a second, load time.

    REMANENCE_DATA=<data folder> python experiments/static_embedder.py --embedder static --embedder minilm

LoCoMo: each question searches its own conversation's turns ("speaker: text"); categories 1-4; the figure is
the mean share of a question's evidence turns among the first ten. BEAM: each probing question with source ids
searches its own chat. `blend` is the mean of the min-max-normalised cosine and word scores (FTS5, Porter
stems, BM25, stop words dropped). `--half a` and `--half b` split the conversations: choose on one, report the other.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import apsw
import numpy as np
from numpy.typing import NDArray

from remanence.models import StaticEmbedder, by_name
from remanence.models.embedder import Embedder

STOP = frozenset(
    """
    a about after all also am an and any are as at be because been before being both but by can could
    did do does doing during each few for from further had has have having he her here hers him his how
    i if in into is it its just me more most my no nor not now of off on once only or other our out over
    own same she should so some such than that the their them then there these they this those through
    to too under until up very was we were what when where which while who whom why will with would you
    your
    """.split()
)


class Talk(NamedTuple):
    """Texts to search, and the questions with the positions of their evidence."""

    texts: list[str]
    questions: list[tuple[str, frozenset[int]]]


def locomo(folder: Path) -> Iterator[Talk]:
    for talk in _read(folder / "locomo" / "locomo10_part1.json.gz"):
        turns = [
            turn for name, chat in talk["conversation"].items() if re.fullmatch(r"session_\d+", name) for turn in chat
        ]
        place = {turn["dia_id"]: index for index, turn in enumerate(turns)}
        questions = []
        for question in talk["qa"]:
            named = re.findall(r"D\d+:\d+", " ".join(question.get("evidence", [])))
            evidence = frozenset(place[name] for name in named if name in place)
            if evidence and question["category"] in (1, 2, 3, 4):
                questions.append((question["question"], evidence))
        yield Talk([f"{turn['speaker']}: {turn['text']}" for turn in turns], questions)


def beam(folder: Path) -> Iterator[Talk]:
    for chat in sorted((folder / "beam" / "100K").iterdir(), key=lambda path: int(path.name)):
        (name,) = chat.glob("chat*.json.gz")
        messages = [message for batch in _read(name) for turn in batch["turns"] for message in turn]
        place = {message["id"]: index for index, message in enumerate(messages)}
        questions = []
        for group in _read(chat / "probing_questions" / "probing_questions.json.gz").values():
            for question in group:
                evidence = frozenset(place[item] for item in _leaves(question.get("source_chat_ids")) if item in place)
                if evidence:
                    questions.append((question["question"], evidence))
        yield Talk([re.sub(r"->->.*", "", message["content"]) for message in messages], questions)


def _leaves(value: Any) -> Iterator[int]:
    """The message ids in a number, a list or an object of lists."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif value is not None:
        yield value


def _read(path: Path) -> Any:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def word_scores(texts: Sequence[str], questions: Sequence[str]) -> NDArray[np.float32]:
    """[Q, N] BM25 scores, 0 where no word is shared."""
    base = apsw.Connection(":memory:")
    base.execute("CREATE VIRTUAL TABLE t USING fts5(text, tokenize='porter unicode61')")
    base.executemany("INSERT INTO t(rowid, text) VALUES (?, ?)", enumerate(texts))
    out = np.zeros((len(questions), len(texts)), dtype=np.float32)
    for row, question in zip(out, questions):
        words = {word for word in re.findall(r"\w+", question.lower()) if word not in STOP}
        if words:
            match = " OR ".join(f'"{word}"' for word in sorted(words))
            for index, score in base.execute("SELECT rowid, -bm25(t) FROM t WHERE t MATCH ?", (match,)):
                row[index] = score
    return out


def recall(scores: NDArray[np.float32], evidence: Sequence[frozenset[int]], k: int = 10) -> list[float]:
    best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return [len(wanted & set(row.tolist())) / len(wanted) for row, wanted in zip(best, evidence)]


def spread(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    out: NDArray[np.float32] = (scores - low) / np.maximum(high - low, 1e-9)
    return out


def measure(embedder: Embedder, talks: Sequence[Talk], words: Sequence[NDArray[np.float32]]) -> tuple[float, float]:
    """Mean recall@10 in per cent: vectors alone, and blended with words."""
    alone: list[float] = []
    blended: list[float] = []
    for talk, lexical in zip(talks, words):
        vectors = embedder.embed(talk.texts)
        cues = np.stack([embedder.embed_query(question) for question, _ in talk.questions])
        scores = cues @ vectors.T
        evidence = [wanted for _, wanted in talk.questions]
        alone += recall(scores, evidence)
        blended += recall(0.5 * spread(scores) + 0.5 * spread(lexical), evidence)
    return 100 * float(np.mean(alone)), 100 * float(np.mean(blended))


def speed(embedder: Embedder, texts: Sequence[str], cues: Sequence[str]) -> tuple[float, float, float]:
    """Texts a second, on first sight and at best, and microseconds for one cue (median), in processor time."""
    passes = []
    for _ in range(2):
        began = time.process_time()
        embedder.embed(texts)
        passes.append(time.process_time() - began)
    times = []
    for cue in cues:
        began = time.process_time()
        embedder.embed_query(cue)
        times.append(time.process_time() - began)
    return len(texts) / passes[0], len(texts) / min(passes), 1e6 * float(np.median(times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--embedder", action="append", help="a name for by_name, or a table's .json; may be repeated")
    parser.add_argument("--half", choices=["a", "b"], help="only every second conversation, from the first or second")
    parser.add_argument("--no-speed", action="store_true")
    options = parser.parse_args()
    folder = os.environ.get("REMANENCE_DATA")
    if folder is None:
        sys.exit("set REMANENCE_DATA to the folder that holds locomo/ and beam/")
    loaders: dict[str, Callable[[Path], Iterator[Talk]]] = {"LoCoMo": locomo, "BEAM": beam}
    step = slice(None) if options.half is None else slice("ab".index(options.half), None, 2)
    talks = {name: list(load(Path(folder)))[step] for name, load in loaders.items()}
    words = {
        name: [word_scores(talk.texts, [question for question, _ in talk.questions]) for talk in part]
        for name, part in talks.items()
    }
    for name, part in talks.items():
        lexical = [
            score
            for talk, found in zip(part, words[name])
            for score in recall(found, [wanted for _, wanted in talk.questions])
        ]
        print(f"{name}: {len(lexical)} questions, words alone {100 * np.mean(lexical):.1f}")
    for name in options.embedder or ["static", "static:64", "hashing"]:
        began = time.process_time()
        embedder = StaticEmbedder(path=name) if name.endswith(".json") else by_name(name)
        loading = 1000 * (time.process_time() - began)
        line = [f"{name:12} {embedder.model:26}"]
        timing = []
        if not options.no_speed:
            texts = [text for talk in talks["LoCoMo"] for text in talk.texts]
            cues = [question for talk in talks["LoCoMo"] for question, _ in talk.questions][:300]
            first, best, wait = speed(embedder, texts, cues)
            timing = [f"{first:,.0f} to {best:,.0f} texts/s, {wait:.0f} us a cue, loaded in {loading:.0f} ms"]
        for title, part in talks.items():
            alone, blended = measure(embedder, part, words[title])
            line.append(f"{title} {alone:.1f} blend {blended:.1f}")
        print(" | ".join([*line, *timing]), flush=True)


if __name__ == "__main__":
    main()
