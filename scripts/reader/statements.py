"""Trains what the reader reads statements with: an adapter of low rank on the fixed English network, and heads.

    python scripts/reader/statements.py --data DATA/reading --out WORK [--start WORK0] [--seconds ...] [--pack]

One thread, seeded. WORK/statements.pt holds the weights; --pack writes the files that ship, with a gate and a curve of
certainty. To each matrix of the three layers that statements are read after goes a product of low rank (Hu et
al. 2021), its factors rounded to four bits while they learn (straight through, Jacob et al. 2018); norms, biases and
the heads are free. Questions keep the network as it is.
"""

from __future__ import annotations

import argparse
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import judge
import material as m
import numpy as np
import story as st
import torch
import torch.nn.functional as F
from network import STATEMENT_LAYER, Trunk
from network import Reader as Net
from quantise import DATA, HOME, gate, norm, quantised, written
from talk import MODALITIES, POLARITIES, Talk, Turn
from torch import nn
from torch.nn.utils import parametrize
from train import TOKENS, statement_loss, states_for, tensors

from remanence.models.reader.network import Network
from remanence.models.reader.reader import Reader
from remanence.models.reader.statements import HEADS, StatementReader
from remanence.models.static import StaticEmbedder
from remanence.models.wordpiece import WordPiece

RANK, GROUP, HIDDEN_WORDS = 16, 32, 0.06
FIT = 8  # every eighth scene that could train fits how sure a statement is
PARTS = ("qkv", "out", "up", "down")


