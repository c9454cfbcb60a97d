"""Spreading activation: excitement flows along links, fades with every step and thins out at hubs.

    a'(j) = retain * a(j) + share * sum over i of  w(i, j) / fan(i) * a(i)

(Collins and Loftus 1975; the fan effect of Anderson 1974; lateral inhibition keeps the most excited.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from remanence.algo.graph import Graph, edges_of


@dataclass(frozen=True, slots=True)
class Activation:
    """How activation spreads: so many rounds, in each of which a node keeps `retain` and sends `share` of its level.

    `fan` divides what a node sends by its summed weight; without it every edge carries the whole.
    `keep` lets only so many nodes stay active after each round, `floor` only those above a level.
    """

    rounds: int = 3
    share: float = 0.8
    retain: float = 0.5
    fan: bool = True
    keep: int | None = None
    floor: float = 0.0


def activate(walked: Graph, seeds: NDArray[np.floating], how: Activation = Activation()) -> NDArray[np.float64]:
    """Activation after some rounds, float64 [n], clipped to [0, 1]."""
    level = np.clip(np.asarray(seeds, np.float64), 0, 1)
    for _ in range(how.rounds):
        active = np.flatnonzero(level > 0)
        if not len(active):
            break
        owner, edge = edges_of(walked, active)
        sent = level[active][owner] * walked.weight[edge]
        if how.fan:
            sent = sent / np.maximum(walked.out[active][owner], 1.0)
        level = how.retain * level + how.share * np.bincount(walked.to[edge], weights=sent, minlength=walked.size)
        level = np.clip(level, 0, 1)
        level[level < how.floor] = 0
        if how.keep is not None and int((level > 0).sum()) > how.keep:
            cut = np.partition(level, -how.keep)[-how.keep]
            level[level < cut] = 0
    return level
