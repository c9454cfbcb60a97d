"""The layer contract as checks that anyone can run on a layer of their own.

`check(lambda: MyLayer(dim=16))` raises AssertionError with the broken promise, or returns None.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from remanence.errors import InvalidInput
from remanence.neural.layer import Layer, State, detach_state, flat, load_state, save_state, state_floats

TOLERANCE = 1e-9


def check(build: Callable[[], Layer], *, time: int = 23, seed: int = 0) -> None:
    """Run every check on layers made by `build`, in fp64 on the CPU."""
    for one in (
        check_shapes,
        check_resumes,
        check_streams,
        check_causal,
        check_batch,
        check_gradients,
        check_state,
        check_saves,
        check_half,
        check_places,
        check_inference,
        check_autocast,
        check_checkpointing,
    ):
        layer, x = _given(build, time, seed)
        one(layer, x)


def check_shapes(layer: Layer, x: Tensor) -> None:
    """Same shape out as in, also for no token and one token; a wrong width is refused in words."""
    with torch.no_grad():
        for length in (0, 1, x.shape[1]):
            y, _ = layer(x[:, :length])
            assert y.shape == x[:, :length].shape, f"y has shape {list(y.shape)} for {length} tokens"
            assert torch.isfinite(y).all(), f"y is not finite for {length} tokens"
    try:
        layer(x[..., :-1])
    except InvalidInput:
        return
    raise AssertionError("x of the wrong width was not refused")


def check_resumes(layer: Layer, x: Tensor) -> None:
    """Two stretches with the state carried over give what one stretch gives; so does the empty stretch."""
    if not layer.card.streams:
        return
    with torch.no_grad():
        whole, _ = layer(x)
        for cut in (0, 1, 7, x.shape[1]):
            first, state = layer(x[:, :cut])
            second, _ = layer(x[:, cut:], state)
            _close(torch.cat([first, second], 1), whole, f"resuming after {cut} tokens differs from one pass")


def check_streams(layer: Layer, x: Tensor) -> None:
    """Token by token gives what all at once gives."""
    if not layer.card.streams:
        return
    with torch.no_grad():
        whole, _ = layer(x)
        state: State | None = None
        for t in range(x.shape[1]):
            y, state = layer.step(x[:, t], state)
            _close(y, whole[:, t], f"step {t} differs from the parallel form")


def check_causal(layer: Layer, x: Tensor) -> None:
    """A change at one token changes no earlier output."""
    if not layer.card.streams:
        return
    with torch.no_grad():
        before, _ = layer(x)
        for t in (1, x.shape[1] // 2, x.shape[1] - 1):
            other = x.clone()
            other[:, t] += 1.0
            after, _ = layer(other)
            _close(after[:, :t], before[:, :t], f"a change at token {t} reached an earlier output")


def check_batch(layer: Layer, x: Tensor) -> None:
    """A change in one sequence changes no other sequence."""
    with torch.no_grad():
        before, _ = layer(x)
        other = x.clone()
        other[0] += 1.0
        after, _ = layer(other)
        _close(after[1:], before[1:], "a change in sequence 0 reached another sequence")


def check_gradients(layer: Layer, x: Tensor) -> None:
    """Gradients reach the input, are finite, and reach at least one parameter."""
    x = x.clone().requires_grad_()
    y, _ = layer(x)
    y.square().sum().backward()
    assert x.grad is not None, "no gradient reached x"
    grads = {name: p.grad for name, p in layer.named_parameters() if p.grad is not None}
    assert grads or not list(layer.parameters()), "no parameter has a gradient"
    for name, grad in {"x": x.grad, **grads}.items():
        assert torch.isfinite(grad).all(), f"the gradient of {name} is not finite"


def check_state(layer: Layer, x: Tensor) -> None:
    """`state_size(T)` counts the floats really kept after T tokens; a given state is never written into."""
    with torch.no_grad():
        for length in (0, 1, x.shape[1]):
            _, state = layer(x[:1, :length])
            got, said = state_floats(state), layer.state_size(length)
            assert got == said, f"after {length} tokens the state holds {got} floats, state_size says {said}"
        _, state = layer(x[:, :5])
        first, _ = layer(x[:, 5:], state)
        again, _ = layer(x[:, 5:], state)
        _close(again, first, "reading twice from one state differs: the state was written into")


def check_saves(layer: Layer, x: Tensor) -> None:
    """A state saved to a file and loaded continues to the same outputs."""
    if not layer.card.streams:
        return
    with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
        _, state = layer(x[:, :5])
        save_state(detach_state(state), Path(folder) / "state.safetensors")
        expected, _ = layer(x[:, 5:], state)
        got, _ = layer(x[:, 5:], load_state(Path(folder) / "state.safetensors"))
        _close(got, expected, "a saved and loaded state continues differently")


def check_half(layer: Layer, x: Tensor) -> None:
    """The layer runs in bf16, resumes there, and gives bf16 that is finite."""
    half, x = copy.deepcopy(layer).bfloat16(), x.bfloat16()
    with torch.no_grad():
        first, state = half(x[:, :7])
        second, _ = half(x[:, 7:], state)
    for y in (first, second):
        assert y.dtype == torch.bfloat16, f"bf16 in gave {y.dtype} out"
        assert torch.isfinite(y).all(), "y is not finite in bf16"


def check_places(layer: Layer, x: Tensor) -> None:
    """Rows picked from states at different places go on as each would alone (where the states can be joined)."""
    if not layer.card.streams:
        return
    with torch.no_grad():
        _, early = layer(x[:, :5])
        _, late = layer(x[:, :9])
        rows = [flat(state) for state in (early, late)]
        if any(a.shape != b.shape for a, b in zip(*(row.values() for row in rows), strict=True)):
            return
        mixed = _mixed(early, late)
        try:
            got, _ = layer(x[:, 9:15], mixed)
        except InvalidInput:  # a cache grew in some rows and not in others, and the message says so
            return
        first, _ = layer(x[:, 9:15], early)
        others, _ = layer(x[:, 9:15], late)
        _close(got, torch.cat([first[:1], others[1:]]), "rows at different places are read as if at one")


def check_inference(layer: Layer, x: Tensor) -> None:
    """Under inference mode, with its state carried over, the layer answers as under no_grad."""
    with torch.no_grad():
        _, state = layer(x[:, :7])
        expected, _ = layer(x[:, 7:], state)
    with torch.inference_mode():
        _, state = layer(x[:, :7])
        got, _ = layer(x[:, 7:], state)
    _close(got, expected, "inference mode gives another answer")


def check_autocast(layer: Layer, x: Tensor) -> None:
    """Under autocast the memory stays in 32 bits and the answer is finite."""
    layer, x = copy.deepcopy(layer).float(), x.float()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        y, state = layer(x)
    assert torch.isfinite(y).all(), "y is not finite under autocast"
    for name, part in flat(state).items():
        if name.split("/")[-1] in ("memory", "matrix", "kk", "kv") or "/weights/" in name:
            assert part.dtype == torch.float32, f"under autocast state[{name!r}] is {part.dtype}"


def check_checkpointing(layer: Layer, x: Tensor) -> None:
    """Activation checkpointing, in training and out of it, gives the gradients of the plain pass."""
    for training in (False, True):
        layer.train(training)
        grads = []
        for checkpointed in (False, True):
            torch.manual_seed(0)
            given = x.clone().requires_grad_()
            run = checkpoint(layer, given, use_reentrant=False) if checkpointed else layer(given)
            grads.append(torch.autograd.grad(run[0].square().sum(), given)[0])
        _close(grads[1], grads[0], "activation checkpointing changes the gradient")
    layer.eval()


def _mixed(first: State, others: State) -> State:
    """Row 0 of one state, the other rows of another."""
    return {
        name: _mixed(a, others[name]) if isinstance(a, dict) else torch.cat([a[:1], others[name][1:]])
        for name, a in first.items()
    }


def _given(build: Callable[[], Layer], time: int, seed: int) -> tuple[Layer, Tensor]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = build().double().eval()
        return layer, torch.randn(3, time, layer.dim, dtype=torch.float64)


def _close(got: Tensor, expected: Tensor, promise: str) -> None:
    error = (got - expected).abs().max().item() if got.numel() else 0.0
    assert error <= TOLERANCE, f"{promise} (by {error:.2g})"
