"""Layers against their equations, written out once more here in 64 bits: slots, controllers, memories beside windows.

Every parameter is moved off its start, so a part that is left out of the layer, or of the equations, is seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence import neural
from remanence.neural.layers.softmax_attention import SoftmaxAttention
from remanence.neural.network import NetworkMemory
from remanence.neural.segments import Segmenter

seeded = pytest.mark.parametrize("seed", [0, 1, 2])


@pytest.fixture(autouse=True)
def _double() -> Iterator[None]:
    """Everything here is checked in 64 bits."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def made(name: str, seed: int, dim: int = 8, scale: float = 0.3, **knobs: Any) -> Any:
    """A layer none of whose parameters is where it starts."""
    torch.manual_seed(seed)
    layer = neural.make(name, dim, **knobs)
    stir(layer, scale)
    return layer


@torch.no_grad()
def stir(layer: nn.Module, scale: float = 0.3) -> None:
    for p in layer.parameters():
        p += scale * torch.randn_like(p)


def close(got: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(got, expected, atol=1e-9, rtol=0)


def norm(x: Tensor) -> Tensor:
    return x / x.norm()


def rms(x: Tensor, gain: Tensor) -> Tensor:
    return x / (x.square().mean() + 1e-6).sqrt() * gain


def linear(part: nn.Linear, x: Tensor) -> Tensor:
    y: Tensor = part.weight @ x
    return y if part.bias is None else y + part.bias


# slots and controllers


@seeded
@torch.no_grad()
def test_pmi_writes_the_winners_and_reads_what_they_lost(seed: int) -> None:
    """Token by token: the two best slots give way by gates, what they lose lies under their cue, both are read."""
    layer, x = made("pmi", seed, slots=4, picks=2, cues=6), torch.randn(1, 9, 8)
    slots, long, out = [s.clone() for s in layer.start], torch.zeros(4, 6, 8), []
    for token in x[0]:
        content, wanted = linear(layer.to_write, token).chunk(2)
        scores = [float(linear(layer.to_slot, s) @ wanted) / math.sqrt(8) for s in slots]
        best = sorted(range(4), key=lambda n: -scores[n])[:2]
        odds = torch.tensor([scores[n] for n in best]).softmax(0)
        for n, share in zip(best, odds.tolist(), strict=True):
            gate = min(1.0, 2 * share) * torch.sigmoid(linear(layer.to_gate, torch.cat([slots[n], token])))
            lost = gate * slots[n]
            long[n] += torch.outer(norm(linear(layer.to_cue, slots[n])), lost)
            slots[n] = slots[n] - lost + gate * F.silu(content)
        asked = linear(layer.to_ask, token) / math.sqrt(8)
        held = torch.stack(slots)
        working = (held @ asked).softmax(0) @ held
        cue = norm(linear(layer.to_cue, working + content))
        lasting = torch.stack([rms(cue @ part, layer.long_norm.weight) for part in long])
        share = torch.sigmoid(linear(layer.to_mix, token))
        read = share * working + (1 - share) * ((lasting @ asked).softmax(0) @ lasting)
        out.append(linear(layer.to_out, read))

    close(layer(x)[0][0], torch.stack(out))


@seeded
@torch.no_grad()
def test_a_fast_and_slow_controller_answers_writes_and_follows_its_feedback(seed: int) -> None:
    """Token by token: fast weights answer, slots are erased, written and read where they are like, weights fade."""
    layer, x = made("fast_slow", seed, dim=6, slots=3, rate=0.4, fade=0.8), torch.randn(1, 8, 6)
    slots, read, fast, out = layer.start.clone(), torch.zeros(6), torch.zeros(6, 6), []
    for token in x[0]:
        seen = norm(token)
        h = torch.tanh(linear(layer.control, torch.cat([token, read])) + fast @ seen)
        push = linear(layer.feedback[2], F.gelu(linear(layer.feedback[0], torch.cat([h, token]))))
        fast = 0.8 * fast - 0.4 * torch.outer(push, seen)
        asked, where, erase, add = linear(layer.to_memory, h).chunk(4)
        z = (slots @ where / math.sqrt(6)).softmax(0)
        slots = slots * (1 - torch.outer(z, torch.sigmoid(erase))) + torch.outer(z, torch.tanh(add))
        read = (slots @ asked / math.sqrt(6)).softmax(0) @ slots
        out.append(linear(layer.to_out, torch.cat([h, read])))

    close(layer.eval()(x)[0][0], torch.stack(out))


# network memories


def learned(
    layer: NetworkMemory, x: Tensor, loss: Callable[[Tensor, Tensor, Tensor], Tensor], link: Callable[[Tensor], Tensor]
) -> Tensor:
    """Autograd through the network at every token, one head, one token a chunk: what is read, [T, K].

    loss(prediction, target, token); link makes the weights that are used of those that are added up.
    """
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    q, k, v = (part[0, :, 0].detach() for part in (q, k, v))

    def gate(part: Any, token: Tensor) -> Tensor:
        y: Tensor = part.low + (part.high - part.low) * torch.sigmoid(linear(part.to_gate, token))[0]
        return y.detach()

    def net(w: list[Tensor], y: Tensor) -> Tensor:
        z = y @ w[0]
        for more in w[1:]:
            z = F.gelu(z) @ more
        return y + F.layer_norm(z, z.shape) if layer.residual else z

    start = [layer.start[n][0].detach() for n in sorted(layer.start)]
    weights = [torch.zeros_like(w) for w in start] if layer.keep_start else start
    speed, out, seen, worth = [torch.zeros_like(w) for w in weights], [], [], []

    def used(w: list[Tensor]) -> list[Tensor]:
        return [link(a) + b if layer.keep_start else link(a) for a, b in zip(w, start, strict=True)]

    for t, token in enumerate(x[0]):
        seen.append(t)
        worth.append(gate(layer.to_weight, token) if layer.to_weight is not None else torch.ones(()))
        leaf = [w.clone().requires_grad_() for w in used(weights)]
        fault = sum(worth[s] * loss(net(leaf, k[s]), v[s], token) for s in seen[-layer.window :])
        assert isinstance(fault, Tensor)
        grads = torch.autograd.grad(fault, leaf)
        eta = gate(layer.to_momentum, token) if layer.to_momentum is not None else torch.zeros(())
        speed = [eta * s - gate(layer.to_rate, token) * g for s, g in zip(speed, grads, strict=True)]
        keep = 1 - gate(layer.to_decay, token) if layer.to_decay is not None else torch.ones(())
        weights = [keep * w + s for w, s in zip(weights, speed, strict=True)]
        out.append(net(used(weights), q[t]).detach())
    return torch.stack(out)


def squares(said: Tensor, wanted: Tensor, token: Tensor) -> Tensor:
    return (said - wanted).square().sum() / 2


def same(w: Tensor) -> Tensor:
    return w


NETWORKS: dict[str, tuple[dict[str, Any], Any, Callable[[Tensor], Tensor]]] = {
    "titans": ({"keep_start": True}, squares, same),
    "omega_net": ({"window": 3, "degree": 1}, squares, same),
    "moneta": ({"norm": 4.0, "power": 3.0},
               lambda said, wanted, token: ((said - wanted).square() + 1e-6).pow(1.5).sum() / 3,
               lambda w: w / (w.square() + 1e-12).square().sum().sqrt().sqrt().square()),
    "memora": ({}, squares, lambda w: 5 * w.softmax(-1)),
    "miras": ({"link": "soft", "total": 0.2}, squares, lambda w: w.sign() * (w.abs() - 0.2).clamp(min=0)),
}  # fmt: skip


@seeded
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_memory_learns_by_its_own_loss_retention_and_start(name: str, seed: int) -> None:
    """l_q norm, simplex, soft threshold, the start that is kept, the worth of each pair of a window."""
    knobs, loss, link = NETWORKS[name]
    layer = made(name, seed, dim=5, scale=0.1, heads=1, conv=0, chunk=1, **knobs)
    x = torch.randn(1, 7, 5)

    close(layer.remember(x, layer.init_state(1))[0][0, :, 0].detach(), learned(layer, x, loss, link))


@seeded
def test_yaad_reads_the_limit_of_its_errors_from_the_token(seed: int) -> None:
    """Squares up to the limit, straight beyond it; the limit is softplus of the token times the length of a value."""
    layer = made("yaad", seed, dim=5, scale=0.5, heads=1, conv=0, chunk=1)
    x = 2 * torch.randn(1, 9, 5)
    cut = []

    def huber(said: Tensor, wanted: Tensor, token: Tensor) -> Tensor:
        limit = math.sqrt(5) * F.softplus(linear(layer.to_limit, token))[0].detach()
        size = (said - wanted).norm()
        cut.append(bool(size > limit))
        return limit * size - limit.square() / 2 if size > limit else size.square() / 2

    close(layer.remember(x, layer.init_state(1))[0][0, :, 0].detach(), learned(layer, x, huber, same))
    assert any(cut)
    assert not all(cut)


# memories beside attention


@torch.no_grad()
def attended(attention: SoftmaxAttention, x: Tensor) -> Tensor:
    """Learned first tokens, all at place 0, and the last `window` tokens at theirs, one head: [T, dim]."""
    q, k, v = (x[0] @ attention.read.to_qkv.weight.T).split(attention.read.sizes, -1)
    assert attention.prefix is not None
    _, first_k, first_v = (attention.prefix[0] @ attention.read.to_qkv.weight.T).split(attention.read.sizes, -1)
    out = []
    for t in range(len(q)):
        seen = range(max(0, t + 1 - (attention.window or t + 1)), t + 1)
        keys = torch.cat([first_k, torch.stack([turned(k[s], s) for s in seen])])
        share = (keys @ turned(q[t], t) / math.sqrt(q.shape[-1])).softmax(0)
        out.append(linear(attention.out.to_out, share @ torch.cat([first_v, v[list(seen)]])))
    return torch.stack(out)


def turned(x: Tensor, place: int) -> Tensor:
    """Rotary position: channel n and n + K / 2 are turned by place * 10000^(-2n / K)."""
    half = len(x) // 2
    angle = torch.tensor([place * 10000.0 ** (-n / half) for n in range(half)])
    a, b = x[:half], x[half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()])


