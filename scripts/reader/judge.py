"""Measures the reader on held-out data: answers, refusals, statements, speed.

python scripts/reader/judge.py --data DATA/reading [--weights FOLDER/reader.json] [--only friends,made]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import material as m
import numpy as np
import story as st
from quantise import f1, norm, scene_passages, whole_scenes
from questions import NO, YES, Questions
from talk import Talk, Turn

from remanence.models.reader import Reader, Reading, ReadStatement


def auroc(good: Sequence[float], bad: Sequence[float]) -> float:
    """The chance that a good one scores above a bad one."""
    ranks = np.argsort(np.argsort(np.r_[good, bad]))
    n, k = len(good), len(bad)
    return float((ranks[:n].sum() - n * (n - 1) / 2) / (n * k)) if n and k else float("nan")


def stretches(lines: list[str], count: int, step: int) -> list[str]:
    return ["\n".join(lines[i : i + count]) for i in range(0, max(1, len(lines) - count + step), step)]


def best(reader: Reader, question: str, passages: list[str]) -> tuple[str, Reading]:
    """The span with the largest margin over all passages."""
    readings = reader.read(question, passages)
    place = max(range(len(passages)), key=lambda i: readings[i].score - readings[i].null)
    return passages[place][readings[place].start : readings[place].end], readings[place]


def friends(reader: Reader, folder: Path, share: int) -> None:
    """Every question of a held-out scene against all of its turns."""
    scenes = m.scenes(m.load("friendsqa_dev.json.gz", folder), held=True)[::share]
    rng = random.Random(3)
    for count, step in ((1, 1), (6, 3)):
        scores, exact, sure = [], [], []
        for scene in scenes:
            lines = [m._line(turn) for turn in scene["turns"]]
            for asked in scene["questions"]:
                told, reading = best(reader, asked["question"], stretches(lines, count, step))
                golds = [a["text"] for a in asked["answers"]]
                scores.append(max(f1(told, gold) for gold in golds))
                exact.append(max(norm(told) == norm(gold) for gold in golds))
                sure.append(reading.answerable)
        top = np.argsort(sure)[-len(sure) // 4 :]
        print(
            f"friends, {count} turns: {len(scores)} questions F1 {np.mean(scores):.3f} exact {np.mean(exact):.3f}, "
            f"surest quarter F1 {np.mean([scores[i] for i in top]):.3f}",
            flush=True,
        )
    pairs = [
        p for i, s in enumerate(m.load("friendsqa_dev.json.gz", folder)) if i % 8 == 5 for p in scene_passages(s, rng)
    ]
    answerable(reader, pairs, "friends, turns that answer or not")
    told = []
    for question, passages, golds in whole_scenes(folder, 77, eighth=5)[::share]:
        readings = reader.read(question, passages)
        place, chance = reader.best(readings)
        text = passages[place][readings[place].start : readings[place].end]
        told.append((chance, max((f1(text, gold) for gold in golds), default=0.0) >= 0.5))
    calibrated(told, "friends and made talk, the best of many passages is right")


def answerable(reader: Reader, pairs: list[tuple[str, str, bool]], name: str) -> None:
    """AUROC and calibration error of the probability."""
    calibrated([(reader.read(question, [passage])[0].answerable, there) for question, passage, there in pairs], name)


def calibrated(pairs: list[tuple[float, bool]], name: str) -> None:
    p, there = np.array([p for p, _ in pairs]), np.array([t for _, t in pairs])
    bins = np.minimum((p * 10).astype(int), 9)
    error = sum(abs(p[bins == b].mean() - there[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    told = there[p >= 0.5].mean() if (p >= 0.5).any() else float("nan")
    print(
        f"{name}: {len(pairs)} of which {there.mean():.2f}, AUROC {auroc(list(p[there]), list(p[~there])):.3f}, "
        f"calibration error {error:.3f}, told at .5 {(p >= 0.5).mean():.2f} right {told:.2f}",
        flush=True,
    )


def molweni(reader: Reader, folder: Path, share: int) -> None:
    scores, good, bad = [], [], []
    for talk in m.scenes(m.load("molweni_a.json.gz", folder), held=True)[::share]:
        passage = "\n".join(m._line(turn) for turn in talk["turns"])
        for asked in talk["questions"]:
            told, reading = best(reader, asked["question"], [passage])
            (good if asked["answerable"] else bad).append(reading.answerable)
            if asked["answerable"]:
                scores.append(max(f1(told, gold) for gold in asked["answers"]))
    print(
        f"molweni: {len(scores)} answerable F1 {np.mean(scores):.3f}, {len(bad)} not: AUROC {auroc(good, bad):.3f}",
        flush=True,
    )


def made(reader: Reader, _: Path, share: int) -> None:
    """Made-up talk in patterns of saying that did not train."""
    source = Questions(991, unseen=True)
    asked = [source.asked() for _ in range(1200 // share)]
    scores, says = [], []
    for one in asked:
        if one.answer:
            told, reading = best(reader, one.question, [one.passage])
            scores.append(f1(told, one.passage[slice(*one.answer)]))
            if one.says in (YES, NO):
                says.append((reading.yes > reading.no) == (one.says == YES))
    print(
        f"made questions: {len(scores)} answerable F1 {np.mean(scores):.3f}, "
        f"yes or no right {np.mean(says):.3f} of {len(says)}"
    )
    answerable(reader, [(x.question, x.passage, x.answer is not None) for x in asked], "made questions")
    talk = Talk(992, unseen=True)
    turns = [talk.empty_turn("a") if i % 4 == 0 else talk.speaker_turn("a") for i in range(2000 // share)]
    statements(reader, turns, "made turns")


def persona(reader: Reader, folder: Path, share: int) -> None:
    _, held = m.persona_split(m.load("personaext_a.json.gz", folder))
    statements(reader, [turn for turn in map(m.persona_turn, held[::share]) if turn.said], "PersonaExt")
    plain = [turn for scene in m.scenes(m.load("friendsqa_dev.json.gz", folder), held=True) for turn in scene["turns"]][
        ::share
    ]
    told = reader.statements([("a", turn["text"]) for turn in plain], minimum=0.7)
    print(
        f"FriendsQA turns with a statement told at .7: {np.mean([bool(x) for x in told]):.3f} of {len(told)}",
        flush=True,
    )


def statements(reader: Reader, turns: list[Turn], name: str) -> None:
    """Precision and recall of values (exact) by certainty; then what is right about the found ones."""
    read = reader.statements([(turn.who, turn.text) for turn in turns], minimum=0.0)
    gold = sum(len(turn.said) for turn in turns)
    found: list[tuple[float, bool]] = []
    right: Counter[str] = Counter()
    for turn, told in zip(turns, read, strict=True):
        spans = {
            norm(turn.text[slice(*one.value)])[0:] and " ".join(norm(turn.text[slice(*one.value)])): one
            for one in turn.said
        }
        for one in told:
            key = " ".join(norm(turn.text[one.start : one.end]))
            found.append((one.certainty, key in spans))
            if key in spans and one.certainty >= 0.5:
                right.update(_agreement(turn, one, spans.pop(key)))
    found.sort(reverse=True)
    hits = np.cumsum([ok for _, ok in found])
    precision, recall = hits / np.arange(1, len(found) + 1), hits / gold
    for least in (0.7, 0.8, 0.9):
        good = np.nonzero(precision >= least)[0]
        place = good[-1] if len(good) else 0
        reached = recall[place] if len(good) else 0.0
        print(f"{name}: {gold} values, recall {reached:.3f} at precision {least} (certainty {found[place][0]:.2f})")
    n, exact = right["value"], np.mean([ok for c, ok in found if c >= 0.5])
    print(
        f"{name}: at certainty .5 precision {exact:.3f} recall {n / gold:.3f}; of those "
        + " ".join(f"{key} {right[key] / n:.3f}" for key in ("attribute", "polarity", "modality", "subject")),
        flush=True,
    )


def _agreement(turn: Turn, one: ReadStatement, gold: Any) -> list[str]:
    out = ["value"]
    out += ["attribute"] * (one.attribute == gold.attribute)
    out += ["polarity"] * (one.polarity == gold.polarity)
    out += ["modality"] * (one.modality == gold.modality)
    return out + ["subject"] * (one.subject == gold.subject)


def xquad(reader: Reader, folder: Path, share: int) -> None:
    """All languages that trained; what is held out is measured by neutral.py --without."""
    for language in ("en", "de", "es", "ro", "el", "hi", "ru", "th", "zh"):
        rows = m.load(f"xquad.{language}.json.gz", folder)
        scores = []
        for row in rows[:: 8 * share]:
            for asked in row["questions"]:
                told, _ = best(reader, asked["question"], [row["context"]])
                scores.append(max(f1(told, gold) for gold in asked["answers"]))
        print(f"xquad {language}: {len(scores)} F1 {np.mean(scores):.3f}", flush=True)


def speed(reader: Reader, folder: Path, share: int) -> None:
    scene = m.load("friendsqa_dev.json.gz", folder)[1]
    lines = [m._line(turn) for turn in scene["turns"]]
    question = scene["questions"][0]["question"]
    for count in (1, 10, 20):
        spent = []
        for _ in range(max(3, 15 // share)):
            start = time.process_time()
            reader.read(question, (lines * 3)[:count])
            spent.append(time.process_time() - start)
        print(f"read {count} turns: median {1000 * np.median(spent):.1f} ms of processor time")
    talk = Talk(5)
    turns = [("a", talk.speaker_turn("a").text if i % 2 else talk.empty_turn("a").text) for i in range(600)]
    start = time.process_time()
    passed = sum(reader.hints(text) for _, text in turns)
    gate = time.process_time() - start
    start = time.process_time()
    reader.statements(turns)
    rate = 600 / (time.process_time() - start)
    print(f"statements: {rate:.0f} turns/s; the gate alone {600 / gate:.0f}, lets {passed / 600:.2f} through")


def written(reader: Reader, folder: Path, share: int) -> None:
    """Every question of the stories that judge against all turns of its story; is there an answer at all?"""
    scores, held, answers, none = [], [], [], []
    for story in st.stories(use="judge")[::share]:
        said = st.lines(story)
        passages = [st.led(said, place) for place in range(len(said))]
        for one in story.questions:
            told, reading = best(reader, st.asks(one), passages)
            (answers if one.answerable else none).append(reading.answerable)
            if one.answerable:
                scores.append(max(f1(told, answer) for answer in one.answers))
                held.append(any(f" {' '.join(norm(a))} " in f" {' '.join(norm(told))} " for a in one.answers))
    print(
        f"stories: {len(scores)} questions F1 {np.mean(scores):.3f}, an accepted answer held {np.mean(held):.3f}; "
        f"{len(none)} that nothing answers, AUROC {auroc(answers, none):.3f}",
        flush=True,
    )


TASKS = {
    "stories": written,
    "friends": friends,
    "molweni": molweni,
    "made": made,
    "persona": persona,
    "xquad": xquad,
    "speed": speed,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--only", default=",".join(TASKS))
    parser.add_argument("--share", type=int, default=1, help="judge every n-th case only, for a quick look")
    options = parser.parse_args()
    reader = Reader(options.weights) if options.weights else Reader.bundled()
    print(reader.model)
    for name in options.only.split(","):
        TASKS[name](reader, options.data, options.share)


if __name__ == "__main__":
    main()
