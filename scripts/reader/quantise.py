"""Packs a trained student into the files that ship: 8-bit rows, a calibration, and a card.

python scripts/reader/quantise.py --data DATA/reading --work WORK [--into FOLDER]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import string
from collections import Counter
from pathlib import Path
from typing import Any

import material as m
import numpy as np
import story as st
import torch
from network import PLACES
from questions import Questions
from words import quantised

from remanence.models.reader.reader import Reader
from remanence.models.reader.statements import HEADS
from remanence.models.static import StaticEmbedder

HOME = Path(__file__).parents[2] / "src/remanence/models/reader/data"
_WIDE = ("qkv.weight", "out.weight", "up.weight", "down.weight")
_KEPT = 0.995  # share of turns with a statement that the gate lets through
DATA = {
    "FriendsQA, three quarters of the development scenes": "Apache-2.0, Emory University",
    "Molweni, three quarters of half of the test dialogues": "Apache-2.0, HIT-SCIR",
    "XQuAD, English": "CC BY-SA 4.0, Artetxe, Ruder and Yogatama 2020, from SQuAD (Rajpurkar et al. 2016)",
    "PersonaExt, four fifths of a part (statements only; not redistributed)": "no licence file, Zhu et al. 2023 (PAED)",
    "questions and turns made by scripts/reader": "the project's own",
    "stories written for it (scripts/reader/stories)": "the project's own",
}


def tensors(work: Path) -> dict[str, np.ndarray]:
    """Every tensor that ships, by name; int8 ones with their scales."""
    out: dict[str, np.ndarray] = {}
    for name, value in torch.load(work / "student.pt").items():
        array = value.numpy().astype(np.float32)
        name = name.removeprefix("trunk.")
        if name.startswith(HEADS):
            continue  # statements have a file of their own (statements.py)
        if name == "places":
            out[name] = array[: min(PLACES, 192)].astype(np.float16)
        elif name.endswith(_WIDE):
            out[name], out[f"{name}.scale"] = quantised(array)
        else:
            out[name] = array
    for name, array in np.load(work / "words.npz").items():
        out[name] = array.astype(np.float16) if array.dtype == np.float32 else array
    return out


def gate(folder: Path, embedder: StaticEmbedder, seed: int) -> np.ndarray:
    """[V] weights of word pieces, the bias at [CLS]: above 0 a turn may hold a statement (logistic regression)."""
    words = embedder.pieces
    told = m.made_turns(16000, seed, words) + m.persona(
        m.persona_split(m.load("personaext_a.json.gz", folder))[0], words
    )
    told += m.plain_turns(m.scenes(m.load("friendsqa_dev.json.gz", folder), held=False), words)
    told += m.plain_turns(m.scenes(m.load("molweni_a.json.gz", folder), held=False), words)
    told += [row for story in st.stories() for row in st.statement_rows(story, words)]
    bags = [sorted(set(row.ids[1:-1])) for row in told]
    goal = torch.tensor([float(bool(row.said)) for row in told])
    flat = torch.tensor([piece for bag in bags for piece in bag])
    starts = torch.tensor(np.cumsum([0, *map(len, bags)])[:-1])
    weight = torch.zeros(len(words), 1, requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.Adam([weight, bias], lr=0.05)
    for _ in range(150):
        logits = torch.nn.functional.embedding_bag(flat, weight, starts, mode="sum")[:, 0] + bias
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, goal) + 3e-5 * weight.pow(2).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    out = weight.detach().numpy()[:, 0]
    unseen = [row for row in m.made_turns(3000, seed + 1, words, unseen=True) if row.said]
    scores = np.sort([out[sorted(set(row.ids[1:-1]))].sum() for row in unseen])
    out[words.id("[CLS]")] = -scores[int(len(scores) * (1 - _KEPT))] + 1e-3
    return out.astype(np.float16)


def calibration(reader: Reader, folder: Path, seed: int) -> tuple[list[float], list[float]]:
    """Curves of one passage (it answers) and of the best of many (it is right), on data that is not reported."""
    one = []
    for question, passage, there in calibrating(folder, seed):
        (reading,) = reader.read(question, [passage])
        one.append((reading.score - reading.null, reading.verdict, there))
    many = []
    for question, passages, golds in whole_scenes(folder, seed):
        readings = reader.read(question, passages)
        place, _ = reader.best(readings)
        told = passages[place][readings[place].start : readings[place].end]
        right = max((f1(told, gold) for gold in golds), default=0.0) >= 0.5
        many.append((readings[place].score - readings[place].null, readings[place].verdict, right))
    return fitted(one), fitted(many)


def fitted(rows: list[tuple[float, float, bool]]) -> list[float]:
    """Weights of margin and verdict, and the bias, of a logistic regression."""
    x = torch.tensor([[a, b, 1.0] for a, b, _ in rows])
    goal = torch.tensor([float(c) for *_, c in rows])
    weight = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.LBFGS([weight], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x @ weight, goal) + 1e-3 * weight.pow(2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return [round(float(value), 5) for value in weight.detach()]


def whole_scenes(folder: Path, seed: int, *, eighth: int = 1) -> list[tuple[str, list[str], list[str]]]:
    """Questions with all stretches of a scene: its own, and as many of other scenes (no accepted answer)."""
    scenes = [s for i, s in enumerate(m.load("friendsqa_dev.json.gz", folder)) if i % 8 == eighth]
    out = []
    for place, scene in enumerate(scenes):
        lines = [f"{turn['who'] or '?'}: {' '.join(turn['text'].split())}" for turn in scene["turns"]]
        passages = ["\n".join(lines[i : i + 4]) for i in range(0, max(1, len(lines) - 1), 3)]
        out += [
            (asked["question"], passages, [a["text"] for a in asked["answers"]]) for asked in scene["questions"][:6]
        ]
        foreign = scenes[(place + 1) % len(scenes)]["questions"][:6]
        out += [(asked["question"], passages, []) for asked in foreign]
    source = Questions(seed + 6, unseen=True)
    made = [source.asked() for _ in range(150)]
    for place, one in enumerate(made):
        others = [made[(place + step) % len(made)].passage for step in (7, 13, 29, 41, 59, 83)]
        answer = [one.passage[slice(*one.answer)]] if one.answer else []
        out.append((one.question, [one.passage, *others], answer))
    return out


def norm(text: str) -> list[str]:
    """SQuAD's normal form: lower case, no punctuation, no articles."""
    return re.sub(r"\b(a|an|the)\b", " ", "".join(c for c in text.lower() if c not in string.punctuation)).split()


