"""What single neural layers can and cannot do on small tasks, and whether the new combinations help.

    OMP_NUM_THREADS=1 python experiments/neural_layers.py [part ...]

Parts, all by default:
huber, mesa, events: a new layer beside its parents, three seeds, one learning rate.
joint, joint5: HAX beside its base on joint recall, two contexts of three keys and five of five.
reweaving: a rare token at a distance, five runs.
sudoku: 4 x 4, one outer step of thought against four, and hierarchy against one block.
hops: trained two-hop recall with and without PMI's long-term memory.
ballet: chunk means, chunk maxima and single steps as keys.
lead: layers that read part of the past, on stacked recall, beside dense attention.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import fmean
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural import tasks
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.layer import find, knobs_of
from remanence.neural.layers.hrm import HRM, Carry, Reasoner
from remanence.neural.layers.huber_delta import HuberDelta
from remanence.neural.layers.pmi import PMI
from remanence.neural.train import train
from remanence.neural.trunk import Model

WIDTH, CODES, SEEDS, STEPS, RATE = 16, 64, (0, 1, 2), 250, 1e-2
SIZES: dict[str, Any] = {"heads": 1, "key": 8, "value": 16, "conv": 0}


def compare(title: str, task: tasks.Task, arms: dict[str, tuple[str, dict[str, Any]]], steps: int = STEPS) -> None:
    """Train every arm with three seeds at one rate; accuracy on sequences that training never drew."""
    for arm, (name, own) in arms.items():
        scores, size, began = [], 0, time.perf_counter()
        for seed in SEEDS:
            torch.manual_seed(seed)
            has = knobs_of(find(name))
            knobs = {k: v for k, v in {**SIZES, **own}.items() if k in has}
            model = Model(name, 32, 1, mlp=0, **knobs, **task.sizes())
            size = model.state_size(task.length)
            scores.append(train(model, task, steps=steps, lr=RATE, seed=seed, test_batches=4).accuracy)
        spread = f"{fmean(scores):.3f} [{min(scores):.3f} - {max(scores):.3f}]"
        print(f"{title:18} {arm:28} {spread} state={size} {time.perf_counter() - began:.0f} s", flush=True)


def huber() -> None:
    """The Huber delta rule on outlying values, without and with training."""
    outliers()
    compare(
        "value_outliers 8",
        tasks.make("value_outliers", pairs=8, share=0.2, width=WIDTH, codes=CODES),
        {
            "gated_delta_net": ("gated_delta_net", {}),
            "huber_delta": ("huber_delta", {}),
        },
    )


def mesa() -> None:
    """Mesa memories behind a key router, on twice as many pairs as one memory has key channels."""
    compare(
        "stacked_mqar 16",
        tasks.make("stacked_mqar", pairs=16, width=WIDTH, codes=CODES),
        {
            "mesa": ("mesa", {"decay": False}),
            "mesa, twice the key": ("mesa", {"key": 16, "decay": False}),
            "mesa_mom": ("mesa_mom", {}),
            "mom_key": ("mom_key", {}),
            "delta_net": ("delta_net", {}),
        },
    )


def events() -> None:
    """Memory cut where the topic changes, beside cuts of equal length."""
    arms: dict[str, tuple[str, dict[str, Any]]] = {
        "delta_net": ("delta_net", {}),
        "memory_caching, every 6": ("memory_caching", {"segment": 6}),
        "surprise_caching, every 6": ("surprise_caching", {"every": 6}),
        "surprise_caching": ("surprise_caching", {"smallest": 3, "largest": 12, "gamma": 1.0}),
    }
    compare("topics", topics(), arms)


def outliers() -> None:
    """Without training: random keys, one value in ten twenty times too long, the clean pairs asked for."""
    torch.manual_seed(0)
    pairs, width, runs = 24, 64, 64
    keys = F.normalize(torch.randn(runs, pairs, 1, width), dim=-1)
    codes = F.normalize(torch.randn(1024, width), dim=-1)
    said = torch.rand(runs, 1024).argsort(-1)[:, :pairs]
    wild = torch.rand(runs, pairs) < 0.1
    values = (codes[said] * torch.where(wild, 20.0, 1.0)[..., None])[:, :, None]
    robust = HuberDelta(width, heads=1, limit=1.5, decay=False)
    ones = torch.ones(runs, pairs, 1)
    for arm, beta in (
        ("Hebb", None),
        ("delta", ones),
        ("huber delta", ones * robust.trust(keys, values, torch.zeros(runs, 1, width, width))),
    ):
        _, memory = gated_delta(keys, keys, values, beta=beta)
        guess = (torch.einsum("bthk,bhkv->btv", keys, memory) @ codes.T).argmax(-1)
        right = (guess == said)[~wild].double().mean().item()
        print(f"outliers, untrained, {pairs} pairs: {arm:12} {right:.3f}", flush=True)


def topics() -> tasks.Task:
    """Keys come in four topics of 3 to 7 pairs; each topic has a common direction that its questions share."""
    key_codes = F.normalize(torch.randn(CODES, WIDTH, generator=torch.Generator().manual_seed(1)), dim=-1)
    value_codes = F.normalize(torch.randn(CODES, WIDTH, generator=torch.Generator().manual_seed(2)), dim=-1)
    sizes = torch.tensor([7, 3, 6, 4])
    own, pairs = torch.arange(4).repeat_interleave(sizes), int(sizes.sum())

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        centre = F.normalize(torch.randn(batch, 4, WIDTH, generator=generator), dim=-1)
        keys = key_codes[torch.rand(batch, CODES, generator=generator).argsort(-1)[:, :pairs]]
        keys = torch.cat([keys, 2 * centre[:, own]], -1)
        values = torch.rand(batch, CODES, generator=generator).argsort(-1)[:, :pairs]
        asked, rows = torch.rand(batch, pairs, generator=generator).argsort(-1), torch.arange(batch)[:, None]
        told = torch.cat([keys, value_codes[values]], -1)
        question = torch.cat([keys[rows, asked], torch.zeros(batch, pairs, WIDTH)], -1)
        labels = torch.cat([torch.full_like(values, -100), values.gather(1, asked)], 1)
        return torch.cat([told, question], 1), labels

    return tasks.Task("topics", draw, CODES, 1 / pairs, 2 * pairs, features=3 * WIDTH, codes=value_codes)


def joint(contexts: int = 2, keys: int = 3, seeds: tuple[int, ...] = (0, 1)) -> None:
    """Joint recall, two contexts of three keys, two layers: a state space with and without sparse attention."""
    task = tasks.make("joint_recall", contexts=contexts, keys=keys, values=8)
    for name in ("mamba2", "hax", "gated_delta_net", "softmax"):
        scores = []
        for seed in seeds:
            torch.manual_seed(seed)
            model = Model(name, 32, 2, heads=2, key=8, **task.sizes())
            scores.append(train(model, task, steps=500, lr=5e-3, seed=seed, test_batches=4).accuracy)
        told = f"{fmean(scores):.3f} [{min(scores):.3f} - {max(scores):.3f}] {len(seeds)} seeds"
        print(f"joint recall {contexts}x{keys} {name:18} {told}", flush=True)


def joint5() -> None:
    """The same at the size of the paper: five contexts of five keys."""
    joint(5, 5, SEEDS)


def reweaving() -> None:
    """One rare token among common ones, asked for 60 tokens later: inner layer with and without reweaving."""
    rare, common, time_ = 8, 16, 72

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        x = torch.randint(rare + 1, rare + 1 + common, (batch, time_), generator=generator)
        said = torch.randint(1, rare + 1, (batch,), generator=generator)
        at, rows = torch.randint(10, (batch,), generator=generator), torch.arange(batch)
        x[rows, at], x[:, -1] = said, 0
        y = torch.full_like(x, -100)
        y[:, -1] = said
        return x, y

    vocab = rare + common + 1
    task = tasks.Task("rare", draw, vocab, 1 / rare, time_, vocab=vocab)
    for inner in ("gla", "window"):
        for arm, name, own in ((inner, inner, {}), (f"reweaving of {inner}", "reweaving", {"inner": inner, "keep": 2})):
            scores = []
            for seed in range(5):
                torch.manual_seed(seed)
                model = Model(name, 32, 1, mlp=0, heads=2, **own, **task.sizes())
                scores.append(train(model, task, steps=120, lr=5e-3, seed=seed, test_batches=4).accuracy)
            spread = f"{fmean(scores):.3f} [{min(scores):.3f} - {max(scores):.3f}]"
            print(f"rare token {arm:24} {spread} five runs", flush=True)


def sudoku_grid(batch: int, holes: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """4 x 4 Sudoku: givens 1-4 with `holes` zeros, and the solution as 0-3: two [B, 16]."""
    base = torch.tensor([[0, 1, 2, 3], [2, 3, 0, 1], [1, 0, 3, 2], [3, 2, 1, 0]])
    grids = []
    for _ in range(batch):
        digits = torch.randperm(4, generator=generator)
        rows, columns = (  # whole bands change places, and lines inside a band
            (2 * torch.randperm(2, generator=generator)[:, None] + torch.randperm(2, generator=generator)).flatten()
            for _ in range(2)
        )
        grids.append(digits[base][rows][:, columns].flatten())
    full = torch.stack(grids)
    hidden = torch.rand(batch, 16, generator=generator).argsort(-1) < holes
    return (full + 1).masked_fill(hidden, 0), full


def sudoku() -> None:
    """Cells are read twice, so that a causal mixer sees the whole grid; accuracy on hidden cells and whole grids."""
    for arm, rounds, steps, most in (
        ("1 outer step", 2, 2, 1),
        ("4 outer steps", 2, 2, 4),
        ("4 outer steps, one block", 1, 1, 4),
    ):
        print(f"sudoku, 600 updates, trained with {arm:26} | in use " + solve(rounds, steps, most), flush=True)


def solve(rounds: int, steps: int, most: int) -> str:
    """Train with `most` outer steps and 600 updates; then cells and grids right after 1, 2, 4 and 8 outer steps."""
    torch.manual_seed(0)
    draws, dim = torch.Generator().manual_seed(0), 48
    core = HRM(dim, heads=4, rounds=rounds, steps=steps)
    loop, embed, place = Reasoner(core, 4, most=most), nn.Embedding(5, dim), nn.Parameter(torch.randn(32, dim))
    optimiser = torch.optim.AdamW([*loop.parameters(), *embed.parameters(), place], lr=2e-3)

    def think(givens: Tensor, solved: Tensor, outer: int, learn: bool) -> Tensor:
        x = embed(torch.cat([givens, givens], 1)) + place
        carry, logits = loop.begin(x), torch.zeros(0)
        for _ in range(outer):
            carry, logits, _ = loop(x, carry)
            carry = Carry(carry.low, carry.high, carry.steps, torch.zeros_like(carry.halted))
            if learn:
                optimiser.zero_grad()
                F.cross_entropy(logits[:, 16:].flatten(0, 1), solved.flatten()).backward()
                optimiser.step()
                x = embed(torch.cat([givens, givens], 1)) + place
        return logits[:, 16:].argmax(-1)

    for _ in range(600 // most):
        think(*sudoku_grid(32, 8, draws), most, True)
    line = []
    with torch.no_grad():
        givens, solved = sudoku_grid(256, 8, torch.Generator().manual_seed(9))
        for outer in (1, 2, 4, 8):
            right = think(givens, solved, outer, False) == solved
            cells, grids = (r.double().mean().item() for r in (right[givens == 0], right.all(-1)))
            line.append(f"{outer}: cells {cells:.3f} grids {grids:.3f}")
    return ", ".join(line)


def hops() -> None:
    """Three links a -> b and three b -> c through two slots, two layers of PMI, asked for c given a."""
    names, dim = 3, 32
    eye = torch.eye(3 * names)
    for long_term in (True, False):
        scores = []
        for seed in (0, 1):
            torch.manual_seed(seed)
            layers = nn.ModuleList(PMI(dim, slots=2, picks=1, long_term=long_term) for _ in range(2))
            head, embed = nn.Linear(dim, names), nn.Linear(6 * names, dim)
            modules = nn.ModuleList([layers, head, embed])
            optimiser, right = torch.optim.AdamW(modules.parameters(), lr=5e-3), []
            for step in range(300):
                rows, first = torch.arange(32), torch.arange(names).expand(32, -1)
                middle, last = (torch.rand(32, names).argsort(-1) for _ in range(2))
                links = torch.cat(
                    [
                        torch.cat([eye[first], eye[names + middle]], -1),
                        torch.cat([eye[names + first], eye[2 * names + last]], -1),
                    ],
                    1,
                )
                links = links[rows[:, None], torch.rand(32, 2 * names).argsort(-1)]
                asked = torch.randint(names, (32,))
                question = torch.cat([eye[asked], torch.zeros(32, 3 * names)], -1)
                z, y = embed(torch.cat([links, question[:, None]], 1)), last[rows, middle[rows, asked]]
                for layer in layers:
                    z = z + layer(z)[0]
                said = head(z[:, -1])
                if step >= 270:
                    right.append((said.argmax(-1) == y).double().mean().item())
                optimiser.zero_grad()
                F.cross_entropy(said, y).backward()
                nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
                optimiser.step()
            scores.append(fmean(right))
        spread = f"{fmean(scores):.3f} [{min(scores):.3f} - {max(scores):.3f}]"
        print(f"two hops, long-term {long_term}: {spread}, chance .333", flush=True)


def ballet() -> None:
    """One step of one of 64 dances is given; how often its chunk is found, by kind of chunk key, without training."""
    torch.manual_seed(0)
    runs, dances, steps, width = 200, 64, 16, 64
    for motif in (0.0, 1.0, 3.0):
        right = {"mean": 0, "max": 0, "single steps": 0}
        for _ in range(runs):
            name = motif * F.normalize(torch.randn(dances, 1, width), dim=-1)
            danced = name + F.normalize(torch.randn(dances, steps, width), dim=-1)
            at, step = int(torch.randint(dances, ())), int(torch.randint(steps, ()))
            asked = danced[at, step] + 0.3 * F.normalize(torch.randn(width), dim=-1)
            right["mean"] += int(int((danced.mean(1) @ asked).argmax()) == at)
            right["max"] += int(int((danced @ asked).amax(1).argmax()) == at)
            flat = F.normalize(danced, dim=-1) @ asked
            right["single steps"] += int(int(flat.amax(1).argmax()) == at)
        print(f"ballet, common direction {motif}: " + ", ".join(f"{n} {c / runs:.2f}" for n, c in right.items()))


def lead() -> None:
    """Block memories that read two blocks of four, trained like dense attention, on 16 stacked pairs."""
    still = {"turned": False}
    compare(
        "stacked_mqar 16",
        tasks.make("stacked_mqar", pairs=16, width=WIDTH, codes=CODES),
        {
            "softmax": ("softmax", still),
            "window 4": ("window", {**still, "window": 4}),
            "lstm": ("lstm", {}),
            "landmark, all": ("landmark", {**still, "block": 4}),
            "landmark, 2 blocks": ("landmark", {**still, "block": 4, "picks": 2}),
            "hcam, 2 chunks": ("hcam", {"chunk": 4, "detach": False}),
            "msa, 2 documents": ("msa", {**still, "document": 4, "pool": 1}),
            "hip, 16 keys": ("hip", {**still, "keep": 16, "leaf": 2}),
            "em_llm, 4 events": ("em_llm", {**still, "local": 4, "largest": 4}),
            "bmojo, 4 kept": ("bmojo", {**still, "window": 4, "eidetic": 4}),
            "bmojo, 24 kept": ("bmojo", {**still, "window": 4, "eidetic": 24}),
            "hax": ("hax", {}),
            "mega, chunk 4": ("mega", {"chunk": 4}),
            "cms": ("cms", {"periods": (4, 16)}),
            "hope": ("hope", {"periods": (4, 16), "chunk": 8}),
        },
    )


if __name__ == "__main__":
    parts: dict[str, Callable[[], None]] = {
        "huber": huber,
        "mesa": mesa,
        "events": events,
        "joint": joint,
        "joint5": joint5,
        "reweaving": reweaving,
        "sudoku": sudoku,
        "hops": hops,
        "ballet": ballet,
        "lead": lead,
    }
    torch.set_num_threads(1)
    for part in sys.argv[1:] or list(parts):
        parts[part]()
