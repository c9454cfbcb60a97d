"""Newer layers against their papers' equations, written out once more here in 64 bits, and against their parents."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence import neural
from remanence.errors import InvalidInput
from remanence.neural.kernels.fenwick import Past, log_linear, log_linear_naive, stretches
from remanence.neural.layer import Layer

SEEDS = [0, 1, 2]


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Everything here is checked in 64 bits."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def close(got: Tensor, expected: Tensor, tolerance: float = 1e-9) -> None:
    torch.testing.assert_close(got, expected, atol=tolerance, rtol=0)


def far(got: Tensor, other: Tensor) -> None:
    assert float((got - other).detach().abs().max()) > 1e-3


def like(layer: Layer, other: nn.Module) -> None:
    """Give `layer` every parameter of `other` that it has under the same name and shape."""
    own = dict(layer.named_parameters())
    with torch.no_grad():
        for name, p in other.named_parameters():
            if name in own and own[name].shape == p.shape:
                own[name].copy_(p)


@torch.no_grad()
def stir(layer: nn.Module) -> None:
    """Move every parameter off its start, so that nothing is zero, one or equal by chance."""
    for p in layer.parameters():
        p += 0.1 * torch.randn_like(p)


def heads(x: Tensor, count: int) -> Tensor:
    return x.unflatten(-1, (count, -1))


# RWKV-7


def rwkv7(layer: Any, x: Tensor, *, removal: bool = True, bonus: bool = True) -> Tensor:
    """The recurrence as printed, rows of S by value: S <- S (diag w - n^T (a n)) + v^T k, o = S r, token by token."""
    batch, time, _ = x.shape
    before = F.pad(x, (0, 0, 1, 0))[:, :-1]

    def low(part: Any, y: Tensor) -> Tensor:
        inner = y @ part.down.weight.T
        return (inner.tanh() if part.bent else inner) @ part.up.weight.T + part.bias

    seen = {name: x * (1 - mu) + before * mu for name, mu in layer.shift.items()}
    r, k, v = (
        seen[n] @ w.weight.T for n, w in (("receptance", layer.to_r), ("key", layer.to_k), ("value", layer.to_v))
    )
    w = torch.exp(-torch.exp(torch.tensor(-0.5)) / (1 + torch.exp(-low(layer.to_decay, seen["decay"]))))
    a = 1 / (1 + torch.exp(-low(layer.to_rate, seen["rate"])))
    n, k = heads(k * layer.removal, layer.heads), k * (1 - layer.blend + layer.blend * a)
    r, k, v, w, a = (heads(part, layer.heads) for part in (r, k, v, w, a))
    n = n / n.norm(dim=-1, keepdim=True)
    s = torch.zeros(batch, layer.heads, v.shape[-1], k.shape[-1])
    out = []
    for t in range(time):
        for b, h in itertools.product(range(batch), range(layer.heads)):
            turn = torch.diag(w[b, t, h])
            if removal:
                turn = turn - torch.outer(n[b, t, h], a[b, t, h] * n[b, t, h])
            s[b, h] = s[b, h] @ turn + torch.outer(v[b, t, h], k[b, t, h])
        o = torch.einsum("bhvk,bhk->bhv", s, r[:, t])
        o = o / (o.square().mean(-1, keepdim=True) + 1e-6).sqrt() * layer.norm.weight
        if bonus:
            o = o + (r[:, t] * layer.bonus * k[:, t]).sum(-1, keepdim=True) * v[:, t]
        out.append(o.flatten(-2))
    gate = F.silu(low(layer.to_gate, seen["gate"]))
    return (torch.stack(out, 1) * gate) @ layer.to_out.weight.T


@pytest.mark.parametrize("seed", SEEDS)
def test_rwkv7_is_its_recurrence_and_not_one_without_removal_or_bonus(seed: int) -> None:
    """Token shift, decay, removal along one direction by another, bonus for the token itself, gate."""
    torch.manual_seed(seed)
    layer, x = neural.RWKV7(12, heads=2, rank=4), torch.randn(2, 19, 12)
    stir(layer)
    with torch.no_grad():
        got, told = layer(x)[0], rwkv7(layer, x)
        close(got, told)
        far(got, rwkv7(layer, x, removal=False))
        far(got, rwkv7(layer, x, bonus=False))


# Mamba-3


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("trapezoid", [True, False])
def test_mamba3_is_a_complex_state_written_by_the_trapezoid_rule(trapezoid: bool, seed: int) -> None:
    """h = a e^{iw} (h + (1 - l) d k' v') + l d k v in complex numbers; with the angles at zero it is another layer."""
    torch.manual_seed(seed)
    layer: Any = neural.Mamba3(12, heads=2, key=4, value=3, trapezoid=trapezoid)
    x = torch.randn(1, 15, 12)
    stir(layer)
    with torch.no_grad():
        layer.to_angle.weight *= 10
        got = layer.remember(x, layer.init_state(1))[0]
        q, k, v = (heads(part, 2) for part in (x @ layer.read.to_qkv.weight.T).split([8, 8, 6], -1))
        q, k = (
            part / (part.square().mean(-1, keepdim=True) + 1e-6).sqrt() * norm.weight + bias
            for part, norm, bias in ((q, layer.q_norm, layer.q_bias), (k, layer.k_norm, layer.k_bias))
        )
        d = F.softplus(x @ layer.log_decay.to_step.weight.T + layer.log_decay.step_bias)
        a = torch.exp(-layer.log_decay.rate_log.exp() * d)
        w = d[..., None] * heads(x @ layer.to_angle.weight.T, 2)
        share = torch.sigmoid(layer.share.to_gate(x)) if trapezoid else torch.ones_like(d)
        q, k = (torch.complex(part[..., :2], part[..., 2:]) for part in (q, k))
        h, last, out = torch.zeros(2, 2, 3, dtype=torch.complex128), torch.zeros(2, 2, 3), []
        for t in range(15):
            write = k[0, t, :, :, None] * v[0, t, :, None]
            carried = h + ((1 - share[0, t]) * d[0, t])[:, None, None] * last
            h = torch.polar(a[0, t, :, None].expand(2, 2), w[0, t])[..., None] * carried
            h = h + (share[0, t] * d[0, t])[:, None, None] * write
            out.append(torch.einsum("hk,hkv->hv", q[0, t].conj(), h).real)
            last = write
        close(got[0], torch.stack(out))
        layer.to_angle.weight.zero_()
        far(layer.remember(x, layer.init_state(1))[0][0], torch.stack(out))


def test_mamba3_without_turning_and_trapezoid_is_mamba2_on_normalised_keys() -> None:
    """The matrix of Mamba-2 with the same steps, from keys that are normalised and shifted."""
    layer: Any = neural.Mamba3(12, heads=2, trapezoid=False, turning=False)
    twin: Any = neural.Mamba2(12, heads=2, conv=0)
    x = torch.randn(2, 17, 12)
    like(twin, layer)
    with torch.no_grad():
        q, k, v, _ = twin.read(x, {})
        gate, step = twin.log_decay(x)
        s, out = torch.zeros(2, 2, 6, 6), []
        for t in range(17):
            shown = [layer_norm(part[:, t]) + bias for part, layer_norm, bias in
                     ((q, layer.q_norm, layer.q_bias), (k, layer.k_norm, layer.k_bias))]  # fmt: skip
            s = gate[:, t].exp()[..., None, None] * s
            s = s + shown[1][..., None] * (step[:, t, :, None] * v[:, t])[..., None, :]
            out.append(torch.einsum("bhk,bhkv->bhv", shown[0], s))
        close(layer.remember(x, layer.init_state(2))[0], torch.stack(out, 1))


def test_a_state_that_turns_by_half_counts_parity_and_one_that_only_fades_does_not() -> None:
    """Ones turn the state by pi: the sign of the first token's value says whether an odd number of them came."""
    bits = torch.randint(2, (64, 12)).double()
    x = torch.stack([bits, torch.zeros_like(bits), torch.ones_like(bits)], -1)
    x[:, 0, 1] = 1.0
    odd = bits[:, 1:].cumsum(1) % 2
    scores = []
    for turning in (True, False):
        layer: Any = neural.Mamba3(3, heads=1, key=2, value=1, trapezoid=False, turning=turning)
        with torch.no_grad():
            for p in (layer.q_norm.weight, layer.k_norm.weight, layer.log_decay.to_step.weight):
                p.zero_()
            layer.log_decay.rate_log.fill_(-20.0)
            layer.log_decay.step_bias.fill_(0.5413248546)  # a step of one
            layer.read.to_qkv.weight.zero_()
            layer.read.to_qkv.weight[4, 1] = 1.0  # the first token alone writes
            if turning:
                layer.to_angle.weight.copy_(torch.tensor([[torch.pi, 0.0, 0.0]]))
            said = layer.remember(x, layer.init_state(64))[0][:, 1:, 0, 0] < 0
        scores.append(float((said == (odd == 1)).double().mean()))

    assert scores[0] == 1.0
    assert scores[1] < 0.7


