"""What tests need: a clock that is set by hand, scripted models, and the contracts that parts must keep.

Subclass a contract in your own tests and say how your part is made; every `test_` method is a promise.

    class TestMyStore(StoreContract):
        def make(self, path, **knobs):
            return MyStore(path, **knobs)
"""

from remanence.models.fake_server import FakeServer
from remanence.models.hashing import HashingEmbedder
from remanence.models.scripted import Script
from remanence.testing.clock import HandClock
from remanence.testing.embedders import EmbedderContract, LeavingEmbedder
from remanence.testing.recipes import RecipeContract
from remanence.testing.stores import StoreContract

__all__ = [
    "EmbedderContract",
    "FakeServer",
    "HandClock",
    "HashingEmbedder",
    "LeavingEmbedder",
    "RecipeContract",
    "Script",
    "StoreContract",
]
