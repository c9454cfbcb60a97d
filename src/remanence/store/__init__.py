"""The one place that writes."""

from typing import TYPE_CHECKING

from remanence.lazy import on_first_use

if TYPE_CHECKING:
    from remanence.store import counted, erasing, flaws, lacking, lookups, plan
else:
    __getattr__ = on_first_use(__name__)

__all__ = ["counted", "erasing", "flaws", "lacking", "lookups", "plan"]