# PaTH


@pytest.mark.parametrize("seed", SEEDS)
def test_path_attention_multiplies_by_every_reflection_in_between(seed: int) -> None:
    """One logit at a time, from products of explicit K x K matrices; without reflections it is another layer."""
    torch.manual_seed(seed)
    layer: Any = neural.PaTH(12, heads=2, key=5, value=3, rank=4, piece=4)
    x = torch.randn(1, 14, 12)
    stir(layer)
    with torch.no_grad():
        q, k, v, _ = layer.read(x, layer.read.init_state(1))
        w, _ = layer.near(layer.up(layer.down(x)), torch.zeros(1, 2, 10))
        w = heads(w, 2)
        w = w / w.norm(dim=-1, keepdim=True)
        b = 2 * torch.sigmoid(x @ layer.strength.to_gate.weight.T + layer.strength.to_gate.bias)
        out, plain = torch.zeros(14, 2, 3), torch.zeros(14, 2, 3)
        for h, i in itertools.product(range(2), range(14)):
            turn, logits = torch.eye(5), []
            for j in reversed(range(i + 1)):
                logits.append(q[0, i, h] @ turn @ k[0, j, h] / 5**0.5)
                turn = turn @ (torch.eye(5) - b[0, j, h] * torch.outer(w[0, j, h], w[0, j, h]))
            out[i, h] = torch.stack(logits[::-1]).softmax(0) @ v[0, : i + 1, h]
            plain[i, h] = (k[0, : i + 1, h] @ q[0, i, h] / 5**0.5).softmax(0) @ v[0, : i + 1, h]
        close(layer(x)[0], layer.out(out[None], x))
        far(layer(x)[0], layer.out(plain[None], x))


