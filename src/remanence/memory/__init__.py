"""`Memory` binds a recipe to a space; `AsyncMemory` is the same at the edge of an event loop."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.memory import changing, commit, intake, sleep
    from remanence.memory.async_ import AsyncMemory
    from remanence.memory.memory import Memory
    from remanence.memory.sleep import Sleep
else:
    __getattr__ = on_first_use(__name__, async_="AsyncMemory", memory="Memory", sleep="Sleep")

__all__ = ["AsyncMemory", "Memory", "Sleep", "changing", "commit", "intake", "sleep"]
