"""Any causal language model of Hugging Face transformers behind the same protocol: blocks, hooks and all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from hashlib import blake2b
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

try:
    import transformers
except ImportError:
    transformers = None

from remanence.attach.model import ATTENTION, KV, Model, Pass, Place, Run, Shape
from remanence.errors import InvalidInput, ModelMissing

PLACES = ("embed", "attn_out", "ffn_in", "ffn_mid", "ffn_out", "resid", "final")
"""Where hooks can stand in a foreign model (`attn_in` and `heads` need our own Llama)."""


def _part(module: nn.Module, names: Sequence[str]) -> Any:
    for name in names:
        found = getattr(module, name, None)
        if isinstance(found, nn.Module):
            return found
    raise InvalidInput(f"{type(module).__name__} has none of {', '.join(names)}: this kind of model is not known")


class HuggingFace(Model):
    """Wraps `transformers` models that are stacks of (attention, feed-forward) with keys and values per layer.

    Hooks are laid only while a pass runs, so nothing stays on the wrapped model.
    """

    places = PLACES

    def __init__(self, model: Any, tokenizer: Any = None) -> None:
        self.inner = model.eval()
        self.inner.requires_grad_(False)
        self.inner.set_attn_implementation("eager")
        self.tokenizer = tokenizer
        self.hooks = {}
        known = model.config
        self._trunk: Any = _part(model, ("model", "transformer", "gpt_neox"))
        self._layers: Any = _part(self._trunk, ("layers", "h"))
        heads = int(known.num_attention_heads)
        self._cache = "cache" if "cache" in signature(model.forward).parameters else "past_key_values"
        self.shape = Shape(
            vocab=int(known.vocab_size),
            width=int(known.hidden_size),
            layers=len(self._layers),
            heads=heads,
            kv_heads=int(getattr(known, "num_key_value_heads", None) or heads),
            hidden=int(getattr(known, "intermediate_size", None) or 4 * known.hidden_size),
            rope_base=_base(known),
            context=int(getattr(known, "max_position_embeddings", 2048)),
            head_dim=int(getattr(known, "head_dim", None) or known.hidden_size // heads),
        )

    @classmethod
    def load(cls, path: str | Path) -> HuggingFace:
        """A model and its tokenizer from a folder on this machine; nothing is fetched."""
        if transformers is None:
            raise ModelMissing("a Hugging Face folder needs transformers: pip install 'remanence[hf]'")
        model = transformers.AutoModelForCausalLM.from_pretrained(str(path), local_files_only=True)
        return cls(model, transformers.AutoTokenizer.from_pretrained(str(path), local_files_only=True))

    @cached_property
    def fingerprint(self) -> str:
        """Sixteen hex digits of sizes and sampled weights."""
        sums = blake2b(repr(self.shape).encode(), digest_size=8)
        for weight in self.inner.parameters():
            sample = weight.detach().reshape(-1)[:: max(1, weight.numel() // 256)]
            sums.update(sample.float().contiguous().numpy().tobytes())
        return sums.hexdigest()

    def encode(self, text: str) -> list[int]:
        """Ids of a text, without special tokens."""
        if self.tokenizer is None:
            raise InvalidInput("this model was given no tokenizer: give ids")
        return list(self.tokenizer.encode(text, add_special_tokens=False))

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids."""
        if self.tokenizer is None:
            raise InvalidInput("this model was given no tokenizer: give ids")
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True))

    def embeddings(self) -> Tensor:
        """The input matrix [V, W]."""
        found: Tensor = self.inner.get_input_embeddings().weight
        return found

    def readout(self) -> Tensor:
        """The output matrix [V, W]."""
        found: Tensor = self.inner.get_output_embeddings().weight
        return found

    def _pass(self, ids: Tensor, kv: KV | None, mask: Tensor | None, keep: int, run: Run) -> Pass:
        cache: Any = transformers.DynamicCache()
        for layer in range(self.shape.layers if kv is not None else 0):
            assert kv is not None
            cache.update(kv.keys[layer], kv.values[layer], layer)
        embedded = run.seen.ids is None
        attended = {place for place in run.watch if place[1] == ATTENTION}
        with ExitStack() as laid:
            for place in {*self.hooks, *(run.watch - attended)}:
                laid.callback(self._lay(place, run).remove)
            made = self.inner(
                **{"inputs_embeds" if embedded else "input_ids": ids, self._cache: cache},
                position_ids=run.seen.positions.expand(len(ids), -1),
                attention_mask=_additive(ids.shape[1], 0 if kv is None else len(kv), mask, len(ids)),
                use_cache=True,
                output_attentions=bool(attended),
                logits_to_keep=keep,
            )
        for place in attended:
            run.keep(place, made.attentions[place[0]])
        return made.logits, (layer.keys for layer in cache.layers), (layer.values for layer in cache.layers)

    def _lay(self, place: Place, run: Run) -> Any:
        layer, name = place

        def at(x: Tensor) -> Tensor:
            run.seen.layer = layer
            return run.at(place, x)

        block = self._layers[layer]
        if name == "final":
            return _after(_part(self._trunk, ("norm", "ln_f", "final_layer_norm")), at)
        if name == "embed":
            return _before(block, at)
        if name == "resid":
            return _after(block, at)
        if name == "attn_out":
            return _after(_part(block, ("self_attn", "attn", "attention")), at)
        ffn = _part(block, ("mlp", "feed_forward"))
        if name == "ffn_mid":
            return _before(_part(ffn, ("down_proj", "c_proj", "dense_4h_to_h")), at)
        return _before(ffn, at) if name == "ffn_in" else _after(ffn, at)


def _base(known: Any) -> float:
    """The base of the rotary positions, where the configuration says one."""
    told = getattr(known, "rope_parameters", None)
    base = told.get("rope_theta") if isinstance(told, dict) else None
    return float(base or getattr(known, "rope_theta", None) or 10_000.0)


def _before(module: nn.Module, run: Callable[[Tensor], Tensor]) -> Any:
    return module.register_forward_pre_hook(lambda _, given: (run(given[0]), *given[1:]))


def _after(module: nn.Module, run: Callable[[Tensor], Tensor]) -> Any:
    def done(_: nn.Module, __: Any, out: Any) -> Any:
        return (run(out[0]), *out[1:]) if isinstance(out, tuple) else run(out)

    return module.register_forward_hook(done)


def _additive(count: int, before: int, mask: Tensor | None, batch: int) -> Tensor:
    """0 where a token may look and the lowest float elsewhere, [B, 1, T, S + T]."""
    allowed = torch.ones(count, before + count, dtype=torch.bool).tril(before)
    if mask is not None:
        allowed = allowed & mask
    closed = torch.finfo(torch.float32).min
    return torch.zeros(allowed.shape).masked_fill(~allowed, closed).expand(batch, 1, -1, -1)
