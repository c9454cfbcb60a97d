"""`Memory` binds a recipe to a space; `Async` is the same at the edge of an event loop."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.memory import changing, commit, intake, sleep
    from remanence.memory.async_ import Async
    from remanence.memory.memory import Memory
    from remanence.memory.sleep import Sleep
else:
    __getattr__ = on_first_use(__name__, async_="Async", memory="Memory", sleep="Sleep")

__all__ = ["Async", "Memory", "Sleep", "changing", "commit", "intake", "sleep"]
