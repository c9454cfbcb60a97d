"""The five kernels: naive loop, fast form and resumed form agree in value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from remanence.errors import InvalidInput
from remanence.neural.kernels import block_attention as attention
from remanence.neural.kernels import inner_gradient as inner
from remanence.neural.kernels import regression, scan_conv
from remanence.neural.kernels.gated_delta import gated_delta, gated_delta_naive

TYPES = [(torch.float64, 1e-10), (torch.float32, 1e-5)]
B, H, K, V = 2, 2, 6, 5


def drawn(*shape: int, dtype: torch.dtype, positive: bool = False) -> Tensor:
    """Draw in 64 bits, so that both precisions test the same numbers."""
    x = torch.rand(shape, dtype=torch.float64) if positive else torch.randn(shape, dtype=torch.float64)
    return x.to(dtype)


Case = tuple[Callable[..., Any], Callable[..., Any], dict[str, Tensor], dict[str, Any]]


def gated_delta_case(beta: bool, gate: str, time: int, dtype: torch.dtype, erase: bool = False) -> Case:
    given = {
        "q": drawn(B, time, H, K, dtype=dtype),
        "k": F.normalize(drawn(B, time, H, K, dtype=dtype), dim=-1),
        "v": drawn(B, time, H, V, dtype=dtype),
    }
    if beta:
        given["beta"] = drawn(B, time, H, dtype=dtype, positive=True)
    if gate:
        shape = (B, time, H, K) if gate == "channel" else (B, time, H)
        given["gate"] = -drawn(*shape, dtype=dtype, positive=True)
    if erase:
        given["erase"] = drawn(B, time, H, K, dtype=dtype, positive=True) * given["k"]
    return gated_delta_naive, gated_delta, given, {} if gate == "channel" else {"chunk": 16}


def scan_case(time: int, dtype: torch.dtype) -> Case:
    given = {"a": drawn(B, time, K, dtype=dtype, positive=True), "b": drawn(B, time, K, dtype=dtype)}
    given["a"][:, time // 2] = 0.0
    return scan_conv.scan_naive, scan_conv.scan, given, {}


def conv_case(length: int, time: int, dtype: torch.dtype) -> Case:
    taps = drawn(K, length, dtype=dtype) / length

    def bound(f: Callable[..., Any]) -> Callable[..., Any]:
        return lambda x, state=None: f(x, taps, state)

    given = {"x": drawn(B, time, K, dtype=dtype)}
    return bound(scan_conv.causal_conv_naive), bound(scan_conv.causal_conv), given, {}


def attention_case(knobs: dict[str, Any], picks: int, weighed: bool, time: int, dtype: torch.dtype) -> Case:
    given = {
        "q": drawn(B, time, H, K, dtype=dtype),
        "k": drawn(B, time, H, K, dtype=dtype),
        "v": drawn(B, time, H, V, dtype=dtype),
    }
    if picks:
        blocks = torch.rand(B, time, H, max(picks, -(-time // 4) + 1)).argsort(-1)[..., :picks] - 1
        given["index"] = blocks
    if weighed:
        given["weight"] = drawn(B, time, H, picks, dtype=dtype, positive=True)

    def bound(f: Callable[..., Any]) -> Callable[..., Any]:
        def run(q: Tensor, k: Tensor, v: Tensor, index: Tensor | None = None, **more: Any) -> Any:
            blocks = None if index is None else attention.Blocks(index, 4, more.pop("weight", None))
            return f(q, k, v, sight=attention.Sight(**knobs), blocks=blocks, **more)

        return run

    return bound(attention.block_attention_naive), bound(attention.block_attention), given, {}


def regression_case(kind: str, time: int, dtype: torch.dtype) -> Case:
    given = {
        "q": F.normalize(drawn(B, time, H, K, dtype=dtype), dim=-1),
        "k": F.normalize(drawn(B, time, H, K, dtype=dtype), dim=-1),
        "v": drawn(B, time, H, V, dtype=dtype),
    }
    if kind.startswith("order"):
        knobs = {"order": int(kind[-1]), "ridge": 0.5}
        return regression.kernel_regression_naive, regression.kernel_regression, given, knobs
    if "beta" in kind:
        given["beta"] = drawn(B, time, H, dtype=dtype, positive=True)
    if "gate" in kind:
        given["gate"] = -0.3 * drawn(B, time, H, dtype=dtype, positive=True)
    return regression.ridge_regression_naive, regression.ridge_regression, given, {"ridge": 0.5}


def _fields(kind: type) -> set[str]:
    return {field.name for field in fields(kind)}


def inner_case(net: str, options: list[str], chunk: int, time: int, dtype: torch.dtype) -> Case:
    given = {
        "q": drawn(B, time, H, K, dtype=dtype),
        "k": F.normalize(drawn(B, time, H, K, dtype=dtype), dim=-1),
        "v": drawn(B, time, H, K, dtype=dtype),
        "rate": 0.2 * drawn(B, time, H, dtype=dtype, positive=True),
    }
    knobs: dict[str, Any] = {"chunk": chunk}
    if "momentum" in options:
        given["momentum"] = 0.5 * drawn(B, time, H, dtype=dtype, positive=True)
    if "decay" in options:
        given["decay"] = 0.1 * drawn(B, time, H, dtype=dtype, positive=True)
    if "huber" in options:
        given["limit"] = 2 * drawn(B, time, H, dtype=dtype, positive=True)
        knobs["loss"] = inner.huber
    if "lp" in options:
        knobs["loss"] = inner.Lp(3.0)
    if "lq" in options:
        knobs["link"] = inner.LqNorm(4.0)
    if "simplex" in options:
        knobs["link"] = inner.Simplex(1.0)
    if "soft" in options:
        knobs["link"] = inner.SoftThreshold(0.1)
    if "delta" in options:
        knobs["delta"] = True
    if "orthogonal" in options:
        knobs["orthogonal"] = 3
    if "window" in options:
        given["weight"] = drawn(B, time, H, dtype=dtype, positive=True)
        knobs["window"] = 4
    shapes = {"w": (K, K)} if net == "matrix" else {"up": (K, 2 * K), "down": (2 * K, K)}
    start = {name: 0.4 * drawn(B, H, *shape, dtype=dtype) for name, shape in shapes.items()}
    if "base" in options:
        knobs["base"] = {name: 0.4 * drawn(B, H, *shape, dtype=dtype) for name, shape in shapes.items()}

    def matrix(linear: inner.Linear, x: Tensor) -> Tensor:
        return linear("w", x)

    def mlp(linear: inner.Linear, x: Tensor) -> Tensor:
        return x + linear("down", F.gelu(linear("up", x)))

    def bound(f: Callable[..., Any]) -> Callable[..., Any]:
        def run(q: Tensor, k: Tensor, v: Tensor, state: dict[str, Any] | None = None, **more: Any) -> Any:
            first = inner.inner_state(start, momentum="momentum" in options, chunk=chunk)
            if "window" in options:
                none = torch.zeros(B, 3, H, K, dtype=dtype)
                first["near"] = {"k": none, "v": none, "weight": none[..., 0]}
            gates = inner.Gates(**{n: x for n, x in more.items() if n in _fields(inner.Gates)})
            rule = inner.Rule(**{n: x for n, x in more.items() if n in _fields(inner.Rule)})
            held = (matrix if net == "matrix" else mlp, state or first)
            return f(*held, q, k, v, gates, rule, more.get("base"))

        return run

    return bound(inner.inner_gradient_naive), bound(inner.inner_gradient), given, knobs


CASES: dict[str, Callable[[int, torch.dtype], Case]] = {
    **{
        f"gated_delta-{'delta' if beta else 'hebb'}-{gate or 'ungated'}": (
            lambda time, dtype, beta=beta, gate=gate: gated_delta_case(beta, gate, time, dtype)
        )
        for beta in (False, True)
        for gate in ("", "scalar", "channel")
    },
    "gated_delta-erase-scalar": lambda time, dtype: gated_delta_case(False, "scalar", time, dtype, erase=True),
    "gated_delta-erase-channel": lambda time, dtype: gated_delta_case(False, "channel", time, dtype, erase=True),
    "scan": scan_case,
    "conv-short": lambda time, dtype: conv_case(4, time, dtype),
    "conv-long": lambda time, dtype: conv_case(70, time, dtype),
    "attention-causal": lambda time, dtype: attention_case({}, 0, False, time, dtype),
    "attention-window": lambda time, dtype: attention_case({"window": 5}, 0, False, time, dtype),
    "attention-blocks": lambda time, dtype: attention_case({}, 2, False, time, dtype),
    "attention-hierarchical": lambda time, dtype: attention_case({}, 3, True, time, dtype),
    **{
        f"regression-{kind}": lambda time, dtype, kind=kind: regression_case(kind, time, dtype)
        for kind in ("order 0", "order 1", "ridge", "ridge beta", "ridge gate", "ridge beta gate")
    },
    **{
        f"inner-{net}-{'-'.join(options) or 'plain'}-chunk{chunk}": (
            lambda time, dtype, net=net, options=options, chunk=chunk: inner_case(net, options, chunk, time, dtype)
        )
        for net, options, chunk in (
            ("matrix", [], 1),
            ("matrix", ["momentum", "decay"], 5),
            ("mlp", ["momentum", "decay"], 1),
            ("mlp", ["momentum", "decay"], 16),
            ("mlp", ["decay", "huber"], 5),
            ("mlp", ["decay", "lp"], 5),
            ("mlp", ["decay", "base"], 5),
            ("mlp", ["decay", "delta"], 5),
            ("matrix", ["decay", "lq"], 5),
            ("matrix", ["decay", "simplex"], 5),
            ("matrix", ["decay", "soft"], 5),
            ("mlp", ["momentum", "decay", "orthogonal"], 5),
            ("mlp", ["decay", "window"], 1),
            ("mlp", ["momentum", "decay", "window"], 5),
            ("matrix", ["momentum", "decay", "window", "orthogonal"], 5),
        )
    },
}
TIMED = {"index", "weight"}


def run(f: Callable[..., Any], given: dict[str, Tensor], knobs: dict[str, Any], cut: int = 0) -> list[Tensor]:
    """Output and the gradients of all inputs; with `cut` in two stretches, the state carried over."""
    leaves = {n: x.clone().requires_grad_(x.is_floating_point()) for n, x in given.items()}
    if cut:
        first, state = f(**{n: x[:, :cut] for n, x in leaves.items()}, **knobs)
        second, _ = f(**{n: x[:, cut:] for n, x in leaves.items()}, **knobs, state=state)
        o = torch.cat([first, second], 1)
    else:
        o, _ = f(**leaves, **knobs)
    wanted = [x for x in leaves.values() if x.is_floating_point()]
    grads = torch.autograd.grad(o.sin().sum(), wanted, allow_unused=True)
    return [o, *(torch.zeros_like(x) if g is None else g for x, g in zip(wanted, grads, strict=True))]


def off(got: list[Tensor], expected: list[Tensor]) -> float:
    """The largest difference, relative to the largest number of its tensor where that is above one."""
    return max(((g - e).abs().max() / e.abs().max().clamp(min=1)).item() for g, e in zip(got, expected, strict=True))


@pytest.mark.parametrize(("dtype", "tolerance"), TYPES, ids=["fp64", "fp32"])
@pytest.mark.parametrize("name", CASES)
def test_fast_and_resumed_forms_equal_the_naive_loop(name: str, dtype: torch.dtype, tolerance: float) -> None:
    """37 tokens, no multiple of any chunk: values and gradients agree, also when cut in the middle."""
    naive, fast, given, knobs = CASES[name](37, dtype)
    loop_knobs = {n: x for n, x in knobs.items() if n != "chunk" or name.startswith("inner")}

    if "orthogonal" in name:  # each Newton-Schulz step lifts rounding in the small directions by 3.44
        tolerance *= 3.44**6

    expected = run(naive, given, loop_knobs)

    assert off(run(fast, given, knobs), expected) <= tolerance
    assert off(run(fast, given, knobs, cut=18), expected) <= tolerance


@pytest.mark.parametrize("name", CASES)
def test_no_output_depends_on_a_later_token_or_another_sequence(name: str) -> None:
    """Gradient of sequence 0 up to token 10 is exactly zero beyond it and in sequence 1."""
    _, fast, given, knobs = CASES[name](23, torch.float64)
    leaves = {n: x.clone().requires_grad_(x.is_floating_point()) for n, x in given.items()}

    o, _ = fast(**leaves, **knobs)
    wanted = [x for x in leaves.values() if x.is_floating_point()]
    grads = torch.autograd.grad(o[0, :11].sin().sum(), wanted, allow_unused=True)

    for grad in grads:
        if grad is not None:
            assert grad[0, 11:].abs().max() <= 1e-14
            assert grad[1].abs().max() <= 1e-14


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("time", [0, 1])
def test_empty_and_single_token_inputs_work(name: str, time: int) -> None:
    """No token gives no output, one token what the naive loop gives."""
    naive, fast, given, knobs = CASES[name](max(time, 1), torch.float64)
    given = {n: x[:, :time] for n, x in given.items()}
    loop_knobs = {n: x for n, x in knobs.items() if n != "chunk" or name.startswith("inner")}

    expected, _ = naive(**given, **loop_knobs)
    got, _ = fast(**given, **knobs)

    assert got.shape[:2] == (B, time)
    torch.testing.assert_close(got.reshape(expected.shape), expected, atol=1e-12, rtol=0)


def test_block_attention_takes_biases_and_reads_nothing_where_all_is_hidden() -> None:
    """A bias is added, -inf hides a key, and a query with nothing to read answers zero."""
    q, k, v = (drawn(B, 9, H, K, dtype=torch.float64) for _ in range(3))
    bias = drawn(1, H, 9, 9, dtype=torch.float64)
    bias[:, :, 4] = float("-inf")
    sight = attention.Sight(causal=False, bias=bias)

    expected, _ = attention.block_attention_naive(q, k, v, sight=sight)
    got, _ = attention.block_attention(q, k, v, sight=sight)

    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)
    assert got[:, 4].abs().max() == 0


@pytest.mark.parametrize("knobs", [{}, {"window": 4}], ids=["dense", "windowed"])
def test_an_index_of_all_blocks_is_dense_attention(knobs: dict[str, Any]) -> None:
    """Reading every block is reading everything."""
    q, k, v = (drawn(B, 24, H, K, dtype=torch.float64) for _ in range(3))
    everything = torch.arange(6).expand(B, 24, H, 6)

    expected, _ = attention.block_attention(q, k, v)
    got, _ = attention.block_attention(q, k, v, blocks=attention.Blocks(everything, 4))

    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)
    if knobs:
        windowed, _ = attention.block_attention(q, k, v, sight=attention.Sight(**knobs))
        assert (windowed - expected).abs().max() > 1e-3


@pytest.mark.parametrize("window", [None, 5], ids=["all", "windowed"])
def test_a_prefix_is_read_by_every_query(window: int | None) -> None:
    """Persistent keys stay visible outside the window; fast, resumed and naive forms agree."""
    q, k, v = (drawn(B, 19, H, K, dtype=torch.float64) for _ in range(3))
    prefix = (drawn(1, 3, H, K, dtype=torch.float64), drawn(1, 3, H, K, dtype=torch.float64))
    knobs: dict[str, Any] = {"sight": attention.Sight(window=window), "prefix": prefix}

    expected, _ = attention.block_attention_naive(q, k, v, **knobs)
    got, _ = attention.block_attention(q, k, v, **knobs)
    first, state = attention.block_attention(q[:, :8], k[:, :8], v[:, :8], **knobs)
    second, _ = attention.block_attention(q[:, 8:], k[:, 8:], v[:, 8:], state=state, **knobs)
    without, _ = attention.block_attention(q, k, v, sight=attention.Sight(window=window))

    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)
    torch.testing.assert_close(torch.cat([first, second], 1), expected, atol=1e-12, rtol=0)
    assert (got - without)[:, -1].abs().max() > 1e-3


def test_a_long_window_is_cut_into_stretches_without_a_seam() -> None:
    """Beyond 4096 tokens the window form works in stretches; the result is that of the mask."""
    q, k, v = (drawn(1, 4200, 1, 2, dtype=torch.float64) for _ in range(3))

    sight = attention.Sight(window=7)

    got, _ = attention.block_attention(q, k, v, sight=sight)
    late, _ = attention.block_attention(q[:, 4080:], k[:, 4080:], v[:, 4080:], sight=sight)

    torch.testing.assert_close(got[:, 4090:], late[:, 10:], atol=1e-12, rtol=0)


@pytest.mark.parametrize("weighed", [False, True], ids=["joint", "weighed"])
def test_blocks_of_a_long_cache_are_read_as_the_definition_says(weighed: bool) -> None:
    """Biased, hidden and missing blocks, and queries that read nothing, far more keys than are read."""
    q = drawn(2, 5, 2, K, dtype=torch.float64)
    k, v = (drawn(2, 202, 2, K, dtype=torch.float64) for _ in range(2))
    index = torch.rand(2, 5, 2, 52).argsort(-1)[..., :3] - 1
    index[0, 2] = -1
    bias = drawn(1, 2, 5, 202, dtype=torch.float64)
    bias[:, :, :, 40:80] = float("-inf")
    weight = drawn(2, 5, 2, 3, dtype=torch.float64, positive=True) if weighed else None
    knobs: dict[str, Any] = {
        "sight": attention.Sight(causal=False, bias=bias), "blocks": attention.Blocks(index, 4, weight)
    }  # fmt: skip

    expected, _ = attention.block_attention_naive(q, k, v, **knobs)
    got, _ = attention.block_attention(q, k, v, **knobs)

    torch.testing.assert_close(got, expected, atol=1e-12, rtol=0)
    assert got[0, 2].abs().max() == 0


def test_grouped_softmax_multiplies_by_the_gateway_and_sums_to_one() -> None:
    """Two past blocks behind one gateway each: gateways weigh nothing themselves, rows sum to one."""
    logits = drawn(3, 8, dtype=torch.float64)
    group = torch.tensor([1, 1, 0, 2, 2, 0, 0, 0])
    gateway = torch.tensor([2, 2, -1, 5, 5, -1, -1, -1])

    expected = attention.grouped_softmax_naive(logits, group, gateway)
    got = attention.grouped_softmax(logits, group, gateway, 3)

    torch.testing.assert_close(got, expected, atol=1e-14, rtol=0)
    torch.testing.assert_close(got.sum(-1), torch.ones(3, dtype=torch.float64))
    assert got[:, [2, 5]].abs().max() == 0


def test_a_shut_gate_wipes_the_memory_exactly() -> None:
    """Gate -inf leaves only what is written from then on."""
    _, _, given, _ = gated_delta_case(True, "scalar", 20, torch.float64)
    given["gate"][:, 9] = float("-inf")
    after = {n: x[:, 9:] for n, x in given.items()}

    whole, _ = gated_delta(**given)
    fresh, _ = gated_delta(**after)

    torch.testing.assert_close(whole[:, 9:], fresh, atol=1e-12, rtol=0)


def test_half_precision_is_summed_in_full() -> None:
    """A bf16 call gives what fp32 gives on the rounded inputs, up to the rounding of the output."""
    _, fast, given, _ = gated_delta_case(True, "scalar", 200, torch.float32)
    short = {n: x.bfloat16() for n, x in given.items()}

    expected, state = fast(**{n: x.float() for n, x in short.items()})
    got, half_state = fast(**short)

    assert got.dtype == torch.bfloat16
    assert half_state.dtype == torch.float32
    torch.testing.assert_close(half_state, state)
    torch.testing.assert_close(got.float(), expected, atol=0.05, rtol=0.01)


def test_inner_gradient_works_without_gradients_around_it() -> None:
    """Under no_grad and inference_mode the network still learns, with the same result."""
    _, fast, given, knobs = inner_case("mlp", ["momentum", "decay"], 5, 12, torch.float64)
    expected, _ = fast(**given, **knobs)

    with torch.no_grad():
        quiet, _ = fast(**given, **knobs)
    with torch.inference_mode():
        inference, _ = fast(**given, **knobs)

    torch.testing.assert_close(quiet, expected)
    torch.testing.assert_close(inference, expected)


def test_wrong_shapes_are_named() -> None:
    """The message shows what was wanted and what came."""
    x = torch.zeros(2, 5, 3)

    with pytest.raises(InvalidInput, match=r"q must be \[batch, time, head, channel\], got \[2, 5, 3\]"):
        gated_delta(x, x, x)
    with pytest.raises(InvalidInput, match="order is 0"):
        regression.kernel_regression(*(x[:, :, None] for _ in range(3)), order=2)
    wrong = attention.Blocks(torch.zeros(2, 4, 1, 1, dtype=torch.long))
    with pytest.raises(InvalidInput, match="index of blocks"):
        attention.block_attention(*(x[:, :, None] for _ in range(3)), blocks=wrong)
