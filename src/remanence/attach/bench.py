"""The room's tables on one real model: what each form of memory keeps, costs and loses, with seeds and CPU seconds."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.attach.bench_weights import Bench, Row, asked, ungated, weights
from remanence.attach.blocks import Block, build, compose, from_ids, select, size
from remanence.attach.evict import BLIND, question_aware, statements
from remanence.attach.gist import condense, imagined
from remanence.attach.imitators import MLPMemory, teacher
from remanence.attach.knn import Datastore, perplexity
from remanence.attach.model import KV, generate, nll, read
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
    """Two blocks of 128 tokens read apart behind a newline that the second loses, over six passages, and how near the
    next 128 tokens come to joint reading: by likelihood, and by divergence from what joint reading says.

    gap_closed sets the likelihood with either block missing (the mean of both) to 0 and of joint reading to 1;
    first_gap_closed counts the first block alone, whose worth to what follows the second is small, so it is mostly
    noise. closed is 1 - KL / KL of the second block alone, which only joint reading brings to 1. cost is the share of
    reading the second block anew that a way takes.
    """
    model, talk = bench.model, bench.talk
    head, layers = model.encode("\n"), model.shape.layers
    ways: list[tuple[float, str, int]] = [(0, "first", 0), (0.25, "first", 0)]
    ways += [(again, "deviation", early) for early, again in EARLY_AND_AGAIN]
    told: dict[str, list[tuple[float, float]]] = {}
    for start in range(0, min(len(talk) - 384, 384 * 6), 384):
        one, two, rest = (talk[start + a : start + a + 128] for a in (0, 128, 256))
        whole = from_ids(model, [*head, *one, *two])
        joint = read(model, rest, whole.kv).logits[0].log_softmax(-1)

        def after(name: str, kv: KV, rest: Sequence[int] = rest, joint: Tensor = joint) -> None:
            said = read(model, rest, kv).logits[0].log_softmax(-1)
            wrong = F.kl_div(said, joint, reduction="batchmean", log_target=True)
            cost = F.nll_loss(said[:-1], torch.tensor(rest[1:]))
            told.setdefault(name, []).append((float(cost), float(wrong)))

        blocks = [from_ids(model, [*head, *part], head=len(head)) for part in (one, two)]
        for name, kv in (("joint", whole.kv), ("first only", blocks[0].kv), ("second only", blocks[1].kv)):
            after(name, kv)
        for again, by, early in ways:
            after(_way(again, by, early), compose(model, blocks, again=again, by=by, early=early).kv)
        apart = [from_ids(model, part) for part in (one, two)]
        after("moved, without a head", compose(model, apart, again=0, by="first").kv)
    costs = {_way(again, by, early): again + early / layers for again, by, early in ways}
    mean = {name: [sum(each) / len(each) for each in zip(*values, strict=True)] for name, values in told.items()}
    (low, far), (high, _) = mean["second only"], mean["joint"]
    either = (low + mean["first only"][0]) / 2
    for name, (cost, wrong) in mean.items():
        yield {
            "reading": name,
            "nll": cost,
            "gap_closed": (either - cost) / (either - high),
            "first_gap_closed": (low - cost) / (low - high),
            "kl": wrong,
            "closed": 1 - wrong / far,
            "cost": costs.get(name, float(name == "joint")),
        }


EARLY_AND_AGAIN = ((4, 0.25), (8, 0.25), (8, 0.5))
"""Layers that are run over the whole second block, and the share of its tokens that then go through the others."""


def _way(again: float, by: str, early: int) -> str:
    moved = f"the first {early} layers anew" if by == "deviation" else "moved"
    return f"{moved}, {again:.0%} again by {by}" if again else moved


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
    """Perplexity on the second half of the talk with the first half in a datastore, and with networks that imitate it;
    gain is that in log-perplexity as a share of the datastore's."""
    model, talk = bench.model, bench.talk
    half, step = len(talk) // 2, 256
    store = Datastore(model, (model.shape.layers - 1, "ffn_in"), k=32)
    texts = [talk[start : start + step + 1] for start in range(0, half, step)]
    for number, text in enumerate(texts):
        store.add(text, str(number))
    held = [torch.tensor([talk[s : s + step]]) for s in range(half, min(len(talk) - step, half + 4 * step), step)]

    def cost(mixed: Callable[[Tensor], Tensor]) -> float:
        return sum(math.log(perplexity(mixed(ids), ids)) for ids in held) / len(held)

    base = cost(lambda ids: store.mixed(ids, lam=0.0))
    gain = base - cost(lambda ids: store.mixed(ids, lam=lam))
    yield {"model": "base", "perplexity": math.exp(base)}
    yield {"model": f"kNN-LM, lambda {lam}", "perplexity": math.exp(base - gain), "rows": len(store.names), "gain": 1.0}
    told, opened = teacher(store, texts), store.opened
    for alpha in (0.4, 0.0):
        start = time.process_time()
        memory = MLPMemory(store, hidden=256, tied=True)
        memory.learn(texts, told, alpha=alpha, steps=40, lr=1e-3, batch=256)
        spent = time.process_time() - start
        for weight in (0.4, 0.6):
            found = cost(lambda ids, memory=memory, weight=weight: memory.mixed(ids, lam=weight))  # type: ignore[misc]
            yield {
                "model": f"MLP memory, teacher's share {alpha}, lambda {weight}",
                "perplexity": math.exp(found),
                "gain": (base - found) / gain,
                "store_opened": store.opened - opened,
                "seconds": spent,
            }


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
    """128 tokens in 8 positions: likelihood of the next 64, and the share of the gap to the whole that is closed.

    Learnt in bfloat16 from eight texts that the model itself says next, never from what follows.
    """
    model, count = bench.model, 0
    quick = copy.deepcopy(model).bfloat16().requires_grad_(False)
    told: dict[str, float] = {}
    spent = 0.0
    for start in range(0, 3 * 640, 640):
        block = from_ids(model, bench.talk[start : start + 128])
        rest = bench.talk[start + 128 : start + 192]
        begin = time.process_time()
        studied = from_ids(quick, block.ids)
        short, _ = condense(quick, studied, 8, imagined(quick, studied, 8, 32, seed=bench.seed), steps=30, lr=0.02)
        spent += time.process_time() - begin
        begun, _ = condense(quick, studied, 8, [block.ids[:2]], steps=0)
        last = select(block, torch.arange(120, 128))
        kept = {"whole": block.kv, "8 learnt": short.kv, "8 most attended": begun.kv, "last 8": last.kv, "none": None}
        for name, kv in kept.items():
            wide = kv and replace(
                kv, keys=tuple(k.float() for k in kv.keys), values=tuple(v.float() for v in kv.values)
            )
            told[name] = told.get(name, 0.0) + nll(model, rest, wide)
        count += 1
    gap = told["none"] - told["whole"]
    for name, value in told.items():
        seconds: Row = {"seconds": spent / count} if name == "8 learnt" else {}
        yield {"kept": name, "nll": value / count, "gap_closed": (told["none"] - value) / gap, **seconds}


TABLES: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "prefix": prefix, "bits": bits, "compose": composing, "evict": evicting, "weights": weights, "asked": asked,
    "ungated": ungated, "gist": gist, "knn": knn, "first-token": first_token,
}  # fmt: skip
"""Name -> table."""
