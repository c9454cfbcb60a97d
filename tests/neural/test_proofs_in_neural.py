"""Every mechanism at work in its own layer, on three seeds: with the part it passes, without the part it fails.

A proof scores a layer's output with a part on or off; its bar lies between the two.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from remanence.neural.blocks import Gate, Output, Projections
from remanence.neural.layer import Layer
from remanence.neural.layers.em_llm import EMLLM
from remanence.neural.layers.fast_slow import FastSlow
from remanence.neural.layers.gam import GAM
from remanence.neural.layers.hax import HAX
from remanence.neural.layers.hcam import HCAM
from remanence.neural.layers.landmark import Landmark
from remanence.neural.layers.memory_caching import MemoryCaching
from remanence.neural.layers.miras import Yaad
from remanence.neural.layers.mom import MoM
from remanence.neural.layers.msa import MSA
from remanence.neural.layers.pmi import PMI
from remanence.neural.layers.reweaving import Reweaving

Proof = Callable[[bool], float]
PROOFS: dict[str, tuple[Proof, float]] = {}


def proof(bar: float) -> Callable[[Proof], Proof]:
    """Register a score from 0 to 1 that is at least `bar` with the part and below it without."""

    def register(score: Proof) -> Proof:
        PROOFS[score.__name__] = (score, bar)
        return score

    return register


def units(*shape: int) -> Tensor:
    return F.normalize(torch.randn(*shape), dim=-1)


def part(width: int, first: int, size: int, scale: float = 1.0) -> Tensor:
    """Rows that read `size` channels from `first` on out of `width`: [size, width]."""
    rows = torch.zeros(size, width)
    rows[:, first : first + size] = scale * torch.eye(size)
    return rows


@torch.no_grad()
def read_by_hand(layer: Layer, q: Tensor, k: Tensor, v: Tensor) -> None:
    """Projections as given, one head; what is read comes out in the first channels of the token."""
    read, out = layer.get_submodule("read"), layer.get_submodule("out")
    assert isinstance(read, Projections)
    assert isinstance(out, Output)
    read.to_qkv.weight.copy_(torch.cat([q, k, v]))
    shown_by_hand(out)


@torch.no_grad()
def shown_by_hand(out: Output) -> None:
    out.to_out.weight.copy_(torch.eye(*out.to_out.weight.shape))
    if out.to_gate is not None:
        out.to_gate.weight.zero_()


@torch.no_grad()
def write_when_told(gate: Gate, flag: int) -> None:
    """Write fully where the flag of the token is 1, not at all where it is 0 (a question)."""
    gate.to_gate.weight.zero_()
    gate.to_gate.weight[:, flag] = 30.0
    gate.to_gate.bias.fill_(-15.0)


def right(said: Tensor, codes: Tensor, wanted: Tensor) -> float:
    """Share of answers said [N, V] that are nearest to the wanted one of codes [M, V]."""
    return float(((said @ codes.T).argmax(-1) == wanted).double().mean())


@proof(0.9)
@torch.no_grad()
def hcam_recalls_the_step_at_a_place_by_its_place_code(on: bool) -> float:
    """Eight steps of a dance, sixteen dances ago: asked by dance and place, the step that was danced there."""
    layer = HCAM(64, heads=1, key=32, value=32, chunk=8, picks=1, conv=0, positions=on, local=False)
    read_by_hand(layer, part(64, 32, 32, 60.0), torch.zeros(32, 64), part(64, 32, 32))
    layer.to_ask.weight.copy_(60 * torch.diag((torch.arange(64) < 32).float()))
    layer.to_sum.weight.copy_(torch.eye(64))
    names, steps = units(17, 1, 32).expand(-1, 8, -1), units(17, 8, 32)
    asked = torch.cat([names[0], F.normalize(layer.get_buffer("code"), dim=-1)], -1)
    x = torch.cat([torch.cat([names, steps], -1).reshape(1, -1, 64), asked[None]], 1)
    return right(layer(x)[0][0, -8:, :32], steps[0], torch.arange(8))


@proof(0.9)
@torch.no_grad()
def hcam_knows_what_its_own_chunk_has_just_said(on: bool) -> float:
    """A pair told two tokens ago, in the chunk that is not finished yet."""
    layer = HCAM(64, heads=1, key=32, value=32, chunk=8, picks=1, conv=0, positions=False, local=on)
    read_by_hand(layer, part(64, 0, 32, 60.0), part(64, 0, 32), part(64, 32, 32))
    pairs = torch.cat([units(32, 21, 32), units(32, 21, 32)], -1)
    asked = torch.cat([pairs[:, 19, :32], torch.zeros(32, 32)], -1)
    said = layer(torch.cat([pairs, asked[:, None]], 1))[0][:, -1, :32]
    return right(said, pairs[:, 19, 32:], torch.arange(32))


@proof(0.8)
@torch.no_grad()
def landmarks_point_at_what_their_block_is_worth(on: bool) -> float:
    """One token of each block is worth finding: its landmark leads there; a landmark that is a plain mean does not."""
    layer = Landmark(65, heads=1, key=32, value=32, block=32, picks=1, turned=False, conv=0)
    read_by_hand(layer, part(65, 0, 32, 60.0), part(65, 0, 32), part(65, 32, 32))
    layer.worth.weight.copy_(part(65, 64, 1, 30.0 if on else 0.0))
    x = torch.cat([units(32, 520, 32), units(32, 520, 32), torch.zeros(32, 520, 1)], -1)
    at = 32 * torch.arange(16) + torch.randint(32, (32, 16))
    x[torch.arange(32)[:, None], at, 64] = 1.0
    needle = at[torch.arange(32), torch.randint(16, (32,))]
    x[:, -1, 32:] = 0.0
    x[:, -1, :32] = x[torch.arange(32), needle, :32]
    return right(layer(x)[0][:, -1, :32], x[torch.arange(32), needle, 32:64], torch.arange(32))


def told(*topics: Tensor) -> Tensor:
    """Statements [key 16; value 16; topic 16; 1] of random keys and values about the topics [N, 16] given."""
    topic = torch.cat(topics)
    return torch.cat([units(len(topic), 16), 4 * units(len(topic), 16), topic, torch.ones(len(topic), 1)], -1)


def asks(fact: Tensor, topic: Tensor | None = None) -> Tensor:
    """The question for a fact: its key and topic (or another), no value, nothing to write."""
    return torch.cat([fact[:, :16], torch.zeros(len(fact), 16), fact[:, 32:48] if topic is None else topic,
                      torch.zeros(len(fact), 1)], -1)  # fmt: skip


@torch.no_grad()
def caching(reading: str, segment: int) -> float:
    layer = MemoryCaching(49, reading=reading, picks=2, segment=segment, heads=1, key=16, value=16, conv=0)
    read_by_hand(layer.memory, part(49, 0, 16), part(49, 0, 16), part(49, 32 - 16, 16))
    write_when_told(layer.memory.get_submodule("beta"), 48)  # type: ignore[arg-type]
    layer.to_topic.weight.copy_(60 * torch.diag(torch.tensor([0.0] * 32 + [1.0] * 16 + [0.0])))
    topics = units(12, 1, 16).expand(-1, 8, -1)
    facts = told(*topics)
    said, _ = layer(torch.cat([facts, asks(facts[:8])])[None])
    return right(said[0, -8:, :16], facts[:8, 16:32], torch.arange(8))


@proof(0.7)
def gated_caching_still_reads_the_first_segment(on: bool) -> float:
    """Eight facts of the first topic after eleven other topics; without snapshots the one matrix has lost them."""
    return caching("gated", 8 if on else 10_000)


@proof(0.7)
def sparse_caching_reads_the_segment_that_the_question_is_about(on: bool) -> float:
    """The same with two memories read per question, the present one and the best."""
    return caching("sparse", 8 if on else 10_000)


@torch.no_grad()
def mixture(memories: int, shared: bool, question: int, others: int) -> float:
    layer = MoM(49, memories=memories, picks=1, shared=shared, heads=1, key=16, value=16, conv=0, decay=False)
    rows = [part(49, 0, 16), *[part(49, 0, 16)] * layer.copies, *[part(49, 16, 16)] * layer.copies]
    layer.to_qkv.weight.copy_(torch.cat(rows))
    write_when_told(layer.beta, 48)
    shown_by_hand(layer.out)
    layer.to_memory.weight.zero_()
    layer.to_memory.weight[:, 32 : 32 + memories] = 30 * torch.eye(memories)
    topic = torch.eye(16)
    facts = told(topic[:1].expand(8, -1), topic[1:2].expand(others, -1))
    questions = asks(facts[:8], topic[question : question + 1].expand(8, -1))
    said, _ = layer(torch.cat([facts, questions])[None])
    return right(said[0, -8:, :16], facts[:8, 16:32], torch.arange(8))


@proof(0.7)
def a_mixture_keeps_one_topic_through_many_writes_on_another(on: bool) -> float:
    """Eight facts of topic A, then 100 of topic B, routed apart; one memory alone loses A."""
    return mixture(2 if on else 1, False, 0, 100)


@proof(0.9)
def a_shared_memory_answers_questions_that_were_routed_elsewhere(on: bool) -> float:
    """Facts went to memory 0, their questions go to memory 1: only the memory that all share holds them."""
    return mixture(2, on, 1, 0)


@proof(0.4)
def the_balance_loss_spreads_a_router_that_sends_all_to_one(on: bool) -> float:
    """Share of tokens outside the favourite memory after sixty steps on the layer's extra loss alone."""
    layer = MoM(16, memories=4, picks=1, heads=1, balance=0.01 if on else 0.0)
    x = torch.cat([torch.randn(4, 64, 15), torch.ones(4, 64, 1)], -1)
    with torch.no_grad():
        layer.to_memory.weight[0, -1] = 2.0
    optimiser = torch.optim.Adam([layer.to_memory.weight], lr=0.05)
    for _ in range(60):
        layer(x)
        assert layer.extra_loss is not None
        optimiser.zero_grad()
        layer.extra_loss.backward()
        optimiser.step()
    return 1 - float(layer.routes(x)[0].double().mean((0, 1)).max())