def packed(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Whole numbers from -7 to 7, [N / GROUP, GROUP], and a scale for each GROUP of them."""
    groups = x.reshape(-1, GROUP)
    scale = (groups.abs().amax(1) / 7).clamp(min=1e-6).half()
    return (groups / scale.float()[:, None]).round().clamp(-7, 7), scale


def rounded(x: torch.Tensor) -> torch.Tensor:
    """As it is when it is packed; the gradient passes."""
    with torch.no_grad():
        whole, scale = packed(x)
        near = (whole * scale.float()[:, None]).reshape(x.shape)
    return x + (near - x).detach()


class Rounded(nn.Module):
    """A matrix as it is when it is packed."""

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return rounded(weight)


class LowRank(nn.Module):
    """W -> W + high low."""

    def __init__(self, weight: torch.Tensor, rank: int) -> None:
        super().__init__()
        self.low = nn.Parameter(torch.randn(rank, weight.shape[1]) * weight.shape[1] ** -0.5)
        self.high = nn.Parameter(torch.zeros(rank, weight.shape[0]))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return weight + rounded(self.high).T @ rounded(self.low)


def adapted(english: Network, vocabulary: int, rank: int) -> Net:
    """The network in torch, its layers fixed but for norms and biases, with an adapter to each matrix."""
    table = english.words(np.arange(vocabulary))
    net = Net(Trunk(torch.from_numpy(table)), len(m.ATTRIBUTE_IDS))
    state = net.state_dict()
    for name, value in english.tensors.items():
        array = torch.from_numpy(np.array(value.T if value.ndim == 2 and name.endswith(".weight") else value))
        name = f"trunk.{name}" if f"trunk.{name}" in state else name
        if name in state:
            state[name][: len(array)] = array
    net.load_state_dict(state)
    net.trunk.layers = net.trunk.layers[:STATEMENT_LAYER]
    net.requires_grad_(False)
    for head in (net.tag, net.kind, net.pointer):
        head.requires_grad_(True)
    for layer in net.trunk.layers:
        for name, value in layer.named_parameters():
            value.requires_grad_("norm" in name or name.endswith("bias"))
        for part in PARTS:
            linear = getattr(layer, part)
            parametrize.register_parametrization(linear, "weight", LowRank(linear.weight, rank))
            linear.parametrizations.weight.original.requires_grad_(False)
    parametrize.register_parametrization(net.pointer, "weight", Rounded())
    return net


def split(folder: Path) -> tuple[list[Turn], list[Turn]]:
    """PersonaExt's part that trains, and every sixteenth sentence of it, by which it is chosen and made sure."""
    train, _ = m.persona_split(m.load("personaext_a.json.gz", folder))
    turns = [m.persona_turn(row) for row in train]
    return [t for i, t in enumerate(turns) if i % 16 != 7 and t.said], [
        t for i, t in enumerate(turns) if i % 16 == 7 and t.said
    ]


def fitting(folder: Path) -> dict[str, list[Turn]]:
    """What neither trains nor judges: a sixteenth of PersonaExt's part, made-up turns in unseen patterns, and
    turns of recorded talk, of which as good as none states a lasting thing."""
    talk = Talk(555, unseen=True)
    made = [talk.empty_turn("a") if i % 4 == 0 else talk.speaker_turn("a") for i in range(800)]
    texts = [" ".join(turn["text"].split()) for scene in recorded(folder)[::FIT] for turn in scene["turns"]]
    return {"persona": split(folder)[1], "made": made, "recorded": [Turn("a", text, ()) for text in texts]}


def recorded(folder: Path) -> list[dict[str, Any]]:
    """Scenes of FriendsQA that judge nothing; few of their turns state a lasting thing."""
    return m.scenes(m.load("friendsqa_dev.json.gz", folder), held=False)


def gathered(folder: Path, words: WordPiece, options: argparse.Namespace, round_: int) -> list[m.Row]:
    """What one round trains on."""
    rng = random.Random(options.seed * 1000 + round_)
    rows = [m.turn_row(turn, words) for turn in split(folder)[0]]
    rows += m.made_turns(options.turns, options.seed * 1000 + round_ * 10, words)
    scenes = [scene for place, scene in enumerate(recorded(folder)) if place % FIT]
    scenes += m.scenes(m.load("molweni_a.json.gz", folder), held=False)
    plain, doubtful = m.plain_turns(scenes, words), m.doubtful_turns(scenes, words)
    rows += rng.sample(plain, min(options.plain, len(plain)))
    rows += [replace(r, weight=options.doubt) for r in rng.sample(doubtful, min(options.plain, len(doubtful)))]
    told = [story for story in STORIES if story.statements]
    for story in rng.sample(told, int(len(told) * options.share)):
        rows += st.statement_rows(story, words)
    return rows


STORIES: list[st.Story] = []


def open_gate(reader: Reader) -> np.ndarray:
    """Lets everything through."""
    out = np.zeros(len(reader.pieces.vocab), np.float32)
    out[reader.pieces.id("[CLS]")] = 1
    return out


def hidden(ids: torch.Tensor, mask: torch.Tensor, unknown: int, rng: torch.Generator) -> torch.Tensor:
    """Some words are not seen."""
    gone = (torch.rand(ids.shape, generator=rng) < HIDDEN_WORDS) & mask
    gone[:, 0] = False
    return torch.where(gone, unknown, ids)


def learn(net: Net, reader: Reader, fingerprint: str, options: argparse.Namespace) -> None:
    """Linear decay over the time that is given."""
    low = [p for n, p in net.named_parameters() if p.requires_grad and n.endswith((".low", ".high"))]
    small = [p for n, p in net.named_parameters() if p.requires_grad and n.startswith("trunk.") and "weight.0" not in n]
    heads = [p for n, p in net.named_parameters() if p.requires_grad and not n.startswith("trunk.")]
    peaks = (options.rate, options.rate / 2, options.rate)
    groups = [{"params": ps, "peak": peak} for ps, peak in zip((low, small, heads), peaks, strict=True)]
    print([sum(p.numel() for p in g["params"]) for g in groups], flush=True)
    optimiser = torch.optim.AdamW(groups, lr=1e-4, weight_decay=0.01)
    start, step, spent, losses = time.time(), 0, 0.0, []
    rng, noise = random.Random(options.seed), torch.Generator().manual_seed(options.seed)
    dev = fitting(options.data)
    for round_ in range(1000):
        rows = gathered(options.data, reader.pieces, options, round_)
        stream = m.batches(rows, rng, TOKENS)
        print(f"round {round_}: {len(stream)} batches", flush=True)
        for batch in stream:
            done = (time.time() - start - spent) / options.seconds
            if done >= 1:
                break
            net.train()
            ids, types, mask = tensors(batch)
            ids = hidden(ids, mask, reader.pieces.unknown, noise)
            with torch.autocast("cpu", dtype=torch.bfloat16), parametrize.cached():
                state = states_for(net.trunk, ids, types, mask, STATEMENT_LAYER)
                loss = statement_loss(net, state, batch, mask)
                for group in optimiser.param_groups:
                    group["lr"] = group["peak"] * min(1.0, (step + 1) / 100) * max(0.02, 1 - done)
                optimiser.zero_grad()
                loss.backward()
            torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)
            optimiser.step()
            losses.append(float(loss.detach()))
            step += 1
            if step % 100 == 0:
                print(f"{step} {time.time() - start - spent:.0f}s loss {np.mean(losses[-100:]):.3f}", flush=True)
            if step % 1000 == 0:
                at = time.time()
                saved(net, options.out)
                put(reader, fingerprint, net, options.out, open_gate(reader), PLAIN)
                for name in ("persona", "made"):
                    judge.statements(reader, dev[name], f"{step} {name}")
                told = reader.statements([("a", turn.text) for turn in dev["recorded"]], minimum=0.7)
                print(f"{step} recorded: {np.mean([bool(x) for x in told]):.3f} of {len(told)} tell one", flush=True)
                spent += time.time() - at
        else:
            continue
        break
    saved(net, options.out)


