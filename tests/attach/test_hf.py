"""A foreign causal model behind the protocol: the same cache, the same hooks, the same trace left (none)."""

from __future__ import annotations

import pytest
import torch

from remanence.attach.hf import HuggingFace
from remanence.attach.model import Llama, Shape

transformers = pytest.importorskip("transformers", reason="transformers is not installed: pip install 'remanence[hf]'")


def _llama() -> HuggingFace:
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=128, tie_word_embeddings=True,
    )  # fmt: skip
    return HuggingFace(transformers.LlamaForCausalLM(config))


def _gpt2() -> HuggingFace:
    torch.manual_seed(0)
    config = transformers.GPT2Config(vocab_size=50, n_embd=32, n_layer=2, n_head=4, n_positions=64)
    return HuggingFace(transformers.GPT2LMHeadModel(config))


IDS = torch.randint(50, (1, 12), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("make", [_llama, _gpt2])
def test_a_cached_prefix_stands_for_its_text(make: object) -> None:
    """For two families of models."""
    model = make()  # type: ignore[operator]

    whole = model.forward(IDS)
    first = model.forward(IDS[:, :7])
    rest = model.forward(IDS[:, 7:], first.kv)

    assert torch.allclose(whole.logits[:, 7:], rest.logits, atol=1e-4)
    assert (7, 12) == (len(first.kv), rest.kv.end)


@pytest.mark.parametrize("make", [_llama, _gpt2])
@pytest.mark.parametrize("name", ["embed", "attn_out", "ffn_in", "ffn_mid", "ffn_out", "resid", "final"])
def test_hooks_work_and_leave_no_trace(make: object, name: str) -> None:
    """As on our own Llama."""
    model = make()  # type: ignore[operator]
    before = model.forward(IDS).logits

    with model.attach((1, name), lambda x, seen: x * 1.5 + 0.1):
        during = model.forward(IDS).logits

    assert not torch.equal(before, during)
    assert torch.equal(before, model.forward(IDS).logits)


def test_our_llama_computes_what_the_reference_does() -> None:
    """The same weights in both give the same logits and keys."""
    theirs = _llama()
    ours = Llama(Shape(50, 32, 2, 4, 2, 48, eps=theirs.inner.config.rms_norm_eps), seed=None)
    names = {"norm1": "input_layernorm", "norm2": "post_attention_layernorm", "q": "self_attn.q_proj",
             "k": "self_attn.k_proj", "v": "self_attn.v_proj", "o": "self_attn.o_proj", "gate": "mlp.gate_proj",
             "up": "mlp.up_proj", "down": "mlp.down_proj"}  # fmt: skip
    given = theirs.inner.state_dict()
    weights = {"embed": given["model.embed_tokens.weight"], "norm": given["model.norm.weight"]}
    for layer in range(2):
        for mine, other in names.items():
            weights[f"blocks.{layer}.{mine}"] = given[f"model.layers.{layer}.{other}.weight"]
    ours.load_state_dict(weights)

    with torch.no_grad():
        expected, got = theirs.forward(IDS, watch=[(1, "attention")]), ours.forward(IDS, watch=[(1, "attention")])

    assert torch.allclose(expected.logits, got.logits, atol=1e-5)
    assert torch.allclose(expected.kv.keys[1], got.kv.keys[1], atol=1e-5)
    assert torch.allclose(expected.seen[1, "attention"], got.seen[1, "attention"], atol=1e-5)
