"""EM-LLM: cuts at topic shifts, refinement of late cuts, and neighbours that come with a hit."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.layers.em_llm import EMLLM
from remanence.neural.layers.softmax_attention import SoftmaxAttention
from remanence.neural.segments import Segmenter, refine


def topics(*sizes: int, width: int = 32, noise: float = 0.5) -> Tensor:
    """A stream [1, T, width] that stays near one random direction for each size, then jumps."""
    centres = F.normalize(torch.randn(len(sizes), width, dtype=torch.float64), dim=-1)
    stream = torch.cat([c.expand(n, -1) for c, n in zip(centres, sizes, strict=True)])
    return (stream + noise * F.normalize(torch.randn_like(stream), dim=-1))[None]


def test_a_cut_lies_within_two_tokens_of_a_topic_shift() -> None:
    """Every planted shift of 32 streams has an event that begins at most two tokens away."""
    segmenter = Segmenter(gamma=2.5, recent=16, smallest=4, largest=64, fading=0.8)
    hit = []
    for _ in range(32):
        x = topics(30, 25, 30)
        _, begins, _ = segmenter(x, segmenter.init_state(torch.zeros(1, 32, dtype=torch.float64)))
        cuts = begins[0].nonzero()[:, 0]
        hit += [int((cuts - shift).abs().min()) <= 2 for shift in (30, 55)]

    assert sum(hit) / len(hit) >= 0.95


def test_a_stream_without_surprise_is_cut_into_largest_events() -> None:
    """A constant stream only ends events that are full."""
    segmenter = Segmenter(largest=8)
    ids, _, _ = segmenter(torch.ones(1, 40, 4), segmenter.init_state(torch.zeros(1, 4)))

    assert torch.bincount(ids[0]).tolist() == [8] * 5


def test_refinement_moves_a_late_cut_back() -> None:
    """Cuts three and two tokens late end at the shifts, by the modularity of the keys."""
    x = topics(12, 10, 14, noise=0.3)[0]

    assert refine([15, 24], x) == [12, 22]


def test_surprise_cuts_separate_better_than_fixed_ones() -> None:
    """Tokens of one event are more alike, relative to those of others, than in blocks of equal size."""
    x = topics(21, 13, 26, 17)
    segmenter = Segmenter(gamma=2.5, smallest=4, largest=64, fading=0.8)
    ids, _, _ = segmenter(x, segmenter.init_state(torch.zeros(1, 32, dtype=torch.float64)))
    near = F.normalize(x[0], dim=-1) @ F.normalize(x[0], dim=-1).T

    def ratio(own: Tensor) -> Tensor:
        same = own[:, None] == own
        return near[same].mean() / near[~same].mean()

    count = int(ids.max()) + 1
    assert ratio(ids[0]) > 1.5 * ratio(torch.arange(77) * count // 77)


def test_a_hit_brings_its_neighbours_within_their_quota() -> None:
    """Of ten events read at most three are neighbours, and the events beside the best hit are among them."""
    layer = EMLLM(16, heads=1, picks=10, contiguity=0.3, turned=False, conv=0).double()
    ids = torch.arange(30).repeat_interleave(4)[None]
    keys = F.normalize(torch.randn(1, 30, 1, 16, dtype=torch.float64), dim=-1).repeat_interleave(4, 1)
    q = keys[:, 41:42].expand(-1, 120, -1, -1).clone()  # asks for event 10
    heard = torch.rand(1, 120, 1, dtype=torch.float64)
    read = layer.retrieve(q, keys, ids, heard)[0, -1, 0].nonzero()[:, 0].tolist()
    layer.neighbours = 0
    hits = layer.retrieve(q, keys, ids, heard)[0, -1, 0].nonzero()[:, 0].tolist()

    assert len(hits) == 7
    assert 10 in hits
    assert len(read) == 10
    assert {9, 10, 11} <= set(read)
    assert all(n - 1 in hits or n + 1 in hits for n in set(read) - set(hits))


def test_reading_every_event_is_dense_attention() -> None:
    """With as many picks as events it equals softmax attention."""
    layer = EMLLM(16, picks=64, contiguity=0.0).double()
    dense = SoftmaxAttention(16).double()
    dense.read.load_state_dict(layer.read.state_dict())
    dense.out.load_state_dict(layer.out.state_dict())
    x = torch.randn(2, 40, 16, dtype=torch.float64)

    torch.testing.assert_close(layer(x)[0], dense(x)[0], atol=1e-10, rtol=0)
