"""Trains the adapter with which the reader reads any language, measures it on what it has not seen, and packs it.

    python scripts/reader/neutral.py --data DATA/reading --out WORK [--without de,ro,hi] [--start WORK0] [--pack WORK0]

One thread, seeded. With --without, those languages and a quarter of the articles (in every language) are kept out and
judge; --pack writes the files that ship: the mean of the weights in WORK and WORK0 (a run that kept them out), with the
curve that WORK0 has on what it kept out.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from pathlib import Path

import material as m
import neutral_material as nm
import numpy as np
import torch
import torch.nn.functional as F
from quantise import f1, fitted, quantised, scene_passages, written
from torch import nn

from remanence.models.reader.neutral import BUNDLED, MATCHES, PAIRS, NeutralNetwork, NeutralReader
from remanence.models.reader.reader import Reader
from remanence.models.reader.signs import FORMS, SmallWords

RANK, DROP, BATCH, HEADS = 8, 0.05, 8, 12


class Adapted(nn.Module):
    """One layer of the English network, fixed, with an adapter to each product; [B, T, W] -> [B, T, W]."""

    def __init__(self, base: dict[str, torch.Tensor], name: str) -> None:
        super().__init__()
        for part in ("qkv", "out", "up", "down"):
            weight = base[f"{name}{part}.weight"]  # [in, out]
            self.register_buffer(f"{part}_fixed", weight.bfloat16(), persistent=False)
            self.register_buffer(f"{part}_bias", base[f"{name}{part}.bias"], persistent=False)
            low, high = nn.Linear(weight.shape[0], RANK, bias=False), nn.Linear(RANK, weight.shape[1], bias=False)
            nn.init.normal_(low.weight, std=weight.shape[0] ** -0.5)
            nn.init.zeros_(high.weight)
            self.add_module(part, nn.ModuleDict({"low": low, "high": high}))
        self.norm1, self.norm2 = (nn.LayerNorm(weight.shape[1], eps=1e-12) for _ in range(2))
        for norm, part in ((self.norm1, "norm1"), (self.norm2, "norm2")):
            norm.weight.data, norm.bias.data = base[f"{name}{part}.weight"].clone(), base[f"{name}{part}.bias"].clone()
        self.pairs = nn.Parameter(torch.zeros(HEADS, PAIRS))

    def product(self, part: str, x: torch.Tensor) -> torch.Tensor:
        adapter = self.get_submodule(part)
        fixed = (x.bfloat16() @ getattr(self, f"{part}_fixed")).float() + getattr(self, f"{part}_bias")
        return fixed + adapter["high"](adapter["low"](x))

    def forward(self, x: torch.Tensor, pairs: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, count, width = x.shape
        q, k, v = self.product("qkv", x).view(batch, count, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (width // HEADS) ** -0.5
        scores = scores + (self.pairs @ pairs.flatten(2)).view(scores.shape)
        odds = scores.masked_fill(~mask[:, None, None, :], -1e4).softmax(-1)
        mixed = (odds @ v).transpose(1, 2).reshape(x.shape)
        x = self.norm1(x + F.dropout(self.product("out", mixed), DROP, self.training))
        inner = F.gelu(self.product("up", x), approximate="tanh")
        return self.norm2(x + F.dropout(self.product("down", inner), DROP, self.training))


class Neutral(nn.Module):
    """The adapted network; state names are those of the packed tensors."""

    def __init__(self, reader: Reader, names: int) -> None:
        super().__init__()
        base = {name: torch.from_numpy(np.array(x, np.float32)) for name, x in reader.network.tensors.items()}
        width = base["norm.weight"].shape[0]
        self.register_buffer("places", base["places"], persistent=False)
        self.register_buffer("types", base["types"], persistent=False)
        self.form, self.mean = nn.Linear(len(FORMS), width, bias=False), nn.Linear(names, width, bias=False)
        self.asked, self.told = nn.Linear(MATCHES, width, bias=False), nn.Linear(MATCHES, width, bias=False)
        for part in (self.form, self.mean, self.asked, self.told):
            nn.init.zeros_(part.weight)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.norm.weight.data, self.norm.bias.data = base["norm.weight"].clone(), base["norm.bias"].clone()
        self.layers = nn.ModuleList([Adapted(base, f"layers.{i}.") for i in range(reader.network.layers)])
        self.span, self.verdict = nn.Linear(width, 2), nn.Linear(width, 1)
        self.span.weight.data, self.span.bias.data = base["span.weight"].T.clone(), base["span.bias"].clone()
        self.verdict.weight.data = base["verdict.weight"].T[:1].clone()
        self.verdict.bias.data = base["verdict.bias"][:1].clone()

    def forward(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        side = batch["side"]
        x = batch["vectors"] + self.places[: side.shape[1]] + self.types[(side == 3).long()]
        matched = torch.where((side == 1)[..., None], self.asked(batch["matches"]), self.told(batch["matches"]))
        x = self.norm(x + self.form(batch["forms"]) + self.mean(batch["means"]) + matched)
        for layer in self.layers:
            x = layer(x, batch["pairs"], batch["mask"])
        return self.span(x), self.verdict(x[:, 0])[:, 0]


def padded(rows: list[nm.Row]) -> dict[str, torch.Tensor]:
    longest = max(len(row.vectors) for row in rows)
    out: dict[str, list[np.ndarray]] = {
        name: [] for name in ("vectors", "forms", "means", "matches", "pairs", "side", "mask")
    }
    for row in rows:
        short = longest - len(row.vectors)
        for name in ("forms", "means", "matches"):
            out[name].append(np.pad(getattr(row.signs, name), ((0, short), (0, 0))))
        out["vectors"].append(np.pad(row.vectors, ((0, short), (0, 0))))
        out["pairs"].append(np.pad(row.signs.pairs, ((0, 0), (0, short), (0, short))))
        out["side"].append(np.pad(row.signs.side, (0, short)))
        out["mask"].append(np.arange(longest) < len(row.vectors))
    return {name: torch.from_numpy(np.stack(parts)) for name, parts in out.items()}


def loss_of(net: Neutral, rows: list[nm.Row]) -> torch.Tensor:
    """Any place where the answer stands counts; [CLS] is "not in there"."""
    batch = padded(rows)
    spans, verdict = net(batch)
    open_ = (batch["side"] == 3) & batch["mask"]
    open_[:, 0] = True
    odds = spans.masked_fill(~open_[..., None], -1e4).log_softmax(1)
    loss = torch.zeros(())
    for place, row in enumerate(rows):
        first, last = torch.tensor(row.spans or [(0, 0)]).T
        loss = loss - torch.logsumexp(odds[place, first, 0] + odds[place, last, 1], 0) / 2
    there = torch.tensor([float(bool(row.spans)) for row in rows])
    return loss / len(rows) + 0.5 * F.binary_cross_entropy_with_logits(verdict, there)


class Stream:
    """Endless batches of like length: questions with their passage or one that does not answer, and gaps."""

    def __init__(self, passages: list[nm.Passage], reader: NeutralReader, options: argparse.Namespace) -> None:
        self.rng, self.reader, self.options = random.Random(options.seed), reader, options
        self.rows = [(one, asked) for one in passages for asked in one.asked if asked.spans]
        self.passages = {(one.language, one.group): one for one in passages}
        words = sorted({word for one in passages for word in one.text.words.folded if word[0].isalpha()})
        self.pool = reader.means_of(self.rng.sample(words, min(8000, len(words))))

    def batches(self) -> Iterator[list[tuple[nm.Passage, nm.Asked]]]:
        while True:
            self.rng.shuffle(self.rows)
            for start in range(0, len(self.rows), 16 * BATCH):
                near = sorted(self.rows[start : start + 16 * BATCH], key=lambda row: len(row[0].text.words.shown))
                cut = [near[i : i + BATCH] for i in range(0, len(near), BATCH)]
                self.rng.shuffle(cut)
                yield from cut

    def row(self, told: nm.Passage, asked: nm.Asked, gaps: float) -> nm.Row:
        rng = self.rng
        made = nm.gap_row(told, self.reader, rng) if rng.random() < gaps else None
        if made is None:
            other = self.other(told) if rng.random() < self.options.refused else None
            made = nm.question_row(asked, other or told, other is None, self.reader, rng)
        return nm.varied(made, self.pool, rng)

    def other(self, told: nm.Passage) -> nm.Passage | None:
        """Another passage in the language, mostly of the same article."""
        if told.group < 0:
            return None
        near = told.group // 5 * 5 + self.rng.randrange(5) if self.rng.random() < 0.6 else self.rng.randrange(240)
        return self.passages.get((told.language, near)) if near != told.group else None


def learn(net: Neutral, stream: Stream, options: argparse.Namespace) -> None:
    """Linear decay over the time that is given."""
    optimiser = torch.optim.AdamW(net.parameters(), lr=options.rate, weight_decay=0.02)
    start, losses = time.time(), []
    net.train()
    for step, batch in enumerate(stream.batches()):
        done = (time.time() - start) / options.seconds
        if done >= 1:
            break
        gaps = options.gaps * (1.0 if done < 0.5 else 0.4)
        loss = loss_of(net, [stream.row(told, asked, gaps) for told, asked in batch])
        for group in optimiser.param_groups:
            group["lr"] = options.rate * min(1.0, (step + 1) / 50) * max(0.02, 1 - done)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        losses.append(float(loss.detach()))
        if step % 100 == 99:
            print(f"{step + 1} {time.time() - start:.0f}s loss {np.mean(losses[-100:]):.3f}", flush=True)
            torch.save(net.state_dict(), options.out / "neutral.pt")
    torch.save(net.state_dict(), options.out / "neutral.pt")


def judged(reader: NeutralReader, passages: list[nm.Passage]) -> float:
    """Mean F1 of the best span, of SQuAD's normal form."""
    scores = []
    for told in passages:
        for asked in told.asked:
            (one,) = reader.read(asked.said, [told.said], told.language, [told.language])
            scores.append(max(f1(told.said[one.start : one.end], answer) for answer in asked.answers))
    return float(np.mean(scores))