@proof(0.95)
@torch.no_grad()
def the_bank_gives_back_a_stored_pattern(on: bool) -> float:
    """A pattern with 30 % of its signs flipped goes through the layer and comes out clean; the bank may be empty."""
    return bank(filled=on, opened=True)


@proof(0.95)
@torch.no_grad()
def the_gate_of_the_bank_lets_the_pattern_through(on: bool) -> float:
    """The same with the gate of the bank shut."""
    return bank(filled=True, opened=on)


def bank(*, filled: bool, opened: bool) -> float:
    layer, patterns = GAM(128, slots=64), torch.randn(64, 128).sign()
    layer.bank.copy_(patterns * float(filled))
    layer.to_gates.weight.zero_()
    layer.to_gates.bias[:128], layer.to_gates.bias[128:] = -20.0, 20.0 if opened else -20.0
    noisy = patterns * torch.where(torch.rand(64, 128) < 0.3, -1.0, 1.0)
    return float((F.cosine_similarity(layer(noisy[None])[0][0], patterns, dim=-1) > 0.9).double().mean())


class BlindRouter(MSA):
    """An MSA whose router is taught that every document is as good as another."""

    def _lesson(self, q: Tensor, k: Tensor, scores: Tensor) -> Tensor:
        return -(10 * scores).log_softmax(-1).mean(-1).mean(0).sum()


