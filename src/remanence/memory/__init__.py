"""`Memory` binds a recipe to a space; `Async` is the same at the edge of an event loop."""

from remanence.memory.async_ import Async
from remanence.memory.memory import Memory
from remanence.memory.sleep import Sleep

__all__ = ["Async", "Memory", "Sleep"]
