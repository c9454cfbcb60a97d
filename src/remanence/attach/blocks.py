"""Key-value memory: texts read once into a block that is saved, moved, packed and put in front of any question."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from remanence.attach.model import KV, Model, Shape, cat, rotate, rotation
from remanence.attach.quantise import Packed, pack
from remanence.errors import IngestError, InvalidInput, ModelMismatch

FORMAT = "remanence-kv-1"


@dataclass(frozen=True, slots=True)
class Source:
    """An item that a block was read from: its id and version, and its tokens [first, last) in the block."""

    id: str
    version: int = 1
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """Keys and values of `ids`, read from position `start` on; `head` tokens at its front belong to no item.

    `model` is the fingerprint of the model that made it; another model refuses it. `kept` lists the tokens
    that eviction left (all of them where empty). Exact as a prefix; never exact beside another block.
    """

    kv: KV
    ids: tuple[int, ...]
    model: str
    sources: tuple[Source, ...] = ()
    start: int = 0
    head: int = 0
    built: str = ""
    kept: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.kv)

    @property
    def items(self) -> tuple[str, ...]:
        """The ids of its sources, in order."""
        return tuple(source.id for source in self.sources)

    def check(self, model: Model) -> None:
        """ModelMismatch where another model made this block."""
        if self.model != model.fingerprint:
            raise ModelMismatch(f"this block was read by model {self.model}, not by {model.fingerprint}: build it anew")

    def named(self, token: int) -> Source | None:
        """The source that the token at a place of the block belongs to: what attention cites."""
        place = self.kept[token] if self.kept else token
        return next((s for s in self.sources if s.first <= place < s.last), None)


def build(
    model: Model,
    texts: Iterable[tuple[str, str] | tuple[str, str, int]],
    *,
    head: str | Sequence[int] = "",
    built: datetime | None = None,
) -> Block:
    """Read (id, text) or (id, text, version) one after another, each on a line of its own, in one pass.

    `head` is read first and belongs to no item: a chat frame, or a few tokens that take the attention that
    the first tokens of any text get; blocks that share a head compose better.
    """
    ids = model.encode(head) if isinstance(head, str) else list(head)
    lead, sources = len(ids), []
    for id, text, *version in texts:
        first = len(ids)
        ids += model.encode(text.rstrip("\n") + "\n")
        sources.append(Source(id, int(version[0]) if version else 1, first, len(ids)))
    return from_ids(model, ids, sources=tuple(sources), head=lead, built=built)


def from_ids(
    model: Model,
    ids: Sequence[int],
    *,
    sources: tuple[Source, ...] = (),
    head: int = 0,
    built: datetime | None = None,
) -> Block:
    """A block of given tokens."""
    if not ids:
        raise InvalidInput("nothing to read: give at least one text that is not empty")
    if len(ids) > model.shape.context:
        raise InvalidInput(f"{len(ids)} tokens are more than the {model.shape.context} that this model can read")
    with torch.no_grad():
        kv = model.forward(torch.tensor([list(ids)]), keep=1).kv
    return Block(kv, tuple(ids), model.fingerprint, sources, 0, head, built.isoformat() if built else "")


def shift(kv: KV, by: int, shape: Shape) -> KV:
    """The same tokens `by` positions later: rotary keys turn by a constant angle, values stay."""
    if by == 0:
        return kv
    turn = rotation(torch.tensor([by]), shape.head_dim, shape.rope_base)
    return KV(tuple(rotate(k, *turn) for k in kv.keys), kv.values, kv.end + by)


def move(block: Block, start: int, shape: Shape) -> Block:
    """The block as if it had been read from position `start` on."""
    return replace(block, kv=shift(block.kv, start - block.start, shape), start=start)


def compose(model: Model, blocks: Sequence[Block], *, again: float = 8, by: str = "first", early: int = 4) -> Block:
    """Several blocks in a row: later ones are moved, lose their head, and have some of their tokens read again.

    Never the same as reading all together: tokens of a later block have not looked at earlier ones, but for those
    that are read again: `again` tokens, or below 1 that share of the block. by="first": the first ones, which took
    the attention that a text's beginning takes. by="deviation": the first `early` layers are run over all tokens
    after the earlier blocks and stay as they then are, and through the other layers go those tokens whose keys and
    values they moved most (CacheBlend, Yao et al. 2024); a share of r costs r + early / layers of reading the block
    anew. `again=0` with by="first" only moves.
    """
    if not blocks or by not in ("first", "deviation"):
        raise InvalidInput("give at least one block, and by='first' or 'deviation'")
    for block in blocks:
        block.check(model)
    made = move(blocks[0], 0, model.shape)
    for block in blocks[1:]:
        if block.kept and (again or by == "deviation"):
            raise InvalidInput(
                "a block with evicted tokens cannot have tokens read again: compose, then evict, or give again=0"
            )
        first, after = len(made), _after(made, block, model.shape)
        new = len(block.ids) - block.head
        many = min(round(again * new) if again < 1 else round(again), new)
        chosen = torch.arange(many)
        if by == "deviation":
            after, apart = _read_early(model, made, after, early)
            chosen = apart.topk(many).indices
        made = replace(after, kv=_again(model, after, first + chosen.sort().values)) if many else after
    return made


def _after(made: Block, block: Block, shape: Shape) -> Block:
    """A block behind others, moved and without its head."""
    lead, end = block.head, made.kv.end
    places = list(block.kept) if block.kept else list(range(len(block.ids)))
    rest = [n for n, place in enumerate(places) if place >= lead]
    moved = shift(block.kv, end - lead - block.start, shape).pick(torch.tensor(rest, dtype=torch.long))
    offset = len(made.ids) - lead
    kept = list(made.kept) if made.kept else list(range(len(made.ids)))
    kept += [place + offset for place in places if place >= lead]
    ids = made.ids + block.ids[lead:]
    sources = tuple(replace(s, first=s.first + offset, last=s.last + offset) for s in block.sources)
    return replace(
        made,
        kv=replace(cat(made.kv, moved), end=end + len(block.ids) - lead),
        ids=ids,
        sources=made.sources + sources,
        kept=() if len(kept) == len(ids) else tuple(kept),
    )


def _read_early(model: Model, made: Block, after: Block, early: int) -> tuple[Block, Tensor]:
    """The new tokens' keys and values in the first layers as they are after the earlier blocks, and how far each
    token's stood from them behind the first layer, [n]."""
    first, layers = len(made), range(min(early, model.shape.layers))
    ids = torch.tensor([after.ids[len(made.ids) :]])
    with torch.no_grad():
        fresh = model.forward(ids, made.kv, keep=1, depth=len(layers)).kv if layers else after.kv
    apart = torch.zeros(ids.shape[1])
    for layer in layers[1:]:
        read, held = ((kv.keys[layer][:, :, first:], kv.values[layer][:, :, first:]) for kv in (fresh, after.kv))
        wrong = [(x.float() - y.float()).square().sum((0, 1, 3)) for x, y in zip(read, held, strict=True)]
        size = [x.float().square().sum((0, 1, 3)).mean() for x in read]
        apart += (wrong[0] + wrong[1]) / (size[0] + size[1]).clamp_min(1e-12)
    keys = tuple(fresh.keys[n] if n in layers else key for n, key in enumerate(after.kv.keys))
    values = tuple(fresh.values[n] if n in layers else value for n, value in enumerate(after.kv.values))
    return replace(after, kv=replace(after.kv, keys=keys, values=values)), apart