@proof(0.7)
def the_router_learns_where_attention_would_go(on: bool) -> float:
    """Taught by its own loss for sixty steps, the router names the document that attention looks at most."""
    layer = (MSA if on else BlindRouter)(32, heads=1, key=16, value=16, document=2, pool=1, conv=0, turned=False)
    read_by_hand(layer, part(32, 0, 16, 40.0), part(32, 0, 16), part(32, 16, 16))
    optimiser = torch.optim.Adam([layer.to_route.weight], lr=0.02)

    def stream() -> tuple[Tensor, Tensor]:
        names = units(16, 8, 1, 16).expand(-1, -1, 2, -1)
        wanted = torch.randint(8, (16,))
        x = torch.cat([names, torch.randn(16, 8, 2, 16)], -1).reshape(16, 16, 32)
        asked = torch.cat([names[torch.arange(16), wanted, 0], torch.zeros(16, 16)], -1)
        return torch.cat([x, asked[:, None]], 1), wanted

    for _ in range(60):
        layer.train()(stream()[0])
        assert layer.extra_loss is not None
        optimiser.zero_grad()
        layer.extra_loss.backward()
        optimiser.step()
    x, wanted = stream()
    with torch.no_grad():
        router = layer.eval()(x[:, :16])[1]["documents"]["router"]
        return float((layer.route(x[:, -1:], router)[:, 0].argmax(-1) == wanted).double().mean())


