"""Exact names, and nearest neighbours in a batch."""

from __future__ import annotations

import numpy as np
import pytest

from remanence.form import extract
from remanence.stage.lookup import exact
from remanence.stage.neighbours import neighbours
from remanence.types import Item, Where


def label(item):
    return str(item.data["label"])


@pytest.mark.parametrize("many", [1, 1000])
def test_few_names_and_many_are_found_alike(composed, many):
    """Through the word index or by reading the kind, the answer is the same; a name of stop words is found too."""
    memory = composed(form=extract.entities())
    memory.remember(["We saw Lisbon and Porto.", "Lisbon Airport is small.", "We heard The Who in Porto."])
    view = memory.store.view(memory.scope)
    wanted = {label(item): item.text for item in memory.list(kinds="entity")}

    found = exact(view, "entity", [*wanted.items(), ("oslo", "Oslo")], label, many=many)

    assert {"lisbon", "porto", "lisbon airport"} <= set(wanted)
    assert {name: [text] for name, text in wanted.items()} == {n: [i.text for i in items] for n, items in found.items()}


def test_an_empty_store_holds_no_name(composed):
    """Nothing is found, and nothing fails."""
    view = composed().store.view(composed().scope)

    assert {} == exact(view, "entity", [("oslo", "Oslo")], label)


def test_each_pair_of_a_batch_is_met_once(composed):
    """An item looks at the stored ones and at those before it, never at itself or at later ones."""
    memory = composed()
    memory.remember(["a red apple", "a red apple pie"])
    stored = memory.list()
    fresh = [Item("turn", "red apples", id="x1"), Item("turn", "one red apple", id="x2")]
    batch = [*stored, *fresh]
    vectors = np.stack([memory.embedder.embed_query(item.text) for item in batch])

    found = neighbours(memory.store.view(memory.scope), batch, vectors, k=5, floor=0.3, where=Where(kinds=("turn",)))

    pairs = [{item.id, one.item.id} for item, near in zip(batch, found, strict=True) for one in near]
    assert [] == found[0]
    assert all(item.id not in {one.item.id for one in near} for item, near in zip(batch, found, strict=True))
    assert len(pairs) == len({frozenset(pair) for pair in pairs}) == 6


def test_neighbours_of_a_batch_equal_those_of_one_by_one(composed):
    """What a batch finds among its own is what single writes find in the store."""
    texts = [f"the {colour} {thing}" for colour in ("red", "blue", "green") for thing in ("apple", "bicycle", "house")]
    memory = composed()
    one_by_one = []
    for text in texts:
        view = memory.store.view(memory.scope)
        item = Item("turn", text, id="new")
        vector = memory.embedder.embed([text])
        (near,) = neighbours(view, [item], vector, k=3, floor=0.2, where=Where())
        one_by_one.append([(one.item.text, round(one.cosine, 2)) for one in near])
        memory.remember(text)
    batch = [Item("turn", text, id=f"n{n}") for n, text in enumerate(texts)]
    empty = composed().store.view(memory.scope)
    found = neighbours(empty, batch, memory.embedder.embed(texts), k=3, floor=0.2, where=Where())

    assert [{t for t, _ in near} for near in one_by_one] == [{one.item.text for one in near} for near in found]