Seen = list[tuple[float, float, bool]]
"""Margin, verdict, and whether it is so."""


def of_passages(reader: NeutralReader, passages: list[nm.Passage], rng: random.Random) -> tuple[Seen, Seen]:
    """Whether a passage answers (its own; another one of the article and one of any do not), and its span is right."""
    there, right = [], []
    for told in passages:
        near = [one for one in passages if one.language == told.language and one is not told]
        same = [one for one in near if one.group // 5 == told.group // 5]
        for asked in told.asked:
            for other in (told, rng.choice(same or near), rng.choice(near)):
                (one,) = reader.read(asked.said, [other.said], told.language, [told.language])
                best = max(f1(other.said[one.start : one.end], answer) for answer in asked.answers)
                there.append((one.score - one.null, one.verdict, other is told))
                right.append((one.score - one.null, one.verdict, other is told and best >= 0.5))
    return there, right


def of_talk(reader: NeutralReader, folder: Path, rng: random.Random) -> Seen:
    """Whether a turn answers, of scenes of FriendsQA that trained nothing, read by signs as well."""
    out = []
    for place, scene in enumerate(m.load("friendsqa_dev.json.gz", folder)):
        for question, passage, there in scene_passages(scene, rng) if place % 8 == 1 else ():
            (one,) = reader.read(question, [passage], "en", ["en"])
            out.append((one.score - one.null, one.verdict, there))
    return out


def arrays(net: Neutral) -> dict[str, np.ndarray]:
    return {name: value.numpy().astype(np.float32) for name, value in net.state_dict().items()}


def tensors(net: Neutral) -> dict[str, np.ndarray]:
    """int8 rows with scales for what is large, whole numbers for the rest."""
    out: dict[str, np.ndarray] = {}
    for name, array in arrays(net).items():
        if array.ndim == 2 and array.size > 1000:
            out[name], out[f"{name}.scale"] = quantised(array)
        else:
            out[name] = array
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--without", default="", help="languages that are kept out, with a quarter of the articles")
    parser.add_argument("--start", type=Path, help="folder of an earlier run to go on from")
    parser.add_argument("--seconds", type=float, default=1500)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--gaps", type=float, default=0.25, help="share of made questions in the first half")
    parser.add_argument("--refused", type=float, default=0.25)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--pack", type=Path, help="folder of the run whose held-out part fits the curve")
    parser.add_argument("--into", type=Path, default=BUNDLED.parent)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    english, small = Reader.bundled(), SmallWords()
    bare = NeutralReader(english.network, english.pieces, small, None)
    net = Neutral(english, len(small.names))
    without = [name for name in options.without.split(",") if name]
    if options.pack is None:
        told = [
            one
            for name in nm.LANGUAGES
            if name not in without
            for one in nm.xquad(options.data, name, bare)
            if not (without and nm.held(one.group)) and not (name in ("th", "zh") and one.group % 2)
        ]
        if options.start:
            net.load_state_dict(torch.load(options.start / "neutral.pt"))
        learn(net, Stream(told + nm.talk(options.data, bare), bare, options), options)
    net.load_state_dict(torch.load((options.pack or options.out) / "neutral.pt"))
    bare.network = NeutralNetwork(english.network, arrays(net))
    print(f"done {time.process_time():.0f}s of processor time", flush=True)
    kept = [
        one for name in (without or ["en"]) + ["en"] for one in nm.xquad(options.data, name, bare) if nm.held(one.group)
    ]
    for name in dict.fromkeys(one.language for one in kept):
        print(name, f"F1 {judged(bare, [one for one in kept if one.language == name]):.3f}", flush=True)
    if options.pack is not None:
        packed(options, net, bare, [one for one in kept if one.language != "en"])


def packed(options: argparse.Namespace, net: Neutral, reader: NeutralReader, kept: list[nm.Passage]) -> None:
    """neutral.bin and neutral.json: the mean of the weights of --out and --pack, and curves on what trained neither."""
    there, right = of_passages(reader, kept[::4], random.Random(5))
    ours, theirs = (torch.load(folder / "neutral.pt") for folder in (options.out, options.pack))
    net.load_state_dict({name: (ours[name] + theirs[name]) / 2 for name in ours})  # Wortsman et al. 2022
    reader.network = NeutralNetwork(Reader.bundled().network, arrays(net))
    there += of_talk(reader, options.data, random.Random(5))
    card = {
        "name": "reader-signs",
        "layers": "an adapter of rank 8 to reader.bin",
        "data": {
            "XQuAD, English and eight translations": "CC BY-SA 4.0, Artetxe, Ruder and Yogatama 2020, from SQuAD"
            " (Rajpurkar et al. 2016)",
            "FriendsQA, three quarters of the development scenes": "Apache-2.0, Emory University",
            "questions made by gaps": "the project's own",
        },
        "built by": "scripts/reader/neutral.py",
        "small words": list(reader.small.names),
        "answerable": fitted(there),
        "best": fitted(right),
    }
    written(options.into, tensors(net), card, "neutral")
    print(card["answerable"], card["best"], card["sha256"][:8])


if __name__ == "__main__":
    main()