def f1(told: str, gold: str) -> float:
    """Token F1 of two short texts."""
    a, b = norm(told), norm(gold)
    same = sum((Counter(a) & Counter(b)).values())
    return 2 * same / (len(a) + len(b)) if same else float(a == b)


def calibrating(folder: Path, seed: int) -> list[tuple[str, str, bool]]:
    """Question, passage, whether it answers: made up in unseen patterns, scenes of FriendsQA, stories kept for it."""
    source = Questions(seed + 5, unseen=True)
    made = [source.asked() for _ in range(400)]
    out = [(one.question, one.passage, one.answer is not None) for one in made]
    rng = random.Random(seed)
    for place, scene in enumerate(m.load("friendsqa_dev.json.gz", folder)):
        if place % 8 == 1:
            out += scene_passages(scene, rng)
    for story in st.stories(use="fit"):
        some = [one for one, _ in st.examples(story, StaticEmbedder.bundled(), rng)]
        out += [(one.question, one.passage, one.answer is not None) for one in rng.sample(some, len(some) // 4)]
    return out


def scene_passages(scene: dict[str, Any], rng: random.Random) -> list[tuple[str, str, bool]]:
    """For each question of a scene, the answering turn and two others."""
    lines = [f"{turn['who'] or '?'}: {' '.join(turn['text'].split())}" for turn in scene["turns"]]
    out = []
    for asked in scene["questions"]:
        golds = {a["turn"] for a in asked["answers"]}
        far = [i for i in range(len(lines)) if all(abs(i - gold) > 1 for gold in golds)]
        out.append((asked["question"], lines[rng.choice(sorted(golds))], True))
        out += [(asked["question"], lines[i], False) for i in rng.sample(far, min(2, len(far)))]
    return out


def written(into: Path, arrays: dict[str, np.ndarray], card: dict[str, Any], name: str = "reader") -> None:
    """NAME.bin and NAME.json."""
    payload = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays.values())
    card["sha256"] = hashlib.sha256(payload).hexdigest()
    card["tensors"] = [[key, str(array.dtype), list(array.shape)] for key, array in arrays.items()]
    into.mkdir(parents=True, exist_ok=True)
    (into / f"{name}.bin").write_bytes(payload)
    (into / f"{name}.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--into", type=Path, default=HOME)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    torch.set_num_threads(1)
    embedder = StaticEmbedder()
    arrays = tensors(options.work)
    card: dict[str, Any] = {
        "name": "reader-4x384",
        "layers": "all-MiniLM-L6-v2 (Apache-2.0), its first four, half of the inner units, trained further",
        "data": DATA,
        "built by": "scripts/reader/build",
        "static": embedder.model.split("@")[1],
        "heads": 12,
        "answerable": [1.0, 0.0, 0.0],
        "best": [1.0, 0.0, 0.0],
    }
    written(options.into, arrays, card)
    reader = Reader(options.into / "reader.json")
    card["answerable"], card["best"] = calibration(reader, options.data, options.seed)
    written(options.into, arrays, card)
    size = sum(path.stat().st_size for path in options.into.glob("reader.*"))
    print(f"{size / 1e6:.2f} MB, fingerprint {card['sha256'][:8]}: {card['answerable']} {card['best']}")


if __name__ == "__main__":
    main()