def test_path_attention_without_reflections_is_softmax_attention() -> None:
    """b = 0 leaves every key where it was."""
    layer, x = neural.PaTH(16, heads=2), torch.randn(2, 70, 16)
    twin = neural.SoftmaxAttention(16, heads=2, turned=False)
    stir(twin)
    like(layer, twin)
    far(layer(x)[0], twin(x)[0])
    with torch.no_grad():
        layer.strength.to_gate.bias.fill_(-80.0)  # type: ignore[union-attr]

    close(layer(x)[0], twin(x)[0])


# native sparse attention


@pytest.mark.parametrize("seed", SEEDS)
def test_native_sparse_attention_reads_blocks_choice_and_window_as_defined(seed: int) -> None:
    """One query and head at a time: compressed blocks, the two best of them by the group, the last five tokens."""
    torch.manual_seed(seed)
    layer: Any = neural.NSA(12, heads=2, key=4, value=3, block=4, picks=2, window=5)
    time, x = 26, torch.randn(1, 26, 12)
    stir(layer)
    with torch.no_grad():
        q = heads(layer.to_q(x), 2)[0]
        k = heads(layer.to_k(x), 6)[0].unflatten(1, (3, 2))
        v = heads(layer.to_v(x), 6)[0].unflatten(1, (3, 2))
        turn = [_rotations(t, 4) for t in range(time)]
        share = torch.sigmoid(layer.share.to_gate(x))[0].unflatten(-1, (3, 2))
        out, gone = torch.zeros(time, 2, 3), torch.zeros(time, 2, 3)
        for t in range(time):
            done = t // 4
            small_k = [[layer.squeeze_k((k[4 * n : 4 * n + 4, 0, h] + layer.code).flatten()) for n in range(done)]
                       for h in range(2)]  # fmt: skip
            shares = [torch.stack([q[t, h] @ key / 2 for key in small_k[h]]).softmax(0) if done else torch.zeros(0)
                      for h in range(2)]  # fmt: skip
            best = set((shares[0] + shares[1]).topk(min(2, done)).indices.tolist()) | {done}
            for h in range(2):
                read = torch.zeros(3)
                for n in range(done):
                    read = read + shares[h][n] * layer.squeeze_v(v[4 * n : 4 * n + 4, 0, h].flatten())
                parts = [read]
                for way, seen in ((1, [s for s in range(t + 1) if s // 4 in best]), (2, range(max(0, t - 4), t + 1))):
                    logits = torch.stack([(turn[t] @ q[t, h]) @ (turn[s] @ k[s, way, h]) / 2 for s in seen])
                    parts.append(logits.softmax(0) @ v[list(seen), way, h])
                out[t, h] = sum(share[t, n, h] * part for n, part in enumerate(parts))
                gone[t, h] = share[t, 2, h] * parts[2]
        close(layer(x)[0], layer.out(out[None], x))
        far(layer(x)[0], layer.out(gone[None], x))


def _rotations(place: int, key: int) -> Tensor:
    """The rotary turn of a place as a matrix."""
    made, half = torch.eye(key), key // 2
    for n in range(half):
        angle = torch.tensor(place * 10000.0 ** (-n / half))
        made[n, n] = made[n + half, n + half] = angle.cos()
        made[n, n + half], made[n + half, n] = -angle.sin(), angle.sin()
    return made


def test_native_sparse_attention_that_chooses_every_block_is_softmax_attention() -> None:
    """All blocks chosen, the other two gates shut; with one block chosen it is not."""
    layer: Any = neural.NSA(16, heads=2, block=4, picks=None)
    twin: Any = neural.SoftmaxAttention(16, heads=2, conv=0)
    x = torch.randn(2, 37, 16)
    with torch.no_grad():
        layer.share.to_gate.weight.zero_()
        layer.share.to_gate.bias.copy_(torch.tensor([-80.0, -80.0, 80.0, 80.0, -80.0, -80.0]))
        chosen = [layer.to_q.weight, layer.to_k.weight[16:32], layer.to_v.weight[16:32]]
        twin.read.to_qkv.weight.copy_(torch.cat(chosen))
    like(twin.out, layer.out)

    close(layer(x)[0], twin(x)[0])
    layer.picks = 1
    far(layer(x)[0], twin(x)[0])


def test_groups_that_do_not_divide_the_heads_are_refused() -> None:
    """The message names both numbers."""
    with pytest.raises(InvalidInput, match="groups=3 must divide heads=4"):
        neural.NSA(16, groups=3)


# log-linear attention


def given(time: int = 45, width: int = 5) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    q, k = (F.normalize(torch.randn(2, time, 2, 4), dim=-1) for _ in range(2))
    v, weight = torch.randn(2, time, 2, 3), torch.rand(2, time, 2, width)
    return q, k, v, weight, -torch.rand(2, time, 2), torch.rand(2, time, 2)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("delta", [True, False])
def test_every_pair_of_tokens_is_weighed_by_the_level_between_them(delta: bool, seed: int) -> None:
    """o_t = sum over s <= t of w[level(t, s)] q_t (product of what happened since) k_s v_s, the products one by one."""
    torch.manual_seed(seed)
    q, k, v, weight, gate, beta = given(21)
    out = torch.zeros_like(v)
    for b, h, t in itertools.product(range(2), range(2), range(21)):
        turn = torch.eye(4)
        for s in reversed(range(t + 1)):
            level = 0 if s == t else min(int(bin(t ^ s)[2:].find("1") + len(bin(t ^ s)[2:])), 4)
            strength = beta[b, s, h] if delta else 1.0
            out[b, t, h] += weight[b, t, h, level] * (q[b, t, h] @ turn @ k[b, s, h]) * strength * v[b, s, h]
            if delta:
                turn = turn @ (torch.eye(4) - beta[b, s, h] * torch.outer(k[b, s, h], k[b, s, h]))
            turn = turn * gate[b, s, h].exp()
    strengths = beta if delta else None
    close(log_linear_naive(q, k, v, weight, gate=gate, beta=strengths), out)
    none, flat = Past(torch.zeros(2, 0, 2, 4, 3), 0), torch.ones_like(weight)
    close(log_linear(q, k, v, weight, none, gate=gate, beta=strengths, chunk=8)[0], out)
    far(log_linear(q, k, v, flat, none, gate=gate, beta=strengths, chunk=8)[0], out)


@pytest.mark.parametrize("delta", [True, False])
def test_equal_weights_make_it_the_linear_layer(delta: bool) -> None:
    """All levels weighed one: gated DeltaNet, or Mamba-2 on unit keys; other weights make it another layer."""
    layer: Any = neural.LogLinear(16, heads=2, delta=delta)
    twin = neural.GatedDeltaNet(16, heads=2) if delta else neural.Mamba2(16, heads=2, unit_keys=True)
    x = torch.randn(2, 70, 16)
    like(layer, twin)
    with torch.no_grad():
        layer.to_level.weight.zero_()
        layer.to_level.bias.fill_(float(torch.tensor(1.0).expm1().log()))
        close(layer(x)[0], twin(x)[0])
        layer.to_level.bias[3] = -20.0
        far(layer(x)[0], twin(x)[0])


def test_the_past_is_cut_by_the_bits_of_the_place() -> None:
    """13 = 8 + 4 + 1; the state holds as many memories as the place has bits, whatever the stretches it was read in."""
    assert stretches(13) == [(0, 8), (8, 12), (12, 13)]
    layer = neural.LogLinear(16, heads=2)
    x = torch.randn(1, 130, 16)
    _, state = layer(x[:, :127])
    assert state["memory"].shape[1] == 7
    _, state = layer(x[:, 127:128], state)
    assert state["memory"].shape[1] == 1


# LaCT


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("orthogonal", [False, True])
@pytest.mark.parametrize("written", [True, False])
def test_lact_takes_one_step_of_gradient_ascent_a_chunk(written: bool, orthogonal: bool, seed: int) -> None:
    """Autograd through the SwiGLU at the end of each chunk, orthogonal or not, columns scaled back, beside a window."""
    torch.manual_seed(seed)
    layer: Any = neural.LaCT(12, heads=1, key=4, value=3, chunk=5, window=4, muon=orthogonal)
    x = torch.randn(1, 18, 12)
    stir(layer)
    with torch.no_grad():
        q, k, v = (part[0] for part in (x @ layer.read.to_qkv.weight.T).split([4, 4, 3], -1))
        q, k = F.silu(q), F.silu(k)
        rates = torch.sigmoid(layer.to_rate.to_gate(x))[0]
        near = [(_rotations(t, 4) @ (part[t] * layer.scale[n, 0] + layer.offset[n, 0])) for n, part in enumerate((q, k))
                for t in range(18)]  # fmt: skip
        share = torch.sigmoid(layer.share.to_gate(x))[0]
    weights = {n: w[0].detach().clone() for n, w in layer.start.items()}
    fast_q, fast_k, out = F.normalize(q, dim=-1), F.normalize(k, dim=-1), []

    def net(w: dict[str, Tensor], y: Tensor) -> Tensor:
        return (F.silu(y @ w["w1"]) * (y @ w["w3"])) @ w["w2"]

    for start in range(0, 18, 5):
        span = range(start, min(start + 5, 18))
        for t in span:
            read = net(weights, fast_q[t])
            read = read / (read.square().mean() + 1e-6).sqrt() * layer.norm.weight
            seen = range(max(0, t - 3), t + 1)
            logits = torch.stack([near[t] @ near[18 + s] / 2 for s in seen])
            out.append(share[t] * read + logits.softmax(0) @ v[list(seen)])
        if len(span) == 5 and written:
            moved = {}
            for n, name in enumerate(("w1", "w2", "w3")):
                leaf = {m: w.clone().requires_grad_(m == name) for m, w in weights.items()}
                gain = sum(rates[t, n].detach() * (net(leaf, fast_k[t]) @ v[t]) for t in span)
                push = torch.autograd.grad(gain, leaf[name])[0]
                step = weights[name] + (muon(push, 5) if orthogonal else push)
                moved[name] = step / step.norm(dim=0) * weights[name].norm(dim=0)
            weights = moved
    got = layer(x)[0].detach()
    told = layer.out(torch.stack(out)[None, :, None], x).detach()
    if written:
        close(got, told)
    else:
        far(got, told)


# Omega rule


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("chunk", "momentum", "steps"), [(1, False, 0), (3, True, 0), (1, True, 5), (3, True, 5), (3, False, 3)]
)
def test_the_omega_rule_and_atlas_learn_the_weighted_pairs_of_their_window(
    chunk: int, momentum: bool, steps: int, seed: int
) -> None:
    """Autograd over the last three pairs at every token, momentum and decay by hand, Newton-Schulz as a polynomial of
    singular values; one pair alone is not the same, and neither is Atlas with a raw momentum."""
    torch.manual_seed(seed)
    knobs: dict[str, Any] = {"heads": 1, "window": 3, "chunk": chunk, "momentum": momentum, "conv": 0}
    layer: Any = neural.Atlas(8, orthogonal=steps, **knobs) if steps else neural.OmegaNet(8, **knobs)
    x = torch.randn(1, 11, 8)
    stir(layer)
    q, k, v, _ = layer.read(x, {})
    gates = layer.gates(x)
    with torch.no_grad():
        q, k, v = (part[0, :, 0] for part in (q, k, v))
    pairs = [(a, b) for a in range(8) for b in range(a, 8)]

    def net(w: list[Tensor], y: Tensor) -> Tensor:
        wide = torch.cat([layer.powers[0] * y, layer.powers[1] * torch.stack([y[a] * y[b] for a, b in pairs])])
        return y + F.layer_norm(F.gelu(wide @ w[0]) @ w[1], y.shape)

    def run(window: int, orthogonal: bool = steps > 0) -> Tensor:
        weights = [layer.start[n][0].detach() for n in ("w0", "w1")]
        speed, anchor, out = [torch.zeros_like(w) for w in weights], weights, []
        for t in range(11):
            anchor = weights if t % chunk == 0 else anchor
            leaf = [w.clone().requires_grad_() for w in anchor]
            loss = sum(gates.weight[0, s, 0].detach() * (net(leaf, k[s]) - v[s]).square().sum() / 2
                       for s in range(max(0, t - window + 1), t + 1))  # fmt: skip
            for n, grad in enumerate(torch.autograd.grad(loss, leaf)):
                speed[n] = -gates.rate[0, t, 0] * grad + (gates.momentum[0, t, 0] * speed[n] if momentum else 0)
            push = [gates.rate[0, t, 0] * muon(s, steps) for s in speed] if orthogonal else speed
            weights = [(1 - gates.decay[0, t, 0]) * w + s for w, s in zip(weights, push, strict=True)]
            out.append(net(weights, q[t]))
        return torch.stack(out).detach()

    got = layer.remember(x, layer.init_state(1))[0][0, :, 0].detach()
    close(got, run(3))
    far(got, run(1))
    if steps:
        far(got, run(3, orthogonal=False))


def muon(g: Tensor, steps: int) -> Tensor:
    """U p(p(...(s))) V^T of g = U s V^T scaled to length one, p(s) = 3.4445 s - 4.775 s^3 + 2.0315 s^5."""
    u, s, v = torch.linalg.svd(g / g.norm(), full_matrices=False)
    for _ in range(steps):
        s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
    return u @ torch.diag(s) @ v


def test_an_omega_net_on_one_plain_pair_is_titans() -> None:
    """window=1 and degree=1; Newton-Schulz besides makes Atlas out of it."""
    x = torch.randn(2, 20, 16)
    layer, twin = neural.OmegaNet(16, window=1, degree=1, momentum=True), neural.Titans(16)
    like(layer, twin)
    close(layer(x)[0], twin(x)[0])

    atlas = neural.Atlas(16, window=1, degree=1, chunk=16, orthogonal=5)
    like(atlas, twin)
    far(atlas(x)[0], twin(x)[0])