def saved(net: Net, out: Path) -> None:
    """What has learned, without the layers that are fixed."""
    fixed = ("qkv", "out", "up", "down")
    state = net.state_dict()
    ends = tuple(f"{part}.parametrizations.weight.original" for part in fixed)
    torch.save({name: value for name, value in state.items() if not name.endswith(ends)}, out / "statements.pt")


def arrays(net: Net) -> dict[str, np.ndarray]:
    """Every tensor that ships but the gate, by name: four bits a number with scales, or eight, or half precision."""
    out: dict[str, np.ndarray] = {}

    def halves(name: str, value: torch.Tensor) -> None:
        whole, scale = packed(value.detach())
        codes = (whole + 8).to(torch.uint8).reshape(value.shape).numpy()
        out[name], out[f"{name}.scale"] = codes[:, ::2] | codes[:, 1::2] << 4, scale.numpy()

    for place, layer in enumerate(net.trunk.layers):
        for part in (*PARTS, "norm1", "norm2"):
            module, name = getattr(layer, part), f"layers.{place}.{part}"
            if part in PARTS:
                adapter = module.parametrizations.weight[0]
                halves(f"{name}.low", adapter.low)
                halves(f"{name}.high", adapter.high)
            else:
                out[f"{name}.weight"] = module.weight.detach().numpy().astype(np.float16)
            out[f"{name}.bias"] = module.bias.detach().numpy().astype(np.float16)
    out["tag.weight"] = net.tag.weight.detach().numpy().astype(np.float16)
    out["kind.weight"], out["kind.weight.scale"] = quantised(net.kind.weight.detach().numpy())
    halves("pointer.weight", net.pointer.parametrizations.weight.original)
    for name in HEADS:
        out[f"{name}.bias"] = getattr(net, name).bias.detach().numpy()
    return out


def put(
    reader: Reader, fingerprint: str, net: Net, into: Path, weights: np.ndarray, curve: list[float]
) -> StatementReader:
    """Writes statements.bin and statements.json, and reads statements with them; weights: [V] of the gate, the bar at
    [CLS]."""
    tensors = arrays(net)
    first = reader.pieces.id("[CLS]")
    bar = float(-weights[first])
    weights = weights.astype(np.float32).copy()
    weights[first] = 0
    tensors["gate"], tensors["gate.scale"] = quantised(weights[None])
    card = {
        "name": "reader-statements",
        "layers": f"an adapter of rank {len(net.trunk.layers[0].qkv.parametrizations.weight[0].low)} to reader.bin",
        "data": {name: licence for name, licence in DATA.items() if "XQuAD" not in name},
        "built by": "scripts/reader/statements.py",
        "reader": fingerprint,
        "statement_layer": STATEMENT_LAYER,
        "attributes": list(m.ATTRIBUTE_IDS),
        "polarities": list(POLARITIES),
        "modalities": list(MODALITIES),
        "gate": round(bar, 4),
        "certainty": curve,
    }
    written(into, tensors, card, "statements")
    reader.stating = StatementReader(reader.network, fingerprint, reader.pieces, into / "statements.json")
    return reader.stating


