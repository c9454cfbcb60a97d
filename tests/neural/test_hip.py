"""HiP attention: dense while it may keep everything, a tree search beyond, and the spike that it misses."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.layers.hip import HiP, search
from remanence.neural.layers.softmax_attention import SoftmaxAttention


def smooth_keys(runs: int, size: int, width: int = 16) -> Tensor:
    """Keys that drift slowly: [runs, size, 1, width]."""
    walk = torch.randn(runs, size + 64, width, dtype=torch.float64).cumsum(1)
    walk = walk - F.avg_pool1d(walk.mT, 129, 1, 64, count_include_pad=False).mT
    return F.normalize(walk[:, 32 : 32 + size], dim=-1)[:, :, None]


def test_keeping_everything_is_dense_attention() -> None:
    """With keep >= T the tree drops nothing."""
    pruned = HiP(16, keep=32, leaf=4).double()
    dense = SoftmaxAttention(16).double()
    dense.read.load_state_dict(pruned.read.state_dict())
    dense.out.load_state_dict(pruned.out.state_dict())
    x = torch.randn(2, 31, 16, dtype=torch.float64)

    torch.testing.assert_close(pruned(x)[0], dense(x)[0], atol=1e-10, rtol=0)


def test_pruning_differs_from_dense_attention() -> None:
    """With keep < T it is another function: the mechanism is on."""
    pruned, all_kept = HiP(16, keep=8, leaf=4).double(), HiP(16, keep=64, leaf=4).double()
    all_kept.load_state_dict(pruned.state_dict())
    x = torch.randn(2, 60, 16, dtype=torch.float64)

    assert (pruned(x)[0] - all_kept(x)[0]).abs().max() > 1e-3


def test_a_smooth_maximum_is_found() -> None:
    """Among 1024 keys that drift slowly, the block of the best one is kept in over 95 % of 128 searches."""
    k = smooth_keys(128, 1024)
    target = torch.randint(64, 960, (128,))
    q = k[torch.arange(128), target][:, None]
    found = search(q, k, picks=16, leaf=4)[:, 0, 0]

    assert (found == target[:, None] // 4).any(-1).double().mean() > 0.95


def test_a_lone_spike_can_be_missed() -> None:
    """The known limit: one matching key among unlike neighbours is mostly not found at this size."""
    k = F.normalize(torch.randn(128, 1024, 1, 16, dtype=torch.float64), dim=-1)
    target = torch.randint(64, 960, (128,))
    q = k[torch.arange(128), target][:, None]
    found = search(q, k, picks=16, leaf=4)[:, 0, 0]

    assert (found == target[:, None] // 4).any(-1).double().mean() < 0.5


def test_every_block_can_be_reached() -> None:
    """Unlike a window with sinks, no part of the past is shut out: each block is found by some query."""
    k = smooth_keys(1, 256)
    q = k[0].transpose(0, 1).reshape(1, 1, 256, 16).transpose(1, 2).reshape(256, 1, 1, 16)
    found = search(q, k.expand(256, -1, -1, -1), picks=8, leaf=4)[:, 0, 0]

    assert set(found.flatten().tolist()) == set(range(64))


def test_the_search_keeps_first_and_own_block_and_nothing_twice() -> None:
    """Sink and own block are always read; ids are distinct and never of the future."""
    q, k = (torch.randn(1, 200, 2, 8, dtype=torch.float64) for _ in range(2))
    found = search(q, k, picks=8, leaf=4)
    for t in (0, 3, 50, 199):
        for h in range(2):
            ids = [i for i in found[0, t, h].tolist() if i >= 0]
            assert len(ids) == len(set(ids)) == min(8, t // 4 + 1)
            assert 0 in ids
            assert t // 4 in ids
            assert max(ids) == t // 4
