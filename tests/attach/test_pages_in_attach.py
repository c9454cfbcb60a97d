"""Shared prefixes: whole pages are shared, leases are counted, copies are private, erased bytes are gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from remanence.attach.model import Llama, Shape
from remanence.attach.pages import Pages
from remanence.errors import ModelMismatch

MODEL = Llama(Shape(50, 16, 1, 2, 1, 24), seed=4).requires_grad_(False)


@settings(max_examples=40)
@given(st.integers(0, 40), st.integers(1, 20), st.integers(1, 20), st.integers(1, 9))
def test_a_common_prefix_of_l_tokens_shares_its_whole_pages(common: int, one: int, other: int, size: int) -> None:
    """floor(L / B) pages, and fewer than B tokens of a prefix are read again."""
    pages = Pages(MODEL, capacity=200, size=size)
    prefix = [n % 40 for n in range(common)]
    first, second = prefix + [41] * one, prefix + [42] * other

    a, b = pages.read(first), pages.read(second)
    again = pages.read(first)

    assert common // size == len(set(a.pages) & set(b.pages))
    assert common // size * size == b.shared
    assert len(first) - again.shared <= size - 1
    assert torch.allclose(b.kv.keys[0], MODEL.forward(torch.tensor([second])).kv.keys[0], atol=1e-5)


def test_freeing_one_user_leaves_the_other() -> None:
    """A page that somebody holds is never given away; one that nobody holds is, newest first."""
    pages = Pages(MODEL, capacity=3, size=4)
    kept, freed = pages.read(list(range(4))), pages.read([9, 8, 7, 6, 5, 4, 3, 2])

    pages.free(freed)
    pages.free(freed)
    pages.read([1, 1, 1, 1])

    assert set(kept.pages) <= set(pages.pages)
    assert freed.pages[0] in pages.pages
    assert freed.pages[1] not in pages.pages
    assert [1, 0, 1] == [page.holders for page in pages.pages.values()]


def test_with_every_page_held_reading_still_works() -> None:
    """A full registry keeps nothing more, and answers all the same."""
    pages = Pages(MODEL, capacity=1, size=4)
    pages.read([1, 2, 3, 4])

    more = pages.read([5, 6, 7, 8])

    assert () == more.pages
    assert 4 == len(more.kv)


def test_a_lease_is_a_copy() -> None:
    """Writing into what was lent changes nothing that is shared."""
    pages = Pages(MODEL, size=4)
    pages.read(list(range(8)))
    lent = pages.read(list(range(8)))
    expected = lent.kv.keys[0].clone()

    lent.kv.keys[0].zero_()

    assert torch.equal(expected, pages.read(list(range(8))).kv.keys[0])


def test_erasing_from_a_token_on_overwrites_all_that_looked_at_it(tmp_path: Path) -> None:
    """Pages before it stay; it, and every prefix that goes on from it, leave no bytes in the file."""
    file = tmp_path / "pages.bin"
    pages = Pages(MODEL, capacity=8, size=4, path=file)
    shared = list(range(8))
    pages.read([*shared, 20, 21, 22, 23])
    pages.read([*shared, 30, 31, 32, 33])

    gone = pages.erase([*shared, 20, 21, 22, 23], first=5)

    assert 3 == gone
    assert 1 == len(pages.pages)
    assert pages._slab is not None
    pages._slab.flush()  # type: ignore[attr-defined]
    raw = np.fromfile(file, np.float32).reshape(8, -1)
    assert 1 == int((raw != 0).any(1).sum())


def test_pages_of_weights_that_changed_since_are_refused() -> None:
    """They would answer for another model."""
    model = Llama(Shape(50, 16, 1, 2, 1, 24), seed=4).requires_grad_(False)
    pages = Pages(model, size=4)
    pages.read(list(range(8)))

    model.embed.mul_(2)
    model.retouched()

    with pytest.raises(ModelMismatch, match="new registry"):
        pages.read(list(range(8)))


def test_the_same_tokens_behind_another_beginning_are_another_page() -> None:
    """They looked at something else: read again, either prefix has its own keys and values."""
    pages, first, second = Pages(MODEL, size=4), [1, 2, 3, 4, 9, 9, 9, 9], [5, 6, 7, 8, 9, 9, 9, 9]

    leases = [pages.read(ids) for ids in (first, second, first)]

    assert 4 == len(pages.pages)
    assert [0, 0, 8] == [lease.shared for lease in leases]
    assert torch.allclose(MODEL.forward(torch.tensor([first])).kv.values[0], leases[2].kv.values[0], atol=1e-5)
    assert leases[0].pages == leases[2].pages != leases[1].pages


def test_a_page_that_two_hold_stays_when_one_of_them_goes() -> None:
    """Room for one page: it is given away when the last one has freed it."""
    pages = Pages(MODEL, capacity=1, size=4)
    one, two = pages.read([1, 2, 3, 4]), pages.read([1, 2, 3, 4])

    pages.free(one)
    held = pages.read([5, 6, 7, 8]).pages
    pages.free(two)

    assert () == held
    assert pages.keys([5, 6, 7, 8]) == list(pages.read([5, 6, 7, 8]).pages)
