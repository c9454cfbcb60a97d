"""LSSL: a linear state space per channel that keeps the whole past as coefficients of polynomials (HiPPO).

x' = A x + B u, y = C x + D u, made discrete by the bilinear rule; recurrence, convolution and chunks agree.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.kernels.gated_delta import full_precision
from remanence.neural.kernels.scan_conv import causal_conv
from remanence.neural.layer import Layer, State, layer


def hippo_legs(size: int, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    """A: [N, N], B: [N] of HiPPO-LegS: A_nk = -sqrt((2n+1)(2k+1)) below, -(n+1) on the diagonal, 0 above."""
    root = (2 * torch.arange(size, dtype=dtype) + 1).sqrt()
    a = -(root[:, None] * root).tril(-1) - torch.diag(torch.arange(1, size + 1, dtype=dtype))
    return a, root


def bilinear(a: Tensor, b: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    """Make x' = A x + B u discrete: a [N, N], b [N], step [...] -> A [..., N, N], B [..., N]."""
    one = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    half = step[..., None, None] / 2 * a
    forward = torch.cat([one + half, (step[..., None] * b)[..., None]], -1)
    solved = torch.linalg.solve(one - half, forward)
    return solved[..., :-1], solved[..., -1]


def legs_memory(u: Tensor, size: int) -> Tensor:
    """Coefficients of all of u: [T, D] so far, scaled to [0, 1]: [D, N]; the step at time t is 1 / t."""
    a, b = hippo_legs(size, torch.float64)
    x = torch.zeros(u.shape[1], size, dtype=torch.float64)
    for t in range(u.shape[0]):
        forward, into = bilinear(a, b, torch.tensor(1.0 / (t + 1), dtype=torch.float64))
        x = x @ forward.T + u[t, :, None].double() * into
    return x


def legs_read(x: Tensor, at: Tensor) -> Tensor:
    """The remembered signal at shares `at` [P] of its length, 0 the start, 1 now: [D, N] -> [D, P]."""
    size, z = x.shape[-1], 2 * at.double() - 1
    before, now = torch.zeros_like(z), torch.ones_like(z)
    basis = []
    for n in range(size):  # Legendre polynomials, scaled to length one on [0, 1]
        basis.append(math.sqrt(2 * n + 1) * now)
        before, now = now, ((2 * n + 1) * z * now - n * before) / (n + 1)
    return x.double() @ torch.stack(basis)


@layer("lssl")
class LSSL(Layer):
    """`size` floats of state per channel; step sizes start log-uniform in [shortest, longest].

    learn: also train A. chunk: tokens per product of matrices; does not change the function.
    """

    size: int = 16
    shortest: float = 0.001
    longest: float = 0.1
    learn: bool = True
    chunk: int = 32

    def build(self) -> None:
        if self.size < 1 or not 0 < self.shortest <= self.longest:
            raise InvalidInput(
                f"size is at least 1 and 0 < shortest <= longest, got {self.size}, {self.shortest}, {self.longest}"
            )
        a, b = hippo_legs(self.size, torch.get_default_dtype())
        self.a, self.b = nn.Parameter(a, requires_grad=self.learn), nn.Parameter(b, requires_grad=self.learn)
        self.step_log = nn.Parameter(torch.empty(self.dim).uniform_(math.log(self.shortest), math.log(self.longest)))
        self.c = nn.Parameter(torch.randn(self.dim, self.size) / math.sqrt(self.size))
        self.d = nn.Parameter(torch.ones(self.dim))
        self.mixer = nn.Linear(self.dim, self.dim)

    def init_state(self, batch: int) -> State:
        return {"x": self.zeros(batch, self.dim, self.size)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        powers, seen, taps, jumps = self._powers(min(self.chunk, x.shape[1]))
        full = full_precision(x)
        memory, out = state["x"].to(full.dtype), []
        for u in torch.split(full, self.chunk, 1):
            time = u.shape[1]
            near, _ = causal_conv(u, taps[:, -time:])
            far = torch.einsum("dln,bdn->bld", seen[:, 1 : time + 1], memory)
            out.append(near + far)
            into = powers[:, :time, :, 0].flip(1)  # A^(time - 1 - j) B
            carried = torch.einsum("dnm,bdm->bdn", jumps[time], memory)
            memory = carried + torch.einsum("dln,bld->bdn", into, u)
        y = torch.cat(out, 1).to(x.dtype) + self.d * x
        return self.mixer(F.gelu(y)), {"x": memory}

    def kernel(self, length: int) -> Tensor:
        """The filter of the convolution view, C A^l B with the latest lag last: [dim, length]."""
        return self._powers(length)[2]

    def _powers(self, length: int) -> tuple[Tensor, Tensor, Tensor, _Jumps]:
        """A^l B: [dim, length, N, 1]; C A^l: [dim, length + 1, N]; taps [dim, length]; A^n; by doubling."""
        a, b, c, step = (full_precision(p) for p in (self.a, self.b, self.c, self.step_log))
        forward, into = bilinear(a, b, step.exp())
        states, reads, power = into[:, None], c[:, None], forward
        jumps = _Jumps({1: forward})
        while states.shape[1] < length:
            done = states.shape[1]
            states = torch.cat([states, torch.einsum("dnm,dlm->dln", power, states)], 1)
            reads = torch.cat([reads, torch.einsum("dln,dnm->dlm", reads, power)], 1)
            power = power @ power
            jumps[2 * done] = power
        reads = torch.cat([reads, torch.einsum("dln,dnm->dlm", reads[:, -1:], forward)], 1)
        states, reads = states[:, :length], reads[:, : length + 1]
        taps = torch.einsum("dn,dln->dl", c, states).flip(1)
        return states[..., None], reads, taps, jumps


class _Jumps(dict[int, Tensor]):
    """A^n for any n, put together from the powers of two that are known."""

    def __missing__(self, n: int) -> Tensor:
        big = max(k for k in self if k < n)
        self[n] = self[big] @ self[n - big]
        return self[n]
