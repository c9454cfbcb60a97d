"""LSSL: the modes agree, the formulas of HiPPO hold, and the memory reads far back where averages cannot."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from remanence.algo.gist import Gist
from remanence.neural.kernels.scan_conv import causal_conv
from remanence.neural.layers.lssl import LSSL, bilinear, hippo_legs, legs_memory, legs_read


def smooth(count: int, time: int) -> Tensor:
    """Smooth random signals: sums of ten waves of one to ten periods: [time, count]."""
    draws = np.random.default_rng(0)
    t = np.linspace(0, 1, time)[:, None, None]
    rate, phase = draws.uniform(1.0, 10.0, (10, count)), draws.uniform(0, 2 * np.pi, (10, count))
    waves = draws.normal(size=(10, count)) * np.sin(2 * np.pi * rate * t + phase)
    return torch.from_numpy(waves.sum(1))


def r2(said: Tensor, true: Tensor) -> float:
    return 1 - ((said - true).square().sum() / (true - true.mean()).square().sum()).item()


def test_hippo_matrices_are_those_of_the_paper() -> None:
    """A and B of LegS at N = 3, by hand."""
    a, b = hippo_legs(3)
    s3, s5 = 3**0.5, 5**0.5

    expected = torch.tensor([[-1, 0, 0], [-s3, -2, 0], [-s5, -s3 * s5, -3]], dtype=torch.float64)
    torch.testing.assert_close(a, expected)
    torch.testing.assert_close(b, torch.tensor([1, s3, s5], dtype=torch.float64))


def test_the_bilinear_rule_is_that_of_the_paper() -> None:
    """(I - dA/2)^-1 (I + dA/2) and (I - dA/2)^-1 d B."""
    a, b = hippo_legs(5)
    forward, into = bilinear(a, b, torch.tensor(0.1, dtype=torch.float64))
    left = torch.linalg.inv(torch.eye(5, dtype=torch.float64) - 0.05 * a)

    torch.testing.assert_close(forward, left @ (torch.eye(5, dtype=torch.float64) + 0.05 * a))
    torch.testing.assert_close(into, left @ b * 0.1)


def test_recurrence_convolution_and_chunks_agree() -> None:
    """One step at a time, one convolution with C A^l B, and chunks of any size give the same outputs."""
    layer = LSSL(6, size=8, chunk=7).double()
    x = torch.randn(2, 40, 6, dtype=torch.float64)
    chunked, last = layer(x)

    state, steps = None, []
    for t in range(40):
        y, state = layer.step(x[:, t], state)
        steps.append(y)
    torch.testing.assert_close(torch.stack(steps, 1), chunked, atol=1e-10, rtol=0)
    assert state is not None
    torch.testing.assert_close(state["x"], last["x"], atol=1e-10, rtol=0)

    far, _ = causal_conv(x, layer.kernel(40))
    whole = layer.mixer(torch.nn.functional.gelu(far + layer.d * x))
    torch.testing.assert_close(whole, chunked, atol=1e-10, rtol=0)


def test_legs_reads_far_back_where_averages_cannot() -> None:
    """32 floats after 1000 steps read lag 500 with R2 >= .9; 32 moving averages with the best readout get < .3."""
    u = smooth(400, 1000)
    lag = 500
    at = torch.tensor([(1000 - lag - 0.5) / 1000], dtype=torch.float64)
    legs = r2(legs_read(legs_memory(u, 32), at)[:, 0], u[-1 - lag])

    rates = torch.logspace(0, 3, 32, dtype=torch.float64).reciprocal()
    averages = torch.zeros(400, 32, dtype=torch.float64)
    for value in u:
        averages += rates * (value[:, None] - averages)
    half = torch.cat([averages, torch.ones(400, 1, dtype=torch.float64)], 1)
    gram = half[:200].T @ half[:200] + 1e-6 * torch.eye(33, dtype=torch.float64)
    fitted = torch.linalg.solve(gram, half[:200].T @ u[-1 - lag, :200])
    bank = r2(half[200:] @ fitted, u[-1 - lag, 200:])

    assert legs >= 0.9, (legs, bank)
    assert bank < 0.3, (legs, bank)


def test_resampling_the_signal_leaves_the_memory_unchanged() -> None:
    """LegS has no timescale: the same signal at half the rate gives the same coefficients within 2 %."""
    u = smooth(50, 2000)
    fine, coarse = legs_memory(u, 16), legs_memory(u[::2], 16)

    assert (fine - coarse).norm() < 0.02 * fine.norm()


def test_halving_the_step_leaves_the_layer_unchanged() -> None:
    """Every input twice at half the step gives the same output within 1 %."""
    coarse, fine = LSSL(4, size=8, longest=0.02).double(), LSSL(4, size=8).double()
    fine.load_state_dict(coarse.state_dict())
    with torch.no_grad():
        fine.step_log -= torch.log(torch.tensor(2.0, dtype=torch.float64))
        x = smooth(4, 200).T.reshape(1, 4, 200).mT
        _, one = coarse(x)
        _, two = fine(x.repeat_interleave(2, 1))

    assert (one["x"] - two["x"]).norm() < 0.01 * one["x"].norm()


def test_a_random_transition_matrix_forgets_what_legs_keeps() -> None:
    """A random stable A of the same size and mean speed loses much of the past that HiPPO's A can be read for."""
    u = smooth(400, 300)
    step = torch.tensor(1 / 100, dtype=torch.float64)
    scores = []
    for structured in (True, False):
        a, b = hippo_legs(16)
        if not structured:
            speed = -a.diagonal().mean()
            a = speed * (0.4 * torch.randn(16, 16, dtype=torch.float64) / 4 - torch.eye(16, dtype=torch.float64))
            b = torch.randn(16, dtype=torch.float64)
        forward, into = bilinear(a, b, step)
        x = torch.zeros(400, 16, dtype=torch.float64)
        for value in u:
            x = x @ forward.T + value[:, None] * into
        x = torch.cat([x, torch.ones(400, 1, dtype=torch.float64)], 1)
        gram = x[:200].T @ x[:200] + 1e-6 * torch.eye(17, dtype=torch.float64)
        scores.append(r2(x[200:] @ torch.linalg.solve(gram, x[:200].T @ u[-101, :200]), u[-101, 200:]))

    assert scores[0] > 0.9, scores
    assert scores[1] < scores[0] - 0.3, scores


def test_the_numpy_gist_is_the_same_memory() -> None:
    """The engine's gist of a session and the tensors agree to 1e-9, in state and in reading."""
    u = smooth(5, 60)
    gist = Gist(5, size=12)
    for vector in u.numpy():
        gist.add(vector)
    memory = legs_memory(u, 12)

    np.testing.assert_allclose(gist.state, memory.T.numpy(), atol=1e-9)
    np.testing.assert_allclose(gist.read(0.3), legs_read(memory, torch.tensor([0.3]))[:, 0].numpy(), atol=1e-6)
