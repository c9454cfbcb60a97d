"""Reads a GGUF file: its metadata and tensors (Q4_0, Q4_1, Q8_0, F16, BF16, F32), and makes a Llama of any size."""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from remanence.attach.bpe import ByteBPE
from remanence.attach.model import Llama, Shape
from remanence.errors import IngestError, InvalidInput, ModelMissing

MAGIC = b"GGUF"
LARGEST = 1 << 31
"""Most elements of one tensor or one array: a damaged header must not ask for all memory."""

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float32]


def _halves(raw: Bytes) -> Floats:
    return np.ascontiguousarray(raw).view("<f2").astype(np.float32)


def _nibbles(codes: Bytes) -> Floats:
    """16 bytes hold 32 numbers: the low halves first, then the high ones."""
    return np.concatenate([codes & 15, codes >> 4], 1).astype(np.float32)


def _q4_0(raw: Bytes) -> Floats:
    blocks = raw.reshape(-1, 18)
    return np.asarray((_nibbles(blocks[:, 2:]) - 8) * _halves(blocks[:, :2]), np.float32)


def _q4_1(raw: Bytes) -> Floats:
    blocks = raw.reshape(-1, 20)
    return np.asarray(_nibbles(blocks[:, 4:]) * _halves(blocks[:, :2]) + _halves(blocks[:, 2:4]), np.float32)


def _q8_0(raw: Bytes) -> Floats:
    blocks = raw.reshape(-1, 34)
    return np.ascontiguousarray(blocks[:, 2:]).view(np.int8).astype(np.float32) * _halves(blocks[:, :2])


def _bf16(raw: Bytes) -> Floats:
    return (raw.view("<u2").astype(np.uint32) << 16).view(np.float32)


@dataclass(frozen=True, slots=True)
class Format:
    """How a tensor type is laid out: `size` bytes hold `block` numbers."""

    name: str
    block: int
    size: int
    unpack: Callable[[Bytes], Floats]