@seeded
@torch.no_grad()
def test_memory_as_gate_multiplies_and_memory_as_layer_adds(seed: int) -> None:
    """MAG: norm(attend(x)) sigmoid(norm(M(x))); MAL: attend(x + M(x)); persistent tokens and a window of four."""
    x = torch.randn(1, 11, 6)
    gate, stacked = (made(name, seed, dim=6, heads=1, window=4, persistent=2) for name in ("titans_mag", "titans_mal"))
    told, read = gate.memory(x)[0][0], attended(gate.attention, x)
    expected = [rms(y, gate.y_norm.weight) * torch.sigmoid(rms(m, gate.m_norm.weight)) for y, m in zip(read, told)]

    close(gate(x)[0][0], torch.stack(expected))
    close(stacked(x)[0][0], attended(stacked.attention, x + stacked.memory(x)[0]))


@seeded
@torch.no_grad()
def test_memory_as_context_stands_before_the_tokens_of_its_segment(seed: int) -> None:
    """Segment by segment: recall of every token from the memory as it stood, attention over persistent tokens, recalls
    and tokens so far, its answer memorised and gated by what the memory then says."""
    layer = made("titans_mac", seed, dim=6, heads=1, segment=4, persistent=2, conv=0)
    x = torch.randn(1, 11, 6)
    _, first_k, first_v = (layer.prefix[0] @ layer.read.to_qkv.weight.T).split(layer.read.sizes, -1)
    memory, out = layer.memory.init_state(1), []
    for start in range(0, 11, 4):
        piece = x[:, start : start + 4]
        q, _, _, _ = layer.memory.read(piece, layer.memory.read.init_state(1))
        told = layer.memory.read_weights(memory["memory"]["weights"], q)
        recalled = layer.memory.out(told, piece)[0]
        both = torch.stack([recalled, piece[0]], 1).flatten(0, 1)
        q, k, v = (both @ layer.read.to_qkv.weight.T).split(layer.read.sizes, -1)
        answers = []
        for t in range(1, len(both), 2):
            keys = torch.cat([first_k, torch.stack([turned(k[s], s) for s in range(t + 1)])])
            logits = keys @ turned(q[t], t) / math.sqrt(6)
            answers.append(linear(layer.out.to_out, logits.softmax(0) @ torch.cat([first_v, v[: t + 1]])))
        y = torch.stack(answers)
        m, memory = layer.memory(y[None], memory)
        out += [rms(a, layer.y_norm.weight) * torch.sigmoid(rms(b, layer.m_norm.weight)) for a, b in zip(y, m[0])]

    close(layer(x)[0][0], torch.stack(out))


