"""The room's tables on one real model: what each form of memory keeps, costs and loses, with seeds and CPU seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import torch

from remanence.attach.bench_weights import Bench, Row, ungated, weights
from remanence.attach.blocks import Block, build, compose, from_ids, select, size
from remanence.attach.evict import BLIND, question_aware, statements
from remanence.attach.gist import condense, imagined
from remanence.attach.knn import Datastore, perplexity
from remanence.attach.model import generate, nll, read
from remanence.attach.quantise import quantised
from remanence.attach.stories import facts, paragraph


def prefix(bench: Bench) -> Iterator[Row]:
    """A cached prefix against reading it: 48 tokens before, 16 asked, at places of the talk."""
    model, talk = bench.model, bench.talk
    worst, agreed, total = 0.0, 0, 0
    for n in range(bench.many):
        start = n * 37 % (len(talk) - 64)
        front, asked = talk[start : start + 48], talk[start + 48 : start + 64]
        whole = read(model, [*front, *asked]).logits[0, -16:]
        cached = read(model, asked, from_ids(model, front).kv).logits[0]
        worst = max(worst, float((whole - cached).abs().max()))
        agreed += int((whole.argmax(-1) == cached.argmax(-1)).all())
        total += 1
    yield {
        "measure": "cached prefix",
        "prompts": total,
        "max_logit_difference": worst,
        "all_first_choices_same": agreed / total,
    }


def bits(bench: Bench) -> Iterator[Row]:
    """Likelihood of what follows 300 tokens that are kept in 32, 8 and 4 bits, and without them."""
    front, rest = bench.talk[:300], bench.talk[300:400]
    block = from_ids(bench.model, front)
    for width in (0, 8, 4):
        kv = quantised(block.kv, width) if width else block.kv
        yield {"bits": width or 32, "nll": nll(bench.model, rest, kv), "megabytes": size(block, width) / 1e6}
    yield {"bits": "none kept", "nll": nll(bench.model, rest), "megabytes": 0.0}


def composing(bench: Bench) -> Iterator[Row]:
    """Two blocks of 128 tokens read apart; share of the gap between one block and joint reading that is closed."""
    model, talk = bench.model, bench.talk
    heads = {"none": [], "newline": model.encode("\n")}
    told: dict[str, list[float]] = {}
    for start in range(0, min(len(talk) - 384, 384 * 2), 384):
        one, two, rest = (talk[start + a : start + a + 128] for a in (0, 128, 256))

        def after(front: Block, rest: Sequence[int] = rest) -> float:
            return nll(model, rest, front.kv)

        told.setdefault("joint", []).append(after(from_ids(model, [*one, *two])))
        told.setdefault("second only", []).append(after(from_ids(model, two)))
        for name, head in heads.items():
            blocks = [from_ids(model, [*head, *part], head=len(head)) for part in (one, two)]
            for again in (0, 8, 16, 32):
                told.setdefault(f"head {name}, {again} again", []).append(after(compose(model, blocks, again=again)))
    mean = {name: sum(values) / len(values) for name, values in told.items()}
    gap = mean["second only"] - mean["joint"]
    for name, value in mean.items():
        yield {"reading": name, "nll": value, "gap_closed": (mean["second only"] - value) / gap}


def evicting(bench: Bench) -> Iterator[Row]:
    """Recall of invented facts among small talk from a block that lost tokens, and likelihood of its own end."""
    model = bench.model
    told = facts(12, bench.seed + 7)
    sentences = paragraph(told, talk=2, seed=bench.seed)
    block = build(model, [(str(n), text) for n, (text, _) in enumerate(sentences)])
    spans = [(s.first, s.last - 1) for s, (_, states) in zip(block.sources, sentences, strict=True) if states]
    asked = [model.encode(fact.prompt()) for fact in told]
    wanted = [model.encode(" " + fact.value)[0] for fact in told]

    def recall(keep: Callable[[int], Block]) -> float:
        hits = [
            int(read(model, ids, keep(n).kv).logits[0, -1].argmax()) == want
            for n, (ids, want) in enumerate(zip(asked, wanted, strict=True))
        ]
        return sum(hits) / len(hits)

    full = recall(lambda n: block)
    yield {"policy": "all", "share": 1.0, "recall": full, "of_full": 1.0}
    stated = build(model, [(str(n), text) for n, (text, states) in enumerate(sentences) if states])
    for part in (0.5, 0.25):
        kept = {name: policy(model, block, part) for name, policy in BLIND.items()}
        kept["statements"] = statements(model, block, part, spans)
        for name, thin in kept.items():
            found = recall(lambda n, thin=thin: thin)  # type: ignore[misc]
            yield {"policy": name, "share": len(thin) / len(block), "recall": found, "of_full": found / max(full, 1e-9)}
        found = recall(lambda n, part=part: question_aware(model, block, part, asked[n]))  # type: ignore[misc]
        yield {"policy": "question-aware", "share": part, "recall": found, "of_full": found / max(full, 1e-9)}
    found = recall(lambda n: stated)
    yield {
        "policy": "statements alone, read anew",
        "share": len(stated) / len(block),
        "recall": found,
        "of_full": found / max(full, 1e-9),
    }


def knn(bench: Bench, *, lam: float = 0.25) -> Iterator[Row]:
    """Perplexity on the second half of the talk with the first half in a datastore."""
    model, talk = bench.model, bench.talk
    half, step = len(talk) // 2, 256
    store = Datastore(model, (model.shape.layers - 1, "ffn_in"), k=32)
    for start in range(0, half, step):
        store.add(talk[start : start + step + 1], str(start))
    logs = [0.0, 0.0]
    count = 0
    for start in range(half, min(len(talk) - step, half + 4 * step), step):
        ids = torch.tensor([talk[start : start + step]])
        for n, weight in enumerate((0.0, lam)):
            logs[n] += float(torch.tensor(perplexity(store.mixed(ids, lam=weight), ids)).log())
        count += 1
    for name, total in zip(("base", f"kNN-LM, lambda {lam}"), logs, strict=True):
        yield {"model": name, "perplexity": float(torch.tensor(total / count).exp()), "rows": len(store.names)}


def first_token(bench: Bench) -> Iterator[Row]:
    """CPU seconds to the first token after 300 tokens of memory and a question of 16, with and without a block."""
    model, front, asked = bench.model, bench.talk[:300], list(bench.talk[300:316])
    start = time.process_time()
    block = from_ids(model, front)
    built = time.process_time() - start
    start = time.process_time()
    one = generate(model, asked, kv=block.kv, most=1)
    with_block = time.process_time() - start
    start = time.process_time()
    two = generate(model, [*front, *asked], most=1)
    yield {
        "seconds_with_block": with_block,
        "seconds_without": time.process_time() - start,
        "seconds_to_build": built,
        "same_token": float(one == two),
    }


def gist(bench: Bench) -> Iterator[Row]:
    """128 tokens in 8 positions: likelihood of what follows, and the share of the gap to the whole that is closed."""
    model, count = bench.model, 0
    told: dict[str, float] = {}
    for start in range(0, 2 * 640, 640):
        block = from_ids(model, bench.talk[start : start + 128])
        rest = bench.talk[start + 128 : start + 192]
        studies = imagined(model, block, 4, 32, seed=bench.seed)
        short, _ = condense(model, block, 8, studies, steps=30)
        begun, _ = condense(model, block, 8, studies[:1], steps=0)
        last = select(block, torch.arange(120, 128))
        kept = {"whole": block.kv, "8 learnt": short.kv, "8 most attended": begun.kv, "last 8": last.kv, "none": None}
        for name, kv in kept.items():
            told[name] = told.get(name, 0.0) + nll(model, rest, kv)
        count += 1
    gap = told["none"] - told["whole"]
    for name, value in told.items():
        yield {"kept": name, "nll": value / count, "gap_closed": (told["none"] - value) / gap}


TABLES: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "prefix": prefix, "bits": bits, "compose": composing, "evict": evicting, "weights": weights, "ungated": ungated,
    "gist": gist,
    "knn": knn, "first-token": first_token,
}  # fmt: skip
"""Name -> table."""
