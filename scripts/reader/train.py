"""Trains the student: first to copy MiniLM's states on plain text, then on questions and statements together.

    python scripts/reader/train.py --data DATA/reading --out WORK [--without personaext] [--seconds ...]

One thread, seeded. WORK/student.pt holds the weights, WORK/words.npz the word table.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterable
from pathlib import Path

import material as m
import numpy as np
import story as st
import torch
import torch.nn.functional as F
from network import LAYERS, POINTER, STATEMENT_LAYER, Reader, Trunk, minilm, pruned
from talk import MODALITIES
from words import restored, word_table

from remanence.models.reader.statements import HEADS
from remanence.models.static import StaticEmbedder

TOKENS = 1536  # pieces of a batch


def tensors(rows: list[m.Row]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    ids, types, mask = m.padded(rows)
    return torch.from_numpy(ids), torch.from_numpy(types), torch.from_numpy(mask)


def gathered(folder: Path, embedder: StaticEmbedder, options: argparse.Namespace, round_: int) -> list[m.Row]:
    """Everything that one round trains on."""
    words, rng = embedder.pieces, random.Random(options.seed + round_)
    seed = options.seed * 1000 + round_ * 10
    rows: list[m.Row] = []
    for _ in range(options.friends):
        rows += m.friends_among(m.scenes(m.load("friendsqa_dev.json.gz", folder), held=False), words, rng)
        rows += m.friends(m.scenes(m.load("friendsqa_dev.json.gz", folder), held=False), words, rng)
        rows += m.friends_without(m.scenes(m.load("friendsqa_dev.json.gz", folder), held=False), words, rng)
    talks = m.load("molweni_a.json.gz", folder)
    dialogues = m.molweni(m.scenes(talks, held=False), words)
    refused = [row for row in dialogues if row.answerable is False]
    rows += rng.sample(dialogues, len(dialogues) // 3) + refused
    rows += m.xquad(m.load("xquad.en.json.gz", folder), words, rng)
    rows += m.made_questions(options.questions, seed + 1, words)
    rows += m.hard_questions(options.hard, seed + 3, words)
    rows += m.made_turns(options.turns, seed + 2, words)
    if options.without != "personaext":
        train, _ = m.persona_split(m.load("personaext_a.json.gz", folder))
        said = m.persona(train, words)
        rows += rng.sample(said, int(len(said) * options.persona))
    scenes = m.scenes(m.load("friendsqa_dev.json.gz", folder), held=False) + m.scenes(talks, held=False)
    rows += rng.sample(m.plain_turns(scenes, words), 700)
    rows += rng.sample(m.doubtful_turns(scenes, words), 700)
    for story in st.stories(options.stories):
        share = 1.0 if story.name[0] in options.whole else options.share
        if rng.random() > (options.pairs_share if story.name[0] in st.PAIRS else share):
            continue
        rows += st.question_rows(story, embedder, rng)
        rows += options.tell * list(st.statement_rows(story, words))
    return rows


def question_loss(
    net: Reader, state: torch.Tensor, rows: list[m.Row], mask: torch.Tensor, types: torch.Tensor
) -> torch.Tensor:
    """Start and end over the passage and [CLS] (= not in there), answerable, yes or no."""
    batch = len(mask)
    open_ = mask & (types == 1)
    open_[:, 0] = True
    logits = net.span(state).float().masked_fill(~open_[:, :, None], -1e4)
    goal = torch.zeros(batch, 2, dtype=torch.long)
    known = torch.zeros(batch)
    answerable = torch.zeros(batch)
    says = torch.full((batch,), -100)
    for place, row in enumerate(rows):
        known[place] = row.weight * (row.answerable is not None)
        answerable[place] = float(bool(row.answerable))
        if row.spans:
            goal[place] = torch.tensor(row.spans[0])
            says[place] = row.says
    spans = F.cross_entropy(logits[:, :, 0], goal[:, 0], reduction="none") + F.cross_entropy(
        logits[:, :, 1], goal[:, 1], reduction="none"
    )
    verdict = net.verdict(state[:, 0]).float()
    there = F.binary_cross_entropy_with_logits(verdict[:, 0], answerable, reduction="none")
    loss = ((spans / 2 + there) * known).sum()
    if (says >= 0).any():
        loss = loss + 0.5 * F.cross_entropy(verdict[:, 1:], says, ignore_index=-100, reduction="sum")
    return (loss + choice_loss(logits, verdict[:, 0], rows)) / batch


def choice_loss(logits: torch.Tensor, verdict: torch.Tensor, rows: list[m.Row]) -> torch.Tensor:
    """Of each group the passage that answers, by how far words in it are ahead of "not in there" (Clark and Gardner
    2018) and by the verdict; logits: [B, T, 2] of starts and ends, closed ones at -1e4; verdict: [B]."""
    ahead = (torch.logsumexp(logits[:, 1:], dim=1) - logits[:, 0]).sum(1) / 2
    groups: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        if row.group:
            groups.setdefault(row.group, []).append(place)
    loss = logits.new_zeros(())
    for places in groups.values():
        if len(places) > 1:
            loss = loss - torch.log_softmax(ahead[places], 0)[0] - 0.5 * torch.log_softmax(verdict[places], 0)[0]
    return loss


def statement_loss(net: Reader, state: torch.Tensor, rows: list[m.Row], mask: torch.Tensor) -> torch.Tensor:
    """Tags of values, then kind and subject of each."""
    batch, length = mask.shape
    tags = torch.zeros(batch, length, dtype=torch.long)
    tags[~mask] = -100
    tags[:, 0] = -100
    kinds: list[tuple[int, int, int, int, int]] = []
    asks: list[tuple[int, int, int, int]] = []
    for place, row in enumerate(rows):
        for first, last, attribute, polarity, modality, begin, end in row.said or ():
            tags[place, first] = 1
            tags[place, first + 1 : last + 1] = 2
            kinds += [(place, at, attribute, polarity, modality) for at in range(first, last + 1)]
            if begin >= 0:
                asks.append((place, first, begin, end))
    share = (tags >= 0) * torch.tensor([row.weight for row in rows])[:, None]
    tagged = F.cross_entropy(
        net.tag(state).float().flatten(0, 1),
        tags.flatten(),
        weight=torch.tensor([1.0, 1.5, 1.5]),
        ignore_index=-100,
        reduction="none",
    )
    loss = 6 * (tagged * share.flatten()).sum() / share.sum()
    if not kinds:
        return loss
    b, t, attribute, polarity, modality = torch.tensor(kinds).T
    kind = net.kind(state[b, t]).float()
    n = kind.shape[1] - 2 - len(MODALITIES)
    loss = loss + F.cross_entropy(kind[:, :n], attribute)
    rare = torch.tensor([1.0, 2.5])  # what is not simply so is rare, and worse to miss
    loss = loss + F.cross_entropy(kind[:, n : n + 2], polarity, weight=rare)
    loss = loss + 1.5 * F.cross_entropy(kind[:, n + 2 :], modality, weight=rare[[0, 1, 1, 1]])
    if not asks:
        return loss
    b, t, begin, end = torch.tensor(asks).T
    pointer = net.pointer(state).float()
    query, first, last = pointer.split(POINTER, dim=2)
    for keys, goal in ((first, begin), (last, end)):
        scores = torch.einsum("nd,ntd->nt", query[b, t], keys[b]) / POINTER**0.5
        loss = loss + F.cross_entropy(scores.masked_fill(~mask[b], -1e4), goal) * 0.5
    return loss


def copy_stage(student: Trunk, full: Trunk, rows: list[m.Row], seconds: float, seed: int) -> None:
    """Layer by layer, the student's states follow MiniLM's (mean squared error, scaled by variance)."""
    optimiser = torch.optim.AdamW(student.parameters(), lr=4e-4, weight_decay=0.01, fused=True)
    student.train(False)
    start, step, rng = time.time(), 0, random.Random(seed)
    while True:
        for batch in m.batches(rows, rng, TOKENS):
            done = (time.time() - start) / seconds
            if done >= 1:
                return
            ids, types, mask = tensors(batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                with torch.no_grad():
                    goal = full(ids, types, mask)
                states = student(ids, types, mask)
            loss = sum(
                ((a.float() - b.float())[mask]).pow(2).mean() / b.float()[mask].var()
                for a, b in zip(states, goal, strict=True)
            )
            for group in optimiser.param_groups:
                group["lr"] = 4e-4 * min(1.0, step / 50) * (1 - done)
            optimiser.zero_grad()
            torch.as_tensor(loss).backward()
            optimiser.step()
            if step % 25 == 0:
                print(
                    f"copy {step} {time.time() - start:.0f}s loss {float(torch.as_tensor(loss).detach()):.3f}",
                    flush=True,
                )
            step += 1


def learn_stage(net: Reader, rounds: Iterable[list[m.Row]], options: argparse.Namespace, out: Path) -> None:
    """Both tasks in one stream; linear decay over the time that is given."""
    heads = [p for name, p in net.named_parameters() if not name.startswith("trunk.")]
    groups = [
        {"params": list(net.trunk.parameters()), "peak": options.rate},
        {"params": heads, "peak": options.rate * 4},
    ]
    optimiser = torch.optim.AdamW(groups, lr=1e-4, weight_decay=0.01, fused=True)
    start, step, rng = time.time(), 0, random.Random(options.seed)
    sums = np.zeros(4)
    net.train()
    for round_, rows in enumerate(rounds):
        asked = m.batches([r for r in rows if r.said is None], rng, TOKENS)
        told = m.batches([r for r in rows if r.said is not None], rng, TOKENS)
        stream = [*asked, *told]
        rng.shuffle(stream)
        print(f"round {round_}: {len(asked)} + {len(told)} batches", flush=True)
        for batch in stream:
            done = (time.time() - start) / options.seconds
            if done >= 1:
                break
            ids, types, mask = tensors(batch)
            statements = batch[0].said is not None
            with torch.autocast("cpu", dtype=torch.bfloat16):
                state = states_for(net.trunk, ids, types, mask, STATEMENT_LAYER if statements else LAYERS)
                loss = (
                    statement_loss(net, state, batch, mask)
                    if statements
                    else question_loss(net, state, batch, mask, types)
                )
            for group in optimiser.param_groups:
                group["lr"] = group["peak"] * min(1.0, (step + 1) / 100) * max(0.02, 1 - done)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            sums[2 * statements : 2 * statements + 2] += (float(loss.detach()), 1)
            if step % 100 == 99:
                q, s = sums[0] / max(1, sums[1]), sums[2] / max(1, sums[3])
                print(f"{step + 1} {time.time() - start:.0f}s questions {q:.3f} statements {s:.3f}", flush=True)
                sums[:] = 0
            if step % 500 == 499:
                torch.save(net.state_dict(), out / "student.pt")
            step += 1
        torch.save(net.state_dict(), out / "student.pt")
        if time.time() - start >= options.seconds:
            break


def states_for(trunk: Trunk, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor, layers: int) -> torch.Tensor:
    """The state after `layers` layers."""
    x = trunk.norm(trunk.words[ids] + trunk.places[: ids.shape[1]] + trunk.types[types])
    for layer in trunk.layers[:layers]:
        x = layer(x, mask)
    return x


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--without", default="")
    parser.add_argument("--start", type=Path, help="folder of an earlier run to go on from")
    parser.add_argument("--copy-seconds", type=float, default=360)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--questions", type=int, default=7000, help="made-up questions a round")
    parser.add_argument("--hard", type=int, default=3500, help="made-up questions that the talk comes near to")
    parser.add_argument("--turns", type=int, default=9000, help="made-up turns a round")
    parser.add_argument("--persona", type=float, default=0.7, help="share of PersonaExt a round")
    parser.add_argument("--stories", type=Path, default=st.HOME, help="folder of the stories that are learned from")
    parser.add_argument("--friends", type=int, default=1, help="times that FriendsQA is read in a round")
    parser.add_argument("--share", type=float, default=1.0, help="share of the long stories that a round reads")
    parser.add_argument("--whole", default="", help="writers whose stories every round reads whole, such as uvwx")
    parser.add_argument("--pairs-share", type=float, default=1.0, help="share of the talks of minimal pairs")
    parser.add_argument("--tell", type=int, default=1, help="times that the stories' turns are read in a round")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    embedder = StaticEmbedder()
    rows = gathered(options.data, embedder, options, 0)
    if options.start:
        parts = dict(np.load(options.start / "words.npz"))
        table = restored(parts, embedder.table)
        trunk = Trunk(torch.from_numpy(table))
        if not (options.start / "student.pt").exists():
            trunk.load_state_dict(torch.load(options.start / "copied.pt"))
    else:
        full = minilm(LAYERS).eval()
        counts = np.zeros(len(embedder.table), dtype=np.int64)
        for row in rows:
            np.add.at(counts, row.ids, 1)
        parts, table = word_table(embedder.table, full.words.numpy(), counts)
        sample = [tensors(batch) for batch in m.batches(rows, random.Random(1), TOKENS)[:12]]
        trunk = pruned(full, torch.from_numpy(table), sample)
        copy_stage(trunk, full, rows, options.copy_seconds, options.seed)
        torch.save(trunk.state_dict(), options.out / "copied.pt")
    np.savez(options.out / "words.npz", **parts)
    net = Reader(trunk, len(m.ATTRIBUTE_IDS))
    if options.start and (options.start / "student.pt").exists():
        kept = torch.load(options.start / "student.pt")
        absent = net.load_state_dict(kept, strict=False).missing_keys  # a packed reader has no heads of statements
        assert all(name.startswith(HEADS) for name in absent), absent

    def rounds() -> Iterable[list[m.Row]]:
        yield rows
        for round_ in range(1, 100):
            yield gathered(options.data, embedder, options, round_)

    learn_stage(net, rounds(), options, options.out)


if __name__ == "__main__":
    main()
