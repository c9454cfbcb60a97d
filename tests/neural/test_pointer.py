"""Pointer networks: answers as many as items, order without meaning, copies, and toy hulls above chance."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.layers.pointer_network import PointerNetwork
from remanence.neural.pointer import CopyHead, PointerHead


def hull(points: Tensor) -> Tensor:
    """Which of [B, N, 2] points lie on their convex hull: on one side of some line through another point."""
    ahead = points[:, None] - points[:, :, None]  # [B, i, j, 2]: from i to j
    cross = ahead[:, :, :, None, 0] * ahead[:, :, None, :, 1] - ahead[:, :, :, None, 1] * ahead[:, :, None, :, 0]
    edge = (cross >= -1e-9).all(-1) & ~torch.eye(points.shape[1], dtype=torch.bool)
    return edge.any(-1)


def test_the_head_follows_its_formula() -> None:
    """p(j) = softmax of w tanh(W1 e_j + W2 d), item by item."""
    head = PointerHead(6, inside=5).double()
    items, query = torch.randn(1, 4, 6, dtype=torch.float64), torch.randn(1, 1, 6, dtype=torch.float64)
    u = torch.stack(
        [
            head.to_score.weight[0] @ torch.tanh(head.to_item.weight @ e + head.to_query.weight @ query[0, 0])
            for e in items[0]
        ]
    )

    torch.testing.assert_close(head(items, query)[0, 0], u.log_softmax(0))


def test_permuting_the_items_permutes_the_distribution() -> None:
    """A pointer has no positions of its own."""
    head, order = PointerHead(6).double(), torch.randperm(9)
    items, query = torch.randn(2, 9, 6, dtype=torch.float64), torch.randn(2, 3, 6, dtype=torch.float64)

    torch.testing.assert_close(head(items[:, order], query), head(items, query)[..., order])


def test_an_unseen_word_can_be_copied() -> None:
    """An id beyond the vocabulary gets its share from the pointer; the whole stays a distribution."""
    head = CopyHead(6, vocab=5).double()
    items, query = torch.randn(1, 4, 6, dtype=torch.float64), torch.randn(1, 2, 6, dtype=torch.float64)
    p = head(items, torch.tensor([[1, 7, 2, 7]]), query).exp()

    assert p.shape == (1, 2, 8)
    torch.testing.assert_close(p.sum(-1), torch.ones(1, 2, dtype=torch.float64))
    assert (p[..., 7] > 0.01).all()
    assert p[..., 5:7].max() < 1e-12


def test_the_gate_of_a_copy_is_read_from_the_query() -> None:
    """Open it gives the pointer's distribution over ids, shut the vocabulary's, and each query has its own."""
    head = CopyHead(6, vocab=5).double()
    items, tokens = torch.randn(1, 3, 6, dtype=torch.float64), torch.tensor([[1, 4, 2]])
    query = torch.randn(1, 2, 6, dtype=torch.float64)
    query[0, :, 0] = torch.tensor([1.0, -1.0])
    with torch.no_grad():
        head.gate.weight.zero_()[0, 0] = 60.0
        head.gate.bias.zero_()
    p = head(items, tokens, query).exp()[0]
    copied = torch.zeros(5, dtype=torch.float64).scatter(0, tokens[0], head.point(items, query).exp()[0, 0])

    torch.testing.assert_close(p[0], copied)
    torch.testing.assert_close(p[1], head.say(query).softmax(-1)[0, 1])


def test_the_layer_points_only_at_the_past() -> None:
    """Row t of `point` is a distribution over tokens 0 to t."""
    p = PointerNetwork(8).double().point(torch.randn(2, 7, 8, dtype=torch.float64)).exp()

    torch.testing.assert_close(p.sum(-1), torch.ones(2, 7, dtype=torch.float64))
    assert p.triu(1).abs().max() == 0.0


def test_toy_hulls_are_found_above_chance_also_at_twice_the_trained_length() -> None:
    """Trained to point at the hull of 5 points, asked for 10: answers are places 0-9, right far above chance."""
    torch.manual_seed(0)
    encoder, head = nn.Sequential(nn.Linear(2, 32), nn.GELU(), nn.Linear(32, 32)), PointerHead(32)
    around = nn.Linear(32, 32)
    modules = nn.ModuleList([encoder, head, around])
    optimiser = torch.optim.AdamW(modules.parameters(), lr=1e-2)

    def point(points: Tensor) -> Tensor:
        z = encoder(points - points.mean(1, keepdim=True))
        return head(z, around(z.amax(1, keepdim=True)))[:, 0]

    for _ in range(500):
        points = torch.rand(64, 5, 2)
        on = hull(points).float()
        loss = -(on / on.sum(-1, keepdim=True) * point(points)).sum(-1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    with torch.no_grad():
        points = torch.rand(512, 10, 2)
        said, on = point(points), hull(points)
    right = on.gather(1, said.argmax(-1, keepdim=True)).double().mean().item()
    chance = on.double().mean().item()

    assert said.shape == (512, 10)
    assert right > chance + 0.2, (right, chance)


def test_a_trained_layer_finds_values_it_never_saw() -> None:
    """Facts of known keys and fresh values: it answers with the place of the fact, right for 9 in 10."""
    torch.manual_seed(0)
    layer, eye, rows = PointerNetwork(32, conv=0), 4 * torch.eye(16), torch.arange(32)
    optimiser, right = torch.optim.AdamW(layer.parameters(), lr=1e-2), []
    for step in range(250):
        keys, asked = torch.rand(32, 16).argsort(-1)[:, :8], torch.randint(8, (32,))
        question = torch.cat([eye[keys[rows, asked]], torch.zeros(32, 16)], -1)
        x = torch.cat([torch.cat([eye[keys], torch.randn(32, 8, 16)], -1), question[:, None]], 1)
        log_p = layer.point(x)[:, -1]
        loss = F.nll_loss(log_p, asked)
        if step >= 240:
            right.append((log_p.argmax(-1) == asked).double().mean().item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    assert sum(right) / len(right) > 0.9, right
