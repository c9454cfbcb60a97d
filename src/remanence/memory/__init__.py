"""`Memory` binds a recipe to a space; `Async` is the same at the edge of an event loop."""

from remanence.memory.memory import Async, Memory, Sleep

__all__ = ["Async", "Memory", "Sleep"]
