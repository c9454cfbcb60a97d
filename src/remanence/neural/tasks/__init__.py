"""Synthetic tasks that tell sequence memories apart; each is a seeded generator with a worked example.

`tasks.make("stacked_mqar", pairs=16)` builds one by name; `tasks.names()` lists them.
"""

from __future__ import annotations

from remanence.neural.tasks.task import Task, describe, make, names, task

__all__ = ["Task", "describe", "make", "names", "task"]
