"""GGUF: every tensor type by hand, any Llama, and clear words for what cannot be read."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from remanence.attach.bpe import _LETTERS, ByteBPE
from remanence.attach.gguf import FORMATS, load_gguf, open_gguf
from remanence.attach.model import Llama, Shape, generate
from remanence.errors import IngestError, ModelMissing

SHAPE = Shape(vocab=260, width=64, layers=2, heads=4, kv_heads=2, hidden=96, rope_base=500.0, eps=2**-17, context=64)


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: Any) -> bytes:
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value, list):
        kind = 8 if isinstance(value[0], str) else 5
        body = b"".join(_text(v) if kind == 8 else struct.pack("<i", v) for v in value)
        return struct.pack("<IIQ", 9, kind, len(value)) + body
    return struct.pack("<If", 6, value) if isinstance(value, float) else struct.pack("<II", 4, value)


def _packed(values: np.ndarray, kind: int) -> bytes:
    """Numbers in a tensor type, by its published layout."""
    rows = values.reshape(-1, 32).astype(np.float32) if kind in (2, 3, 8) else values
    if kind == 0:
        return values.astype("<f4").tobytes()
    if kind == 1:
        return values.astype("<f2").tobytes()
    if kind == 8:
        scale = np.abs(rows).max(1, keepdims=True).astype(np.float32) / 127
        codes = np.round(rows / np.maximum(scale, 1e-12)).astype(np.int8)
        return b"".join(s.astype("<f2").tobytes() + c.tobytes() for s, c in zip(scale, codes, strict=True))
    low, high = rows.min(1, keepdims=True), rows.max(1, keepdims=True)
    if kind == 2:
        scale = np.maximum(np.abs(low), np.abs(high)) / 7
        codes = np.clip(np.round(rows / np.maximum(scale, 1e-12)) + 8, 0, 15).astype(np.uint8)
        heads = [s.astype("<f2").tobytes() for s in scale]
    else:
        scale = (high - low) / 15
        codes = np.clip(np.round((rows - low) / np.maximum(scale, 1e-12)), 0, 15).astype(np.uint8)
        heads = [s.astype("<f2").tobytes() + m.astype("<f2").tobytes() for s, m in zip(scale, low, strict=True)]
    return b"".join(h + (c[:16] | (c[16:] << 4)).tobytes() for h, c in zip(heads, codes, strict=True))


def _pairs_together(weight: np.ndarray, heads: int) -> np.ndarray:
    rows, columns = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def written(path: Path, model: Llama, kind: int = 0, **other: Any) -> Path:
    shape = model.shape
    meta = {
        "general.architecture": "llama", "llama.block_count": shape.layers, "llama.embedding_length": shape.width,
        "llama.attention.head_count": shape.heads, "llama.attention.head_count_kv": shape.kv_heads,
        "llama.feed_forward_length": shape.hidden, "llama.rope.freq_base": shape.rope_base,
        "llama.attention.layer_norm_rms_epsilon": shape.eps, "llama.context_length": shape.context,
        "tokenizer.ggml.model": "gpt2", "tokenizer.ggml.tokens": [*_LETTERS, "he", "<s>", "ab", "cd"],
        "tokenizer.ggml.merges": ["h e"], "tokenizer.ggml.token_type": [1] * 257 + [3, 1, 1],
    } | other  # fmt: skip
    names = {"norm1": "attn_norm", "norm2": "ffn_norm", "q": "attn_q", "k": "attn_k", "v": "attn_v",
             "o": "attn_output", "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down"}  # fmt: skip
    tensors = {"token_embd.weight": model.embed.numpy(), "output_norm.weight": model.norm.numpy()}
    for number, block in enumerate(model.blocks):
        for ours, theirs in names.items():
            weight = getattr(block, ours).numpy()
            if ours in "qk":
                weight = _pairs_together(weight, shape.heads if ours == "q" else shape.kv_heads)
            tensors[f"blk.{number}.{theirs}.weight"] = weight
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(meta))
    head += b"".join(_text(name) + _value(value) for name, value in meta.items())
    body, place = b"", 0
    for name, weight in tensors.items():
        own = kind if weight.ndim == 2 else 0
        data = _packed(weight, own)
        data += b"\0" * (-len(data) % 32)
        head += _text(name) + struct.pack("<I", weight.ndim) + struct.pack(f"<{weight.ndim}Q", *weight.shape[::-1])
        head += struct.pack("<IQ", own, place)
        body += data
        place += len(data)
    path.write_bytes(head + b"\0" * (-len(head) % 32) + body)
    return path


@pytest.fixture
def model() -> Llama:
    return Llama(SHAPE, seed=1).requires_grad_(False)


def test_a_written_model_reads_back_with_its_logits(tmp_path: Path, model: Llama) -> None:
    """Sizes, rotary layout and tied output survive; the logits are the same bits."""
    ids = torch.arange(10)[None]

    read = load_gguf(written(tmp_path / "m.gguf", model))

    assert read.shape == SHAPE
    assert torch.equal(model.forward(ids).logits, read.forward(ids).logits)
    assert [256, 108] == read.encode("hel")


@pytest.mark.parametrize(("kind", "most"), [(1, 1e-3), (8, 6e-3), (3, 8e-2), (2, 9e-2)])
def test_packed_types_are_near_what_was_packed(tmp_path: Path, model: Llama, kind: int, most: float) -> None:
    """F16, Q8_0, Q4_1, Q4_0: the error is half a step, not a wrong order."""
    read = load_gguf(written(tmp_path / "m.gguf", model, kind))

    for got, expected in zip(read.parameters(), model.parameters(), strict=True):
        assert float((got - expected).abs().max()) <= most * float(expected.abs().max())


def test_a_block_of_four_bits_by_hand() -> None:
    """Q4_1: value = code * scale + least; the low halves come first."""
    codes = np.arange(16, dtype=np.uint8)
    raw = np.frombuffer(np.float16([0.5, -1.0]).tobytes() + (codes | (15 - codes) << 4).tobytes(), np.uint8)

    told = FORMATS[3].unpack(raw)[0]

    assert [n * 0.5 - 1 for n in range(16)] == told[:16].tolist()
    assert [(15 - n) * 0.5 - 1 for n in range(16)] == told[16:].tolist()


def test_what_cannot_be_read_is_named(tmp_path: Path, model: Llama) -> None:
    """Another shape, an unknown type, a file cut in its header or in its weights, an empty one, another, none."""
    good = written(tmp_path / "m.gguf", model)
    raw = good.read_bytes()
    (tmp_path / "cut.gguf").write_bytes(raw[:90])
    (tmp_path / "half.gguf").write_bytes(raw[: len(raw) // 2])
    (tmp_path / "empty.gguf").touch()
    (tmp_path / "other.gguf").write_bytes(b"PK" + raw)
    at = raw.index(b"token_embd.weight") + 17 + 4 + 16
    (tmp_path / "type.gguf").write_bytes(raw[:at] + struct.pack("<I", 14) + raw[at + 4 :])

    with pytest.raises(IngestError, match="only the Llama shape"):
        load_gguf(written(tmp_path / "q.gguf", model, **{"general.architecture": "mamba"}))
    with pytest.raises(IngestError, match="type 14"):
        load_gguf(tmp_path / "type.gguf")
    with pytest.raises(IngestError, match="within its header"):
        open_gguf(tmp_path / "cut.gguf")
    with pytest.raises(IngestError, match=r"end of tensor .* fetch it again"):
        load_gguf(tmp_path / "half.gguf")
    with pytest.raises(IngestError, match="empty: fetch it again"):
        load_gguf(tmp_path / "empty.gguf")
    with pytest.raises(IngestError, match="not a GGUF file: give one"):
        open_gguf(tmp_path / "other.gguf")
    with pytest.raises(ModelMissing, match="no model file"):
        open_gguf(tmp_path / "none.gguf")


def test_the_real_model_speaks(smollm: Llama) -> None:
    """SmolLM2-135M: the capital of France is Paris, and the tokenizer is lossless."""
    assert isinstance(smollm.tokens, ByteBPE)
    said = smollm.decode(generate(smollm, smollm.encode("The capital of France is"), most=2))

    assert said.startswith(" Paris")
