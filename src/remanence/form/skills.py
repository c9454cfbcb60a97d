"""Skills under sub-goals: what was done to reach one, from the steps of a task (PlugMem's prescriptive memory)."""

from __future__ import annotations

from collections.abc import Sequence

from remanence.form.segment import runs
from remanence.stage import Ctx, writes
from remanence.types import Change, Evidence, Item, Link


@writes
def under_subgoals(change: Change, ctx: Ctx, *, same: float = 0.75, kinds: tuple[str, ...] = ("turn",)) -> Change:
    """A `subgoal` for each run of steps that pursue one, and a `skill` under it that lists the steps and their return.

    A step is a turn whose `data` names its `subgoal` (and may name `action` and `reward`); a run ends where the
    sub-goal is less like the one before than `same` (cosine). The skill is found by its sub-goal, not by what its steps
    say. Turns that name none are passed over.
    """
    puts: list[Item] = []
    links: list[Link] = []
    for steps in runs(x for x in change.fresh if x.kind in kinds and str(x.data.get("subgoal") or "").strip()):
        for some in _stretches(steps, ctx, same):
            goal, skill = _made(some, ctx)
            puts += [goal, skill]
            links += [Link(skill.id, "part_of", goal.id), *(Link(goal.id, "supports", step.id) for step in some)]
    return change.plus(puts=puts, links=links)


def _stretches(steps: Sequence[Item], ctx: Ctx, same: float) -> list[list[Item]]:
    goals = ctx.embed([str(step.data["subgoal"]) for step in steps])
    found = [[steps[0]]]
    for place in range(1, len(steps)):
        if float(goals[place] @ goals[place - 1]) < same:
            found.append([])
        found[-1].append(steps[place])
    return found


def _made(steps: Sequence[Item], ctx: Ctx) -> tuple[Item, Item]:
    goal = str(steps[0].data["subgoal"])
    evidence = tuple(Evidence(step.id, 0, len(step.text)) for step in steps)
    trust = min(step.trust for step in steps)
    told = [str(step.data.get("action") or step.text) for step in steps]
    paid = [float(step.data["reward"]) for step in steps if isinstance(step.data.get("reward"), (int, float))]
    above = ctx.put(Item("subgoal", goal, at=steps[0].at, scope=steps[0].scope, evidence=evidence, trust=trust))
    data = {"when": goal, "steps": told, "return": sum(paid)}
    text = f"To {goal[0].lower()}{goal[1:]}: {'; then '.join(told)}"
    return above, ctx.put(
        Item("skill", text, at=steps[-1].at, scope=steps[0].scope, evidence=evidence, trust=trust, data=data)
    )