# matrix memories and block attention


def gate(part: Any, token: Tensor) -> Tensor:
    """A `Gate` by hand: [H]."""
    y: Tensor = part.low + (part.high - part.low) * torch.sigmoid(linear(part.to_gate, token))
    return y


def channel_rates(part: Any, token: Tensor, head: int) -> Tensor:
    """exp(-exp(A) softplus(low-rank(x) + dt)) of one head: [K]."""
    step = F.softplus(linear(part.up, linear(part.down, token)) + part.step_bias).chunk(part.heads)[head]
    return torch.exp(-part.rate_log[head].exp() * step)


def scalar_rate(part: Any, token: Tensor, head: int) -> Tensor:
    step = F.softplus(linear(part.to_step, token) + part.step_bias)
    return torch.exp(-part.rate_log[head].exp() * step[head])


@seeded
@torch.no_grad()
def test_gated_delta_net_2_erases_by_key_channel_and_writes_by_value_channel(seed: int) -> None:
    """S <- diag(a) S;  S <- S - k^T ((e k) S) + k^T (w v), with erase gates up to two."""
    layer, x = made("gated_delta_net_2", seed, heads=2, conv=0, negative=True), torch.randn(1, 9, 8)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    s, out = torch.zeros(2, 4, 4), torch.zeros(9, 2, 4)
    for t, token in enumerate(x[0]):
        erase, write = gate(layer.to_erase, token).chunk(2), gate(layer.to_write, token).chunk(2)
        for h in range(2):
            s[h] = channel_rates(layer.channel_decay, token, h)[:, None] * s[h]
            taken = (erase[h] * k[0, t, h]) @ s[h]
            s[h] += torch.outer(k[0, t, h], write[h] * v[0, t, h] - taken)
            out[t, h] = q[0, t, h] @ s[h]

    assert layer.to_erase.high == 2.0
    close(layer.remember(x, layer.init_state(1))[0][0], out)


