"""What runs in the arena beside the recipes: the baselines that are always there, and other people's memories."""

from __future__ import annotations

from remanence.arena.systems.baselines import BASELINES
from remanence.arena.systems.peers import PEERS

__all__ = ["BASELINES", "PEERS"]
