"""Hierarchical memories: the right leaf knows, its siblings do not care, and what is fetched does not grow."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from remanence.attach.hierarchical import Hierarchy, Router, k_means
from remanence.attach.model import Llama, read
from remanence.attach.side import Example, right
from remanence.attach.tiny import Language


def _topics(many: int, each: int, seed: int = 0) -> Tensor:
    """Vectors in `many` tight clusters."""
    chance = torch.Generator().manual_seed(seed)
    centres = torch.randn(many, 8, generator=chance) * 5
    return centres.repeat_interleave(each, 0) + 0.1 * torch.randn(many * each, 8, generator=chance)


def test_means_find_separated_clusters() -> None:
    """Four clusters, four centres, each point to its own."""
    points = _topics(4, 10)

    own = torch.cdist(points, k_means(points, 4)).argmin(1).view(4, 10)

    assert all(len(set(row.tolist())) == 1 for row in own)
    assert 4 == len({int(row[0]) for row in own})


def test_what_is_fetched_does_not_grow_with_the_leaves(random_llama: Llama) -> None:
    """From ten leaves to a hundred."""
    sizes = []
    for branches in ((2, 5), (10, 10)):
        points = _topics(branches[0] * branches[1], 3)
        tree = Hierarchy(random_llama, Router(points, branches), layers=(1,))
        tree.fetch(points[0])
        sizes.append((tree.bytes_fetched, len(tree.blocks)))
        tree.detach()

    assert sizes[0][0] == sizes[1][0] > 0
    assert sizes[1][1] > 5 * sizes[0][1]
    assert not random_llama.hooks


def test_masking_the_right_leaf_drops_its_facts_and_no_others(trained: Llama, language: Language) -> None:
    """Facts in four topics: blocking one leaf costs its recall at least .5, the others at most .05."""
    points = _topics(4, 6, seed=3)
    chance = torch.Generator().manual_seed(9)
    values = torch.randint(language.values, (24,), generator=chance).tolist()
    facts = [Example(tuple(language.asked(0, 100 + n)), (language.value(v),), f"f{n}") for n, v in enumerate(values)]
    tree = Hierarchy(trained, Router(points, (2, 2)), layers=(0, 1, 2), slots=(4, 12))
    tree.write([(point, [fact]) for point, fact in zip(points, facts, strict=True)])

    def recall() -> dict[tuple[int, int], float]:
        told: dict[tuple[int, int], list[bool]] = {}
        for point, fact in zip(points, facts, strict=True):
            path = tree.fetch(point)
            told.setdefault(path, []).extend(right(trained, [fact]))
        tree.detach()
        return {path: sum(hits) / len(hits) for path, hits in told.items()}

    whole = recall()
    masked = next(iter(whole))
    tree.blocked.add(masked)
    without = recall()

    assert min(whole.values()) >= 0.9
    assert whole[masked] - without[masked] >= 0.5
    assert all(abs(whole[path] - without[path]) <= 0.05 for path in whole if path != masked)


def _nested(seed: int) -> Tensor:
    """Two far groups of two topics each, six vectors a topic."""
    chance = torch.Generator().manual_seed(seed)
    far = torch.linalg.qr(torch.randn(8, 8, generator=chance)).Q
    centres = torch.stack([20 * a * far[0] + 4 * b * far[1] for a in (-1, 1) for b in (-1, 1)])
    return centres.repeat_interleave(6, 0) + 0.1 * torch.randn(24, 8, generator=chance)


@pytest.mark.parametrize("seed", range(3))
def test_a_vector_descends_to_its_group_and_then_to_its_topic(seed: int) -> None:
    """One path a topic; topics of a group share the branch, others do not."""
    points = _nested(seed)
    router = Router(points, (2, 2), seed=seed)

    each = [{router.path(point) for point in topic} for topic in points.split(6)]

    assert [1, 1, 1, 1] == [len(paths) for paths in each]
    assert 4 == len(set.union(*each))
    branches = [next(iter(paths))[0] for paths in each]
    assert branches[0] == branches[1] != branches[2] == branches[3]


@pytest.mark.parametrize("seed", range(3))
def test_a_centre_is_the_mean_of_what_is_nearest_to_it(seed: int) -> None:
    """On a cloud without clusters, where a start that is merely drawn is no mean."""
    points = torch.randn(60, 4, generator=torch.Generator().manual_seed(seed))

    centres = k_means(points, 4, rounds=50, seed=seed)

    own = torch.cdist(points, centres).argmin(1)
    for number, centre in enumerate(centres):
        assert torch.allclose(points[own == number].mean(0), centre, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_a_context_fetches_its_branch_and_its_leaf_and_those_alone(random_llama: Llama, seed: int) -> None:
    """What the branch holds is said to its other topic too, and to no other branch."""
    points, ids = _nested(seed), [1, 2, 3]
    tree = Hierarchy(random_llama, Router(points, (2, 2), seed=seed), layers=(0, 1))
    path = tree.fetch(points[0])
    fetched = list(tree.fetched)
    for value in tree.block((path[0],)).values:
        value.data.normal_(generator=torch.Generator().manual_seed(seed))

    def said(point: Tensor) -> Tensor:
        tree.fetch(point)
        logits = read(random_llama, ids).logits
        tree.detach()
        return logits

    tree.detach()
    plain = read(random_llama, ids).logits
    assert [tree.block((path[0],)), tree.block(path)] == fetched
    assert not torch.allclose(plain, said(points[0]), atol=1e-4)
    assert torch.equal(said(points[0]), said(points[6]))
    assert torch.equal(plain, said(points[12]))