class MeanRouter(MSA):
    """An MSA that judges a document by the mean of its chunks."""

    def route(self, x: Tensor, router: Tensor) -> Tensor:
        asked = F.normalize(self.to_route(x).chunk(2, -1)[0], dim=-1)[:, :, None]
        near = torch.einsum("bthk,bnhk->btn", asked, router)
        return near.reshape(*near.shape[:2], -1, self.document // self.pool).mean(-1)


@proof(0.9)
@torch.no_grad()
def a_document_is_found_by_its_best_chunk(on: bool) -> float:
    """One chunk of one document is what is asked for; every chunk of the others is a little like it."""
    kind = MSA if on else MeanRouter
    layer = kind(64, heads=1, key=32, value=32, document=8, pool=2, picks=1, conv=0, turned=False).eval()
    read_by_hand(layer, part(64, 0, 32, 60.0), part(64, 0, 32), part(64, 32, 32))
    layer.to_route.weight.copy_(torch.cat([part(64, 0, 32), part(64, 0, 32)]))
    wanted, other = units(16, 1, 1, 32), units(16, 9, 8, 32)
    keys = F.normalize(other + 0.6 * wanted, dim=-1)
    keys[:, 0] = other[:, 0]
    keys[:, 0, 2:4] = wanted[:, 0]
    values = units(16, 9, 8, 32)
    values[:, 0, 3] = values[:, 0, 2]
    keys, values = (t[:, torch.randperm(9)] for t in (torch.cat([keys, values], -1), keys))
    x = torch.cat([keys.reshape(16, 72, 64), torch.cat([wanted[:, 0], torch.zeros(16, 1, 32)], -1)], 1)
    told = keys[(keys[..., :32] * wanted).sum(-1) > 0.999][::2, 32:]
    return right(layer(x)[0][:, -1, :32], told, torch.arange(16))


class Deaf(EMLLM):
    """An EM-LLM whose events are represented by their first tokens."""

    def _heard(self, q: Tensor, keys: Tensor, ids: Tensor, heard: Tensor) -> Tensor:
        return super()._heard(q, keys, ids, heard) * 0


@proof(0.9)
@torch.no_grad()
def an_event_is_found_by_the_token_that_the_others_attended_to(on: bool) -> float:
    """Each event has one token that the rest of it asks for; a later question for it opens that event."""
    kind = EMLLM if on else Deaf
    layer = kind(96, heads=1, key=32, value=32, conv=0, turned=False, smallest=8, largest=8, sink=0, local=8,
                 picks=1, contiguity=0.0, speak=1)  # fmt: skip
    read_by_hand(layer, part(96, 32, 32, 60.0), part(96, 0, 32), part(96, 64, 32))
    keys, values, topic = units(16, 12, 8, 32), units(16, 12, 8, 32), torch.randint(1, 6, (16, 12))
    rows = torch.arange(16)[:, None]
    told = keys[rows, torch.arange(12), topic]  # [16, 12, 32]
    x = torch.cat([keys, told[:, :, None].expand(-1, -1, 8, -1), values], -1).reshape(16, 96, 96)
    wanted = torch.randint(9, (16,))
    asked = torch.cat([units(16, 32), told[rows[:, 0], wanted], torch.zeros(16, 32)], -1)
    said = layer(torch.cat([x, asked[:, None]], 1))[0][:, -1, :32]
    return right(said, values[rows[:, 0], wanted, topic[rows[:, 0], wanted]], torch.arange(16))


class Indifferent(Reweaving):
    """A reweaving that keeps the first tokens of a chunk, whatever they are."""

    def salient(self, present: Tensor) -> Tensor:
        return torch.zeros_like(super().salient(present))


@proof(0.9)
@torch.no_grad()
def a_rare_token_is_recalled_long_after_its_chunk(on: bool) -> float:
    """Among alike tokens one stands out; eight chunks later its key brings back its value."""
    layer = (Reweaving if on else Indifferent)(
        64, inner="window", heads=1, key=32, value=32, conv=0, chunk=8, keep=1, capacity=32, gate=20.0
    )
    for p in layer.layer.parameters():
        p.zero_()
    layer.to_q.weight.copy_(part(64, 0, 32, 60.0))
    layer.to_kv.weight.copy_(torch.cat([part(64, 0, 32), part(64, 32, 32)]))
    shown_by_hand(layer.out)
    common = units(16, 1, 64)
    x = common + 0.05 * torch.randn(16, 73, 64)
    rare, at = torch.cat([units(16, 32), units(16, 32)], -1), torch.randint(1, 8, (16,))
    x[torch.arange(16), at] = rare
    x[:, -1] = torch.cat([rare[:, :32], torch.zeros(16, 32)], -1)
    return right(layer(x)[0][:, -1, :32], rare[:, 32:], torch.arange(16))


@proof(0.9)
@torch.no_grad()
def of_two_values_of_a_key_the_more_salient_one_is_read(on: bool) -> float:
    """Both tokens are kept; the learned salience of one of them, before or after the other, decides."""
    layer = Reweaving(65, inner="window", heads=1, key=32, value=32, conv=0, chunk=8, keep=2, gate=20.0)
    for p in (*layer.layer.parameters(), layer.salience.weight):
        p.zero_()
    layer.to_q.weight.copy_(part(65, 0, 32, 60.0))
    layer.to_kv.weight.copy_(torch.cat([part(65, 0, 32), part(65, 32, 32)]))
    shown_by_hand(layer.out)
    layer.salience.weight[0, 64] = 8.0 if on else 0.0
    key, values = units(16, 32), units(2, 16, 32)
    x = units(16, 1, 65) * (torch.arange(65) < 64) + 0.05 * torch.randn(16, 9, 65)
    rows, at = torch.arange(16), torch.rand(16, 8).argsort(-1)[:, :2]
    for n in range(2):
        x[rows, at[:, n]] = torch.cat([key, values[n], torch.full((16, 1), 1.0 - n)], -1)
    x[:, -1] = torch.cat([key, torch.zeros(16, 33)], -1)
    return right(layer(x)[0][:, -1, :32], values.flatten(0, 1), rows)


@proof(0.9)
@torch.no_grad()
def hashed_attention_finds_a_pair_that_the_state_has_no_room_for(on: bool) -> float:
    """Sixty pairs through a state of four floats a key: only the keys with the question's code can answer."""
    layer = HAX(64, heads=1, key=32, base="gated_delta_net", budget=6, planes=10, select=False, conv=0).eval()
    layer.to_qk.weight.copy_(torch.cat([part(64, 0, 32), part(64, 0, 32)]))
    layer.layer.get_parameter("out.to_out.weight").zero_()
    layer.sharpness.fill_(4.0)
    if not on:
        layer.scale.zero_()
    pairs = torch.cat([units(1, 60, 32), units(1, 60, 32)], -1)
    asked = torch.cat([pairs[:, :16, :32], torch.zeros(1, 16, 32)], -1)
    said = layer(torch.cat([pairs, asked], 1))[0][0, -16:, 32:]
    return right(said, pairs[0, :16, 32:], torch.arange(16))


@proof(0.7)
@torch.no_grad()
def the_layer_reads_what_its_slots_have_lost(on: bool) -> float:
    """Sixteen pairs through two slots, written and read by the layer: the long-term memory still answers."""
    layer = PMI(64, slots=2, picks=1, cues=32, long_term=on)
    eye = torch.eye(64)
    layer.start.zero_()
    layer.to_slot.weight.zero_()
    layer.to_gate.weight.zero_()
    layer.to_gate.bias.fill_(20.0)
    layer.to_write.weight.copy_(torch.cat([20 * eye, torch.zeros(64, 64)]))
    layer.to_write.bias.zero_()
    layer.to_cue.weight.copy_(part(64, 0, 32))
    layer.to_ask.weight.copy_(200 * torch.diag((torch.arange(64) < 32).float()))
    layer.to_mix.weight.zero_()
    layer.to_mix.bias.fill_(-4.0 if on else 0.0)
    layer.to_out.weight.copy_(eye)
    pairs = torch.cat([F.one_hot(torch.randperm(32)[:16], 32), F.one_hot(torch.randperm(32)[:16], 32)], -1).float()
    _, state = layer(pairs[None])
    asked = torch.cat([pairs[:, :32], torch.zeros(16, 32)], -1)[:, None]
    said = layer(asked, {n: t.expand(16, *t.shape[1:]) for n, t in state.items()})[0][:, 0, 32:]
    return right(said, pairs[:, 32:], torch.arange(16))


@proof(0.8)
@torch.no_grad()
def yaad_keeps_clean_pairs_through_outlying_values(on: bool) -> float:
    """A tenth of the values is twenty times too long: the limit that the layer starts with holds them off."""
    layer = Yaad(129, heads=1, key=64, depth=1, residual=False, decay=False, conv=0, chunk=1,
                 loss="huber" if on else "l2", rate=0.5)  # fmt: skip
    read_by_hand(layer, part(129, 0, 64), part(129, 0, 64), part(129, 64, 64))
    write_when_told(layer.to_rate, 128)
    pairs = torch.cat([units(8, 48, 64), 8 * units(8, 48, 64), torch.ones(8, 48, 1)], -1)
    clean = pairs[..., 64:128].clone()
    wild = torch.arange(48) % 10 == 3
    pairs[:, wild, 64:128] *= 20
    asked = torch.cat([pairs[..., :64], torch.zeros(8, 48, 65)], -1)
    said = layer(torch.cat([pairs, pairs, asked], 1))[0][:, -48:, :64]
    found = (said @ clean.mT).argmax(-1) == torch.arange(48)
    return float(found[:, ~wild].double().mean())


@proof(0.2)
def the_lesson_teaches_the_feedback_what_the_true_gradient_is(on: bool) -> float:
    """Cosine of synthetic and true gradients after training on the layer's extra loss alone."""
    layer, embed, head = FastSlow(16, through=False, rate=1e-6, lesson=float(on)), nn.Linear(21, 16), nn.Linear(16, 5)
    optimiser = torch.optim.AdamW(layer.feedback.parameters(), lr=1e-2, weight_decay=0.0)
    kinds = 3 * units(5, 16)
    for _ in range(40):
        labels = torch.randint(5, (32, 6))
        x = torch.cat([kinds[labels], 3.0 * F.one_hot(labels, 5)], -1)
        x[:, -1, 16:] = 0
        loss = F.cross_entropy(head(layer(embed(x))[0])[:, -1], labels[:, -1])
        if layer.extra_loss is not None:
            optimiser.zero_grad()
            layer.extra_loss.backward(retain_graph=True)
            optimiser.step()
        loss.backward()
    told, true = (torch.stack(part) for part in zip(*layer.heard, strict=True))
    return float(F.cosine_similarity(layer.feedback(told).detach().flatten(), true.flatten(), dim=0))


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("name", PROOFS)
def test_the_part_does_what_is_said_of_it(name: str, seed: int) -> None:
    """With the part on the bar is reached, with it off it is not."""
    score, bar = PROOFS[name]
    found = []
    for on in (True, False):
        torch.manual_seed(seed)
        found.append(score(on))

    assert found[0] >= bar > found[1], f"with the part {found[0]:.2f}, without {found[1]:.2f}, bar {bar}"
