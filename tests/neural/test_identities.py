"""Identities between memory layers: special cases coincide, and each mechanism does what its paper says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence import neural
from remanence.errors import InvalidInput
from remanence.neural.blocks import Projections, rotary
from remanence.neural.kernels.block_attention import block_attention
from remanence.neural.kernels.gated_delta import gated_delta
from remanence.neural.kernels.inner_gradient import (
    Gates,
    Linear,
    Lp,
    LqNorm,
    Rule,
    Simplex,
    SoftThreshold,
    dot,
    huber,
    inner_gradient,
    inner_state,
    l2,
)
from remanence.neural.kernels.regression import Solver, kernel_regression, ridge_regression
from remanence.neural.matrix import MatrixMemory


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Identities are checked in 64 bits."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def matrix(linear: Linear, x: Tensor) -> Tensor:
    return linear("w", x)


def unit(*shape: int) -> Tensor:
    return F.normalize(torch.randn(*shape), dim=-1)


def close(got: Tensor, expected: Tensor, tolerance: float = 1e-10) -> None:
    torch.testing.assert_close(got, expected, atol=tolerance, rtol=0)


def copy_shared(source: nn.Module, target: nn.Module) -> None:
    """Copy every parameter that both have under one name and shape."""
    theirs = dict(source.named_parameters())
    with torch.no_grad():
        for name, p in target.named_parameters():
            if name in theirs and theirs[name].shape == p.shape:
                p.copy_(theirs[name])


# matrix memories


def test_linear_attention_does_not_mind_the_order_of_writes() -> None:
    """Permuting the pairs leaves the Hebbian memory the same; the delta rule minds."""
    k, v, beta = unit(1, 9, 1, 8), torch.randn(1, 9, 1, 4), torch.full((1, 9, 1), 0.9)
    order = torch.randperm(9)

    _, told = gated_delta(k, k, v)
    _, mixed = gated_delta(k, k[:, order], v[:, order])
    _, delta_told = gated_delta(k, k, v, beta=beta)
    _, delta_mixed = gated_delta(k, k[:, order], v[:, order], beta=beta)

    close(mixed, told)
    assert (delta_mixed - delta_told).abs().max() > 1e-3


def test_the_delta_rule_reads_back_exactly_and_keeps_the_last_value_of_a_key() -> None:
    """With b = 1 and unit keys a write is read back at once, and the second value of a key replaces the first."""
    k, v = unit(1, 1, 1, 8).expand(1, 2, 1, 8), torch.randn(1, 2, 1, 4)

    o, memory = gated_delta(k, k, v, beta=torch.ones(1, 2, 1))

    close(o, v)
    close(torch.einsum("k,kv->v", k[0, 0, 0], memory[0, 0]), v[0, 1, 0])


def test_orthonormal_keys_make_all_linear_memories_coincide() -> None:
    """Without overlap between keys, Hebb, delta and (unregularised) ridge are one memory."""
    k = torch.linalg.qr(torch.randn(8, 8))[0][None, :, None]
    v = torch.randn(1, 8, 1, 4)

    hebb, _ = gated_delta(k, k, v)
    delta, _ = gated_delta(k, k, v, beta=torch.ones(1, 8, 1))
    ridge, _ = ridge_regression(k, k, v, ridge=1e-6)

    close(delta, hebb)
    close(ridge, hebb, 1e-5)


def test_whitened_hebb_equals_ridge() -> None:
    """Hebbian writes with keys and queries whitened by the second moment are the ridge answer."""
    k, v, q = unit(20, 6), torch.randn(20, 3), unit(5, 6)
    values, vectors = torch.linalg.eigh(k.T @ k + 1e-6 * torch.eye(6))
    white = vectors @ torch.diag(values**-0.5) @ vectors.T

    hebb = (q @ white) @ ((k @ white).T @ v)
    state = {"kk": (k.T @ k)[None, None], "kv": (k.T @ v)[None, None]}
    zero = torch.zeros(1, 5, 1, 6)
    ridge, _ = ridge_regression(q[None, :, None], zero, torch.zeros(1, 5, 1, 3), ridge=1e-6, state=state)

    close(ridge[0, :, 0], hebb, 1e-5)


def test_a_gate_of_one_is_no_gate_and_retnet_fades_as_its_power_says() -> None:
    """Decay 1 equals no decay; the impulse of a token after n steps is a^n."""
    k, v = unit(1, 9, 1, 8), torch.randn(1, 9, 1, 4)
    a = torch.tensor(0.8)

    plain, _ = gated_delta(k, k, v)
    kept, _ = gated_delta(k, k, v, gate=torch.zeros(1, 9, 1))
    once = v * (torch.arange(9) == 0)[None, :, None, None]
    faded, _ = gated_delta(k[:, :1].expand(1, 9, 1, 8), k * (once.abs().sum(-1, keepdim=True) > 0), once,
                           gate=a.log().expand(1, 9, 1))  # fmt: skip

    close(kept, plain)
    close(faded[0, :, 0], v[0, 0] * a ** torch.arange(9)[:, None])


def test_ridge_recalls_correlated_keys_that_hebb_confuses() -> None:
    """64 pairs, 64 dimensions, keys with a large common part: ridge beats Hebb by at least a half."""
    codes = unit(1024, 64)
    hits = {"hebb": 0.0, "ridge": 0.0}
    for _ in range(4):
        k = F.normalize(unit(64, 64) + 2 * unit(1, 64), dim=-1)[None, :, None]
        picked = torch.randperm(1024)[:64]
        v = codes[picked][None, :, None]
        zero = torch.zeros_like(k)
        _, memory = gated_delta(k, k, v)
        _, moments = ridge_regression(k, k, v, ridge=1e-4)
        answers = {
            "hebb": gated_delta(k, zero, v, state=memory)[0],
            "ridge": ridge_regression(k, zero, v, ridge=1e-4, state=moments)[0],
        }
        for name, o in answers.items():
            hits[name] += ((o[0, :, 0] @ codes.T).argmax(-1) == picked).double().mean().item() / 4

    assert hits["ridge"] - hits["hebb"] >= 0.5


# local linear attention


def test_local_linear_attention_is_exact_on_affine_maps_where_softmax_is_not() -> None:
    """v = k A + c is answered to the regularisation; softmax attention is off."""
    k, q = torch.randn(1, 30, 1, 4), torch.randn(1, 30, 1, 4)
    a, c = torch.randn(4, 3), torch.randn(3)
    v = k @ a + c

    local, _ = kernel_regression(q, k, v, order=1, ridge=1e-10, scale=0.5, solver=Solver(tolerance=1e-14))
    softmax, _ = kernel_regression(q, k, v, order=0, scale=0.5)

    late = slice(10, None)  # five points determine an affine map of four dimensions; give it ten
    close(local[:, late], (q @ a + c)[:, late], 1e-5)
    assert (softmax[:, late] - (q @ a + c)[:, late]).abs().max() > 0.5


def test_local_linear_attention_tends_to_softmax_for_strong_ridge() -> None:
    """ridge -> infinity leaves the local constant."""
    q, k, v = (torch.randn(1, 20, 2, 4) for _ in range(3))

    local, _ = kernel_regression(q, k, v, order=1, ridge=1e12)
    softmax, _ = block_attention(q, k, v)

    close(local, softmax, 1e-9)


def test_local_linear_attention_with_flat_weights_is_one_global_regression() -> None:
    """scale 0 weighs all pairs alike: the answer is ordinary ridge with an intercept."""
    q, k, v = torch.randn(1, 20, 1, 4), torch.randn(1, 20, 1, 4), torch.randn(1, 20, 1, 3)

    local, _ = kernel_regression(q, k, v, order=1, ridge=0.1, scale=0.0)

    keys, values, at = k[0, :, 0], v[0, :, 0], q[0, -1, 0]
    centred = keys - keys.mean(0)
    slope = torch.linalg.solve(
        centred.T @ centred / 20 + 0.1 * torch.eye(4), centred.T @ (values - values.mean(0)) / 20
    )
    close(local[0, -1, 0], values.mean(0) + (at - keys.mean(0)) @ slope, 1e-8)


def test_the_shares_of_local_linear_attention_sum_to_one() -> None:
    """A constant value is answered exactly, though single shares are negative."""
    q, k = torch.randn(1, 20, 1, 4), torch.randn(1, 20, 1, 4)

    constant, _ = kernel_regression(q, k, torch.ones(1, 20, 1, 1), order=1, ridge=0.1)
    shares, _ = kernel_regression(q, k, torch.eye(20)[None, :, None], order=1, ridge=0.01)

    close(constant, torch.ones(1, 20, 1, 1))
    close(shares.sum(-1), torch.ones(1, 20, 1))
    assert shares.min() < 0


def test_the_regression_view_builds_the_layers_it_names() -> None:
    """Equal weights solved in one step are linear attention, online DeltaNet: same parameters, same outputs."""
    for choice, name in ((("equal", 1, "step"), "linear_attention"), (("equal", 1, "online"), "delta_net")):
        weights, degree, solver = choice
        view = neural.make("test_time_regression", 16, weights=weights, degree=degree, solver=solver)
        named = neural.make(name, 16)
        copy_shared(view.memory, named)
        x = torch.randn(2, 9, 16)

        close(view(x)[0], named(x)[0])


# Titans and Miras


def test_momentum_free_linear_titans_is_gated_delta() -> None:
    """One matrix, no momentum, decay alpha: gated delta with b = theta / a on values a v."""
    q, k, v = unit(2, 21, 2, 6), unit(2, 21, 2, 6), torch.randn(2, 21, 2, 4)
    theta, a = 0.8 * torch.rand(2, 21, 2), 0.5 + 0.5 * torch.rand(2, 21, 2)
    start = {"w": torch.zeros(2, 2, 6, 4)}

    titans, _ = inner_gradient(matrix, inner_state(start), q, k, v, Gates(theta, decay=1 - a))
    delta, _ = gated_delta(q, k, a[..., None] * v, beta=theta / a, gate=a.log())

    close(titans, delta)


def test_without_momentum_and_decay_linear_titans_is_deltanet() -> None:
    """eta = 0, alpha = 0: the delta rule with b = theta."""
    q, k, v, theta = unit(2, 21, 2, 6), unit(2, 21, 2, 6), torch.randn(2, 21, 2, 4), torch.rand(2, 21, 2)
    start = {"w": torch.zeros(2, 2, 6, 4)}

    titans, _ = inner_gradient(
        matrix, inner_state(start, momentum=True), q, k, v, Gates(theta, momentum=torch.zeros(2, 21, 2))
    )
    delta, _ = gated_delta(q, k, v, beta=theta)

    close(titans, delta)


def test_moneta_with_p_and_q_two_is_gated_delta() -> None:
    """The l_2 objective with l_2 retention is plain gradient descent with decay (up to the smoothing)."""
    q, k, v = unit(2, 21, 2, 6), unit(2, 21, 2, 6), torch.randn(2, 21, 2, 4)
    theta, a = 0.8 * torch.rand(2, 21, 2), 0.5 + 0.5 * torch.rand(2, 21, 2)
    start = {"w": torch.zeros(2, 2, 6, 4)}

    moneta, _ = inner_gradient(
        matrix, inner_state(start), q, k, v, Gates(theta, decay=1 - a), Rule(Lp(2.0), LqNorm(2.0))
    )
    cubic, _ = inner_gradient(
        matrix, inner_state(start), q, k, v, Gates(theta, decay=1 - a), Rule(Lp(3.0), LqNorm(2.0))
    )
    delta, _ = gated_delta(q, k, a[..., None] * v, beta=theta / a, gate=a.log())

    close(moneta, delta)
    assert (cubic - delta).abs().max() > 1e-2


def test_the_moneta_layer_with_p_and_q_two_is_gated_delta() -> None:
    """Through the preset's own knobs: one matrix, no residual, the layer's gates as decay and write strength."""
    layer = neural.Moneta(16, power=2.0, norm=2.0, depth=1, residual=False, chunk=1, heads=2)
    x = torch.randn(2, 19, 16)
    q, k, v, _ = layer.read(x, layer.read.init_state(2))
    gates = layer.gates(x)
    a = 1 - gates.decay
    start = layer.start["w0"].expand(2, -1, -1, -1)
    delta, _ = gated_delta(q, k, a[..., None] * v, beta=gates.rate / a, gate=a.log(), state=start)

    close(layer.remember(x, layer.init_state(2))[0], delta)


def test_the_limit_of_a_fresh_yaad_layer_cuts_some_errors_and_not_most() -> None:
    """Tokens of length one a channel, three seeds: between a hundredth and half of the writes are cut."""
    for seed in range(3):
        torch.manual_seed(seed)
        layer, x = neural.Yaad(32, heads=2, conv=0), torch.randn(4, 64, 32)
        _, k, v, _ = layer.read(x, layer.read.init_state(4))
        error = (layer.read_weights(layer.init_state(4)["memory"]["weights"], k) - v).norm(dim=-1)
        share = float((error > layer.gates(x).limit).double().mean())

        assert 0.01 < share < 0.5, share


def test_delta_gradient_descent_on_the_dot_product_is_the_delta_rule() -> None:
    """W - theta k^T (k W) + theta k^T v, token by token and in chunks as the definition says; without it Hebb."""
    q, k, v, theta = unit(2, 21, 2, 6), unit(2, 21, 2, 6), torch.randn(2, 21, 2, 4), torch.rand(2, 21, 2)
    start = {"w": torch.zeros(2, 2, 6, 4)}

    told, _ = inner_gradient(matrix, inner_state(start), q, k, v, Gates(theta), Rule(dot, delta=True))
    hebb, _ = inner_gradient(matrix, inner_state(start), q, k, v, Gates(theta), Rule(dot))

    close(told, gated_delta(q, k, v, beta=theta)[0])
    close(hebb, gated_delta(q, k, theta[..., None] * v)[0])


def test_rotary_positions_far_away_are_exact_in_half_precision() -> None:
    """At place 100,000 bf16 and fp16 give what 32 bits give, up to the rounding of the result."""
    x, start = torch.randn(1, 8, 1, 32).clamp(-2, 2).float(), torch.tensor([100_000])
    for half in (torch.bfloat16, torch.float16):
        short = x.to(half)
        exact = rotary(short.float(), start)

        assert (rotary(short, start).float() - exact).abs().max() < 0.02


def test_autocast_does_not_touch_the_sums_of_the_kernels() -> None:
    """Under autocast to bf16 the kernels answer as without it, to the bit."""
    q, k, v = unit(1, 40, 2, 8).float(), unit(1, 40, 2, 8).float(), torch.randn(1, 40, 2, 8).float()
    beta = torch.rand(1, 40, 2).float()
    state = inner_state({"w": torch.zeros(1, 2, 8, 8, dtype=torch.float32)})

    def run() -> list[Tensor]:
        return [
            gated_delta(q, k, v, beta=beta)[0],
            ridge_regression(q, k, v)[0],
            kernel_regression(q, k, v)[0],
            inner_gradient(matrix, state, q, k, v, Gates(beta))[0],
        ]

    plain = run()
    with torch.autocast("cpu", torch.bfloat16):
        cast = run()

    assert all(torch.equal(a, b) for a, b in zip(plain, cast, strict=True))


def test_huber_with_a_far_threshold_is_least_squares() -> None:
    """Delta -> infinity never cuts an error; a near one does."""
    q, k, v, theta = unit(1, 21, 1, 6), unit(1, 21, 1, 6), torch.randn(1, 21, 1, 4), torch.rand(1, 21, 1)
    state = inner_state({"w": torch.zeros(1, 1, 6, 4)})

    plain, _ = inner_gradient(matrix, state, q, k, v, Gates(theta), Rule(loss=l2))
    far, _ = inner_gradient(matrix, state, q, k, v, Gates(theta, limit=torch.full((1, 21, 1), 1e6)), Rule(huber))
    near, _ = inner_gradient(matrix, state, q, k, v, Gates(theta, limit=torch.full((1, 21, 1), 0.1)), Rule(huber))

    close(far, plain)
    assert (near - plain).abs().max() > 0.1


def test_huber_recalls_through_value_outliers_where_least_squares_fails() -> None:
    """A tenth of the values is 20 times too long: Huber recalls the clean pairs better by 0.3 or more."""
    codes, hits = unit(1024, 64), {"l2": 0.0, "huber": 0.0}
    for _ in range(4):
        picked = torch.randperm(1024)[:48]
        wild = torch.arange(48) % 10 == 3
        k = unit(1, 48, 1, 64)
        v = torch.where(wild[:, None], 20.0, 1.0) * codes[picked]
        for name, loss in (("l2", l2), ("huber", huber)):
            state = inner_state({"w": torch.zeros(1, 1, 64, 64)})
            for _ in range(2):
                _, state = inner_gradient(
                    matrix,
                    state,
                    k,
                    k,
                    v[None, :, None],
                    Gates(torch.full((1, 48, 1), 0.9), limit=torch.full((1, 48, 1), 1.5)),
                    Rule(loss=loss),
                )
            answer = (k[0, :, 0] @ state["weights"]["w"][0, 0] @ codes.T).argmax(-1) == picked
            hits[name] += answer[~wild].double().mean().item() / 4

    assert hits["huber"] - hits["l2"] >= 0.3


def test_memora_keeps_its_rows_on_the_simplex_and_rests_without_writes() -> None:
    """Rows of W are positive and sum to c after every write; with no decay and no rate W stays as it is."""
    q, k, v = (torch.randn(1, 9, 1, 4) for _ in range(3))
    link = Simplex(3.0)
    state = inner_state({"w": torch.randn(1, 1, 4, 4)})

    _, after = inner_gradient(
        matrix, state, q, k, v, Gates(torch.rand(1, 9, 1), decay=0.1 * torch.rand(1, 9, 1)), Rule(link=link)
    )
    _, same = inner_gradient(
        matrix, state, q, k, v, Gates(torch.zeros(1, 9, 1), decay=torch.zeros(1, 9, 1)), Rule(link=link)
    )

    w = link(after["weights"]["w"])
    assert w.min() > 0
    close(w.sum(-1), torch.full((1, 1, 4), 3.0))
    close(link(same["weights"]["w"]), link(state["weights"]["w"]))


def test_the_soft_threshold_gate_forgets_completely() -> None:
    """Weights below the threshold are exact zeros."""
    q, k, v = (torch.randn(1, 9, 1, 4) for _ in range(3))
    link = SoftThreshold(0.3)

    _, after = inner_gradient(
        matrix, inner_state({"w": torch.zeros(1, 1, 4, 4)}), q, k, v, Gates(0.1 * torch.ones(1, 9, 1)), Rule(link=link)
    )

    assert (link(after["weights"]["w"]) == 0).any()
    assert (link(after["weights"]["w"]) != 0).any()


# mixtures and caches


def test_a_mixture_of_one_memory_is_gated_delta() -> None:
    """One memory, one pick, nothing shared: the gated DeltaNet layer with the same weights."""
    mom = neural.make("mom", 16, memories=1, picks=1, shared=False, heads=2)
    gdn = MatrixMemory(16, delta=True, decay="scalar", heads=2)
    copy_shared(mom, gdn)
    with torch.no_grad():
        gdn.read.to_qkv.weight.copy_(mom.get_parameter("to_qkv.weight"))
        gdn.get_parameter("read.conv.taps").copy_(mom.get_parameter("near.taps"))
    x = torch.randn(2, 19, 16)

    close(mom(x)[0], gdn(x)[0])


def test_memories_that_are_not_picked_stay_the_same_to_the_bit() -> None:
    """One token changes only the memories that it was routed to."""
    mom = neural.make("mom", 16, memories=4, picks=2, shared=False, heads=1)
    _, before = mom(torch.randn(1, 10, 16))
    x = torch.randn(1, 1, 16)

    _, after = mom(x, before)

    picked = mom.routes(x)[0][0, 0]
    changed = (after["memory"] != before["memory"]).flatten(2).any(-1)[0]
    assert changed.tolist() == picked.tolist()
    assert int(picked.sum()) == 2


def test_the_key_router_reads_where_it_wrote_from_the_first_step() -> None:
    """A question goes to the memory that its fact was written to, before any training; a random start loses most."""
    layer = neural.make("mom_key", 16, heads=1, conv=0)
    x = torch.randn(1, 50, 16)
    writes, reads = layer.routes(x)

    with torch.no_grad():
        layer.get_parameter("to_qkv.weight")[:16].normal_()
    elsewhere, lost = layer.routes(x)

    assert torch.equal(writes, reads)
    assert len(writes.nonzero()[:, 2].unique()) > 1
    assert (elsewhere & lost).sum() < 0.8 * len(x[0])


@pytest.mark.parametrize("name", ["delta_net", "softmax", "mesa", "titans"])
def test_a_start_alike_makes_keys_of_queries(name: str) -> None:
    """Of every layer inside a model, without touching its values; the usual start draws them apart."""
    model = nn.ModuleList([neural.make(name, 16, heads=2)])
    (read,) = (part for part in model.modules() if isinstance(part, Projections))
    x = torch.randn(1, 7, 16)
    q, k, v, _ = read(x, read.init_state(1))
    assert not torch.allclose(q, k)

    assert neural.start_alike(model) is model

    same, keys, values, _ = read(x, read.init_state(1))
    assert torch.equal(same, keys)
    assert torch.equal(q, same)
    assert torch.equal(v, values)


def test_a_start_alike_reaches_layers_with_maps_of_their_own() -> None:
    """A product's keys and values of every step, RWKV-7's key and its mix, all three reads of sparse attention."""
    product, rwkv, sparse = (
        neural.start_alike(neural.make(name, 16, heads=2)) for name in ("delta_product", "rwkv7", "nsa")
    )
    for weights in (product.get_parameter("to_qkv.weight"), product.get_parameter("near.taps")):
        q, k, v = weights.split([16, 32, 32])
        assert torch.equal(k, q.repeat(2, 1))
        assert torch.equal(v[:16], v[16:])
    for key, question in (("to_k.weight", "to_r.weight"), ("shift.key", "shift.receptance")):
        assert torch.equal(rwkv.get_parameter(key), rwkv.get_parameter(question))
    assert torch.equal(sparse.get_parameter("to_k.weight"), sparse.get_parameter("to_q.weight").repeat(3, 1))


def cached(reading: str, **knobs: object) -> neural.Layer:
    torch.manual_seed(1)
    return neural.make("memory_caching", 16, reading=reading, heads=2, segment=6, **knobs)


def test_residual_caching_of_a_hebbian_memory_is_the_uncached_layer() -> None:
    """Independent segments, all summed: nothing was changed."""
    layer = cached("residual", base="hebb")
    plain = MatrixMemory(16, heads=2)
    copy_shared(layer.get_submodule("memory"), plain)
    x = torch.randn(2, 27, 16)

    close(layer(x)[0], plain(x)[0], 1e-6)


def test_residual_caching_of_a_delta_memory_is_not_the_uncached_layer() -> None:
    """The identity is about sums; the delta rule corrects across segments."""
    layer = cached("residual", base="delta")
    plain = MatrixMemory(16, delta=True, heads=2)
    copy_shared(layer.get_submodule("memory"), plain)
    x = torch.randn(2, 27, 16)

    assert (layer(x)[0] - plain(x)[0]).abs().max() > 1e-3


@pytest.mark.parametrize("warm", [True, False])
def test_a_warm_segment_goes_on_from_the_memory_of_the_one_before(warm: bool) -> None:
    """Its snapshot is the memory of all tokens so far; otherwise it is that of its own tokens alone."""
    layer, plain = cached("gated", base="delta", warm=warm), MatrixMemory(16, delta=True, heads=2)
    copy_shared(layer.get_submodule("memory"), plain)
    x = torch.randn(2, 12, 16)
    first, whole = plain(x[:, :6])[1], plain(x)[1]["memory"]
    own = plain(x[:, 6:], {**first, "memory": torch.zeros_like(first["memory"])})[1]["memory"]

    snapshot = layer(x)[1]["archive"][:, 1]

    close(snapshot, whole if warm else own)
    assert (whole - own).abs().max() > 1e-3


@pytest.mark.parametrize("base", ["hebb", "delta", "gated"])
def test_soup_equals_gated_read_for_a_matrix_memory(base: str) -> None:
    """Averaging matrices then reading is reading then averaging."""
    x = torch.randn(2, 27, 16)

    close(cached("soup", base=base)(x)[0], cached("gated", base=base)(x)[0])


@pytest.mark.parametrize("base", ["gru", "rwkv7", "mesa_mom"])
def test_a_memory_that_cannot_be_read_alone_is_read_by_a_step_of_a_copy(base: str) -> None:
    """What the archive says of a token is what the layer says when it goes on from the end of that segment."""
    layer = cached("residual", base=base, conv=0)
    inner = layer.get_submodule("memory").get_submodule("layer")
    x = torch.randn(2, 7, 16)

    said = layer(x)[0][:, 6]

    _, first = inner(x[:, :6])
    close(said, inner.step(x[:, 6])[0] + inner.step(x[:, 6], first)[0])


@pytest.mark.parametrize("base", ["softmax", "window", "mega", "fast_slow", "memory_caching"])
def test_what_cannot_be_cached_is_refused_with_the_reason(base: str) -> None:
    """A cache that keeps every token, one that fills up first, a controller that is taught by whole batches."""
    with pytest.raises(InvalidInput, match=f"base='{base}' cannot be cached: its (state grows|controller)"):
        neural.make("memory_caching", 16, base=base)


def test_one_segment_is_the_base_layer() -> None:
    """Before the first border there is nothing to blend with."""
    layer = neural.make("memory_caching", 16, segment=64, heads=2)
    plain = MatrixMemory(16, delta=True, heads=2)
    copy_shared(layer.get_submodule("memory"), plain)
    x = torch.randn(2, 27, 16)

    close(layer(x)[0], plain(x)[0])


def test_sparse_reading_picks_segments_and_all_picks_are_the_gated_read() -> None:
    """With as many picks as segments sparse equals gated; with one it reads a single memory."""
    x = torch.randn(2, 27, 16)

    close(cached("sparse", picks=9)(x)[0], cached("gated")(x)[0])
    assert (cached("sparse", picks=1)(x)[0] - cached("gated")(x)[0]).abs().max() > 1e-4


def test_a_cached_segment_survives_any_amount_of_later_writing() -> None:
    """The snapshot of segment one is the same to the bit after a hundred more tokens."""
    layer = cached("sparse")
    _, early = layer(torch.randn(1, 6, 16))
    _, late = layer(torch.randn(1, 100, 16), early)

    assert torch.equal(late["archive"][:, 0], early["archive"][:, 0])