PLAINER = 3  # times that a turn of recorded talk counts: most turns of talk state nothing
PLAIN = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]  # the mean probability of a value's pieces


def curve_of(reader: Reader, sets: dict[str, list[Turn]]) -> list[float]:
    """Logistic regression of whether a value is right on its signs; each set counts alike, recorded talk more."""
    told, right, weight = [], [], []
    for turns in sets.values():
        rows = []
        for place in range(len(PLAIN) - 1):  # each sign alone, by a curve of one
            reader.stating.curve = np.eye(len(PLAIN), dtype=np.float32)[place]
            read = reader.statements([(turn.who, turn.text) for turn in turns], minimum=0.0)
            rows.append([one.certainty for found in read for one in found])
        p = np.clip(np.array(rows).T, 1e-4, 1 - 1e-4)
        told.append(np.log(p / (1 - p)))
        for turn, found in zip(turns, read, strict=True):
            golds = [norm(turn.text[slice(*one.value)]) for one in turn.said]
            right += [norm(turn.text[one.start : one.end]) in golds for one in found]
        weight += [(1 if any(turn.said for turn in turns) else PLAINER) * 1000 / len(turns)] * len(p)
    x = torch.tensor(np.concatenate(told), dtype=torch.float32)
    x = torch.cat([x, torch.ones(len(x), 1)], 1)
    beta = torch.zeros(x.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([beta], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        each = F.binary_cross_entropy_with_logits(x @ beta, torch.tensor(right).float(), reduction="none")
        loss = (each * torch.tensor(weight)).mean() + 1e-3 * beta.pow(2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return [round(float(value), 4) for value in beta.detach()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="folder of an earlier run to go on from")
    parser.add_argument("--seconds", type=float, default=1500)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--rank", type=int, default=RANK)
    parser.add_argument("--turns", type=int, default=5000, help="made-up turns a round")
    parser.add_argument("--plain", type=int, default=700, help="turns that state nothing a round, of two kinds")
    parser.add_argument("--doubt", type=float, default=0.35, help="weight of a turn that most likely states nothing")
    parser.add_argument("--share", type=float, default=0.06, help="share of the stories a round")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--pack", action="store_true", help="write the files of the run in --out")
    parser.add_argument("--mean", type=Path, help="folder of an earlier run, whose weights count as much when packed")
    parser.add_argument("--into", type=Path, default=HOME)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    reader = Reader()
    fingerprint = reader.model.partition("@")[2]
    net = adapted(reader.network, len(reader.pieces.vocab), options.rank)
    if options.start or options.pack:
        kept = torch.load((options.out if options.pack else options.start) / "statements.pt")
        if options.mean:  # Wortsman et al. 2022
            other = torch.load(options.mean / "statements.pt")
            kept = {name: (kept[name] + other[name]) / 2 for name in kept}
        unknown = net.load_state_dict(kept, strict=False).unexpected_keys
        assert not unknown, unknown
    if not options.pack:
        STORIES.extend(st.stories())
        learn(net, reader, fingerprint, options)
        return
    weights = gate(options.data, StaticEmbedder(), options.seed)
    put(reader, fingerprint, net, options.into, weights, PLAIN)
    curve = curve_of(reader, fitting(options.data))
    told = put(reader, fingerprint, net, options.into, weights, curve)
    size = sum(path.stat().st_size for path in options.into.glob("statements.*"))
    print(f"{told.model}, {size / 1e6:.3f} MB, certainty {curve}")


if __name__ == "__main__":
    main()