@seeded
@torch.no_grad()
def test_comba_erases_a_share_and_takes_what_was_just_told_off_the_question(seed: int) -> None:
    """S <- a S;  S <- S - s b k^T (k S) + b k^T v;  o = (q - d k) S."""
    layer, x = made("comba", seed, heads=2, conv=0), torch.randn(1, 9, 8)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    share, back = torch.sigmoid(layer.erase_raw), torch.sigmoid(layer.loop_raw)
    s, out = torch.zeros(2, 4, 4), torch.zeros(9, 2, 4)
    for t, token in enumerate(x[0]):
        strength = gate(layer.beta, token)
        for h in range(2):
            s[h] = scalar_rate(layer.log_decay, token, h) * s[h]
            s[h] += strength[h] * torch.outer(k[0, t, h], v[0, t, h] - share[h] * k[0, t, h] @ s[h])
            out[t, h] = (q[0, t, h] - back[h] * k[0, t, h]) @ s[h]

    close(layer.remember(x, layer.init_state(1))[0][0], out)


@seeded
@torch.no_grad()
def test_delta_product_takes_several_steps_a_token_and_decays_once(seed: int) -> None:
    """S <- a S, then for each of three keys S <- S + b k^T (v - k S) with b up to two; the question comes last."""
    layer, x = made("delta_product", seed, heads=2, conv=0, householders=3), torch.randn(1, 7, 8)
    q, k, v = (linear_rows(layer.to_qkv, x[0])).split(layer.sizes, -1)
    s, out = torch.zeros(2, 4, 4), torch.zeros(7, 2, 4)
    for t, token in enumerate(x[0]):
        strength = gate(layer.beta, token).reshape(3, 2)
        keys, values = k[t].reshape(3, 2, 4), v[t].reshape(3, 2, 4)
        for h in range(2):
            s[h] = scalar_rate(layer.log_decay, token, h) * s[h]
            for n in range(3):
                key = norm(keys[n, h])
                s[h] += strength[n, h] * torch.outer(key, values[n, h] - key @ s[h])
            out[t, h] = norm(q[t].reshape(2, 4)[h]) @ s[h]

    assert layer.beta.high == 2.0
    close(layer.remember(x, layer.init_state(1))[0][0], out)


def linear_rows(part: nn.Linear, x: Tensor) -> Tensor:
    return x @ part.weight.T


