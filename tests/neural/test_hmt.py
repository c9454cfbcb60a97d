"""HMT: recall by topic, a bounded queue, any backbone, and a fact that is lost without recall."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.neural.layer import Layer, State
from remanence.neural.layers.hmt import HMT


class Mean(Layer):
    """A backbone that answers the mean of what it has read."""

    def init_state(self, batch: int) -> State:
        return {"sum": self.zeros(batch, self.dim).double(), "count": self.zeros(batch, 1).double()}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        total = state["sum"][:, None] + x.cumsum(1)
        count = state["count"][:, None] + torch.arange(1, x.shape[1] + 1)[:, None]
        return total / count, {"sum": total[:, -1], "count": count[:, -1]}


def by_topic(segment: int = 8) -> HMT:
    """An HMT whose summaries are segment means and whose questions are compared as they are."""
    layer = HMT(16, segment=segment, sensory=0).double()
    layer.layer = Mean(16)
    with torch.no_grad():
        layer.ask.zero_()
        layer.sum_up.zero_()
        layer.to_query.weight.copy_(100 * torch.eye(16))
        layer.to_key.weight.copy_(torch.eye(16))
    return layer


def test_the_third_segment_recalls_the_first_of_its_topic() -> None:
    """Topics A, B, A: asked after half of the third segment, the queue answers with the first segment."""
    a, b = F.normalize(torch.randn(2, 16, dtype=torch.float64), dim=-1)
    layer = by_topic()
    noise = 0.05 * torch.randn(1, 20, 16, dtype=torch.float64)
    x = torch.cat([a.expand(8, -1), b.expand(8, -1), a.expand(4, -1)])[None] + noise
    _, state = layer(x)
    _, weight = layer.look_up(x[:, 16:].mean(1), state["summaries"])

    assert weight[0].argmax() == 0
    assert state["recalled"][0, 0] @ a > 2 * (state["recalled"][0, 0] @ b).abs()


def test_the_queue_is_bounded() -> None:
    """Fifty segments leave `capacity` summaries, the last ones."""
    layer = HMT(16, segment=4, capacity=5).double()
    x = torch.randn(1, 200, 16, dtype=torch.float64)
    _, state = layer(x)
    _, before = layer(x[:, :180])

    assert state["summaries"].shape == (1, 5, 16)
    assert not torch.equal(state["summaries"], before["summaries"])
    assert layer.state_size(200) == layer.state_size(40)


@pytest.mark.parametrize("backbone", ["softmax", "delta_net", "lstm"])
def test_any_layer_can_be_the_backbone(backbone: str) -> None:
    """A recalled summary changes what the rest of a segment reads, whatever the backbone."""
    built = {recall: HMT(16, segment=8, recall=recall, backbone=backbone).double() for recall in ("search", "none")}
    built["none"].load_state_dict(built["search"].state_dict())
    x = torch.randn(2, 24, 16, dtype=torch.float64)
    with_past, without = (built[r](x)[0] for r in ("search", "none"))

    torch.testing.assert_close(with_past[:, :12], without[:, :12], atol=1e-12, rtol=0)
    assert (with_past[:, 13:16] - without[:, 13:16]).abs().max() > 1e-6


def test_without_recall_a_fact_of_an_early_segment_is_lost() -> None:
    """Asked for a fact of segments one to three in segment five: recall answers, one passed vector or none do not."""
    letters, right = 8, {}
    for recall in ("search", "last", "none"):
        torch.manual_seed(0)
        layer = by_topic(segment=6)
        layer.recall = recall
        topic = torch.linalg.qr(torch.randn(200, 16, 16, dtype=torch.float64))[0]
        letter, rows = torch.randint(letters, (200, 4)), torch.arange(200)
        pick = torch.randint(3, (200,))  # never the segment just before
        # eight topics in one half of the space, eight letters in the other, all orthogonal
        codes = topic[:, 8:]
        told = torch.cat([topic[:, :4], codes[rows[:, None], letter]], 2).reshape(200, 4, 2, 16)
        told = told.repeat_interleave(3, 2)  # three tokens of the topic, three of its letter
        x = torch.cat([told.flatten(1, 2), topic[rows, pick][:, None].expand(-1, 6, -1)], 1)
        answer = layer(x)[0][:, -1]
        found = (codes @ answer[..., None])[..., 0].argmax(-1)
        right[recall] = float((found == letter[rows, pick]).double().mean())

    assert right["search"] > 0.9, right
    assert right["none"] < 0.3, right
    assert right["last"] < 0.5, right
