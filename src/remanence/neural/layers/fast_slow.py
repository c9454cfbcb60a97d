"""Fast and slow learning: a controller of memory slots whose weights also move while it reads.

Slow weights learn by backpropagation; a feedback network predicts their gradient at every token, and the fast
weights follow it at once: F <- fade F - lr_fast g x^T.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.errors import InvalidInput
from remanence.neural.layer import Layer, State, layer


@layer("fast_slow")
class FastSlow(Layer):
    """`slots` of memory and a controller of `dim` units; `rate` is lr_fast, 0 for the ordinary controller.

    fade: what is left of the fast weights after a token. lesson: weight of the synthetic gradient's own loss.
    """

    slots: int = 8
    rate: float = 0.5
    fade: float = 0.95
    through: bool = True
    lesson: float = 0.1

    def build(self) -> None:
        if self.slots < 1 or self.rate < 0 or (not 0 <= self.fade <= 1):
            raise InvalidInput(
                f"needs slots >= 1, rate >= 0, fade in [0, 1]; got {self.slots}, {self.rate}, {self.fade}"
            )
        self.control = nn.Linear(2 * self.dim, self.dim)
        self.feedback = nn.Sequential(
            nn.Linear(2 * self.dim, 2 * self.dim), nn.GELU(), nn.Linear(2 * self.dim, self.dim)
        )
        self.to_memory = nn.Linear(self.dim, 4 * self.dim)  # read key, write key, erase, add
        self.start = nn.Parameter(torch.randn(self.slots, self.dim) / math.sqrt(self.dim))
        self.to_out = nn.Linear(2 * self.dim, self.dim, bias=False)
        self.heard: list[tuple[Tensor, Tensor]] = []  # of the pass that is being differentiated
        self.lessons: list[tuple[Tensor, Tensor]] = []  # of the pass before

    def init_state(self, batch: int) -> State:
        slots = self.start.expand(batch, -1, -1)
        return {"slots": slots, "read": self.zeros(batch, self.dim), "fast": self.zeros(batch, self.dim, self.dim)}

    def mix(self, x: Tensor, state: State) -> tuple[Tensor, State]:
        slots, read, fast = (state[n].to(x.dtype) for n in ("slots", "read", "fast"))
        self.extra_loss = self._lesson() if self.training and torch.is_grad_enabled() else None
        out = []
        for t in range(x.shape[1]):
            slots, read, fast, h = self.tick(x[:, t], slots, read, fast)
            out.append(torch.cat([h, read], -1))
        return self.to_out(torch.stack(out, 1)), {"slots": slots, "read": read, "fast": fast}

    def tick(self, x: Tensor, slots: Tensor, read: Tensor, fast: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """One token: the fast weights answer, the slots are read and written, the fast weights follow."""
        seen = x / x.norm(dim=-1, keepdim=True).clamp(min=1e-6)
        h = torch.tanh(self.control(torch.cat([x, read], -1)) + (fast @ seen[..., None])[..., 0])
        if self.rate > 0:
            told = torch.cat([h, x], -1)
            push = self.feedback(told if self.through else told.detach())
            if self.training and h.requires_grad:
                self._watch(h, told)
            push = push if self.through else push.detach()
            fast = self.fade * fast - self.rate * push[..., None] * seen[:, None]
        asked, where, erase, add = self.to_memory(h).chunk(4, -1)
        scale = math.sqrt(self.dim)
        z = (slots @ where[..., None] / scale).softmax(1)
        slots = slots * (1 - z * torch.sigmoid(erase)[:, None]) + z * torch.tanh(add)[:, None]
        read = ((slots @ asked[..., None] / scale).softmax(1) * slots).sum(1)
        return slots, read, fast, h

    def _watch(self, h: Tensor, told: Tensor) -> None:
        """Remember what the true gradient of this hidden state turns out to be."""
        told = told.detach()
        h.register_hook(lambda grad: self.heard.append((told, grad.detach())))  # type: ignore[no-untyped-call]

    def _lesson(self) -> Tensor | None:
        """How far the synthetic gradients are from the true ones of the batch before, both scaled to one."""
        if self.heard:
            self.lessons, self.heard = self.heard, []
        if not self.lessons:
            return None
        told, true = (torch.stack(part) for part in zip(*self.lessons, strict=True))
        true = true / true.square().mean().sqrt().clamp(min=1e-12)
        return self.lesson * F.mse_loss(self.feedback(told), true)