FORMATS = {
    0: Format("F32", 1, 4, lambda raw: raw.view("<f4").astype(np.float32)),
    1: Format("F16", 1, 2, _halves),
    2: Format("Q4_0", 32, 18, _q4_0),
    3: Format("Q4_1", 32, 20, _q4_1),
    8: Format("Q8_0", 32, 34, _q8_0),
    30: Format("BF16", 1, 2, _bf16),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tensor lies: its sizes (rows first), its type and its offset in the file."""

    sizes: tuple[int, ...]
    type: int
    offset: int


@dataclass(slots=True)
class GGUF:
    """An open file: `meta` as it was written, and tensors by name, unpacked when asked for."""

    path: Path
    meta: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    def tensor(self, name: str) -> Floats:
        """A tensor in float32, in the shape that its matrix has in torch."""
        entry = self.entries.get(name)
        if entry is None:
            raise IngestError(f"{self.path}: no tensor {name!r}; this file is not a Llama")
        form = FORMATS.get(entry.type)
        if form is None:
            known = ", ".join(f.name for f in FORMATS.values())
            raise IngestError(
                f"{self.path}: tensor {name!r} has type {entry.type}; only {known} can be read: convert the file"
            )
        count = int(np.prod(entry.sizes))
        if count % form.block:
            raise IngestError(f"{self.path}: tensor {name!r} does not fill its blocks; the file is damaged")
        raw = np.memmap(self.path, np.uint8, "r", entry.offset, (count // form.block * form.size,))
        return form.unpack(np.asarray(raw)).reshape(entry.sizes)


class _Cursor:
    """Reads numbers and strings one after another, and says where a file ends too early."""

    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self.data, self.path, self.place = data, path, 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.place + count > len(self.data):
            raise IngestError(f"{self.path}: ends at byte {len(self.data)}, within its header: fetch it again")
        self.place += count
        return self.data[self.place - count : self.place]

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self) -> str:
        return self.take(self.number("<Q")).decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.text()
        if kind == _ARRAY:
            inner, count = self.number("<I"), self.number("<Q")
            if count > LARGEST:
                raise IngestError(f"{self.path}: a list of {count} entries; the file is damaged")
            return [self.value(inner) for _ in range(count)]
        if kind not in _SCALARS:
            raise IngestError(f"{self.path}: metadata of unknown type {kind}; the file is damaged")
        return self.number(_SCALARS[kind])


def open_gguf(path: str | Path) -> GGUF:
    """The header of a GGUF file (versions 2 and 3). IngestError says what cannot be read."""
    place = Path(path)
    if not place.is_file():
        raise ModelMissing(f"no model file {place}: give the path of a GGUF file of a Llama")
    length = place.stat().st_size
    if not length:
        raise IngestError(f"{place} is empty: fetch it again")
    with place.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        cursor = _Cursor(data, place)
        if cursor.take(4) != MAGIC:
            raise IngestError(f"{place} is not a GGUF file: give one of a Llama, or a folder of transformers")
        version = cursor.number("<I")
        if version not in (2, 3):
            raise IngestError(f"{place}: GGUF version {version}; versions 2 and 3 can be read")
        tensors, pairs = cursor.number("<Q"), cursor.number("<Q")
        made = GGUF(place)
        for _ in range(pairs):
            name = cursor.text()
            made.meta[name] = cursor.value(cursor.number("<I"))
        for _ in range(tensors):
            name = cursor.text()
            sizes = tuple(cursor.number("<Q") for _ in range(cursor.number("<I")))[::-1]
            if not sizes or int(np.prod(sizes, dtype=np.float64)) > LARGEST:
                raise IngestError(f"{place}: tensor {name!r} has sizes {sizes}; the file is damaged")
            made.entries[name] = Entry(sizes, cursor.number("<I"), cursor.number("<Q"))
        align = int(made.meta.get("general.alignment", 32))
        start = -(-cursor.place // align) * align
    made.entries = {n: Entry(e.sizes, e.type, start + e.offset) for n, e in made.entries.items()}
    for name, entry in made.entries.items():
        form = FORMATS.get(entry.type)
        if form and entry.offset + math.prod(entry.sizes) // form.block * form.size > length:
            raise IngestError(f"{place}: ends at byte {length}, before the end of tensor {name!r}: fetch it again")
    return made


def _shape(file: GGUF) -> Shape:
    kind = file.meta.get("general.architecture")
    if kind != "llama":
        raise IngestError(f"{file.path} holds a {kind!r} model; only the Llama shape can be read")

    def number(name: str, otherwise: float | None = None) -> float:
        found = file.meta.get(f"llama.{name}", otherwise)
        if not isinstance(found, int | float):
            raise IngestError(f"{file.path} does not say llama.{name}")
        return found

    if "llama.expert_count" in file.meta or "llama.rope.scaling.type" in file.meta:
        raise IngestError(f"{file.path}: mixtures of experts and scaled positions are not supported")
    heads, width = int(number("attention.head_count")), int(number("embedding_length"))
    return Shape(
        vocab=file.entries["token_embd.weight"].sizes[0] if "token_embd.weight" in file.entries else 0,
        width=width,
        layers=int(number("block_count")),
        heads=heads,
        kv_heads=int(number("attention.head_count_kv", heads)),
        hidden=int(number("feed_forward_length")),
        rope_base=number("rope.freq_base", 10_000.0),
        eps=number("attention.layer_norm_rms_epsilon", 1e-5),
        context=int(number("context_length", 2048)),
        head_dim=int(number("attention.key_length", width // heads)),
    )


_NAMES = {
    "norm1": "attn_norm", "norm2": "ffn_norm", "q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output",
    "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down",
}  # fmt: skip


def _halved(weight: Floats, heads: int) -> Floats:
    """GGUF keeps the pairs of rotary positions next to each other; here they stand half a head apart."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def load_gguf(path: str | Path, *, dtype: torch.dtype = torch.float32) -> Llama:
    """A frozen Llama with its tokenizer (byte-level BPE; None for other tokenizers, so that ids still work)."""
    file = open_gguf(path)
    shape = _shape(file)
    if any(name.endswith(("attn_q.bias", "attn_k.bias")) for name in file.entries):
        raise IngestError(f"{file.path} has biases in its attention; only the Llama shape can be read")
    tied = "output.weight" not in file.entries
    with torch.device("meta"):
        model = Llama(shape, _tokens(file.meta), tied=tied, seed=None)

    def weight(name: str, like: Tensor, heads: int = 0) -> Tensor:
        found = file.tensor(name)
        if found.shape != tuple(like.shape):
            raise IngestError(f"{file.path}: {name} is {found.shape}, but the header says {tuple(like.shape)}")
        return torch.from_numpy(np.ascontiguousarray(_halved(found, heads) if heads else found)).to(dtype)

    filled = {"embed": weight("token_embd.weight", model.embed), "norm": weight("output_norm.weight", model.norm)}
    if model.output is not None:
        filled["output"] = weight("output.weight", model.output)
    turned = {"q": shape.heads, "k": shape.kv_heads}
    for number, block in enumerate(model.blocks):
        for ours, theirs in _NAMES.items():
            name = f"blk.{number}.{theirs}.weight"
            filled[f"blocks.{number}.{ours}"] = weight(name, getattr(block, ours), turned.get(ours, 0))
    model.load_state_dict(filled, assign=True)
    return model.requires_grad_(False)


def _tokens(meta: Mapping[str, Any]) -> ByteBPE | None:
    if meta.get("tokenizer.ggml.model") != "gpt2":
        return None
    words, merges = meta.get("tokenizer.ggml.tokens"), meta.get("tokenizer.ggml.merges")
    if not isinstance(words, list) or not isinstance(merges, list):
        raise InvalidInput("the file's tokenizer has no words or no merges")
    kinds = meta.get("tokenizer.ggml.token_type") or [1] * len(words)
    special = [word for word, kind in zip(words, kinds, strict=True) if kind in (3, 4)]
    lone = meta.get("tokenizer.ggml.pre") in ("smollm", "starcoder", "refact", "command-r")
    return ByteBPE(words, merges, special=special, lone_digits=lone, end=meta.get("tokenizer.ggml.eos_token_id"))
