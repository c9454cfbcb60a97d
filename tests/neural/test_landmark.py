"""Landmark attention: hierarchical softmax, dense limits, the needle's block."""

from __future__ import annotations

import torch
from torch import Tensor

from remanence.neural.kernels.block_attention import Blocks, block_attention, grouped_softmax_naive
from remanence.neural.layers.landmark import Landmark
from remanence.neural.layers.softmax_attention import SoftmaxAttention


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, atol=1e-10, rtol=0)


def twins(**knobs: object) -> tuple[Landmark, SoftmaxAttention, Tensor]:
    """A landmark layer and dense attention with the same weights."""
    marked = Landmark(16, **knobs).double()
    dense = SoftmaxAttention(16).double()
    dense.read.load_state_dict(marked.read.state_dict())
    dense.out.load_state_dict(marked.out.state_dict())
    return marked, dense, torch.randn(2, 29, 16, dtype=torch.float64)


def test_one_block_is_plain_softmax_attention() -> None:
    """While everything is in one block, no landmark is needed."""
    marked, dense, x = twins(block=32)

    close(marked(x)[0], dense(x)[0])


def test_landmarks_that_weigh_as_much_as_their_blocks_give_dense_attention() -> None:
    """With exact landmarks, reading all blocks equals reading every token."""
    marked, dense, x = twins(block=4, exact=True)

    close(marked(x)[0], dense(x)[0])


def test_the_weights_are_the_grouped_softmax_of_the_paper() -> None:
    """Blocks and weights of the layer give what one grouped softmax per query gives, token by token."""
    block, time, marked = 4, 11, Landmark(8, heads=1, block=4, turned=False).double()
    q, k, v = (torch.randn(1, time, 1, 8, dtype=torch.float64) for _ in range(3))
    landmarks = torch.randn(1, time // block, 1, 8, dtype=torch.float64)
    index, weight = marked.route(q, k, landmarks)
    got, _ = block_attention(q, k, v, blocks=Blocks(index, block, weight))

    keys = torch.cat([k, landmarks], 1)[0, :, 0]  # tokens, then the landmarks as gateways
    count = landmarks.shape[1]
    for t in range(time):
        own = t // block
        logits = 8**-0.5 * keys @ q[0, t, 0]
        hidden = torch.cat([torch.arange(time) > t, torch.arange(count) >= own])
        present = count + 1  # the group of the own block and of all landmarks
        group = torch.cat([torch.arange(time) // block, torch.full((count,), present)])
        group = torch.where(group == own, present, group)
        door = torch.where(torch.arange(time) // block < own, time + torch.arange(time) // block, -1)
        door = torch.cat([door.clamp(max=time + count - 1), torch.full((count,), -1)])
        share = grouped_softmax_naive(logits.masked_fill(hidden, float("-inf")), group, door)
        close(share.sum(), torch.ones((), dtype=torch.float64))
        assert share[time:].count_nonzero() == 0
        close(got[0, t, 0], share[:time] @ v[0, :, 0])


def test_opening_all_blocks_equals_the_training_form() -> None:
    """Top-k with k of all blocks is the form without top-k."""
    marked, _, x = twins(block=4)
    expected, _ = marked(x)
    marked.picks = 7

    close(marked(x)[0], expected)


def test_a_block_that_is_not_opened_gets_no_weight() -> None:
    """With one pick, every finished block but one has weight exactly zero."""
    marked = Landmark(16, block=4, picks=1).double()
    q, k = (torch.randn(1, 24, 4, 4, dtype=torch.float64) for _ in range(2))
    index, weight = marked.route(q, k, torch.randn(1, 6, 4, 4, dtype=torch.float64))

    assert index.shape[-1] == 2
    assert (index[0, 23, :, 0] == 5).all()
    close(weight.sum(-1), torch.ones_like(weight[..., 0]))
