"""HAX: few keys per query, equal vectors collide, scores know only the past, and it beats its base alone."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from remanence.neural.layers.hax import HAX, best_so_far, latest_alike


def test_a_query_reads_no_more_than_its_budget_and_nothing_later() -> None:
    """Hashing and selection together open at most `budget` keys, none of the future."""
    layer = HAX(16, budget=6, planes=1).double().eval()
    q, k = (F.normalize(torch.randn(2, 50, 4, 4, dtype=torch.float64), dim=-1) for _ in range(2))
    found = layer.readable(q, k, torch.randn(2, 50, 4, dtype=torch.float64))

    assert found.shape[-1] == 6
    assert int((found[:, -1] >= 0).sum(-1).min()) >= 3
    assert (found <= torch.arange(50)[:, None, None]).all()
    assert all(
        len(set(row)) == len(row) for row in ([n for n in row if n >= 0] for row in found.flatten(0, 2).tolist())
    )


def test_an_equal_query_and_key_always_collide() -> None:
    """A query that is one of the last keys of its kind is hashed to it, in training as in use."""
    k = F.normalize(torch.randn(1, 20, 4, 4, dtype=torch.float64), dim=-1)
    q = k[:, 7:8].expand(-1, 20, -1, -1)
    for training in (True, False):
        layer = HAX(16, budget=64, select=False, planes=4).double().train(training)
        for _ in range(10):
            found = layer.readable(q, k, torch.zeros(1, 20, 4, dtype=torch.float64))
            assert (found[0, -1] == 7).any(-1).all()


def test_unlike_keys_are_not_read_by_hashing() -> None:
    """An opposite key never has the query's code."""
    k = F.normalize(torch.randn(1, 20, 4, 4, dtype=torch.float64), dim=-1)
    layer = HAX(16, budget=64, select=False).double().eval()
    found = layer.readable(-k[:, 7:8].expand(-1, 20, -1, -1), k, torch.zeros(1, 20, 4, dtype=torch.float64))

    assert not (found[0, -1] == 7).any()


def test_scores_depend_only_on_the_past() -> None:
    """The score that a key got when it was written is the same whatever comes after."""
    layer = HAX(16).double().eval()
    x = torch.randn(1, 30, 16, dtype=torch.float64)
    other = torch.cat([x[:, :15], torch.randn(1, 15, 16, dtype=torch.float64)], 1)

    one, two = layer(x)[1]["scores"], layer(other)[1]["scores"]
    assert torch.equal(one[:, :15], two[:, :15])
    assert not torch.equal(one[:, 15:], two[:, 15:])


def test_the_ranking_loss_teaches_which_keys_are_asked_for() -> None:
    """Half of the keys are asked for again and again; after training their scores are the higher ones."""
    layer = HAX(16, heads=1, key=8).double().train()
    wanted, other = torch.eye(8, dtype=torch.float64)[:2]
    optimiser = torch.optim.Adam(layer.score.parameters(), lr=1e-2)
    for _ in range(100):
        kind = torch.rand(4, 32) < 0.5
        k = F.normalize(torch.where(kind[..., None], wanted, other) + 0.1 * torch.randn(4, 32, 8).double(), dim=-1)
        q = F.normalize(wanted + 0.1 * torch.randn(4, 32, 8).double(), dim=-1)[:, :, None]
        fresh = layer.score(torch.cat([k, F.normalize(q[:, :, 0].cumsum(1), dim=-1)], -1))
        loss = layer._ranking(q, k[:, :, None], fresh)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    assert fresh[kind].mean() > fresh[~kind].mean() + 0.5


@pytest.mark.parametrize(("size", "time", "few"), [(50, 50, 3), (50, 1, 4), (37, 20, 8), (5, 5, 5), (9, 2, 9)])
def test_sorting_finds_what_comparing_every_pair_finds(size: int, time: int, few: int) -> None:
    """The latest keys of a code and the best scores so far, ties included, against the S x S definition."""
    asked, held = torch.randint(0, 4, (2, time, 3)), torch.randint(0, 4, (2, size, 3))
    scores = torch.randn(2, size, 3).round(decimals=1)
    place = torch.arange(size)
    past = (place <= torch.arange(size - time, size)[:, None])[:, None]
    alike = (asked[..., None] == held.transpose(1, 2)[:, None]) & past
    order = scores.transpose(1, 2)[:, None].masked_fill(~past, float("-inf")).sort(stable=True, descending=True)

    latest, best = latest_alike(asked, held, few), best_so_far(scores, time, few)

    assert torch.equal(torch.where(alike, place, -1).topk(few).values, latest)
    assert torch.equal(order.indices.masked_fill(order.values == float("-inf"), -1)[..., :few], best)


@torch.no_grad()
def test_nothing_of_the_size_of_all_pairs_is_made() -> None:
    """2,048 tokens at once, and one after 2,048: no tensor comes near tokens times tokens."""
    layer, x = HAX(16, heads=1, budget=4, conv=0).eval(), torch.randn(1, 2049, 16)

    with Largest() as whole:
        _, state = layer(x[:, :2048])
    with Largest() as step:
        layer.step(x[:, 2048], state)

    assert whole.floats < 2048 * 2048 / 16
    assert step.floats < 2048 * 64


class Largest(TorchDispatchMode):
    """Remembers the most elements that any tensor made meanwhile had."""

    floats = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for one in made if isinstance(made, tuple) else (made,):
            if isinstance(one, torch.Tensor):
                self.floats = max(self.floats, one.numel())
        return made
