"""Hierarchical memories: a two-level tree of clusters chooses which side blocks a context fetches."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from remanence.attach.locas import SideFFN
from remanence.attach.model import Hook, Llama, Place
from remanence.attach.side import Example, Side, teach
from remanence.errors import InvalidInput


def k_means(points: Tensor, k: int, *, rounds: int = 20, seed: int = 0) -> Tensor:
    """Centres [k, D] of points [N, D]: k-means++ starts, Lloyd's rounds."""
    if not 1 <= k <= len(points):
        raise InvalidInput(f"{len(points)} points cannot make {k} clusters")
    chance = torch.Generator().manual_seed(seed)
    centres = points[torch.randint(len(points), (1,), generator=chance)]
    while len(centres) < k:
        far = torch.cdist(points, centres).square().amin(1)
        pick = torch.multinomial(far + 1e-12, 1, generator=chance)
        centres = torch.cat([centres, points[pick]])
    for _ in range(rounds):
        own = torch.cdist(points, centres).argmin(1)
        centres = torch.stack([points[own == n].mean(0) if bool((own == n).any()) else centres[n] for n in range(k)])
    return centres


class Router:
    """A tree of clusters, each cut again; a vector descends to the nearest centre at each level."""

    def __init__(self, points: Tensor, branches: Sequence[int], *, seed: int = 0) -> None:
        first, second = branches
        self.roots = k_means(points, first, seed=seed)
        own = torch.cdist(points, self.roots).argmin(1)
        self.leaves = [
            k_means(points[own == n], min(second, int((own == n).sum())), seed=seed + n + 1) for n in range(first)
        ]

    def path(self, vector: Tensor) -> tuple[int, int]:
        """(branch, leaf): as many distances as there are branches at each level, whatever the tree holds."""
        branch = int(torch.cdist(vector[None], self.roots).argmin())
        return branch, int(torch.cdist(vector[None], self.leaves[branch]).argmin())

    @property
    def nodes(self) -> list[tuple[int, ...]]:
        """Every node: branches, then leaves."""
        branches = range(len(self.leaves))
        return [(b,) for b in branches] + [(b, leaf) for b in branches for leaf in range(len(self.leaves[b]))]


class Hierarchy(Side):
    """One side block a node; a context fetches those on its path and no others (Pouransari et al. 2025).

    `fetch` chooses by the context's embedding; what is fetched has one size, however many leaves there are.
    `blocked` nodes are fetched as if empty.
    """

    def __init__(self, model: Llama, router: Router, *, layers: Sequence[int], slots: Sequence[int] = (16, 32)) -> None:
        super().__init__(model)
        self.router = router
        self.blocks = nn.ModuleDict(
            {_name(node): SideFFN(model, layers, slots[len(node) - 1], seed=n) for n, node in enumerate(router.nodes)}
        )
        self.blocked: set[tuple[int, ...]] = set()
        self.fetched: list[SideFFN] = []

    def hooks(self) -> dict[Place, Hook]:
        return {}

    def fetch(self, vector: Tensor) -> tuple[int, int]:
        """Attach the blocks on the path of a context and detach all others; the path."""
        self.detach()
        path = self.router.path(vector)
        self.fetched = [self.block(node) for node in ((path[0],), path) if node not in self.blocked]
        for block in self.fetched:
            block.attach()
        return path

    def detach(self) -> None:
        """Take all blocks off."""
        for block in self.fetched:
            block.detach()
        self.fetched = []

    def block(self, node: tuple[int, ...]) -> SideFFN:
        """The side block of a node."""
        found = self.blocks[_name(node)]
        assert isinstance(found, SideFFN)
        return found

    def write(self, groups: Sequence[tuple[Tensor, Sequence[Example]]], *, steps: int = 60, lr: float = 0.02) -> None:
        """Train on (context vector, facts): only the blocks on the path of a fact learn it."""
        by_path: dict[tuple[int, int], list[Example]] = {}
        for vector, examples in groups:
            by_path.setdefault(self.router.path(vector), []).extend(examples)
            for example in examples:
                self.ledger.note(example.source, [])
        for path, examples in by_path.items():
            leaf = self.block(path)
            leaf.start([(*e.prompt, *e.target) for e in examples[:8]])
            with leaf:
                teach(self.model, leaf.parameters(), examples, steps=steps, lr=lr)

    @property
    def bytes_fetched(self) -> int:
        """What a request reads."""
        return 4 * sum(block.size for block in self.fetched)


def _name(node: tuple[int, ...]) -> str:
    return "_".join(map(str, node))
