"""Fits how likely a statement that was read is right, on the stories that train and on statements judged one by one.

    python scripts/reader/fit_statements.py [--write]

A statement is right by a story's labels if its value is that of a statement that holds in its turn. The labels name the
clear ones only, so they have a bias of their own; `judged_statements.txt` (story | turn | subject | attribute | value |
right) has every kind, and its bias is the one that is used. Prints the area under the ROC curve and what passes at
several thresholds, on judged statements of stories that were left out of each of five fits.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import story
from numpy.typing import NDArray

from remanence import weights
from remanence.language.sentences import split
from remanence.language.speakers import ASSISTANTS
from remanence.language.statements import read
from remanence.language.statements.gate import signs
from remanence.language.statements.passing.reader import reply_statements
from remanence.language.statements.predicates.focus import Focus
from remanence.language.statements.statement import Statement

JUDGED = Path(__file__).parent / "judged_statements.txt"
WRITERS = "abcdeflmnopuvwx"
LABELS = 0.02
"""Weight of a statement with a story's label only, to one that was judged."""
RIDGE = 1.0
RARE = 4
"""Signs that fewer statements have are left out."""

Key = tuple[str, int, str, str, str]


def statements(one: story.Story) -> Iterator[tuple[int, str, Statement]]:
    """(turn, text, statement) of a story as a sleep reads it, before the gate."""
    focus, last = Focus(), None
    for place, turn in enumerate(one.turns):
        at = datetime.fromisoformat(turn.at)
        found: list[Statement] = []
        if last is not None and last.at == turn.at and turn.who.lower() not in ASSISTANTS:
            found += reply_statements(last.text, last.who, turn.text, turn.who, at, focus)
        found += read.candidates(turn.text, speaker=turn.who, at=at, focus=focus)[0]
        yield from ((place, turn.text, said) for said in found)
        last = turn


def holds(text: str, value: str) -> bool:
    """Whether one of two values holds the words of the other."""
    left, right = (" ".join(re.findall(r"\w+", words.lower())) for words in (text, value))
    return bool(left and right) and (f" {left} " in f" {right} " or f" {right} " in f" {left} ")


def rows() -> tuple[list[dict[str, float]], list[float], list[float], list[str]]:
    """Signs, whether right, weight, and the story ("" where it has no judgement) of each statement."""
    judged: dict[Key, float] = {}
    for line in JUDGED.read_text("utf-8").splitlines():
        name, turn, subject, attribute, value, right = line.split("|")
        judged[name, int(turn) - 1, subject, attribute, value] = float(right)
    seen, right, weight, names = [], [], [], []
    for one in (one for use in ("train", "near", "fit") for one in story.stories(use=use)):
        if one.name[0] not in WRITERS:
            continue
        labels = [(place, value) for place, _, _, value, state in one.statements if state == "holds"]
        for place, text, said in statements(one):
            verdict = judged.get((one.name, place, said.subject, said.attribute, said.value.replace("|", "/")))
            told = any(place == there and holds(said.value, value) for there, value in labels)
            seen.append(signs(said, text, split(text)))
            right.append(float(told) if verdict is None else verdict)
            weight.append(LABELS if verdict is None else 1.0)
            names.append("" if verdict is None else one.name)
    return seen, right, weight, names


def fit(x: NDArray[np.float64], y: NDArray[np.float64], w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression with a ridge on all but the last two columns (the biases), by Newton's method."""
    beta, ridge = np.zeros(x.shape[1]), np.full(x.shape[1], RIDGE)
    ridge[-2:] = 1e-3
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ beta))
        slope = x.T @ (w * (p - y)) + ridge * beta
        beta -= np.linalg.solve((x.T * (w * p * (1 - p))) @ x + np.diag(ridge), slope)
    return beta


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    seen, right, weight, names = rows()
    counts: dict[str, int] = {}
    for row in seen:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    columns = sorted(name for name, n in counts.items() if n >= RARE)
    at = {name: n for n, name in enumerate(columns)}
    x = np.zeros((len(seen), len(columns) + 2))
    for n, row in enumerate(seen):
        for name, value in row.items():
            if name in at:
                x[n, at[name]] = value
        x[n, -1], x[n, -2] = 1.0, float(not names[n])
    y, w = np.array(right), np.array(weight)
    known = np.array([bool(name) for name in names])
    print(f"{len(y)} statements, {known.sum()} judged, {y[known].mean():.2f} of them right")
    fold = np.array([sum(map(ord, name)) % 5 if name else -1 for name in names])
    p = np.zeros(len(y))
    for k in range(5):
        mask = fold == k
        beta = fit(x[~mask], y[~mask], w[~mask])
        free = x.copy()
        free[:, -2] = 0
        p[mask] = 1 / (1 + np.exp(-free[mask] @ beta))
    pj, yj = p[known], y[known]
    order = np.argsort(pj)
    ranks = np.empty(len(pj))
    ranks[order] = np.arange(1, len(pj) + 1)
    n1 = yj.sum()
    print(f"AUROC {(ranks[yj > 0].sum() - n1 * (n1 + 1) / 2) / (n1 * (len(yj) - n1)):.3f}")
    for bar in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        kept = pj >= bar
        print(f"at {bar}: {kept.sum()} pass, right {yj[kept].mean():.2f}, of the right {yj[kept].sum() / n1:.2f}")
    beta = fit(x, y, w)
    if parser.parse_args().write:
        table = weights.Table({name: round(float(beta[n]), 3) for name, n in at.items()}, round(float(beta[-1]), 3))
        weights.write("statements", {"stored": table}, date=datetime.now().date().isoformat())


if __name__ == "__main__":
    main()
