"""HCAM: chunks found by their mean, read one by one; dense limits; an order recalled after distractors."""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.kernels.block_attention import Sight, block_attention
from remanence.neural.layers.hcam import HCAM


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, atol=1e-10, rtol=0)


def recalled(layer: HCAM, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What the layer reads of finished chunks, and its q, k, v."""
    state = layer.init_state(x.shape[0])
    q, k, v, _ = layer.read(x, state["read"])
    means = x[:, : x.shape[1] // layer.chunk * layer.chunk].reshape(x.shape[0], -1, layer.chunk, layer.dim).mean(2)
    return layer.recall(x, q, k, v, means, state["cache"])[0], q, k, v


def test_exact_scores_and_all_chunks_give_dense_attention() -> None:
    """Reading every chunk, each weighed by the mass of its keys, equals one softmax over all finished chunks."""
    layer = HCAM(16, chunk=4, picks=None, exact=True).double()
    x = torch.randn(2, 21, 16, dtype=torch.float64)
    got, q, k, v = recalled(layer, x)

    place = torch.arange(21)
    shut = torch.where(place[:, None] // 4 > place // 4, 0.0, float("-inf")).double()[None, None]
    expected, _ = block_attention(q, k, v, sight=Sight(causal=False, bias=shut))
    close(got, expected)


def test_chunks_of_one_token_are_top_k_attention() -> None:
    """With C = 1 the read is a softmax over the k best tokens; with k = all, over every token."""
    for picks in (3, None):
        layer = HCAM(16, chunk=1, picks=picks, positions=False).double()
        x = torch.randn(2, 12, 16, dtype=torch.float64)
        got, _, _, v = recalled(layer, x)

        scores = layer.to_ask(x) @ layer.to_sum(x).mT / 4.0
        scores = scores.masked_fill(~torch.ones(12, 12).tril(-1).bool(), float("-inf"))
        kept = scores.topk(picks or 12, -1).values[..., -1:]
        share = scores.masked_fill(scores < kept, float("-inf")).softmax(-1).nan_to_num()
        close(got, torch.einsum("bts,bshv->bthv", share, v))


def test_the_read_is_a_weighted_sum_of_one_attention_per_chunk() -> None:
    """Two chunks of three are read, each with a softmax of its own, weighed by the softmax of their scores."""
    layer = HCAM(8, heads=1, chunk=3, picks=2, positions=False).double()
    x = torch.randn(1, 10, 8, dtype=torch.float64)
    got, q, k, v = recalled(layer, x)

    scores = (layer.to_sum(x[:, :9].reshape(1, 3, 3, 8).mean(2)) @ layer.to_ask(x[:, 9])[0])[0] / 8**0.5
    best, ids = scores.topk(2)
    expected = torch.zeros(8, dtype=torch.float64)
    for weight, n in zip(best.softmax(0), ids.tolist(), strict=True):
        inside = slice(3 * n, 3 * n + 3)
        expected += weight * (8**-0.5 * k[0, inside, 0] @ q[0, 9, 0]).softmax(0) @ v[0, inside, 0]
    close(got[0, 9, 0], expected)


def test_only_the_picked_chunks_are_touched() -> None:
    """Changing a chunk that was not picked changes nothing in the read."""
    layer = HCAM(16, chunk=4, picks=1, detach=False, conv=0).double()
    x = torch.randn(1, 33, 16, dtype=torch.float64, requires_grad=True)
    recalled(layer, x)[0][:, -1].square().sum().backward()

    assert x.grad is not None
    per_chunk = x.grad[0, :32].reshape(8, 4, 16).abs().sum((1, 2))
    assert int((per_chunk > 0).sum()) == 1


def test_nothing_is_trained_through_a_stored_chunk() -> None:
    """The gradient of a late output stops at its own chunk; without detach it reaches the past."""
    reached = []
    for detach in (True, False):
        layer = HCAM(16, chunk=4, detach=detach, conv=0).double()
        x = torch.randn(1, 24, 16, dtype=torch.float64, requires_grad=True)
        layer(x)[0][:, -1].square().sum().backward()
        assert x.grad is not None
        reached.append(float(x.grad[0, :20].abs().sum()))

    assert reached[0] == 0.0
    assert reached[1] > 0.0