@seeded
@torch.no_grad()
def test_moba_reads_its_own_block_and_those_whose_mean_key_is_nearest(seed: int) -> None:
    """One query and head at a time: softmax over the own block so far and the two best of the finished ones."""
    layer, x = made("moba", seed, heads=2, conv=0, block=3, picks=2), torch.randn(1, 17, 8)
    q, k, v = (part.reshape(17, 2, 4) for part in linear_rows(layer.read.to_qkv, x[0]).split(layer.read.sizes, -1))
    out, first = torch.zeros(17, 2, 4), 0
    for t in range(17):
        for h in range(2):
            ask = turned(q[t, h], t)
            keys = torch.stack([turned(k[s, h], s) for s in range(t + 1)])
            near = {n: float(keys[3 * n : 3 * n + 3].mean(0) @ ask) for n in range(t // 3)}
            best = sorted(near, key=lambda n: -near[n])[:2]
            first += best != sorted(near)[:2]
            seen = [s for s in range(t + 1) if s // 3 in (*best, t // 3)]
            share = (keys[seen] @ ask / 2).softmax(0)
            out[t, h] = share @ v[seen, h]

    assert first > 3
    close(layer(x)[0], layer.out(out[None], x))


@seeded
@torch.no_grad()
def test_forgetting_attention_fades_logits_by_all_gates_since(seed: int) -> None:
    """softmax over j of q k_j / sqrt(K) + sum of log sigmoid(W x + b) over the tokens after j."""
    layer, x = made("forgetting", seed, heads=2, conv=0, keep=0.5), torch.randn(1, 11, 8)
    q, k, v = (part.reshape(11, 2, 4) for part in linear_rows(layer.read.to_qkv, x[0]).split(layer.read.sizes, -1))
    kept = torch.stack([F.logsigmoid(linear(layer.to_forget, token)) for token in x[0]])
    out = torch.zeros(11, 2, 4)
    for t in range(11):
        for h in range(2):
            logits = [q[t, h] @ k[s, h] / 2 + kept[s + 1 : t + 1, h].sum() for s in range(t + 1)]
            out[t, h] = torch.stack(logits).softmax(0) @ v[: t + 1, h]

    close(layer(x)[0], layer.out(out[None], x))


# layers made of layers, and memories by sentence, chunk and segment


@seeded
@torch.no_grad()
def test_nse_composes_what_it_read_and_writes_it_back_by_word_and_by_sentence(seed: int) -> None:
    """r = LSTM(x); z = softmax(r M); c = tanh(W [r; z M]); M <- M (1 - z) + c z, for words and for whole sentences."""
    layer, x = made("nse", seed, sentence=3), torch.randn(1, 11, 8)

    def turn(part: Any, token: Tensor, at: tuple[Tensor, Tensor], slots: Tensor) -> tuple[Tensor, Any, Tensor]:
        h, c = part.ask(token[None], (at[0][None], at[1][None]))
        z = (slots @ h[0]).softmax(0)
        composed = torch.tanh(linear(part.compose, torch.cat([h[0], z @ slots])))
        return composed, (h[0], c[0]), slots * (1 - z[:, None]) + torch.outer(z, composed)

    none = torch.zeros(0, 8)
    words, document, at, above, out = none, none, (torch.zeros(8),) * 2, (torch.zeros(8),) * 2, []
    for token in x[0]:
        composed, at, words = turn(layer.words, token, at, torch.cat([words, token[None]]))
        if len(words) == 3:
            _, above, document = turn(layer.sentences, composed, above, torch.cat([document, composed[None]]))
            words = none
        told = (document @ at[0] / math.sqrt(8)).softmax(0) @ document if len(document) else torch.zeros(8)
        out.append(linear(layer.to_out, torch.cat([composed, told])))

    close(layer(x)[0][0], torch.stack(out))


@seeded
@torch.no_grad()
def test_loops_and_chains_hand_on_what_they_say_they_do(seed: int) -> None:
    """HRM: the fast state hears the slow one and the input at every step, the slow one the fast; CMS: each level reads
    the sum so far; Hope: a chain over what the self-modifying memory added."""
    x = torch.randn(1, 7, 8)
    hrm, cms, hope = (made(name, seed, heads=2, scale=0.1) for name in ("hrm", "cms", "hope"))
    low, high = hrm.begin(x)
    for _ in range(2):
        for _ in range(2):
            low = hrm.fast(low + high + x, hrm.fast.mixer.init_state(1))[0]
        high = hrm.slow(high + low, hrm.slow.mixer.init_state(1))[0]
    close(hrm(x)[0], high)

    z = x
    for level in cms.levels:
        z = z + level(z)[0]
    close(cms(x)[0], z - x)

    y = hope.modifying(x)[0]
    close(hope(x)[0], y + hope.levels(x + y)[0])


@seeded
@torch.no_grad()
def test_mega_gates_attention_inside_its_chunk_by_the_average(seed: int) -> None:
    """Queries and keys from the average, values from the token, a softmax within five tokens, three gates."""
    layer, x = made("mega", seed, chunk=5), torch.randn(1, 13, 8)
    m = layer.average(x, torch.zeros(1, *layer.average.beta.shape))[0][0]
    out = []
    for t, token in enumerate(x[0]):
        z = F.silu(torch.stack([linear(layer.to_z, part) for part in m[: t + 1]]))
        v = F.silu(torch.stack([linear(layer.to_v, part) for part in x[0, : t + 1]]))
        own = slice(t // 5 * 5, t + 1)
        keys = layer.gain[1] * z[own] + layer.shift[1]
        share = (keys @ (layer.gain[0] * z[t] + layer.shift[0]) / math.sqrt(8)).softmax(0)
        reset, update, seen = linear(layer.to_gates, m[t]).chunk(3)
        h = F.silu(seen + linear(layer.to_out, share @ v[own] * F.silu(reset)))
        out.append(torch.sigmoid(update) * (h - token))

    close(layer(x)[0][0], torch.stack(out))


@seeded
@torch.no_grad()
def test_mesa_solves_the_ridge_of_all_pairs_weighed_and_faded(seed: int) -> None:
    """kk <- a kk + b k^T k, kv <- a kv + b k^T v; o = q (kk + diag(penalty))^-1 kv, the penalty learned by channel."""
    layer, x = made("mesa", seed, heads=2, conv=0), torch.randn(1, 9, 8)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    kk, kv, out = torch.zeros(2, 4, 4), torch.zeros(2, 4, 4), torch.zeros(9, 2, 4)
    for t, token in enumerate(x[0]):
        worth = gate(layer.beta, token)
        for h in range(2):
            a = scalar_rate(layer.log_decay, token, h)
            kk[h] = a * kk[h] + worth[h] * torch.outer(k[0, t, h], k[0, t, h])
            kv[h] = a * kv[h] + worth[h] * torch.outer(k[0, t, h], v[0, t, h])
            penalty = F.softplus(layer.ridge_raw[h]) + 1e-3
            out[t, h] = q[0, t, h] @ torch.linalg.solve(kk[h] + torch.diag(penalty), kv[h])

    close(layer.remember(x, layer.init_state(1))[0][0], out)


@seeded
@torch.no_grad()
def test_a_segment_begins_with_the_last_tokens_of_the_one_before(seed: int) -> None:
    """HMT without recall: the token before a segment changes its first answer where `sensory` holds it."""
    x = torch.randn(1, 12, 8)
    other = x.clone()
    other[:, 7] += 1.0
    moved = {}
    for sensory in (2, 0):
        layer = made("hmt", seed, segment=8, sensory=sensory, recall="none", heads=2)
        moved[sensory] = float((layer(other)[0] - layer(x)[0])[:, 8].abs().max())

    assert moved[2] > 1e-3
    assert moved[0] == 0.0


@seeded
@torch.no_grad()
def test_first_tokens_fading_outputs_and_the_bar_of_surprise_count(seed: int) -> None:
    """EM-LLM reads its sink; B'MOJO its fading outputs, and judges a token by its share that was not foreseen; a higher
    bar cuts fewer events."""
    x = torch.randn(1, 60, 8)
    events, mixed = made("em_llm", seed, heads=2, picks=1, contiguity=0.0), made("bmojo", seed, heads=2, window=4)
    read, faded = events(x)[0], mixed(x)[0]
    events.sink, mixed.fading = 0, False
    assert float((events(x)[0] - read)[:, -1].abs().max()) > 1e-4
    assert float((mixed(x)[0] - faded)[:, -1].abs().max()) > 1e-4

    mixed.keep.to_gate.weight.zero_()
    memory = mixed.init_state(1)["memory"]
    close(mixed.predict(3 * x, memory)[0], mixed.predict(x, memory)[0])

    counts = [int(Segmenter(gamma, smallest=2, largest=30)(x, segments(gamma))[0].max()) for gamma in (0.3, 2.0)]
    assert counts[0] > counts[1] + 3


def segments(gamma: float) -> dict[str, Tensor]:
    return Segmenter(gamma, smallest=2, largest=30).init_state(torch.zeros(1, 8))


@seeded
@torch.no_grad()
def test_a_summary_is_made_with_the_recalled_vector_in_sight(seed: int) -> None:
    """HMT: two streams that differ in nothing but the vector that waits for the segment's end leave other summaries."""
    layer, x = made("hmt", seed, segment=8, heads=2), torch.randn(1, 16, 8)
    _, state = layer(x[:, :13])
    other = {**state, "recalled": state["recalled"] + 1.0}

    ends = [layer(x[:, 13:], begun)[1]["summaries"] for begun in (state, other)]

    close(ends[0][:, 0], ends[1][:, 0])
    assert float((ends[0][:, 1] - ends[1][:, 1]).abs().max()) > 1e-3


@seeded
@torch.no_grad()
def test_local_linear_attention_fits_a_plane_around_every_question(seed: int) -> None:
    """Of a + B (k - q), fitted to all pairs so far by weight exp(s q k) with `ridge` on B alone, a is the answer."""
    layer, x = made("lla", seed, heads=1, conv=0, ridge=0.2, sharpness=3.0), torch.randn(1, 9, 8)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    q, k, v, sharp = q[0, :, 0], k[0, :, 0], v[0, :, 0], float(F.softplus(layer.sharpness_raw))
    out = torch.zeros(9, 8)
    for t in range(9):
        away = math.sqrt(sharp) * (k[: t + 1] - q[t])
        plane = torch.cat([torch.ones(t + 1, 1), away], 1)
        weight = (sharp * k[: t + 1] @ q[t]).softmax(0)
        held = torch.diag(torch.cat([torch.zeros(1), torch.full((8,), layer.ridge)]))
        out[t] = torch.linalg.solve(
            plane.T @ (weight[:, None] * plane) + held, plane.T @ (weight[:, None] * v[: t + 1])
        )[0]

    torch.testing.assert_close(layer(x)[0][0], out @ layer.out.to_out.weight.T, atol=1e-5, rtol=0)


@seeded
@torch.no_grad()
def test_an_event_has_a_memory_and_a_topic_until_its_place_is_taken(seed: int) -> None:
    """Surprise caching, three places and events of three tokens: the fourth event empties the place of the first."""
    layer, x = made("surprise_caching", seed, heads=1, conv=0, events=3, every=3), torch.randn(1, 17, 8)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    strength = layer.beta(x)[0, :, 0]
    memory, topic, count, out = torch.zeros(3, 8, 8), torch.zeros(3, 8), torch.zeros(3), torch.zeros(17, 1, 8)
    for t in range(17):
        event = t // 3 % 3
        if t % 3 == 0:
            memory[event], topic[event], count[event] = 0.0, 0.0, 0.0
        key = k[0, t, 0]
        memory[event] += strength[t] * torch.outer(key, v[0, t, 0] - key @ memory[event])
        topic[event] += x[0, t]
        count[event] += 1
        there = count > 0
        share = (topic[there] / count[there, None] @ linear(layer.to_topic, x[0, t])).softmax(0)
        out[t, 0] = share @ (q[0, t, 0] @ memory[there])

    close(layer(x)[0], layer.out(out[None], x))


@seeded
def test_a_self_modifying_memory_makes_its_keys_values_and_rates_by_what_it_learned(seed: int) -> None:
    """Five linear memories, two tokens a chunk: each asked as it stood at the chunk's start, each taught its own answer
    to the value."""
    layer = made("self_modifying", seed, dim=4, heads=1, conv=0, depth=1, chunk=2, delta=False)
    x = torch.randn(1, 7, 4)
    q, base, v, _ = layer.read(x, layer.read.init_state(1))
    q, base, v = (part[0, :, 0].detach() for part in (q, base, v))
    weights = {name[:-1]: w[0].detach() for name, w in layer.start.items()}
    bias, out = dict(zip(("rate", "decay"), layer.bias.detach(), strict=True)), torch.zeros(1, 7, 1, 4)

    def net(w: Tensor, z: Tensor) -> Tensor:
        return z + z @ w if w.shape[1] == len(z) else z @ w

    for t in range(7):
        if t % 2 == 0:
            begun = dict(weights)
        key = norm(net(begun["key"], base[t]))
        value = v[t] + net(begun["value"], base[t])
        rate, decay = (torch.sigmoid(bias[n] + net(begun[n], base[t])[0]) for n in ("rate", "decay"))
        for name, w in begun.items():
            leaf = w.clone().requires_grad_()
            fault = (net(leaf, key) - net(w, value)).square().sum() / 2
            weights[name] = (1 - decay) * weights[name] - rate * torch.autograd.grad(fault, leaf)[0]
        out[0, t, 0] = net(weights["content"], q[t])

    close(layer(x)[0], layer.out(out, x))


@seeded
@torch.no_grad()
def test_ridge_memories_are_written_where_the_key_points_and_read_where_the_query_does(seed: int) -> None:
    """One router for both; the balance loss is the mean chance of the memory that was picked, times their number."""
    layer, x = made("mesa_mom", seed, heads=1, conv=0, memories=3), torch.randn(1, 11, 8)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    strength, out = layer.beta(x)[0, :, 0], torch.zeros(1, 11, 1, 8)
    kk, kv, chances = torch.zeros(3, 8, 8), torch.zeros(3, 8, 8), torch.zeros(11)
    for t in range(11):
        key, query = k[0, t, 0], q[0, t, 0]
        picked, asked = (int(linear(layer.router, z).argmax()) for z in (key, query))
        kk[picked] += strength[t] * torch.outer(key, key)
        kv[picked] += strength[t] * torch.outer(key, v[0, t, 0])
        chances[t] = linear(layer.router, key).softmax(0)[picked]
        penalty = torch.diag(F.softplus(layer.ridge_raw[asked]) + 1e-3)
        out[0, t, 0] = query @ torch.linalg.solve(kk[asked] + penalty, kv[asked])

    close(layer(x)[0], layer.out(out, x))
    close(layer.extra_loss, layer.balance * 3 * chances.mean())


@seeded
@torch.no_grad()
def test_a_value_far_from_what_the_chunks_start_foresaw_writes_little(seed: int) -> None:
    """Huber delta: S <- a S + b min(1, limit / |v - k S_c|) k^T (v - k a S), S_c three tokens a chunk."""
    layer, x = made("huber_delta", seed, heads=1, conv=0, chunk=3), 3 * torch.randn(1, 10, 8)
    q, k, v, _ = layer.read(x, layer.read.init_state(1))
    limit, s, out = F.softplus(layer.limit_raw[0]), torch.zeros(8, 8), torch.zeros(1, 10, 1, 8)
    for t, token in enumerate(x[0]):
        if t % 3 == 0:
            begun = s
        key, value = k[0, t, 0], v[0, t, 0]
        trust = min(1.0, float(limit / (value - key @ begun).norm()))
        s = scalar_rate(layer.log_decay, token, 0) * s
        s = s + gate(layer.beta, token)[0] * trust * torch.outer(key, value - key @ s)
        out[0, t, 0] = q[0, t, 0] @ s

    close(layer(x)[0], layer.out(out, x))


@seeded
@torch.no_grad()
def test_a_pointer_scores_tokens_that_have_seen_their_neighbours(seed: int) -> None:
    """Items come out of the short convolution, questions and values are the tokens themselves."""
    layer, x = made("pointer", seed, conv=3), torch.randn(1, 9, 8)
    padded, out = F.pad(x[0], (0, 0, 2, 0)), torch.zeros(9, 8)
    seen = [F.silu((layer.near.taps * padded[t : t + 3].T).sum(1)) for t in range(9)]
    for t in range(9):
        scores = [
            linear(
                layer.head.to_score,
                torch.tanh(linear(layer.head.to_item, seen[s]) + linear(layer.head.to_query, x[0, t])),
            )
            for s in range(t + 1)
        ]
        out[t] = torch.cat(scores).softmax(0) @ (x[0, : t + 1] @ layer.to_value.weight.T)

    close(layer(x)[0][0], out @ layer.to_out.weight.T)