def _again(model: Model, block: Block, chosen: Tensor) -> KV:
    """The block's keys and values with the tokens at `chosen` (sorted) read again after all that stand before them."""
    token = torch.tensor(block.kept or range(len(block.ids)))
    rest = torch.ones(len(block), dtype=torch.bool).index_fill(0, chosen, value=False).nonzero()[:, 0]
    place = token + block.kv.end - len(block.ids)
    own = torch.ones(len(chosen), len(chosen), dtype=torch.bool).tril()
    mask = torch.cat([rest < chosen[:, None], own], 1)
    ids = torch.tensor([[block.ids[int(n)] for n in token[chosen]]])
    with torch.no_grad():
        kv = model.forward(ids, block.kv.pick(rest), positions=place[chosen], mask=mask, keep=1).kv
    return replace(kv.pick(torch.cat([rest, chosen]).argsort()), end=block.kv.end)


def select(block: Block, index: Tensor) -> Block:
    """The tokens at `index` ([n], or [L, Hkv, n] for each head its own); positions stay what they were.

    Where heads keep different tokens `kept` names the first layer's first head only.
    """
    plain = index if index.ndim == 1 else index[0, 0]
    places = block.kept or tuple(range(len(block.ids)))
    return replace(block, kv=block.kv.pick(index), kept=tuple(places[int(n)] for n in plain))


def save(block: Block, path: str | Path, *, bits: int = 0) -> None:
    """Write a block as safetensors; `bits` 8 or 4 packs it. The file is complete or absent."""
    told: dict[str, Any] = {
        "format": FORMAT, "model": block.model, "ids": block.ids, "start": block.start, "head": block.head,
        "built": block.built, "kept": block.kept, "end": block.kv.end, "bits": bits,
        "layers": len(block.kv.keys), "sources": [asdict(source) for source in block.sources],
    }  # fmt: skip
    tensors = dict[str, Tensor]()
    for layer, (key, value) in enumerate(zip(block.kv.keys, block.kv.values, strict=True)):
        for name, tensor in (("k", key), ("v", value)):
            if bits:
                tensors |= pack(tensor, bits, keys=name == "k").tensors(f"{name}.{layer}")
            else:
                tensors[f"{name}.{layer}"] = tensor.contiguous()
    place = Path(path)
    beside = place.with_name(place.name + ".part")
    save_file(tensors, str(beside), metadata={"remanence": json.dumps(told)})
    os.replace(beside, place)


def load(path: str | Path, model: Model | None = None) -> Block:
    """A saved block; with `model` it is checked that this model made it. IngestError where the file is damaged."""
    place = Path(path)
    if not place.is_file():
        raise IngestError(f"no block at {place}")
    try:
        with safe_open(str(place), framework="pt") as file:
            told = json.loads((file.metadata() or {}).get("remanence", "{}"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError) as damage:
        raise IngestError(f"{place} is not a whole key-value block: {damage}") from None
    if told.get("format") != FORMAT:
        raise IngestError(f"{place} is not a key-value block of format {FORMAT}")
    bits = told["bits"]

    def every(name: str) -> tuple[Tensor, ...]:
        layers = range(told["layers"])
        if not bits:
            return tuple(tensors[f"{name}.{n}"] for n in layers)
        return tuple(Packed.read(tensors, f"{name}.{n}", bits).restored() for n in layers)

    block = Block(
        KV(every("k"), every("v"), told["end"]), tuple(told["ids"]), told["model"],
        tuple(Source(**source) for source in told["sources"]), told["start"], told["head"], told["built"],
        tuple(told["kept"]),
    )  # fmt: skip
    if model is not None:
        block.check(model)
    return block


def size(block: Block, bits: int = 0) -> int:
    """Bytes that the block takes in memory, or packed to 8 or 4 bits."""
    if not bits:
        return block.kv.bytes
    each = [(k, v) for k, v in zip(block.kv.keys, block.kv.values, strict=True)]
    return sum(pack(k, bits, keys=True).bytes + pack(v, bits, keys=False).bytes for k, v in each)
