"""MEGA and TCNCA: the average in both forms, an exact receptive field, and the only way across a chunk."""

from __future__ import annotations

import torch

from remanence.neural.layers.mega import TCNCA, Mega, MovingAverage


def test_the_moving_average_in_parallel_equals_its_steps_and_its_convolution() -> None:
    """Scan, recurrence and the kernel p beta q^l gamma agree to 1e-10."""
    average = MovingAverage(5, 3).double()
    x, state = torch.randn(2, 30, 5, dtype=torch.float64), torch.zeros(2, 5, 3, dtype=torch.float64)
    whole, _ = average(x, state)
    steps = []
    for t in range(30):
        y, state = average(x[:, t : t + 1], state)
        steps.append(y)
    torch.testing.assert_close(torch.cat(steps, 1), whole, atol=1e-10, rtol=0)

    p, q = average.delta.sigmoid(), 1 - average.delta.sigmoid() * average.alpha.sigmoid()
    lags = torch.arange(30)[:, None, None]
    kernel = (p * average.beta * q**lags * average.gamma).sum(-1) / 3**0.5  # [L, D]
    mixed = torch.stack([(kernel[: t + 1].flip(0) * x[:, : t + 1]).sum(1) for t in range(30)], 1)
    torch.testing.assert_close(torch.nn.functional.silu(mixed + average.omega * x), whole, atol=1e-10, rtol=0)


def test_the_receptive_field_of_the_convolution_is_exact() -> None:
    """With 4 taps, 3 deep, the 63rd token back changes the output and the 64th does not, with attention cut off."""
    layer = TCNCA(8, taps=4, depth=3, chunk=1).double()
    assert layer.convolution.reach() == 64
    x = torch.randn(1, 80, 8, dtype=torch.float64)
    reach = []
    for back in (64, 63):
        other = x.clone()
        other[:, 79 - back] += 1.0
        reach.append((layer(x)[0] - layer(other)[0])[:, 79].abs().max().item())

    assert reach[0] == 0.0
    assert reach[1] > 0.0


def test_an_earlier_chunk_is_reached_only_through_the_convolution() -> None:
    """With taps that see the present token alone nothing crosses the boundary; inside the chunk all is seen."""
    layer = TCNCA(8, taps=4, depth=2, chunk=8).double()
    with torch.no_grad():
        layer.convolution.taps[..., :-1] = 0
    x = torch.randn(1, 16, 8, dtype=torch.float64)
    moved = []
    for place in (7, 8):
        other = x.clone()
        other[:, place] += 1.0
        moved.append((layer(x)[0] - layer(other)[0])[:, 15].abs().max().item())

    assert moved[0] == 0.0
    assert moved[1] > 0.0


def test_an_earlier_chunk_is_reached_only_through_the_average() -> None:
    """With the averages forgetting at once (q = 0) nothing crosses the boundary."""
    layer = Mega(8, order=2, chunk=8).double()
    x = torch.randn(1, 16, 8, dtype=torch.float64)
    other = x.clone()
    other[:, 7] += 1.0
    open_ = (layer(x)[0] - layer(other)[0])[:, 15].abs().max().item()
    with torch.no_grad():
        layer.average.delta.fill_(60.0)
        layer.average.alpha.fill_(60.0)
    shut = (layer(x)[0] - layer(other)[0])[:, 15].abs().max().item()

    assert open_ > 0.0
    assert shut == 0.0
