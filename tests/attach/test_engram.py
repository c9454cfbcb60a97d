"""Engram: the same n-gram reads the same rows, all rows are known beforehand, and two heads tell bigrams apart."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from remanence.attach.engram import Engram, NGramHash, PhraseIndex, primes_from
from remanence.attach.model import Llama, read
from remanence.attach.side import Example, right, teach


def test_primes_by_hand() -> None:
    """From 10 on: 11, 13, 17, 19."""
    assert [11, 13, 17, 19] == primes_from(10, 4)


def test_the_same_suffix_reads_the_same_rows_whatever_precedes() -> None:
    """Bigram and trigram addresses depend on two and three tokens; others differ."""
    hashed = NGramHash(1009, seed=1)

    one, other = hashed.addresses([1, 2, 3, 4, 5]), hashed.addresses([9, 8, 7, 3, 4, 5])
    changed = hashed.addresses([1, 2, 7, 4, 5])

    assert np.array_equal(one[-1], other[-1])
    assert np.array_equal(one[-1, 0], changed[-1, 0])
    assert not np.array_equal(one[-1, 1], changed[-1, 1])


def test_folded_words_share_their_rows() -> None:
    """Upper and lower case of a word are one."""
    fold = np.arange(10)
    fold[7] = 3

    hashed = NGramHash(101, fold=fold)

    assert np.array_equal(hashed.addresses([1, 7]), hashed.addresses([1, 3]))


def test_what_is_prefetched_is_what_is_touched(random_llama: Llama) -> None:
    """Set equality, from ids alone."""
    engram = Engram(random_llama, 1, rows=211)
    ids = [3, 1, 4, 1, 5, 9, 2, 6]

    with engram:
        read(random_llama, ids)

    assert engram.hash.prefetch(ids) == engram.touched


def test_two_heads_tell_twenty_thousand_bigrams_apart_and_one_does_not() -> None:
    """A row of one head is shared by many; a pair of rows by none."""
    chance = np.random.default_rng(0)
    bigrams = {tuple(pair) for pair in chance.integers(0, 5000, (40_000, 2)).tolist()}
    grams = sorted(bigrams)[:20_000]
    hashed = NGramHash(20_000, orders=(2,), heads=2)

    rows = [tuple(hashed.addresses(gram)[-1, 0].tolist()) for gram in grams]

    assert len(set(rows)) == len(grams) == 20_000
    assert len({row[0] for row in rows}) < 0.7 * len(grams)


def test_new_it_changes_nothing_and_taught_it_answers(random_llama: Llama) -> None:
    """W_v starts at zero; a few steps write an n-gram's continuation; detached it is gone."""
    ids = [3, 1, 4, 1]
    before = read(random_llama, ids).logits
    engram, example = Engram(random_llama, 1, rows=211), Example(tuple(ids), (9,))

    with engram:
        fresh = read(random_llama, ids).logits
        teach(random_llama, engram.parameters(), [example], steps=60, lr=0.05)
        told = right(random_llama, [example])

    assert torch.equal(before, fresh)
    assert [True] == told
    assert torch.equal(before, read(random_llama, ids).logits)


def test_phrases_name_items_without_a_model() -> None:
    """Found within any text, forgotten by item."""
    index = PhraseIndex()
    index.add([5, 6], "ada")
    index.add([7], "bob")
    index.add([5, 6, 7], "both")

    assert {"ada", "bob", "both"} == index.find([1, 5, 6, 7])
    assert {"ada"} == index.find([5, 6, 8])
    index.drop("ada")
    assert set() == index.find([5, 6, 8])


def test_the_longest_phrase_that_ends_at_a_place_is_the_one_that_counts() -> None:
    """By hand: 2 names one item, 1 2 another; at the end of 1 2 the longer one stands."""
    index = PhraseIndex(longest=3)
    index.add([2], "short")
    index.add([1, 2], "long")

    assert [set(), {"long"}, set(), {"short"}] == index.ending([1, 2, 3, 2])


@pytest.mark.parametrize("seed", range(3))
def test_what_it_adds_by_hand(random_llama: Llama, seed: int) -> None:
    """h + alpha v at every place: e from the addressed rows of each head's own table, alpha = sigmoid(sign(g) sqrt|g|)
    with g = rms(h) . rms(W_k e) / sqrt(d); some gates are nearly shut and some wide open."""
    chance = torch.Generator().manual_seed(seed)
    ids = torch.randint(50, (7,), generator=chance).tolist()
    engram = Engram(random_llama, 1, rows=31, heads=2, dim=4, seed=seed)
    engram.value.data.normal_(generator=chance)
    place, sizes = (0, "resid"), engram.hash.sizes.ravel().tolist()
    h = random_llama.forward(torch.tensor([ids]), watch=[place]).seen[place][0]

    with engram, torch.no_grad():
        moved = random_llama.forward(torch.tensor([ids]), watch=[place]).seen[place][0]

    gates = []
    for t, addresses in enumerate(engram.hash.addresses(ids)):
        rows = [sum(sizes[:n]) + int(row) for n, row in enumerate(addresses.ravel())]
        e = torch.cat([engram.table.detach()[row] for row in rows])
        k, v = engram.key.detach() @ e, engram.value.detach() @ e
        g = float((h[t] / h[t].square().mean().sqrt()) @ (k / k.square().mean().sqrt())) / 32**0.5
        gates.append(1 / (1 + math.exp(-math.copysign(abs(g) ** 0.5, g))))
        assert torch.allclose(h[t] + gates[-1] * v, moved[t], atol=1e-4)
    assert min(gates) < 0.4 < 0.6 < max(gates)
