"""Builds the map with which the bundled embedder embeds questions: what each piece is worth, and how their sum turns.

    python scripts/build_question_map.py --data DATA/reading [--write]

The vectors of what was said stay as they are; only questions are embedded otherwise, so no space is embedded again.
A question's pieces are weighed (one number each) and their sum is multiplied by a matrix [dim, dim] that starts as the
identity; both learn that the turn which answers is nearer than every other turn of its talk and 64 of other talk.
What is used lies half-way between this vector and the plain one (docs/log.d/recall.md).

Learns from the written stories (scripts/reader/stories) and three quarters of FriendsQA's development scenes
(Apache-2.0); prints how much of the evidence is among the 1, 5 and 10 nearest on stories and scenes that it has not
seen. About a minute on one core; one thread, seeded. Needs torch.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from remanence.algo.word_sums import word_sums
from remanence.models.static import ASKED, BUNDLED, StaticEmbedder

sys.path.insert(0, str(Path(__file__).parent / "reader"))
import material as m
import story as st

ROUNDS, BATCH, OTHERS, HEAT = 3, 32, 64, 0.07
NEAR_IDENTITY, NEAR_ONE = 1e-2, 1e-3


@dataclass(frozen=True)
class Talk:
    """Unit rows [N, dim] of what was said, and (question, places of its evidence)."""

    said: torch.Tensor
    asked: tuple[tuple[str, tuple[int, ...]], ...]


class QuestionMap(torch.nn.Module):
    """The sum of a question's weighed pieces, turned, at length 1."""

    def __init__(self, table: torch.Tensor) -> None:
        super().__init__()
        self.table = table
        self.worth = torch.nn.Parameter(torch.zeros(len(table)))
        self.turned = torch.nn.Parameter(torch.eye(table.shape[1]))

    def forward(self, ids: Sequence[int]) -> torch.Tensor:
        """[dim] of one question's piece ids."""
        at = torch.tensor(ids)
        return F.normalize(self.turned @ (self.table[at] * self.worth[at].exp()[:, None]).sum(0), dim=0)

    def strain(self) -> torch.Tensor:
        """What is paid for being far from a plain sum."""
        away = self.turned - torch.eye(len(self.turned))
        return NEAR_IDENTITY * away.square().sum() + NEAR_ONE * self.worth.square().sum()


def story_talks(embedder: StaticEmbedder, *uses: str) -> list[Talk]:
    """The stories of these uses."""
    out = []
    for use in uses:
        for one in st.stories(use=use):
            asked = tuple((each.text, each.evidence) for each in one.questions if each.answerable and each.evidence)
            out.append(Talk(torch.from_numpy(embedder.embed([turn.text for turn in one.turns])), asked))
    return out


def scene_talks(embedder: StaticEmbedder, folder: Path, *, held: bool) -> list[Talk]:
    """FriendsQA's development scenes; every fourth is held out."""
    out = []
    for scene in m.scenes(m.load("friendsqa_dev.json.gz", folder), held=held):
        said = torch.from_numpy(embedder.embed([turn["text"] for turn in scene["turns"]]))
        asked = tuple((q["question"], tuple(sorted({a["turn"] for a in q["answers"]}))) for q in scene["questions"])
        out.append(Talk(said, asked))
    return out


def found(talks: Sequence[Talk], vector: Callable[[str], torch.Tensor]) -> str:
    """The share of the evidence among the 1, 5 and 10 nearest."""
    shares = []
    for talk in talks:
        for question, evidence in talk.asked:
            near = torch.argsort(-(talk.said @ vector(question))).tolist()
            shares.append([np.mean([place in near[:k] for place in evidence]) for k in (1, 5, 10)])
    return " ".join(f"{share:.3f}" for share in np.mean(shares, axis=0))


def learned(talks: Sequence[Talk], embedder: StaticEmbedder, seed: int) -> QuestionMap:
    """The map after three rounds, the rate falling to nothing."""
    rng, net = random.Random(seed), QuestionMap(torch.from_numpy(np.array(embedder.table)))
    rows = [(talk.said, embedder.pieces.encode(q), evidence) for talk in talks for q, evidence in talk.asked]
    rows = [row for row in rows if row[1] and row[2]]
    everything = torch.cat([talk.said for talk in talks])
    rates = (1e-3, 2e-2)
    optimiser = torch.optim.Adam([{"params": [net.turned]}, {"params": [net.worth]}])
    steps = ROUNDS * -(-len(rows) // BATCH)
    for step in range(steps):
        if step % (steps // ROUNDS) == 0:
            rng.shuffle(rows)
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = rate * (1 - step / steps)
        start = step % (steps // ROUNDS) * BATCH
        loss = net.strain()
        for said, ids, evidence in rows[start : start + BATCH]:
            others = everything[torch.randint(len(everything), (OTHERS,))]
            near = torch.cat([said, others]) @ net(ids) / HEAT
            loss = loss + (torch.logsumexp(near, 0) - torch.logsumexp(near[torch.tensor(evidence)], 0)) / BATCH
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return net


def written(net: QuestionMap) -> None:
    """The part beside the table: float16 [V] logarithms of the worth, then [dim, dim]; its sums go into the card."""
    numbers = torch.cat([net.worth, net.turned.flatten()]).detach().numpy().astype("<f2")
    payload = numbers.view(np.uint8)
    BUNDLED.with_suffix(f".{ASKED}").write_bytes(payload.tobytes())
    card = json.loads(BUNDLED.read_text("utf-8"))
    card["sums"][ASKED] = word_sums(payload)
    card["questions"] = "scripts/build_question_map.py: the project's stories; FriendsQA (Apache-2.0, Emory University)"
    BUNDLED.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    embedder = StaticEmbedder()
    talks = story_talks(embedder, "train", "near") + scene_talks(embedder, options.data, held=False)
    judging = {
        "stories": story_talks(embedder, "fit", "judge"),
        "scenes": scene_talks(embedder, options.data, held=True),
    }
    net = learned(talks, embedder, options.seed)

    def plain(text: str) -> torch.Tensor:
        return torch.from_numpy(embedder.embed_query(text))

    def turned(text: str) -> torch.Tensor:
        with torch.no_grad():
            return net(embedder.pieces.encode(text))

    for name, held in judging.items():
        ways = {"plain": plain, "turned": turned, "half-way": lambda text: plain(text) + turned(text)}
        told = ", ".join(f"{way} {found(held, vector)}" for way, vector in ways.items())
        print(f"{name}: the evidence among the 1, 5, 10 nearest: {told}", flush=True)
    if options.write:
        written(net)


if __name__ == "__main__":
    main()
