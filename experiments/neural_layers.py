"""What single neural layers can and cannot do on small tasks, and whether the new combinations help.

    OMP_NUM_THREADS=1 python experiments/neural_layers.py [combinations|reweaving|sudoku|hops|ballet|lead] ...

combinations: each new layer beside its parents, three seeds. reweaving: a rare token at a distance, five runs.
sudoku: 4 x 4, one outer step of thought against four, and hierarchy against one block. hops: trained two-hop
recall with and without PMI's long-term memory. ballet: chunk means, chunk maxima and single steps as keys.
lead: MSA and landmark routing learned on stacked recall, beside dense attention.
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
from remanence.neural.layers.hrm import HRM, Carry, Reasoner
from remanence.neural.layers.pmi import PMI
from remanence.neural.train import evaluate, train
from remanence.neural.trunk import Model


def compare(task_name: str, knobs: dict[str, Any], arms: dict[str, tuple[str, dict[str, Any]]], steps: int) -> None:
    """Train every arm three times at two rates; the rate is chosen on validation, accuracy told on test."""
    task = tasks.make(task_name, **knobs)
    for arm, (name, own) in arms.items():
        runs: dict[float, list[tuple[float, float]]] = {}
        began, size = time.perf_counter(), 0
        for lr in (3e-3, 1e-2):
            for seed in (0, 1, 2):
                torch.manual_seed(seed)
                model = Model(name, 64, 1, mlp=0, conv=0, **own, **task.sizes())
                size = model.state_size(task.length)
                report = train(model, task, steps=steps, lr=lr, seed=seed, test_batches=4)
                chosen = evaluate(model, task, batches=4, seed=2 * 10**6 + seed)
                runs.setdefault(lr, []).append((chosen, report.accuracy))
        lr = max(runs, key=lambda rate: fmean(v for v, _ in runs[rate]))
        scores = [a for _, a in runs[lr]]
        print(
            f"{task_name} {knobs} {arm:28} {fmean(scores):.3f} [{min(scores):.3f} - {max(scores):.3f}] lr={lr:g} "
            f"state={size} {time.perf_counter() - began:.0f} s",
            flush=True,
        )


def combinations() -> None:
    """Huber delta on outlying values, Mesa mixtures on many pairs, surprise-cut caching on a stream of topics."""
    sizes = {"heads": 1, "key": 16, "value": 32}
    compare(
        "value_outliers",
        {"pairs": 12, "share": 0.2},
        {
            "gated_delta_net": ("gated_delta_net", sizes),
            "huber_delta": ("huber_delta", sizes),
            "huber_delta, trusting": ("huber_delta", {**sizes, "robust": False}),
        },
        200,
    )
    compare(
        "stacked_mqar",
        {"pairs": 32},
        {
            "mesa": ("mesa", {**sizes, "decay": False}),
            "mesa, twice the key": ("mesa", {**sizes, "key": 32, "decay": False}),
            "mesa_mom": ("mesa_mom", sizes),
            "mom_key": ("mom_key", {**sizes, "memories": 4}),
        },
        200,
    )
    compare(
        "stacked_mqar",
        {"pairs": 32},
        {
            "delta_net": ("delta_net", sizes),
            "memory_caching, every 8": ("memory_caching", {**sizes, "segment": 8}),
            "surprise_caching, every 8": ("surprise_caching", {**sizes, "every": 8}),
            "surprise_caching": ("surprise_caching", {**sizes, "smallest": 4, "largest": 16}),
        },
        200,
    )
    topics()


def topics() -> None:
    """Keys come in five topics of 3 to 9 pairs; each topic has a common direction that its questions share."""
    width, codes = 32, 256
    key_codes = F.normalize(torch.randn(codes, width, generator=torch.Generator().manual_seed(1)), dim=-1)
    value_codes = F.normalize(torch.randn(codes, width, generator=torch.Generator().manual_seed(2)), dim=-1)

    def draw(batch: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        sizes = (9, 4, 7, 3, 8)
        pairs = sum(sizes)
        centre = F.normalize(torch.randn(batch, len(sizes), width, generator=generator), dim=-1)
        own = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
        keys = key_codes[torch.rand(batch, codes, generator=generator).argsort(-1)[:, :pairs]]
        keys = torch.cat([keys, 2 * centre[:, own]], -1)
        values = torch.rand(batch, codes, generator=generator).argsort(-1)[:, :pairs]
        asked = torch.rand(batch, pairs, generator=generator).argsort(-1)
        rows = torch.arange(batch)[:, None]
        told = torch.cat([keys, value_codes[values]], -1)
        question = torch.cat([keys[rows, asked], torch.zeros(batch, pairs, width)], -1)
        labels = torch.cat([torch.full_like(values, -100), values.gather(1, asked)], 1)
        return torch.cat([told, question], 1), labels

    task = tasks.Task("topics", draw, codes, 1 / 31, 62, features=3 * width, codes=value_codes)
    sizes = {"heads": 1, "key": 16, "value": 32, "conv": 0}
    for arm, name, own in (
        ("delta_net", "delta_net", {}),
        ("memory_caching, every 8", "memory_caching", {"segment": 8}),
        ("surprise_caching, every 8", "surprise_caching", {"every": 8}),
        ("surprise_caching", "surprise_caching", {"smallest": 3, "largest": 12}),
    ):
        scores = []
        for seed in (0, 1, 2):
            torch.manual_seed(seed)
            model = Model(name, 64, 1, mlp=0, **sizes, **own, **task.sizes())
            scores.append(train(model, task, steps=200, lr=1e-2, seed=seed, test_batches=4).accuracy)
        print(f"topics {arm:28} {fmean(scores):.3f} [{min(scores):.3f} - {max(scores):.3f}]", flush=True)


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
        for seed in (0, 1, 2):
            torch.manual_seed(seed)
            layers = nn.ModuleList(PMI(dim, slots=2, picks=1, long_term=long_term) for _ in range(2))
            head, embed = nn.Linear(dim, names), nn.Linear(6 * names, dim)
            modules = nn.ModuleList([layers, head, embed])
            optimiser, right = torch.optim.AdamW(modules.parameters(), lr=5e-3), []
            for step in range(400):
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
                if step >= 370:
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
    """Block memories that read two blocks of eight, trained like dense attention, on 32 stacked pairs."""
    sizes = {"heads": 1, "key": 16, "value": 32}
    compare(
        "stacked_mqar",
        {"pairs": 32},
        {
            "softmax": ("softmax", {**sizes, "turned": False}),
            "window 8": ("window", {**sizes, "turned": False, "window": 8}),
            "landmark, all": ("landmark", {**sizes, "turned": False, "block": 8}),
            "landmark, 2 blocks": ("landmark", {**sizes, "turned": False, "block": 8, "picks": 2}),
            "hcam, 2 chunks": ("hcam", {**sizes, "chunk": 8, "detach": False}),
            "msa, 2 documents": ("msa", {**sizes, "turned": False, "document": 8, "pool": 1}),
            "hip, 32 keys": ("hip", {**sizes, "turned": False, "keep": 32, "leaf": 4}),
            "em_llm, 4 events": ("em_llm", {**sizes, "turned": False}),
            "bmojo, 16 kept": ("bmojo", {**sizes, "turned": False}),
            "bmojo, 48 kept": ("bmojo", {**sizes, "turned": False, "eidetic": 48}),
        },
        200,
    )


if __name__ == "__main__":
    parts: dict[str, Callable[[], None]] = {
        "combinations": combinations,
        "reweaving": reweaving,
        "sudoku": sudoku,
        "hops": hops,
        "ballet": ballet,
        "lead": lead,
    }
    torch.set_num_threads(1)
    for part in sys.argv[1:] or list(parts):
        parts[part]()
