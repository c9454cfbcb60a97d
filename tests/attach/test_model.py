"""The Llama of this room: causal, the same with a cache, hookable everywhere and untouched after."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from remanence.attach.model import PLACES, Llama, Seen, Shape, cat, generate, nll, read
from remanence.errors import InvalidInput


def _ids(count: int, seed: int = 0) -> Tensor:
    return torch.randint(50, (1, count), generator=torch.Generator().manual_seed(seed))


def test_reading_after_a_cache_equals_reading_at_once(random_llama: Llama) -> None:
    """Keys and values of a prefix stand for the prefix."""
    ids = _ids(12)

    whole = random_llama.forward(ids)
    first = random_llama.forward(ids[:, :7])
    rest = random_llama.forward(ids[:, 7:], first.kv)

    assert torch.allclose(whole.logits[:, 7:], rest.logits, atol=1e-5)
    assert len(first.kv) == 7
    assert rest.kv.end == 12


def test_a_token_cannot_see_later_ones(random_llama: Llama) -> None:
    """Another ending leaves earlier logits as they were."""
    ids, other = _ids(9), _ids(9)
    other[0, -1] = (other[0, -1] + 1) % 50

    assert torch.equal(random_llama.forward(ids).logits[:, :-1], random_llama.forward(other).logits[:, :-1])


@pytest.mark.parametrize("name", PLACES)
def test_a_hook_at_any_place_changes_the_output_and_leaves_no_trace(random_llama: Llama, name: str) -> None:
    """After detach the model computes bit for bit what it did before."""
    ids = _ids(8)
    before = random_llama.forward(ids).logits

    handle = random_llama.attach((1, name) if name == "final" else (0, name), lambda x, seen: x + 0.5)
    during = random_llama.forward(ids).logits
    handle.detach()
    handle.detach()

    assert not torch.equal(before, during)
    assert torch.equal(before, random_llama.forward(ids).logits)
    assert {} == random_llama.hooks


def test_a_hook_sees_ids_positions_and_queries(random_llama: Llama) -> None:
    """What a memory needs to decide whether it is meant."""
    told: list[Seen] = []

    def look(x: Tensor, seen: Seen) -> Tensor:
        told.append(Seen(seen.ids, seen.positions, seen.layer, seen.q))
        return x

    with random_llama.attach((1, "heads"), look):
        random_llama.forward(_ids(5), positions=torch.arange(3, 8))

    assert told[0].q is not None
    assert (1, 4, 5, 8) == tuple(told[0].q.shape)
    assert [3, 4, 5, 6, 7] == told[0].positions.tolist()


def test_a_wrong_place_is_refused_with_the_list(random_llama: Llama) -> None:
    """A typing error must not become a memory that does nothing."""
    with pytest.raises(InvalidInput, match="ffn_out"):
        random_llama.attach((0, "nowhere"), lambda x, seen: x)
    with pytest.raises(InvalidInput, match="layers 0 to 1"):
        random_llama.attach((9, "resid"), lambda x, seen: x)


def test_embeddings_may_stand_for_ids(random_llama: Llama) -> None:
    """Latent memories enter as vectors."""
    ids = _ids(6)

    assert torch.equal(random_llama.forward(ids).logits, random_llama.forward(random_llama.embeddings()[ids]).logits)


def test_a_mask_hides_tokens_and_watching_shows_it(random_llama: Llama) -> None:
    """What is masked gets no attention, in any layer."""
    mask = torch.ones(6, 6, dtype=torch.bool)
    mask[:, 2] = False

    seen = random_llama.forward(_ids(6), mask=mask | torch.eye(6, dtype=torch.bool), watch=[(0, "attention")]).seen

    probability = seen[0, "attention"]
    assert (1, 4, 6, 6) == tuple(probability.shape)
    assert 0.0 == float(probability[0, :, 3:, 2].sum())
    assert torch.allclose(probability.sum(-1), torch.ones(1, 4, 6))


def test_a_memory_is_never_changed_by_reading_after_it(random_llama: Llama) -> None:
    """Ten questions leave the cache as it was."""
    kv = random_llama.forward(_ids(6)).kv
    keys = [k.clone() for k in kv.keys]

    for seed in range(10):
        random_llama.forward(_ids(4, seed), kv)

    assert len(kv) == 6
    assert all(torch.equal(a, b) for a, b in zip(keys, kv.keys, strict=True))


def test_picking_and_joining_tokens_of_a_memory(random_llama: Llama) -> None:
    """pick takes tokens for all layers or for each head; cat puts memories side by side."""
    kv = random_llama.forward(_ids(6)).kv
    each = torch.tensor([[[0, 1], [2, 3]], [[1, 2], [4, 5]]])

    some, own = kv.pick(torch.tensor([0, 5])), kv.pick(each)

    assert torch.equal(some.keys[0], kv.keys[0][:, :, [0, 5]])
    assert torch.equal(own.values[1][0, 1], kv.values[1][0, 1, [4, 5]])
    assert len(cat(some, own)) == 4
    assert kv.bytes == 2 * 2 * 2 * 6 * 8 * 4


def test_the_fingerprint_follows_the_weights() -> None:
    """Blocks of one model are not taken for those of another."""
    shape = Shape(50, 32, 2, 4, 2, 48)
    one, same, other = Llama(shape, seed=1), Llama(shape, seed=1), Llama(shape, seed=2)

    assert one.fingerprint == same.fingerprint
    assert one.fingerprint != other.fingerprint


def test_generation_and_likelihood_agree(random_llama: Llama) -> None:
    """The greedy continuation is the likeliest first token, and reading after a cache costs the same nats."""
    ids = _ids(8)[0].tolist()
    kv = read(random_llama, ids[:4]).kv

    made = generate(random_llama, ids, most=3)

    assert made[0] == int(read(random_llama, ids).logits[0, -1].argmax())
    assert abs(nll(random_llama, ids, given=5) - nll(random_llama, ids[4:], kv)) < 1e-5
    assert [] == generate(random_llama, ids, most=3, stop=[made[0]])


def test_a_model_without_words_says_so(random_llama: Llama) -> None:
    """Text needs a tokenizer."""
    with pytest.raises(InvalidInput, match="no tokenizer"):
        random_llama.encode("hello")
